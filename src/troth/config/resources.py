"""``[resources.*]``: corrects what the resource graph infers from the document."""

from typing import Literal

from pydantic import Field

from troth.config.section import Section


class ResourceSection(Section):
    """A kind of thing: which operation makes one, where its id is, whose it is."""

    create: str | None = Field(default=None, description="Operation that creates one.")
    list: str | None = Field(default=None, description="Operation that lists them.")
    id: str = Field(
        default="$response.body#/id", description="Where the producer's response has the id."
    )
    parameter: tuple[str, ...] = Field(
        default=(), description="Names of the parameters and body properties that refer to one."
    )
    owner: Literal["principal", "tenant", "public"] = Field(
        default="principal",
        description="Who may reach one: its maker, the maker's tenant, anybody.",
    )

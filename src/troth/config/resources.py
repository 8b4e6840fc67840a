"""``[resources.*]``: corrects what the resource graph infers from the document."""

from typing import Literal

from pydantic import Field

from troth.config.section import Section


class ResourceSection(Section):
    """A kind of thing: which operations make, show, change and list it, and whose it is.

    What is not said is inferred from the paths: `POST /things`, `GET /things/{id}` and so on.
    """

    create: str | None = Field(default=None, description="Operation that creates one.")
    read: str | None = Field(default=None, description="Operation that shows one.")
    replace: str | None = Field(default=None, description="Operation that replaces one: its PUT.")
    patch: str | None = Field(default=None, description="Operation that changes members of one.")
    delete: str | None = Field(default=None, description="Operation that deletes one.")
    list: str | None = Field(default=None, description="Operation that lists them.")
    search: str | None = Field(default=None, description="Operation that looks for them by text.")
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
    volatile: tuple[str, ...] = Field(
        default=(),
        description="JSON pointers of members that change, or come back otherwise, by themselves.",
    )

"""``[resources.*]``: corrects what the resource graph infers from the document."""

from pydantic import Field

from troth.config.section import Section


class ResourceSection(Section):
    """A kind of thing: which operation makes one, where its id is, whose it is."""

    create: str | None = Field(None, description="Operation that creates one.")
    list: str | None = Field(None, description="Operation that lists them.")
    id: str = Field("$response.body#/id", description="Where the producer's response has the id.")
    parameter: tuple[str, ...] = Field(
        (), description="Names of the parameters and body properties that refer to one."
    )
    owner: str = Field("principal", pattern="^(principal|tenant|public)$")

"""The tools that agents may call."""

from typing import Annotated, Literal

from pydantic import Field

from troth.reference.fields import Shown, Slug
from troth.reference.schemas.configuration import ConfigSchema

Category = Literal["search", "files", "compute", "communication"]


class Tool(Shown):
    """A tool, and which agents have it."""

    key: Annotated[Slug, Field(examples=["web-search"])]
    name: Annotated[str, Field(examples=["Web search"])]
    category: Category
    description: Annotated[str, Field(examples=["Searches the web."])]
    parameters: ConfigSchema
    agents: list[Slug]


class ToolCatalog(Shown):
    """All tools, and the categories they are of."""

    items: list[Tool]
    categories: list[Category]
    total: Annotated[int, Field(ge=0)]

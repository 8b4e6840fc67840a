"""The catalogue of tools."""

from troth.reference.domain import tools
from troth.reference.routes import Routes
from troth.reference.schemas.tools import ToolCatalog

routes = Routes("/api/v1/tools", "tools", "What agents may call.")


@routes.operation("GET", "", "listTools", "All tools", access="everyone", scope="tools:read")
async def catalog() -> ToolCatalog:
    """The same for every tenant."""
    return tools.catalog()

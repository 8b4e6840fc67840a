"""The catalogue of tools: data, the same for every tenant."""

from typing import get_args

from troth.reference.schemas.configuration import (
    ChoiceSetting,
    NumberSetting,
    TextSetting,
    settings,
)
from troth.reference.schemas.tools import Category, Tool, ToolCatalog


def _text(description: str, longest: int = 500) -> TextSetting:
    return TextSetting(type="string", description=description, maxLength=longest)


_TOOLS = (
    Tool(
        key="file-search",
        name="File search",
        category="search",
        description="Searches the vector stores that are bound to the agent.",
        parameters=settings(
            "query",
            query=_text("What is sought."),
            top_k=NumberSetting(
                type="integer", description="How many results.", minimum=1, maximum=50, default=5
            ),
        ),
        agents=["triage", "researcher", "writer"],
    ),
    Tool(
        key="web-search",
        name="Web search",
        category="search",
        description="Searches public pages.",
        parameters=settings("query", query=_text("What is sought.")),
        agents=["researcher"],
    ),
    Tool(
        key="read-file",
        name="Read a file",
        category="files",
        description="Reads a file of the conversation.",
        parameters=settings("file_id", file_id=_text("Which file.", 36)),
        agents=["researcher", "writer"],
    ),
    Tool(
        key="run-code",
        name="Run code",
        category="compute",
        description="Runs a program in a container.",
        parameters=settings(
            "language",
            "source",
            language=ChoiceSetting(
                type="string",
                description="What it is written in.",
                enum=["python", "shell"],
                default="python",
            ),
            source=_text("The program.", 8000),
        ),
        agents=["researcher"],
    ),
    Tool(
        key="hand-off",
        name="Hand off",
        category="communication",
        description="Gives the conversation to another agent.",
        parameters=settings("agent_key", agent_key=_text("Which agent.", 40)),
        agents=["triage"],
    ),
)


def catalog() -> ToolCatalog:
    """All tools."""
    return ToolCatalog(items=list(_TOOLS), categories=list(get_args(Category)), total=len(_TOOLS))

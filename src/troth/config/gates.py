"""``[gates.*]``: opt-in surfaces that are skipped, with their reason, unless enabled."""

from typing import Literal

from pydantic import Field

from troth.config.section import Section


class GateSection(Section):
    """A surface: operations by tag or name. Open when `env` is set to 1, true, yes or on."""

    env: str = Field(
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        description="Environment variable that opens it (1, true, yes, on) or closes it (0, "
        "false, no, off).",
    )
    tags: tuple[str, ...] = Field(
        default=(), description="OpenAPI tags whose operations are behind it."
    )
    operations: tuple[str, ...] = Field(default=(), description="Operations that are behind it.")
    reason: str = Field(description="Why it is closed, as reports say it.")
    default: bool | Literal["started"] = Field(
        default=False,
        description="Whether it is open when `env` is not set; `started`: for a service that "
        "troth started only.",
    )

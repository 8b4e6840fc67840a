"""``[gates.*]``: opt-in surfaces that are skipped, with their reason, unless enabled."""

from pydantic import Field

from troth.config.section import Section


class GateSection(Section):
    """A surface: operations by tag or name. Open when ``env`` is set to 1, true, yes or on."""

    env: str
    tags: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    reason: str
    default: bool = Field(False, description="Whether it is open when `env` is not set.")

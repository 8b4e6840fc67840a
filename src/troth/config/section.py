"""What every section has in common: frozen, kebab-case keys, nothing unknown."""

from pydantic import BaseModel, ConfigDict


def kebab(name: str) -> str:
    """``base_url`` as it is written in TOML: ``base-url``."""
    return name.replace("_", "-")


class Section(BaseModel):
    """A TOML table. Unknown keys are refused (`config.load` names the nearest known one)."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=kebab, populate_by_name=False
    )

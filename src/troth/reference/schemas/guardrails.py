"""Guardrails, and presets of them."""

from typing import Annotated, Literal

from pydantic import Field

from troth.reference.fields import Shown, Slug
from troth.reference.schemas.configuration import ConfigSchema

Stage = Literal["pre_flight", "input", "output", "tool_call"]
Count = Annotated[int, Field(ge=0)]


class Guardrail(Shown):
    """A check that an agent's traffic goes through."""

    key: Annotated[Slug, Field(examples=["input-length"])]
    name: Annotated[str, Field(examples=["Input length"])]
    stage: Stage
    description: Annotated[str, Field(examples=["Refuses what is too long."])]
    blocks: bool
    config_schema: ConfigSchema


class GuardrailList(Shown):
    """All guardrails."""

    items: list[Guardrail]
    total: Count


class Preset(Shown):
    """Guardrails that belong together, in the order they are applied."""

    key: Annotated[Slug, Field(examples=["baseline"])]
    name: Annotated[str, Field(examples=["Baseline"])]
    description: Annotated[str, Field(examples=["What every agent should have."])]
    guardrails: list[Slug]


class PresetList(Shown):
    """All presets."""

    items: list[Preset]
    total: Count

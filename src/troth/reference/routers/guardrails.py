"""The catalogue of guardrails."""

from typing import Annotated

from fastapi import Path

from troth.reference.domain import guardrails
from troth.reference.fields import SLUG_PATTERN
from troth.reference.routes import Routes
from troth.reference.schemas.guardrails import Guardrail, GuardrailList, Preset, PresetList

routes = Routes("/api/v1/guardrails", "guardrails", "Checks on what agents read and write.")
Key = Annotated[str, Path(min_length=2, max_length=40, pattern=SLUG_PATTERN)]


@routes.operation(
    "GET",
    "",
    "listGuardrails",
    "All guardrails",
    access="everyone",
    ids={"/api/v1/guardrails/{guardrail_key}": "/items/0/key"},
    scope="tools:read",
)
async def everything() -> GuardrailList:
    """The same for every tenant."""
    return guardrails.everything()


@routes.operation(
    "GET",
    "/presets",
    "listGuardrailPresets",
    "All presets",
    access="everyone",
    ids={"/api/v1/guardrails/presets/{preset_key}": "/items/0/key"},
    scope="tools:read",
)
async def presets() -> PresetList:
    """Guardrails that belong together."""
    return guardrails.presets()


@routes.operation(
    "GET",
    "/presets/{preset_key}",
    "getGuardrailPreset",
    "A preset",
    access="everyone",
    ids={"/api/v1/guardrails/{guardrail_key}": "/guardrails/0"},
    scope="tools:read",
    errors={404: "There is no such preset."},
)
async def preset(preset_key: Key) -> Preset:
    """One of them, by its key."""
    return guardrails.preset(preset_key)


@routes.operation(
    "GET",
    "/{guardrail_key}",
    "getGuardrail",
    "A guardrail",
    access="everyone",
    scope="tools:read",
    errors={404: "There is no such guardrail."},
)
async def one(guardrail_key: Key) -> Guardrail:
    """One of them, by its key."""
    return guardrails.one(guardrail_key)

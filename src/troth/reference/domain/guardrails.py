"""The catalogue of guardrails: data, the same for every tenant."""

from troth.reference.problems import unknown
from troth.reference.schemas.configuration import (
    ChoiceSetting,
    ConfigSchema,
    ListSetting,
    NumberSetting,
    StringItems,
    SwitchSetting,
    TextSetting,
    settings,
)
from troth.reference.schemas.guardrails import (
    Guardrail,
    GuardrailList,
    Preset,
    PresetList,
    Stage,
)


def _strings(description: str, *default: str) -> ListSetting:
    items = StringItems(type="string")
    return ListSetting(type="array", description=description, items=items, default=list(default))


def _switch(description: str, *, default: bool) -> SwitchSetting:
    return SwitchSetting(type="boolean", description=description, default=default)


def _whole(description: str, low: int, high: int, default: int) -> NumberSetting:
    return NumberSetting(
        type="integer", description=description, minimum=low, maximum=high, default=default
    )


_CONFIDENCE = NumberSetting(
    type="number",
    description="From which confidence on it holds something back.",
    minimum=0,
    maximum=1,
    default=0.7,
)


def _guardrail(
    key: str,
    name: str,
    stage: Stage,
    description: str,
    config: ConfigSchema,
    *,
    blocks: bool = True,
) -> Guardrail:
    return Guardrail(
        key=key,
        name=name,
        stage=stage,
        description=description,
        blocks=blocks,
        config_schema=config,
    )


_GUARDRAILS = (
    _guardrail(
        "prompt-injection",
        "Prompt injection",
        "input",
        "Holds back input that tries to replace the agent's instructions.",
        settings("confidence", confidence=_CONFIDENCE),
    ),
    _guardrail(
        "jailbreak",
        "Jailbreak",
        "input",
        "Holds back input that talks the agent out of its limits.",
        settings("confidence", confidence=_CONFIDENCE),
    ),
    _guardrail(
        "off-topic",
        "Off topic",
        "input",
        "Holds back input that has nothing to do with the agent's purpose.",
        settings(
            "purpose",
            purpose=TextSetting(
                type="string", description="What the agent is for.", maxLength=2000
            ),
            confidence=_CONFIDENCE,
        ),
    ),
    _guardrail(
        "input-length",
        "Length of input",
        "pre_flight",
        "Refuses messages that are too long before anything reads them.",
        settings("max_characters", max_characters=_whole("The longest message.", 1, 100_000, 8000)),
    ),
    _guardrail(
        "pii-detection",
        "Personal data",
        "pre_flight",
        "Masks e-mail addresses, telephone and card numbers.",
        settings(
            entities=_strings("What to look for.", "email", "phone", "card_number"),
            block=_switch("Refuse instead of masking.", default=False),
        ),
        blocks=False,
    ),
    _guardrail(
        "secret-keys",
        "Secrets",
        "output",
        "Masks what looks like a key, a token or a password.",
        settings(
            sensitivity=ChoiceSetting(
                type="string",
                description="How much a string must look like a secret.",
                enum=["strict", "balanced", "permissive"],
                default="balanced",
            )
        ),
        blocks=False,
    ),
    _guardrail(
        "moderation",
        "Moderation",
        "output",
        "Holds back answers of the categories that the tenant does not want.",
        settings(categories=_strings("The categories.", "hate", "self_harm", "violence")),
    ),
    _guardrail(
        "url-filter",
        "Addresses",
        "output",
        "Removes links to hosts that are not on the list.",
        settings(
            "hosts",
            hosts=_strings("The hosts that may be linked to."),
            subdomains=_switch("Their subdomains too.", default=True),
        ),
        blocks=False,
    ),
    _guardrail(
        "tool-budget",
        "Budget of tool calls",
        "tool_call",
        "Ends a turn that calls tools too often.",
        settings("max_calls", max_calls=_whole("Calls a turn.", 1, 100, 10)),
    ),
)
_PRESETS = (
    Preset(
        key="baseline",
        name="Baseline",
        description="What every agent should have.",
        guardrails=["input-length", "prompt-injection", "secret-keys"],
    ),
    Preset(
        key="customer-facing",
        name="Customer facing",
        description="For agents that strangers talk to.",
        guardrails=[
            "input-length",
            "pii-detection",
            "prompt-injection",
            "jailbreak",
            "off-topic",
            "moderation",
            "url-filter",
        ],
    ),
    Preset(
        key="autonomous",
        name="Autonomous",
        description="For agents that act without being watched.",
        guardrails=["prompt-injection", "secret-keys", "url-filter", "tool-budget"],
    ),
)
_BY_KEY = {each.key: each for each in _GUARDRAILS}
_PRESET_BY_KEY = {each.key: each for each in _PRESETS}


def everything() -> GuardrailList:
    """All guardrails."""
    return GuardrailList(items=list(_GUARDRAILS), total=len(_GUARDRAILS))


def one(key: str) -> Guardrail:
    """The guardrail of that key."""
    if key not in _BY_KEY:
        raise unknown()
    return _BY_KEY[key]


def presets() -> PresetList:
    """All presets."""
    return PresetList(items=list(_PRESETS), total=len(_PRESETS))


def preset(key: str) -> Preset:
    """The preset of that key."""
    if key not in _PRESET_BY_KEY:
        raise unknown()
    return _PRESET_BY_KEY[key]

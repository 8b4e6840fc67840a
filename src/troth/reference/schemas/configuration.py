"""The JSON Schema of a configuration, in the few forms that the catalogues use."""

from typing import Annotated, Literal

from pydantic import Field

from troth.reference.fields import Shown


class TextSetting(Shown):
    """A string."""

    type: Literal["string"]
    description: str
    maxLength: int  # noqa: N815 - JSON Schema's name


class ChoiceSetting(Shown):
    """One of some strings."""

    type: Literal["string"]
    description: str
    enum: Annotated[list[str], Field(min_length=1)]
    default: str


class NumberSetting(Shown):
    """A number within bounds."""

    type: Literal["number", "integer"]
    description: str
    minimum: float
    maximum: float
    default: float


class SwitchSetting(Shown):
    """On or off."""

    type: Literal["boolean"]
    description: str
    default: bool


class StringItems(Shown):
    """What a list holds."""

    type: Literal["string"]


class ListSetting(Shown):
    """A list of strings."""

    type: Literal["array"]
    description: str
    items: StringItems
    default: list[str]


Setting = TextSetting | ChoiceSetting | NumberSetting | SwitchSetting | ListSetting


class ConfigSchema(Shown):
    """The JSON Schema of an object of settings."""

    type: Literal["object"]
    properties: dict[str, Setting]
    required: list[str]
    additionalProperties: Literal[False]  # noqa: N815 - JSON Schema's name


def settings(*required: str, **properties: Setting) -> ConfigSchema:
    """The schema of an object of `properties`."""
    return ConfigSchema(
        type="object",
        properties=properties,
        required=list(required),
        additionalProperties=False,
    )

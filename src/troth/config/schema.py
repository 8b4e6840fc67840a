"""The JSON Schema of a target file, for editors: ``python -m troth.config.schema`` writes it."""

import json
from pathlib import Path
from typing import Any

from troth.config.file import TargetFile
from troth.config.places import conf_dir

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def document() -> dict[str, Any]:
    """The schema as data; titles that only repeat a key are left out."""
    schema = _untitled(TargetFile.model_json_schema(by_alias=True))
    return {"$schema": DIALECT, "title": "troth target file", **schema}


def text() -> str:
    """The schema as it stands in its file."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def place() -> Path:
    """Where it lies: ``schema/target.schema.json`` beside the configuration of troth."""
    return conf_dir() / "schema" / "target.schema.json"


def _untitled(value: Any) -> Any:
    if isinstance(value, list):
        return [_untitled(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _untitled(each)
        for key, each in value.items()
        # A property may be called `title`; pydantic's titles are strings.
        if not (key == "title" and isinstance(each, str))
    }


if __name__ == "__main__":
    place().parent.mkdir(exist_ok=True)
    place().write_text(text(), encoding="utf-8")

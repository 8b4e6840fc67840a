"""Gives the document its examples: of parameters, answers, events and refusals."""

import json
from collections.abc import Mapping
from typing import Any

from troth.reference.problems import KINDS, MEDIA_TYPE
from troth.reference.samples import identifier, sample

_JSON = "application/json"


def give(operation: dict[str, Any], components: Mapping[str, Any]) -> None:
    """Put an example wherever `operation` takes or answers something that can be shown as JSON."""
    for parameter in operation.get("parameters", []):
        schema = parameter["schema"]
        shown = {"enum", "examples"} & set(schema) or {"example", "examples"} & set(parameter)
        if not shown and schema.get("type") != "boolean":
            parameter["example"] = sample(schema, components, parameter["name"])
    for status, response in operation["responses"].items():
        for media_type, media in response.get("content", {}).items():
            if "itemSchema" in media:
                for item in media["itemSchema"]["oneOf"]:
                    item["examples"] = [_event(item["properties"], components)]
            elif media_type == MEDIA_TYPE:
                media["example"] = _problem(int(status), response["description"])
            elif media_type == _JSON:
                media["example"] = sample(media["schema"], components)


def _event(properties: Mapping[str, Any], components: Mapping[str, Any]) -> dict[str, Any]:
    data = properties["data"]
    text = data.get("const") or json.dumps(sample(data["contentSchema"], components))
    return {"event": properties["event"]["const"], "data": text}


def _problem(status: int, detail: str) -> dict[str, Any]:
    code, title = KINDS[status]
    field = {"field": "name", "location": "body", "message": "is required"}
    return {
        "type": f"urn:troth:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "correlation_id": identifier("correlation_id").replace("-", ""),
        "errors": [field] if status == 422 else [],
    }

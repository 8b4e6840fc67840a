"""The named schemas of the document: each name means one thing, and nothing generated stays."""

from typing import Any, get_args

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

_VALUES = frozenset({"example", "examples", "default", "const", "enum"})


def named(
    model: Any, components: dict[str, Any], mode: JsonSchemaMode = "serialization"
) -> dict[str, Any]:
    """A reference to the component of `model`, which is added with all that it consists of.

    A union is of references; what has no name of its own stays in place. ValueError where
    another schema has the name already.
    """
    if get_args(model):
        return {"anyOf": [named(each, components, mode) for each in get_args(model)]}
    schema = TypeAdapter(model).json_schema(ref_template="#/components/schemas/{model}", mode=mode)
    parts = schema.pop("$defs", {})
    if schema.get("type") == "object" and isinstance(model, type):
        parts[model.__name__] = schema
        schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    for name, part in parts.items():
        tidy(part)
        known = components.setdefault(name, part)
        tidy(known)
        if known != part:
            raise ValueError(f"two schemas are called {name}: rename one of the models")
    return schema


def tidy(node: Any) -> None:
    """Take out what only says again, or wrongly, what stands elsewhere.

    Generated titles repeat names. An optional field that may not be null has no default that
    its own schema would take.
    """
    if isinstance(node, dict):
        if isinstance(node.get("title"), str):
            del node["title"]
        if "default" in node and node["default"] is None:
            del node["default"]
        for name, each in node.items():
            if name not in _VALUES:
                tidy(each)
    elif isinstance(node, list):
        for each in node:
            tidy(each)

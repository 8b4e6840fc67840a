"""Turns the text of a document into JSON data, and says whether it is OpenAPI 3."""

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from troth.errors import UsageError

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")


class _JsonLike(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML as JSON would have it: the core schema of YAML 1.2, and every key a string.

    YAML 1.1 reads `on` as a boolean, `12:30` as a number and `2024-01-01` as a date.
    """

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - filled below, as pyyaml wants

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002
        """The mapping with its keys as they are written: ``200`` stays text."""
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                key.tag = "tag:yaml.org,2002:str"
        made: dict[str, Any] = super().construct_mapping(node, deep=deep)
        return made


for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    (
        "float",
        r"[-+]?(?:\.[0-9]+|[0-9]+\.?[0-9]*)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf)|\.(?:nan|NaN)",
        list("-+.0123456789"),
    ),
    ("merge", r"<<", ["<"]),
):
    _JsonLike.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})$"), _first
    )


def _integer(_: Any, node: Any) -> int:
    text = node.value
    return int(text, 0) if text[:2] in {"0o", "0x"} else int(text)


def _number(_: Any, node: Any) -> float:
    return float(node.value.replace(".inf", "inf").replace(".nan", "nan").lower())


_JsonLike.add_constructor("tag:yaml.org,2002:int", _integer)
_JsonLike.add_constructor("tag:yaml.org,2002:float", _number)


def parse(text: bytes, place: str) -> Any:
    """JSON or YAML as plain data. Raises UsageError with line and column when it is neither."""
    try:
        source = text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{place} is no text in UTF-8 (byte {error.start}); "
            "name the address or file of an OpenAPI document"
        ) from error
    start = source.lstrip()
    if start[:1] == "<":
        raise UsageError(
            f"{place} is HTML or XML, not an OpenAPI document; "
            "name the document itself, often /openapi.json or /v3/api-docs"
        )
    if not start:
        raise UsageError(f"{place} is empty; name the address or file of an OpenAPI document")
    if re.match(r"""\[|\{\s*["}]""", start):  # Without the quote it is a mapping of YAML.
        try:
            return json.loads(source)
        except json.JSONDecodeError as error:
            at = f"line {error.lineno}, column {error.colno}: {error.msg}"
            raise UsageError(f"{place} is not JSON: {at}; correct it there") from error
        except RecursionError as error:
            raise UsageError(f"{place} is nested too deeply to be read") from error
    try:
        return plain(yaml.load(source, _JsonLike), place)  # noqa: S506 - built on SafeLoader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        said = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise UsageError(f"{place} is not YAML: {at}{said}; correct it there") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{place} is not YAML that JSON could express: {error}") from error


def plain(value: Any, place: str, *, above: tuple[int, ...] = ()) -> Any:
    """A copy of ``value`` with string keys and lists. Raises UsageError where it holds itself."""
    if isinstance(value, Mapping | list | tuple):
        if id(value) in above:
            raise UsageError(f"{place} contains itself through a YAML anchor; use `$ref` instead")
        above = (*above, id(value))
    if isinstance(value, Mapping):
        return {str(key): plain(each, place, above=above) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each, place, above=above) for each in value]
    return value


def recognise(document: Any, place: str) -> str:
    """The version of an OpenAPI 3 document, as ``3.x.y``. Raises UsageError when it is none."""
    if not isinstance(document, Mapping):
        kind = type(document).__name__
        raise UsageError(
            f"{place} holds a {kind}, not an OpenAPI document; "
            "it should be an object that begins with `openapi: 3.…`"
        )
    if "swagger" in document:
        raise UsageError(
            f"{place} is Swagger {document['swagger']}; troth reads OpenAPI 3.0 to 3.2. "
            "Convert it, for example with `npx swagger2openapi` or at "
            "https://converter.swagger.io, and name the result"
        )
    if "openapi" not in document:
        members = ", ".join(f"`{name}`" for name in list(document)[:6]) or "none at all"
        raise UsageError(
            f"{place} is no OpenAPI document: it has no member `openapi`, only {members}; "
            "name the document itself, often /openapi.json or /v3/api-docs"
        )
    version = str(document["openapi"]).strip()
    known = re.match(r"(3\.[012])(\.[0-9]+)?(?![0-9.])", version)
    if known is None:
        raise UsageError(
            f"{place}: unknown version `{version[:40]}` at /openapi; troth reads 3.0, 3.1 and 3.2"
        )
    paths = document.get("paths")
    if not isinstance(paths, Mapping):
        said = "absent" if "paths" not in document else f"a {type(paths).__name__}"
        raise UsageError(
            f"{place}: /paths is {said}, so there is nothing to call; "
            "put an object of path templates there"
        )
    if not any(isinstance(name, str) and not name.startswith("x-") for name in paths):
        raise UsageError(
            f"{place}: /paths is empty, so there is nothing to call; "
            "describe at least one operation, or check that routes are registered before the "
            "document is made"
        )
    return known[1] + (known[2] or ".0")

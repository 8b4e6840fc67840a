"""Whether a value is valid under a schema of the document, decided apart from the generator.

A generator's word that a value is invalid is not taken: a false one would be a false alarm.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import jsonschema_rs

from troth.spec.direction import one_way
from troth.spec.formats import ASSERTED
from troth.spec.operation import Schema, Spec
from troth.spec.place import steps


@dataclass(frozen=True, slots=True)
class Violation:
    """One violated keyword. ``pointer`` is where in the instance; ``kind`` is free of values."""

    pointer: str
    kind: str
    message: str


@dataclass(frozen=True)
class Validity:
    """Validators of one document. ``format`` is an annotation, unless ``formats`` asserts it.

    They are of ``answers``, or else of requests: see `troth.spec.direction`.
    """

    spec: Spec
    formats: bool = False
    answers: bool = False
    _validators: dict[int, tuple[Schema, Any]] = field(default_factory=dict)

    def violations(self, schema: Schema, instance: Any) -> tuple[Violation, ...] | None:
        """What is wrong with ``instance``; ``()`` when it is valid, None when that is unknown."""
        found = self.errors(schema, instance)
        return None if found is None else tuple(_violation(each) for each in found)

    def errors(self, schema: Schema, instance: Any) -> tuple[Any, ...] | None:
        """The same as jsonschema-rs says it, with what is wrong of each alternative."""
        validator = self._validator(schema)
        if validator is None:
            return None
        try:
            return tuple(validator.iter_errors(instance))
        except ValueError:
            # Not expressible in JSON (NaN, a lone surrogate, bytes): another property's subject.
            return None

    def text_violations(self, schema: Schema, text: str) -> tuple[Violation, ...] | None:
        """The same for a parameter's text: invalid only when no reading of it is valid."""
        if text == "" or not isinstance(self._plain(schema), Mapping):
            return None
        kinds = _types(self._plain(schema))
        if kinds & {"array", "object"} or not kinds:
            # How these are written depends on `style` and `explode`; no type takes all text.
            return None
        best: tuple[Violation, ...] | None = None
        for reading in readings(text):
            found = self.violations(schema, reading)
            if not found:
                return found
            # The reading that comes closest to the type says best what is wrong.
            if best is None or (best[0].kind.startswith("type") and len(found) <= len(best)):
                best = found
        return best

    def _plain(self, schema: Schema) -> Any:
        seen = 0
        while isinstance(schema, Mapping) and "$ref" in schema and seen < 32:
            target: Any = self.spec.document
            for part in steps(str(schema["$ref"]).removeprefix("#")):
                target = target.get(part, {}) if isinstance(target, Mapping) else {}
            schema, seen = target, seen + 1
        return schema

    def _validator(self, schema: Schema) -> Any:
        known = self._validators.get(id(schema))
        if known is None:
            # The schema is kept beside its validator, so that its id() stays its own.
            known = self._validators[id(schema)] = (schema, self._compiled(schema))
        return known[1]

    def _compiled(self, schema: Schema) -> Any:
        if isinstance(schema, bool):
            root: Any = schema
        else:
            root = one_way(
                self.spec,
                {**schema, **_definitions(self.spec.document, schema)},
                answers=self.answers,
            )
        if self.spec.openapi.startswith("3.0"):
            root = nullable(root)
            kind: Any = jsonschema_rs.Draft4Validator
        else:
            kind = jsonschema_rs.Draft202012Validator
        try:
            return kind(root, validate_formats=self.formats, formats=dict(ASSERTED))
        except (ValueError, jsonschema_rs.ReferencingError):
            return None  # A pattern or keyword it cannot read: unknown, so nothing is claimed.


def _definitions(document: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    """The components that ``schema`` refers to, and those that these refer to.

    All of them would do as well, but a large document has hundreds, and each validator would
    compile them anew.
    """
    components = document.get("components")
    if not isinstance(components, Mapping):
        return {}
    kept: dict[str, dict[str, Any]] = {}
    todo: list[Any] = [schema]
    while todo:
        for ref in _references(todo.pop()):
            parts = steps(ref.removeprefix("#"))
            if not ref.startswith("#/components/") or len(parts) < 3:
                if ref == "#" or not ref.startswith("#/"):
                    return {"components": components}  # By an anchor or id: anywhere.
                continue
            _, kind, name, *_ = parts
            section = components.get(kind)
            if not isinstance(section, Mapping) or name not in section:
                return {"components": components}  # Written otherwise, or broken: not ours to say.
            if name not in kept.get(kind, {}):
                kept.setdefault(kind, {})[name] = section[name]
                todo.append(section[name])
    return {"components": kept}


def _references(value: Any) -> Iterator[str]:
    """Every reference below ``value``; an example that looks like one does no harm."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            if key in {"$ref", "$dynamicRef", "$recursiveRef"} and isinstance(each, str):
                yield each
            else:
                yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)


def nullable(schema: Any) -> Any:
    """OpenAPI 3.0's ``nullable: true`` as JSON Schema says it; everything else stays."""
    if isinstance(schema, list):
        return [nullable(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    own = {key: nullable(value) for key, value in schema.items()}
    if own.pop("nullable", False) is True:
        if "enum" in own and isinstance(own["enum"], list):
            own["enum"] = [*own["enum"], None]
        return {"anyOf": [{"type": "null"}, own]}
    return own


def readings(text: str) -> list[Any]:
    """All JSON values that ``text`` may stand for in a parameter."""
    found: list[Any] = [text]
    if re.fullmatch(r"-?(0|[1-9][0-9]*)", text):
        found.append(int(text))
    elif re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", text):
        found.append(float(text))
    if text.lower() in {"true", "false"}:
        found.append(text.lower() == "true")
    if text.lower() == "null":
        found.append(None)
    return found


def _types(schema: Mapping[str, Any]) -> set[str]:
    kinds = schema.get("type")
    found = {kinds} if isinstance(kinds, str) else set(kinds or ())
    for word in ("anyOf", "oneOf", "allOf"):
        for branch in schema.get(word) or ():
            if isinstance(branch, Mapping):
                found |= _types(branch) if "$ref" not in branch else {"object"}
    return found


_NAMES = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}


def json_type(value: Any) -> str:
    """The JSON type of a Python value."""
    if isinstance(value, Mapping):
        return "object"
    return _NAMES.get(type(value), "array" if isinstance(value, list) else type(value).__name__)


def _violation(error: Any) -> Violation:
    pointer = "".join(
        "/" + str(each).replace("~", "~0").replace("/", "~1") for each in error.instance_path
    )
    name = error.kind.name
    if name == "type":
        wanted = " or ".join(sorted(error.kind.types))
        return Violation(
            pointer,
            f"type: {json_type(error.instance)} for {wanted}",
            f"{pointer or 'the value'} is {json_type(error.instance)}, not {wanted}",
        )
    if name == "required":
        missing = f"{pointer}/{error.kind.property}"
        return Violation(missing, "required property left out", f"{missing} is left out")
    if name == "additionalProperties":
        return Violation(
            pointer,
            "property that is not allowed",
            f"{pointer or 'the body'} has one more property",
        )
    return Violation(pointer, name, f"{pointer or 'the value'} violates {name}")

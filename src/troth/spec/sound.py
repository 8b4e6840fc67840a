"""Whether all that an operation refers to is there, and has the shape it should have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from troth.spec.shape import children, escaped, found, misplaced, pointer_of, said

LONGEST_CHAIN = 32
_OWN = frozenset({"callback", "link"})  # They say nothing about the operation they stand at.


class Fault(Exception):
    """One operation is not described soundly: where in the document, and what is wrong."""

    def __init__(self, pointer: str, message: str) -> None:
        super().__init__(message)
        self.pointer = pointer
        self.message = message


@dataclass(frozen=True, slots=True)
class Place:
    """A value of the document and the JSON pointer where it stands."""

    value: Any
    pointer: str

    def at(self, *steps: str) -> "Place":
        """What stands below it; None where nothing does."""
        value = self.value
        for step in steps:
            value = value.get(step) if isinstance(value, Mapping) else value[int(step)]
        return Place(value, self.pointer + escaped(*steps))


@dataclass(frozen=True)
class Ground:
    """A bundled document, and what is known to be wrong with it."""

    document: Mapping[str, Any]
    failures: Mapping[str, str]
    _outgoing: dict[tuple[str, str], "Fault | tuple[tuple[str, str, str], ...]"] = field(
        default_factory=dict
    )

    def target(self, ref: Any, pointer: str) -> Any:
        """What a local reference leads to. Raises Fault, at ``pointer``, when nothing is there."""
        if not isinstance(ref, str):
            raise Fault(pointer, f"`$ref` is {said(ref)}; it must be a string")
        if ref in self.failures:
            raise Fault(pointer, self.failures[ref])
        if not ref.startswith("#"):
            raise Fault(pointer, f"`{ref}` is not local; bundle the document")
        steps = pointer_of(ref)
        try:
            return found(self.document, steps)
        except (LookupError, IndexError):
            pass
        near: list[str] = []
        if steps:
            try:
                siblings = found(self.document, steps[:-1])
            except (LookupError, IndexError):
                siblings = ()
            names = list(siblings) if isinstance(siblings, Mapping) else []
            near = get_close_matches(steps[-1], names, n=1)
        remedy = f"did you mean `{near[0]}`?" if near else "add it there, or correct the reference"
        raise Fault(pointer, f"`{ref}` leads nowhere: the document has nothing there; {remedy}")

    def resolved(self, place: Place, kind: str) -> Place:
        """The object itself where ``place`` holds a reference to it. Raises Fault."""
        start = place
        for _ in range(LONGEST_CHAIN):
            if not isinstance(place.value, Mapping):
                raise Fault(place.pointer, f"it {misplaced(kind, place.value)}; correct it")
            if "$ref" not in place.value:
                return place
            ref = place.value["$ref"]
            target = self.target(ref, place.pointer + "/$ref")
            place = Place(target, escaped(*pointer_of(ref)))
        raise Fault(
            start.pointer, f"its `$ref` only leads to itself; describe the {kind} somewhere"
        )

    def check(self, place: Place, kind: str) -> None:
        """Raise Fault when anything that can be reached from there is missing or misshapen."""
        pending = list(self._references(place, kind))
        seen: set[tuple[str, str]] = set()
        while pending:
            pointer, kind, ref = pending.pop()
            if (ref, kind) in seen:
                continue
            seen.add((ref, kind))
            if (ref, kind) not in self._outgoing:
                self._outgoing[ref, kind] = self._behind(ref, kind, pointer)
            behind = self._outgoing[ref, kind]
            if isinstance(behind, Fault):
                raise Fault(behind.pointer, behind.message)
            pending.extend(behind)

    def _behind(
        self, ref: str, kind: str, pointer: str
    ) -> "Fault | tuple[tuple[str, str, str], ...]":
        try:
            target = self.target(ref, pointer)
            place = Place(target, escaped(*pointer_of(ref)))
            return tuple(self._references(place, kind))
        except Fault as fault:
            return fault

    def _references(self, place: Place, kind: str) -> Iterator[tuple[str, str, str]]:
        wrong = misplaced(kind, place.value)
        if wrong is not None:
            raise Fault(place.pointer, f"it {wrong}; correct it")
        if not isinstance(place.value, Mapping):
            return
        if kind == "schema":
            _check_schema(place)
        if "$ref" in place.value and kind != "path item":
            if not isinstance(place.value["$ref"], str):
                self.target(place.value["$ref"], place.pointer + "/$ref")
            yield place.pointer + "/$ref", kind, place.value["$ref"]
        for steps, inner, value in children(kind, place.value):
            if inner not in _OWN:
                yield from self._references(Place(value, place.pointer + escaped(*steps)), inner)


_TYPES = frozenset({"null", "boolean", "object", "array", "number", "integer", "string"})


def _check_schema(place: Place) -> None:
    """The faults of a schema that make it unusable for everyone."""
    schema = place.value
    required = schema.get("required", [])
    if not isinstance(required, list) or not all(isinstance(each, str) for each in required):
        raise Fault(
            place.pointer + "/required",
            f"`required` is {said(required)} ; in a schema it is a list of the names of required "
            "properties, and stands beside `properties`",
        )
    kinds = schema.get("type", [])
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if not isinstance(kind, str) or kind not in _TYPES:
            raise Fault(
                place.pointer + "/type",
                f"`{kind}` is no type of JSON; write one of {', '.join(sorted(_TYPES))}",
            )
    if not isinstance(schema.get("enum", []), list):
        raise Fault(place.pointer + "/enum", "`enum` is not a list; list the values")

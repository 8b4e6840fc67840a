"""Changes a request that was refused as its refusal says.

What is missing is added, what was wrong is written otherwise, what is taken gets another name.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from troth.case import NO_BODY, Values
from troth.composing.hints import Hint
from troth.composing.likely import texts, value_for
from troth.spec.operation import Operation, Schema
from troth.spec.place import present, with_value
from troth.spec.schema import items, properties

if TYPE_CHECKING:
    from troth.target import Target

_LEAST: Final = re.compile(
    r"(?:at least|minimum(?: length)?(?: of| is)?|(?:longer|more|greater) than(?: or equal to)?"
    r"|>=?)\s*(\d{1,4})",
    re.IGNORECASE,
)
_MOST: Final = re.compile(
    r"(?:at most|maximum(?: length)?(?: of| is)?|(?:shorter|less|fewer) than(?: or equal to)?|<=?|"
    r"no more than|up to)\s*(\d{1,4})",
    re.IGNORECASE,
)
_KINDS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"e-?mail", re.IGNORECASE), "email"),
    (re.compile(r"\burl\b|\buri\b", re.IGNORECASE), "url"),
    (re.compile(r"\buuid\b|\bguid\b", re.IGNORECASE), "uuid"),
    (re.compile(r"date-?time|timestamp|iso.?8601|rfc.?3339", re.IGNORECASE), "timestamp"),
    (re.compile(r"\bdate\b", re.IGNORECASE), "date"),
    (re.compile(r"phone", re.IGNORECASE), "phone"),
    (re.compile(r"password", re.IGNORECASE), "password"),
)
_NUMBER: Final = re.compile(r"\b(?:integer|number|numeric|digits?)\b", re.IGNORECASE)
_BOOLEAN: Final = re.compile(r"\bbool(?:ean)?\b", re.IGNORECASE)


def advised(target: "Target", operation: Operation, values: Values, said: Sequence[Hint]) -> Values:
    """``values`` as the refusal wants them; the same where it says nothing that can be followed.

    Members that the target file gives, and ids of things, stay as they are.
    """
    told = target.told(operation)
    queries = {each.name: each for each in operation.parameters if each.location == "query"}
    for hint in said:
        fresh = f"t{target.salt}{target.memory.next_fresh()}"
        top = hint.name.split("/")[0]
        if hint.place in {"query", ""} and top in queries and top not in told.query:
            value = _value(target, hint, queries[top].schema, values.query.get(top), fresh)
            values = replace(values, query={**values.query, top: value})
        elif hint.place in {"body", ""} and told.body is None and hint.name:
            values = _in_body(target, operation, values, hint, fresh)
    return values


def _in_body(
    target: "Target", operation: Operation, values: Values, hint: Hint, fresh: str
) -> Values:
    content = operation.body.content if operation.body is not None else {}
    media_type = values.media_type or next(iter(content), "")
    if media_type not in content:
        return values
    body: Any = {} if values.body is NO_BODY else values.body
    pointer, schema = "", content[media_type].schema
    steps = hint.name.split("/")
    known = properties(target.spec, schema)
    if steps[0] not in known and len(steps) > 1 and steps[1] in known:
        steps = steps[1:]  # `user.email`, where the model is called so and the body is not.
    for step in steps:
        name = _like(step, properties(target.spec, schema)) or step
        pointer += "/" + name.replace("~", "~0").replace("/", "~1")
        element = items(target.spec, schema)
        schema = element if element is not None else properties(target.spec, schema).get(name, {})
    if pointer in target.references(operation) or not isinstance(body, Mapping):
        return values
    above = pointer.rpartition("/")[0]
    if above and not present(body, above):
        return values
    before = _at(body, pointer)
    if hint.kind == "taken" and before is None:
        return values  # Nobody has what is not there: the name was a word of a sentence.
    changed = with_value(body, pointer, _value(target, hint, schema, before, fresh))
    if target.validity.violations(content[media_type].schema, changed):
        return values  # What the document forbids is no valid case, whatever the service says.
    return replace(values, body=changed, media_type=media_type)


def _like(name: str, known: Mapping[str, Schema]) -> str:
    """How the document writes a name that the refusal writes otherwise: `dueDate`, `due_date`."""
    plain = {re.sub(r"[^a-z0-9]", "", each.lower()): each for each in known}
    return plain.get(re.sub(r"[^a-z0-9]", "", name.lower()), "")


def _at(body: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        plain = step.replace("~1", "/").replace("~0", "~")
        if isinstance(body, Mapping):
            body = body.get(plain)
        elif isinstance(body, list) and plain.isdigit() and int(plain) < len(body):
            body = body[int(plain)]
        else:
            return None
    return body


def _value(target: "Target", hint: Hint, schema: Schema, before: Any, fresh: str) -> Any:
    name = hint.name.rpartition("/")[2]
    if hint.options:
        first = hint.options[0]
        number = isinstance(before, int | float) and not isinstance(before, bool)
        return int(first) if number and first.isdigit() else first
    if hint.kind == "taken":
        return next(texts(name, fresh), f"text-{fresh}") if isinstance(before, str) else before
    if hint.kind == "missing" and before in (None, ""):
        return value_for(target, name, schema, fresh=fresh)
    mended = _mended(hint, name, before, fresh)
    return value_for(target, name, schema, fresh=fresh) if mended is None else mended


def _mended(hint: Hint, name: str, before: Any, fresh: str) -> Any:
    """A value of the length or kind that the refusal speaks of; None where it speaks of none."""
    least, most = _LEAST.search(hint.said), _MOST.search(hint.said)
    if isinstance(before, str) and (least or most):
        text = before or next(texts(name, fresh), fresh)
        if least and len(text) < int(least[1]) + 1:
            text = (text + "x" * 2000)[: int(least[1]) + 1]
        return text[: max(1, int(most[1]) - 1)] if most else text
    if isinstance(before, int | float) and not isinstance(before, bool) and (least or most):
        return int(least[1]) + 1 if least else max(0, int((most or ["", "1"])[1]) - 1)
    for pattern, kind in _KINDS:
        if pattern.search(hint.said):
            return next(texts(kind, fresh), None)
    if _NUMBER.search(hint.said) and not isinstance(before, int | float):
        return 1
    if _BOOLEAN.search(hint.said) and not isinstance(before, bool):
        return True
    return None

"""Strings of which the document names a `format` are of it."""

from collections.abc import Iterator, Mapping
from typing import Any

from troth.checks.envelope import documented
from troth.exchange import Exchange
from troth.finding import Complaint
from troth.spec.formats import JUDGED, wrong
from troth.spec.operation import Operation, Schema, Spec
from troth.spec.schema import branches, is_json, items, resolve
from troth.spec.stream import EVENTS, contents, decoded
from troth.spec.validity import Validity

_DEEPEST = 12
_SEVERAL = "is valid under more than one of the schemas"
"""How jsonschema-rs says that several schemas of a `oneOf` hold."""


def formats_hold(
    exchange: Exchange, operation: Operation | None, plain: Validity, strict: Validity
) -> tuple[Complaint, ...]:
    """FUZ117: what ``strict``, which asserts formats, says against an answer and ``plain`` does
    not; each root once. What else is wrong with the answer is FUZ102's or FUZ106's.
    """
    found = {each.root: each for each in _each(exchange, operation, plain, strict)}
    return tuple(found.values())


def _each(
    exchange: Exchange, operation: Operation | None, plain: Validity, strict: Validity
) -> Iterator[Complaint]:
    response, described = exchange.response, documented(operation, exchange.status)
    if response is None or described is None or not response.body:
        return
    media = described.media(response.media_type)
    if media is None:
        return
    if response.media_type == EVENTS and media.item_schema is not None:
        for event in decoded(response.body):
            for schema, value in contents(plain.spec, plain, media.item_schema, event):
                yield from _wrong(schema, value, plain, strict, of=f" of a `{event.type}` event")
    elif is_json(response.media_type) and not response.truncated:
        try:
            body = response.json()
        except (ValueError, RecursionError):
            return
        yield from _wrong(media.schema, body, plain, strict)


def _wrong(
    schema: Schema, value: Any, plain: Validity, strict: Validity, *, of: str = ""
) -> Iterator[Complaint]:
    asserted = strict.errors(schema, value)
    if not asserted:
        return
    lax = {
        (tuple(each.instance_path), each.kind.name) for each in plain.errors(schema, value) or ()
    }
    for error in asserted:
        if (tuple(error.instance_path), error.kind.name) in lax:
            continue
        for leaf in _leaves(error):
            name, text = leaf.kind.format, leaf.instance
            why = wrong(name, text) if isinstance(text, str) else "is none"
            at = [str(each) for each in leaf.instance_path]
            member = next((each for each in reversed(at) if not each.isdigit()), "the body")
            yield Complaint(
                "FUZ117",
                f"the {name} `{member}` {why}",
                f"/{'/'.join(at)}{of} is described as {name}, and {why}",
            )


def _leaves(error: Any) -> Iterator[Any]:
    """The formats that are violated in ``error``, also in one of its alternatives."""
    if error.kind.name == "format":
        yield error
        return
    for alternative in getattr(error.kind, "context", None) or ():
        found = [leaf for each in alternative for leaf in _leaves(each)]
        # An alternative that fails for another reason was not meant.
        if found and len(found) == len(alternative):
            yield from found
            return


def told_apart(
    complaint: Complaint, exchange: Exchange, operation: Operation, strict: Validity
) -> bool:
    """Whether what fits several schemas of a `oneOf` fits one of them when formats are asserted.

    `oneOf: [{format: email}, {maxLength: 0}]` is how generators say "an address, or blank".
    """
    response, described = exchange.response, documented(operation, exchange.status)
    if _SEVERAL not in complaint.message or response is None or described is None:
        return False
    media = described.media(response.media_type)
    if media is None or not is_json(response.media_type):
        return False
    found = strict.errors(media.schema, response.json())
    return found is not None and not any(_SEVERAL in each.message for each in found)


def formats_of(spec: Spec, operation: Operation) -> frozenset[str]:
    """The formats that the document names in the successes of ``operation``."""
    found: set[str] = set()
    for status, response in operation.responses.items():
        if status[:1] not in {"2", "d"}:
            continue
        for media in response.content.values():
            for schema in (media.schema, media.item_schema):
                if schema is not None:
                    _gather(spec, schema, found, set(), 0)
    return frozenset(found & JUDGED.keys())


def _gather(spec: Spec, schema: Schema, found: set[str], seen: set[int], depth: int) -> None:
    for branch in branches(spec, schema):
        own: Mapping[str, Any] = resolve(spec, branch)
        if id(own) in seen or depth > _DEEPEST:
            continue
        seen.add(id(own))
        if isinstance(own.get("format"), str):
            found.add(own["format"])
        members = own.get("properties")
        below = list(members.values()) if isinstance(members, Mapping) else []
        below += [each for each in (items(spec, own), own.get("contentSchema")) if each is not None]
        if isinstance(own.get("additionalProperties"), Mapping):
            below.append(own["additionalProperties"])
        for each in below:
            _gather(spec, each, found, seen, depth + 1)

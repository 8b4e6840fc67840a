"""The second, independent judge of responses: openapi-core, told the operation, not guessing it.

It is asked three times: as the document says; with everything undocumented forbidden; and with
everything documented required.
"""

import json
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from openapi_core import Config, OpenAPI
from werkzeug.datastructures import Headers

from troth.exchange import Exchange, Response
from troth.spec.operation import Operation, ResponseSpec, Schema, Spec
from troth.spec.schema import branches, is_json, items
from troth.spec.shape import escaped

SHOWN = 80  # characters of a message that a reason quotes
MOST = 3  # errors that a reason names
STREAMS = frozenset({"text/event-stream", "application/x-ndjson", "application/jsonl"})
Steps = tuple[str, ...]
_Error = Any  # jsonschema.ValidationError, which comes without types


_WORD = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the second judge holds of a response.

    ``ok`` is None when it abstains; ``reason`` says why it does, or what is wrong.
    ``undocumented`` and ``absent`` are JSON pointers into the body: properties that the document
    does not mention, and documented ones that are missing although they need not be there.
    """

    ok: bool | None
    reason: str = ""
    undocumented: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judge:
    """Judges the responses of one document; made once a session by `second_judge`."""

    spec: Spec
    validator: Any
    _schemas: dict[tuple[Steps, str], Any] = field(default_factory=dict, repr=False)
    _said: dict[tuple[Any, ...], tuple[str, ...]] = field(default_factory=dict, repr=False)

    def response(self, operation: Operation, exchange: Exchange) -> Opinion:
        """The opinion of a response to ``operation``. Never raises: it abstains instead."""
        response = exchange.response
        if response is None:
            return Opinion(ok=None, reason="there was no response")
        try:
            return self._judged(operation, exchange, response)
        except Exception as error:  # noqa: BLE001 - its own fault is no evidence against a service
            # No text of the error: it may quote the whole body.
            return Opinion(ok=None, reason=f"openapi-core failed with {type(error).__name__}")

    def _judged(self, operation: Operation, exchange: Exchange, response: Response) -> Opinion:
        documented = _documented(operation, response.status)
        if documented is None:
            known = ", ".join(operation.responses) or "none"
            return Opinion(
                ok=False, reason=f"status {response.status} is undocumented, unlike {known}"
            )
        place = self._place(operation) / "responses" / documented.status
        wrong = self._of_headers(place, documented, response)
        bodiless = exchange.request.method == "HEAD" or response.status in {204, 205, 304}
        if wrong or not documented.content or (bodiless and not response.body):
            return Opinion(ok=not wrong, reason="; ".join(wrong[:MOST]))
        name = _media_type(documented, response.media_type)
        if not response.body:
            if not any(documented.content[each].schema for each in documented.content):
                return Opinion(ok=None, reason="the body is empty, and its schema says nothing")
            return Opinion(ok=False, reason="the body is empty, unlike the documented one")
        if name is None:
            found = response.media_type or "absent"
            listed = ", ".join(documented.content)
            return Opinion(
                ok=False, reason=f"media type {found:.80} is undocumented, unlike {listed}"
            )
        if response.media_type in STREAMS:
            return Opinion(ok=None, reason="a stream is judged event by event")
        if response.truncated:
            return Opinion(ok=None, reason="the body was not read to its end")
        if not is_json(response.media_type):
            return Opinion(ok=None, reason=f"{response.media_type:.80} is not JSON")
        return self._body(place / "content" / name, documented.content[name].schema, response)

    def _body(self, media: Any, schema: Schema, response: Response) -> Opinion:
        try:
            body = response.json()
        except (ValueError, RecursionError) as error:
            if isinstance(error, json.JSONDecodeError):
                at = f"line {error.lineno}, column {error.colno}"
                return Opinion(ok=False, reason=f"the body is not JSON: {error.msg} at {at}")
            return Opinion(ok=False, reason=f"the body is not JSON: {type(error).__name__}")
        if not isinstance(schema, Mapping) or not schema:
            return Opinion(ok=True)
        lax = self._schema(media / "schema", "").iter_errors(body)
        errors = [each for each in lax if not _write_only(each)]
        if errors:
            said = [f"{_pointer(each) or 'the body'}: {_short(each)}" for each in errors[:MOST]]
            return Opinion(ok=False, reason="; ".join(said))
        extra = strict(self._schema(media / "schema", "forbid").iter_errors(body), _extra)
        less = strict(self._schema(media / "schema", "require").iter_errors(body), _missing)
        unmentioned = {each for each in extra if not mentioned(self.spec, schema, each)}
        return Opinion(ok=True, undocumented=_sorted(unmentioned), absent=_sorted(less))

    def _place(self, operation: Operation) -> Any:
        item = self.validator.spec / "paths" / operation.path
        method = operation.method.lower()
        if method in item:
            return item / method
        return item / "additionalOperations" / operation.method

    def _of_headers(
        self, place: Any, documented: ResponseSpec, response: Response
    ) -> tuple[str, ...]:
        """What is wrong with the headers: asked once for each shape that their values have.

        They cost three times what a body does, and counters and ids are all that changes in them.
        Most documents promise the same ones of many operations.
        """
        # It knows ranges in capitals only.
        if not documented.headers or documented.status.endswith("xx"):
            return ()
        declared = {name.lower() for name in documented.headers}
        shape = frozenset(
            (name.lower(), _shape(value))
            for name, value in response.headers
            if name.lower() in declared
        )
        key = (json.dumps(documented.headers, sort_keys=True, default=str), shape)
        if key not in self._said:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # It warns of deprecated headers.
                self._said[key] = tuple(self._headers(place, documented.status, response))
        return self._said[key]

    def _headers(self, place: Any, status: str, response: Response) -> Iterator[str]:
        headers = Headers(list(response.headers))
        operation = place.parent.parent
        number = status if status.endswith("XX") else response.status
        for error in self.validator._iter_headers_errors(number, headers, operation):  # noqa: SLF001
            yield f"{error!s:.{SHOWN}}"

    def _schema(self, place: Any, mode: str) -> Any:
        key = (tuple(place.parts), mode)
        if key not in self._schemas:
            made = self.validator.schema_validators_factory.create(
                self.validator.spec,
                place,
                forbid_unspecified_additional_properties=mode == "forbid",
                enforce_properties_required=mode == "require",
            )
            # `format` is FUZ117's to judge.
            self._schemas[key] = made.validator.evolve(format_checker=None)
        return self._schemas[key]


def _shape(value: str) -> str:
    """A header's value with numbers and ids made equal; words stay, they may be of an enum."""
    return _WORD.sub(lambda word: word[0] if word[0].isalpha() else _number(word[0]), value)


def _number(word: str) -> str:
    return "0" if word.isdigit() else "w"


def second_judge(spec: Spec) -> Judge:
    """The judge of the document ``spec``; cheap to make, as the document is not validated."""
    config = Config(spec_validator_cls=None)
    return Judge(spec, OpenAPI.from_dict(dict(spec.document), config=config).response_validator)


def _documented(operation: Operation, status: int) -> ResponseSpec | None:
    for key in (str(status), f"{status // 100}XX", f"{status // 100}xx", "default"):
        if key in operation.responses:
            return operation.responses[key]
    return None


def _media_type(documented: ResponseSpec, found: str) -> str | None:
    """The name of the documented media type that covers ``found``: exact, then ranges."""
    plain = {name.split(";")[0].strip().lower(): name for name in documented.content}
    for each in (found, f"{found.partition('/')[0]}/*", "*/*", "*"):
        if found and each in plain:
            return plain[each]
    return None


def strict(errors: Iterable[_Error], names: Callable[[_Error], list[str]]) -> set[Steps]:
    """Places of the properties that strictness alone complains of.

    Below anyOf and oneOf a branch counts only when nothing but strictness speaks against it.
    """
    found: set[Steps] = set()
    for error in _leaves(errors, names):
        at = tuple(str(step) for step in error.absolute_path)
        found |= {(*at, name) for name in names(error)}
    return found


def _leaves(errors: Iterable[_Error], names: Callable[[_Error], list[str]]) -> Iterator[_Error]:
    for error in errors:
        if not error.context:
            yield error
            continue
        whole: dict[Any, list[_Error]] = {}
        for inner in error.context:
            whole.setdefault(inner.relative_schema_path[0], []).append(inner)
        for group in whole.values():
            leaves = list(_leaves(group, names))
            if leaves and all(names(each) for each in leaves):
                yield from leaves
                break


def _extra(error: _Error) -> list[str]:
    if error.validator not in {"properties", "type"} or not isinstance(error.instance, Mapping):
        return []
    if not error.message.startswith("Additional properties"):
        return []
    known = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
    # Patterns are another way of mentioning a property: `mentioned` looks at them.
    return [name for name in error.instance if name not in known]


def _missing(error: _Error) -> list[str]:
    if error.validator != "properties" or not error.message.endswith("is a required property"):
        return []
    known = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
    return [
        name
        for name, schema in known.items()
        if error.message == f"'{name}' is a required property"
        and not (isinstance(schema, Mapping) and schema.get("writeOnly") is True)
    ]


def mentioned(spec: Spec, schema: Schema, steps: Steps) -> bool:
    """Whether any branch of ``schema`` mentions the place ``steps``, or leaves it open.

    Strictness is applied to each branch of an allOf by itself, where the others' properties are
    strangers: what one of them mentions is documented.
    """
    current: list[Schema] = [schema]
    for step in steps:
        below: list[Schema] = []
        for each in current:
            for branch in branches(spec, each):
                if _open(branch):
                    return True
                known = branch.get("properties")
                if isinstance(known, Mapping) and step in known:
                    below.append(known[step])
            inner = items(spec, each)
            if step.isdigit() and inner is not None:
                below.append(inner)
        if not below:
            return False
        current = below
    return True


def _open(branch: Mapping[str, Any]) -> bool:
    """Whether a schema speaks of an object without saying which members it has."""
    if {"patternProperties", "additionalProperties", "unevaluatedProperties"} & set(branch):
        return True
    kinds = branch.get("type", "object")
    if "object" not in (kinds if isinstance(kinds, list) else [kinds]):
        return False
    words = {"properties", "allOf", "anyOf", "oneOf", "items", "enum", "const", "not"}
    return not words & set(branch)


def _write_only(error: _Error) -> bool:
    """Whether what is missing may not be sent at all: `required` then speaks of requests only.

    OpenAPI 3.0, "Fixed Fields" of the Schema Object; 3.1 leaves it open, so nothing is claimed.
    """
    if error.validator != "required" or not isinstance(error.schema, Mapping):
        return False
    known = error.schema.get("properties", {})
    return any(
        error.message == f"{name!r} is a required property" and schema.get("writeOnly") is True
        for name, schema in known.items()
        if isinstance(schema, Mapping)
    )


def _sorted(places: set[Steps]) -> tuple[str, ...]:
    return tuple(sorted(escaped(*place) for place in places))


def _pointer(error: _Error) -> str:
    return escaped(*(str(step) for step in error.absolute_path))


def _short(error: _Error) -> str:
    """The violated keyword, and its message where that is short."""
    message = error.message
    return message if len(message) <= SHOWN else f"violates `{error.validator}`"

"""The only module that imports schemathesis: it generates cases and is the first judge of answers.

schemathesis is used as a library. Its pytest plugin stays blocked: it breaks node ids, never
shrinks, and leaves the boundary cases out of a profile's control.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any, cast
from urllib.parse import quote

import hypothesis.core
import hypothesis.vendor.pretty
import requests
import schemathesis
import schemathesis.generation.hypothesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core import NOT_SET, NotSet
from schemathesis.core.errors import MalformedMediaType
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.transport import Response as JudgedResponse
from schemathesis.openapi import checks as failures
from schemathesis.specs.openapi import checks as judges
from schemathesis.transport.requests import REQUESTS_TRANSPORT

from troth.case import NO_BODY, Case, Fault, Values
from troth.errors import Unmakable, UsageError
from troth.exchange import Exchange
from troth.finding import Complaint
from troth.spec.encode import encode, encode_json
from troth.spec.operation import Operation, Spec
from troth.spec.stream import EVENTS, whole

# Importing schemathesis blanks the values in every Hypothesis failure of the process. Its set-up
# runs once; doing it now and putting Hypothesis's printer back afterwards gives them back.
schemathesis.generation.hypothesis.setup()
hypothesis.core.RepresentationPrinter = hypothesis.vendor.pretty.RepresentationPrinter  # type: ignore[attr-defined]

CONFIG: Mapping[str, Any] = {
    # Credentials are the Principal's, not the generator's; NUL bytes are FUZ104's subject.
    "generation": {"with-security-parameters": False, "allow-x00": False},
    "phases": {"coverage": {"unexpected-methods": []}},
    # `format` is FUZ117's to judge: asserted here, one cause would be two findings.
    "checks": {"response_schema_conformance": {"validate-formats": False}},
}
CHECKS = (
    judges.status_code_conformance,
    judges.content_type_conformance,
    judges.response_headers_conformance,
    judges.response_schema_conformance,
)
BASE = "http://troth.invalid"


@dataclass(frozen=True, slots=True)
class Generator:
    """One document, as schemathesis sees it."""

    schema: Any
    operations: Mapping[str, Any]
    refused: Mapping[str, str]
    """Why schemathesis takes an operation for none, by label."""
    _strategies: dict[tuple[str, bool], Any] = field(default_factory=dict, repr=False)

    def boundary(self, operation: Operation, *, valid: bool) -> Iterator[Case]:
        """The deterministic boundary cases, simplest first; 0.15 to 0.4 ms each.

        An invalid case has exactly one fault as far as its own location goes, but the *other*
        locations of schemathesis's template may be invalid too: `faults.single` puts valid
        values there.
        """
        own = self._own(operation)
        config = self.schema.config.generation_for(operation=own, phase="coverage")
        mode = GenerationMode.POSITIVE if valid else GenerationMode.NEGATIVE
        with _making(operation):
            for case in self.schema.iter_coverage_cases(
                own, generation_modes=[mode], generation_config=config
            ):
                yield self._ours(operation, case, valid=valid)

    def generated(self, operation: Operation, *, valid: bool) -> st.SearchStrategy[Case]:
        """Random cases: schema-valid ones, or ones with at least one schema violation."""
        key = (operation.label, valid)
        if key not in self._strategies:
            # Built and validated once: that costs as much as several examples.
            mode = GenerationMode.POSITIVE if valid else GenerationMode.NEGATIVE
            with _making(operation):
                strategy = self._own(operation).as_strategy(generation_mode=mode)
                strategy.validate()  # here, where what is wrong can still be said
            self._strategies[key] = strategy.map(
                lambda case: self._ours(operation, case, valid=valid)
            )
        return cast("st.SearchStrategy[Case]", self._strategies[key])

    def build(
        self, operation: Operation, values: Values, *, fault: Fault | None = None, purpose: str = ""
    ) -> Case:
        """The case of these values, serialised as the document says."""
        own = self._own(operation)
        made = own.Case(
            path_parameters={
                name: quote(str(value), safe="%") for name, value in values.path.items()
            },
            query=dict(values.query),
            headers=dict(values.headers),
            cookies=dict(values.cookies),
            body=NOT_SET if values.body is NO_BODY else values.body,
            media_type=values.media_type,
        )
        return replace(self._case(operation, made, values), fault=fault, purpose=purpose)

    def judge(self, operation: Operation, exchange: Exchange) -> tuple[Complaint, ...]:
        """What the document says against this exchange: status, media type, headers, body."""
        if exchange.response is None or operation.label not in self.operations:
            return ()
        own = self.operations[operation.label]
        # It is asked for its path when a failure is described.
        case = own.Case(path_parameters={each.name: "x" for each in own.path_parameters})
        try:
            case.validate_response(_judged(exchange), checks=list(CHECKS))
        except FailureGroup as group:
            found = [_complaint(operation, exchange, each) for each in _flat(group)]
            # Several violations of one object have one cause: the first says what it is.
            return tuple({each.root: each for each in reversed(found)}.values())[::-1]
        except Failure as failure:
            return (_complaint(operation, exchange, failure),)
        return ()

    def _own(self, operation: Operation) -> Any:
        """The operation as schemathesis has it. Raises Unmakable where it has refused it."""
        found = self.operations.get(operation.label)
        if found is None:
            why = self.refused.get(operation.label, "it does not read its description")
            raise Unmakable(f"no request can be made of {operation.label}: {why}")
        return found

    def _ours(self, operation: Operation, case: Any, *, valid: bool) -> Case:
        values = Values(
            path={name: _text(value) for name, value in (case.path_parameters or {}).items()},
            query=dict(case.query or {}),
            headers=dict(case.headers or {}),
            cookies=dict(case.cookies or {}),
            body=NO_BODY if isinstance(case.body, NotSet) else case.body,
            media_type=case.media_type,
        )
        made = self._case(operation, case, values)
        return made if valid else replace(made, fault=_fault(case))

    def _case(self, operation: Operation, case: Any, values: Values) -> Case:
        with _making(operation):
            sent = case.as_transport_kwargs(base_url=BASE)
        path, headers, body = encode(sent, prefix=BASE)
        return Case(
            operation=operation,
            method=case.method,
            path=path,
            headers=headers,
            body=_written(values) or body,
            values=values,
        )


@contextmanager
def _making(operation: Operation) -> Iterator[None]:
    """Says of an operation that no requests can be made of what is wrong. Raises Unmakable."""
    try:
        yield
    except (schemathesis.errors.SchemathesisError, MalformedMediaType) as error:
        said = " ".join(str(error).split())[:300]
        raise Unmakable(f"no request can be made of {operation.label}: {said}") from error
    except ValueError as error:
        # It asks jsonschema_rs whether bytes of its own are a text of another format.
        if "Unsupported type: 'Binary'" not in str(error):
            raise
        said = "`format: binary` beside another format, in one `oneOf`"
        raise Unmakable(f"no request can be made of {operation.label}: {said}") from error


def _raw(_: Any, value: Any) -> dict[str, Any]:
    """Bytes and texts as they are, anything else as JSON: of media types that nobody knows."""
    if isinstance(value, str):
        return {"data": value.encode("utf-8", "surrogatepass")}
    return {
        "data": value if hasattr(value, "data") or isinstance(value, bytes) else encode_json(value)
    }


def _known(spec: Spec) -> None:
    """Let schemathesis send each media type of the document, whatever it may be."""
    for operation in spec.operations:
        for media_type in operation.body.content if operation.body is not None else ():
            plain = media_type.partition(";")[0].strip().lower()
            main, _, sub = plain.partition("/")
            whole = main and sub and "*" not in plain
            if whole and REQUESTS_TRANSPORT.get_first_matching_media_type(plain) is None:
                REQUESTS_TRANSPORT.serializer(plain)(_raw)


def generator(spec: Spec) -> Generator:
    """Load ``spec`` into schemathesis. Raises UsageError when it refuses the whole document."""
    _known(spec)
    config = schemathesis.Config.from_dict(deepcopy(dict(CONFIG)))
    try:
        schema = schemathesis.openapi.from_dict(_completed(spec), config=config)
    except schemathesis.errors.LoaderError as error:
        raise UsageError(f"{spec.source}: schemathesis cannot read it: {error}") from error
    schema.config.update(base_url=BASE)
    known = {each.label: each for each in spec.operations}
    operations: dict[str, Any] = {}
    refused: dict[str, str] = {}
    for result in schema.get_all_operations():
        own = getattr(result, "_value", None)
        if own is not None and own.label in known:
            operations[own.label] = own
            continue
        failed = getattr(result, "_error", None)
        label = f"{str(getattr(failed, 'method', '')).upper()} {getattr(failed, 'path', '')}"
        refused[label] = " ".join(str(failed).split())[:300]
    return Generator(schema, operations, refused)


def _completed(spec: Spec) -> dict[str, Any]:
    """The document with the path parameters that its templates name but it forgot to declare."""
    document = deepcopy(dict(spec.document))
    for operation in spec.operations:
        item = document.get("paths", {}).get(operation.path)
        raw = item.get(operation.method.lower()) if isinstance(item, dict) else None
        if not isinstance(raw, dict):
            continue
        declared = {
            each.get("name")
            for each in [*item.get("parameters", []), *raw.get("parameters", [])]
            if isinstance(each, dict)
        }
        named = set(re.findall(r"{([^}]+)}", operation.path))
        refs = any(
            "$ref" in each for each in [*item.get("parameters", []), *raw.get("parameters", [])]
        )
        for parameter in operation.parameters:
            forgotten = parameter.location == "path" and parameter.name in named - declared
            if forgotten and not refs:
                raw.setdefault("parameters", []).append(
                    {"name": parameter.name, "in": "path", "required": True}
                    | {"schema": parameter.schema}
                )
    return document


def _judged(exchange: Exchange) -> JudgedResponse:
    response = exchange.response
    assert response is not None
    headers: dict[str, list[str]] = {}
    for name, value in response.headers:
        headers.setdefault(name.lower(), []).append(value)
    request = requests.PreparedRequest()
    request.method, request.url = exchange.request.method, exchange.request.url
    request.headers = requests.structures.CaseInsensitiveDict(exchange.request.headers)
    return JudgedResponse(
        status_code=response.status,
        headers=headers,
        # A client never sees the unfinished end of a stream, and schemathesis would judge it.
        content=whole(response.body) if response.media_type == EVENTS else response.body,
        request=request,
        elapsed=response.elapsed,
        verify=False,
        stream_cut_short=response.truncated,
    )


def _flat(group: BaseExceptionGroup[Any]) -> Iterator[Failure]:
    for each in group.exceptions:
        if isinstance(each, BaseExceptionGroup):
            yield from _flat(each)
        else:
            yield cast("Failure", each)


def _complaint(operation: Operation, exchange: Exchange, failure: Failure) -> Complaint:
    """A complaint whose root does not depend on generated values."""
    status = exchange.status
    first = " ".join(str(failure.message).split("\n\n")[0].split())
    match failure:
        case failures.UndefinedStatusCode():
            documented = ", ".join(failure.defined_status_codes)
            return Complaint(
                "FUZ102",
                f"status {status} is not documented",
                f"answered {status}; the document knows {documented}",
            )
        case failures.MissingHeaders():
            names = ", ".join(sorted(failure.missing_headers))
            return Complaint("FUZ102", f"response headers {names} are missing", first)
        case failures.MissingContentType() | failures.UndefinedContentType():
            found = exchange.response.media_type if exchange.response else ""
            return Complaint(
                "FUZ106" if status >= 400 else "FUZ102",
                f"media type {found or 'absent'} of a {status // 100}xx is not documented",
                f"{status} came as {found or 'no media type at all'}: {first}",
            )
        case failures.JsonSchemaError() if failure.title.startswith("Response header"):
            return Complaint(
                "FUZ102",
                f"{status // 100}xx header violates its schema in {operation.label}",
                f"a header of the {status} does not fit its schema: {failure.validation_message}",
            )
        case failures.JsonSchemaError():
            at = "/".join("*" if isinstance(each, int) else each for each in failure.instance_path)
            where = f"{_schema_name(operation, failure)} at /{at}"
            return Complaint(
                "FUZ106" if status >= 400 else "FUZ102",
                f"{status // 100}xx body violates {where}",
                f"{status} body at /{at}: {failure.validation_message}",
            )
        case _:
            return Complaint(
                "FUZ106" if status >= 400 else "FUZ102",
                f"{status // 100}xx: {failure.title}",
                f"{status}: {failure.title}: {first}",
            )


def _schema_name(operation: Operation, failure: Any) -> str:
    """The shared component that was violated, or the operation that has the schema for itself."""
    names = failure._name_to_uri or {}  # noqa: SLF001 - the bundled names are nowhere else
    first = next((str(each) for each in failure.schema_path if str(each) in names), None)
    declared = [names[str(each)] for each in failure.schema_path if str(each) in names]
    if first is None or not declared:
        return operation.label
    return str(declared[0]).rpartition("/")[2]


_LOCATIONS = {
    "body": "body",
    "path": "path",
    "query": "query",
    "header": "header",
    "cookie": "cookie",
}


def _fault(case: Any) -> Fault:
    data = case.meta.phase.data
    location = str(getattr(data.parameter_location, "value", data.parameter_location) or "")
    location = location.replace("path_parameters", "path").replace("headers", "header")
    location = _LOCATIONS.get(location.replace("cookies", "cookie"), location)
    kind = str(getattr(data, "scenario", "") or "")
    if not kind:
        mutations = data.mutations
        kind = "+".join(sorted({str(each.operator) for each in mutations})) or "negated"
        location = location or "+".join(
            sorted(str(each.value) for each in case.meta.components if _negative(case, each))
        )
    name = str(data.parameter or "")
    if location == "body":
        # The description starts with the property's path: "name: Incorrect type".
        head, _, _ = str(data.description or "").partition(": ")
        pointer = str(data.location or "")
        name = _instance_pointer(pointer) or ("/" + head if " " not in head and head else "")
    return Fault(location, name, kind, str(data.description or "schema violation"))


def _negative(case: Any, component: Any) -> bool:
    return bool(case.meta.components[component].mode == GenerationMode.NEGATIVE)


def _instance_pointer(schema_pointer: str) -> str:
    """``/properties/a/properties/b/type`` as the instance pointer ``/a/b``."""
    return "".join(f"/{name}" for name in re.findall(r"/properties/([^/]+)", schema_pointer))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _written(values: Values) -> bytes:
    """XML that stands in the document as a text, as most examples do: it is XML already."""
    media_type = (values.media_type or "").partition(";")[0].strip().lower()
    whole = isinstance(values.body, str) and values.body.lstrip().startswith("<")
    return values.body.encode() if whole and media_type.endswith("xml") else b""

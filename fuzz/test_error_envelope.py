"""FUZ106: every error has the documented shape and media type; a 422 names the field.

Provoked here: an unknown route, an id that nobody has, a malformed body, a media type that is not
declared, and one schema violation. Every other error that any property meets is looked at too.
Where the document describes the very error, its schema decides; elsewhere the envelope that the
document uses for its other errors does. Members more or less (`errors` on a 422 only) do not make
a second shape. A document that describes no error promises no envelope, and no client reads what
refuses a preflight: neither is a finding.
"""

import json
from contextlib import suppress
from dataclasses import replace

from troth import applies, control, expect, prop
from troth.case import NO_BODY, Case, Fault
from troth.composing.faults import json_like
from troth.spec.operation import Operation
from troth.spread import spread
from troth.target import Target
from troth.world import World

REFS = ("RFC9457", "OWASP-API8:2023", "ASVS-v5.0.0-16.5.1")


def unasked(target: Target, operation: Operation) -> str:
    """Why it is not asked of an operation."""
    _ = operation
    return "" if target.shapes else "the document describes no error"


@prop("FUZ106", severity="medium", refs=REFS, unless=unasked)
def test_error_envelope(target: Target, operation: Operation) -> None:
    """Each kind of error this operation can be made to give."""
    with target.world() as world:
        base = target.generator.build(operation, world.accepted(operation).values)
        cases = _provoking(base, operation)
        stranger = _unknown_id(target, operation, base)
        if stranger is not None:
            cases.append(stranger)
        invalid = _one_violation(world, operation)
        if invalid is not None:
            cases.append(invalid)
        applies(cases, "there is no error that it can be made to give")
        for case in spread(target, operation, cases):
            answer = world.send(case)
            control(answer.response, "no answer to judge")
            world.judge(answer)
            if case is invalid and answer.response is not None:
                _names_the_field(case, answer.status, answer.response.body)


def _provoking(base: Case, operation: Operation) -> list[Case]:
    """An unknown route below a reading operation; a body of another type, a malformed body."""
    cases = []
    if operation.method == "GET":
        unknown = base.path.partition("?")[0].rstrip("/") + "/troth-no-such-thing/at-all"
        cases.append(Case(None, "GET", unknown, purpose="an unknown route"))
    if operation.body is None or base.values.body is NO_BODY:
        return cases
    other = tuple(
        (name, "application/x-troth" if name.lower() == "content-type" else value)
        for name, value in base.headers
    )
    fault = Fault("media-type", "", "an undeclared Content-Type", "an undeclared Content-Type")
    cases.append(replace(base, headers=other, fault=fault))
    if json_like(base.values.media_type):
        malformed = Fault("body", "", "malformed JSON", "malformed JSON")
        cases.append(replace(base, body=b'{"a": ', fault=malformed))
    return cases


def _unknown_id(target: Target, operation: Operation, base: Case) -> Case | None:
    """The same read of a thing that is not there, by an id that the schema allows."""
    parameters = [each for each in operation.parameters if each.location == "path"]
    if operation.method != "GET" or not parameters:
        return None
    last = max(parameters, key=lambda each: operation.path.find(f"{{{each.name}}}"))
    own = base.values.path.get(last.name, "")
    for other in (_turned(own), f"{own}9"):
        if other != own and not target.validity.text_violations(last.schema, other):
            path = {**base.values.path, last.name: other}
            values = replace(base.values, path=path)
            return target.generator.build(operation, values, purpose="an id that nobody has")
    return None


def _turned(id: str) -> str:
    """An id of the same form: its last digits are others, of a number the first."""
    turned = str.maketrans(
        "0123456789abcdef", "7896453201badcfe" if len(id) == 36 else "7896453201abcdef"
    )
    if id.isdecimal():
        return f"9{id}"
    return id[:-8] + id[-8:].translate(turned)


def _one_violation(world: World, operation: Operation) -> Case | None:
    """An invalid case whose fault is in a named member or parameter, or None."""
    for case in world.faulty(operation):
        if case.fault is not None and case.fault.name.strip("/"):
            return case
    return None


def _names_the_field(case: Case, status: int, body: bytes) -> None:
    if status != 422 or case.fault is None:
        return
    name = case.fault.name.rsplit("/", 1)[-1]
    said = body.decode("utf-8", "replace")
    with suppress(ValueError):  # Not JSON: the text itself is searched.
        said += json.dumps(json.loads(said), ensure_ascii=False)
    expect(name in said, f"the 422 does not name `{name}`", root="a 422 does not name the field")

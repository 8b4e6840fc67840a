"""SEC344: no error tells of the inside: no stack trace, SQL, path, address of a database.

What an error says of frameworks, tables and hosts is what an attack begins with (CWE-209, CWE-497),
and a stack trace often holds more. Looked at are every answer of status 400 and above of every
property, what a service reports as a failure with status 200, and events and frames that say at
their head that something went wrong. Found are stack traces of Python, Java, Node, PHP, Ruby, Go
and .NET, debug pages, errors of database drivers, statements of SQL, addresses of databases, paths
of source files, and (*low*) a server's version on its error pages.

Provoked here: malformed JSON, a media type that nobody declared, an id with a quote in it, one that
is over-long, an unknown route, a broken frame. The control is the operation being served
otherwise. The exchange itself shows the fault.

Text that stands in the request is the client's own and no finding, nor is a message that names
a member, a rule or a documented word. An error in the body of a 2xx counts only where it is
reported as one.
"""

from dataclasses import replace

from troth import control, prop
from troth.case import NO_BODY, Case, Fault, Script
from troth.composing.faults import json_like
from troth.exchange import Frame
from troth.exposure.sampled import sampled
from troth.spec.operation import Operation, Socket
from troth.spread import spread
from troth.target import Target

REFS = ("OWASP-API8:2023", "CWE-209", "CWE-497", "ASVS-v5.0.0-16.5.1", "WFC-209")
ODD = {"a quote": "troth'\"", "an over-long id": "9" * 600, "a bracket": "[troth]"}


def _stands_for(target: Target, operation: Operation | Socket) -> str:
    return "" if isinstance(operation, Socket) else sampled(target, operation)


@prop("SEC344", severity="medium", refs=REFS, last=True, sockets=True, unless=_stands_for)
def test_error_hygiene(target: Target, operation: Operation | Socket) -> None:
    """Sums up what all the others have seen, and provokes errors."""
    with target.world() as world:
        accepted = world.accepted(operation)
        base = world.case(operation, accepted.values)
        world.judge(accepted.exchange)
        cases = _broken(base) if isinstance(operation, Socket) else _provoking(base, operation)
        if target.profile.examples == 1 and isinstance(operation, Operation):
            cases = list(spread(target, operation, cases)[:2])
        for case in cases:
            answer = world.send(case, principal=accepted.principal)
            control(answer.response, "no answer to judge")
            world.judge(answer)


def _broken(base: Case) -> list[Case]:
    fault = Fault("frame", "", "a frame that is no JSON", "a frame that is no JSON")
    said = Script((Frame("text", b'{"type": ', sent=True),), awaited=1)
    return [replace(base, script=said, fault=fault)]


def _provoking(base: Case, operation: Operation) -> list[Case]:
    lost = base.path.partition("?")[0].rstrip("/") + "/troth-no-such-thing/at-all"
    cases = [Case(None, "GET", lost, purpose="an unknown route")]
    if operation.body is not None and base.values.body is not NO_BODY:
        if json_like(base.values.media_type):
            fault = Fault("body", "", "malformed JSON", "malformed JSON")
            cases.append(replace(base, body=b'{"a": ', fault=fault))
        fault = Fault("media-type", "", "an undeclared Content-Type", "an undeclared Content-Type")
        headers = [each for each in base.headers if each[0].lower() != "content-type"]
        other = (*headers, ("Content-Type", "application/x-troth"))
        cases.append(replace(base, headers=other, fault=fault))
    if operation.single:
        above, _, _ = base.path.partition("?")[0].rstrip("/").rpartition("/")
        slash = operation.path.removeprefix(operation.place)
        for kind, text in ODD.items():
            quoted = "".join(f"%{ord(each):02X}" if not each.isalnum() else each for each in text)
            fault = Fault("path", operation.place.rpartition("{")[2][:-1], kind, kind)
            cases.append(replace(base, path=f"{above}/{quoted}{slash}", fault=fault))
    return cases

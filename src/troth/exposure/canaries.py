"""Requests with a value in a secret place that stands nowhere else: where it comes up, it leaks."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from troth.case import Case, Fault
from troth.checks.secrets import SECRET, sent_secrets
from troth.exposure.preflights import path_of
from troth.logs.search import canary
from troth.spec.operation import Operation
from troth.target import Target
from troth.world import World

_QUERY = ("access_token", "api_key", "password")
_MOST = 3  # operations whose bodies are asked with canaries in smoke


@dataclass(frozen=True)
class Probe:
    """``made`` gives the request that has a canary where ``what`` says."""

    what: str
    made: Callable[[str], Case]
    where: str = "a header"
    """The kind of place: those of one kind leak for one cause."""
    principal: str = "anonymous"
    fresh: Callable[[], str] = canary

    def planted(self, target: Target) -> tuple[str, Case]:
        """A fresh canary, which no evidence shows, and the request with it."""
        secret = self.fresh()
        target.redactor.add(secret, base64.b64encode(f"troth:{secret}".encode()).decode())
        case = self.made(secret)
        return secret, replace(case, purpose=f"{self.what} that stands nowhere else")


def probes(world: World) -> Iterator[Probe]:
    """One for each kind of place, on an operation that asks for a credential where there is one."""
    target = world.target
    operation = _asking(target)
    path = path_of(target, operation).partition("?")[0] if operation is not None else "/"

    def headed(what: str, name: str, form: Callable[[str], str]) -> Probe:
        return Probe(what, lambda secret: Case(None, "GET", path, ((name, form(secret)),)))

    yield headed("a bearer token", "Authorization", "Bearer {}".format)
    yield headed("a password of HTTP authentication", "Authorization", _basic)
    yield headed("a cookie", "Cookie", "session={}".format)
    for name in sorted({"X-API-Key", *_keys(target, "header")}):
        yield headed(f"the header {name}", name, str)
    names = {*_keys(target, "query"), *_declared(target)}
    # A client may put a token there (RFC 6750 section 2.3); who has servers note whole request
    # lines is told so where the log was named.
    names |= set(_QUERY) if target.file.target.logs is not None else set()
    for name in sorted(names):
        yield Probe(f"`{name}` in a query", _queried(path, name), "a query")
    yield from _login(world)
    yield from _bodies(world)


def _basic(secret: str) -> str:
    return "Basic " + base64.b64encode(f"troth:{secret}".encode()).decode()


def _queried(path: str, name: str) -> Callable[[str], Case]:
    return lambda secret: Case(None, "GET", f"{path}?{name}={secret}")


def _asking(target: Target) -> Operation | None:
    """A reading operation, one that asks for a credential before others."""
    reading = [
        each
        for each in target.spec.operations
        if each.method == "GET" and target.asked(each) and target.closed(each) is None
    ]
    return min(reading, key=lambda each: (not each.secured, "{" in each.path), default=None)


def _keys(target: Target, location: str) -> set[str]:
    schemes = target.spec.schemes.values()
    return {each.key for each in schemes if each.kind == "apiKey" and each.location == location}


def _declared(target: Target) -> set[str]:
    """Parameters of a query that are secret by their name."""
    return {
        each.name
        for operation in target.spec.operations
        for each in operation.parameters
        if each.location == "query" and SECRET.fullmatch(each.name)
    }


def _login(world: World) -> Iterator[Probe]:
    """A login that fails, of somebody who is not there: nobody is locked out."""
    target = world.target
    login = target.file.session.login
    operation = target.spec.operation(login.operation) if login is not None else None
    bodies = [each.login for each in target.file.principals.values() if each.login is not None]
    if operation is None or not bodies or target.closed(operation) is not None:
        return
    values = world.accepted(operation).values

    def made(secret: str) -> Case:
        body = _with(bodies[0], secret, frozenset())
        for name in body:
            if not SECRET.fullmatch(name) and isinstance(body[name], str):
                known = body[name]
                body[name] = f"troth-{secret[-6:]}@troth.test" if "@" in known else "troth-nobody"
        fault = Fault("body", "/password", "a wrong password", "a wrong password")
        return replace(target.generator.build(operation, replace(values, body=body)), fault=fault)

    yield Probe("the password of a login", made, "a body")


def _bodies(world: World) -> Iterator[Probe]:
    """Refused requests of operations that take secrets, each with one fault."""
    target = world.target
    leaks = target.observer.leaks
    taking = [
        each
        for each in target.spec.operations
        if leaks.takes_secrets(each) and target.asked(each) and target.closed(each) is None
    ]
    known = [each for each in taking if each.label in target.memory.accepted]
    for operation in known[:_MOST] if target.profile.examples == 1 else known:
        names = leaks.secret_members(operation)
        for case in wrong_elsewhere(world, operation):
            what = f"a secret in the body of {operation.label}"
            yield Probe(what, _filled(case, names), "a body")
            break


def wrong_elsewhere(world: World, operation: Operation) -> Iterator[Case]:
    """Cases that have secrets as they were served, and one fault that is of none of these."""
    target = world.target
    names = target.observer.leaks.secret_members(operation)
    for case in world.faulty(operation):
        if _carries(case, names) and sent_secrets(case.body, names):
            yield case
    values = world.accepted(operation).values
    body = values.body
    for pointer in sorted(target.required_members(operation)) if isinstance(body, dict) else ():
        name = pointer.removeprefix("/")
        if name in body and not _secret(name, names):
            left = {key: each for key, each in body.items() if key != name}
            why = Fault("body", pointer, "a missing member", f"{pointer} is missing")
            case = target.generator.build(operation, replace(values, body=left), fault=why)
            if sent_secrets(case.body, names):
                yield case


def _carries(case: Case, names: frozenset[str]) -> bool:
    body = _json(case.body)
    fault = case.fault.name.rpartition("/")[2] if case.fault is not None else ""
    found = isinstance(body, dict) and any(_secret(name, names) for name in body)
    return found and not _secret(fault, names)


def _filled(case: Case, names: frozenset[str]) -> Callable[[str], Case]:
    return lambda secret: replace(
        case, body=json.dumps(_with(_json(case.body), f"Aa1-{secret}", names)).encode()
    )


def _with(body: Mapping[str, Any], secret: str, names: frozenset[str]) -> dict[str, Any]:
    return {name: secret if _secret(name, names) else each for name, each in body.items()}


def _secret(name: str, names: frozenset[str]) -> bool:
    return name in names or SECRET.fullmatch(name) is not None


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None

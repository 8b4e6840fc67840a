"""Somebody to spare: signs up anew for what would end a principal's own account or password.

A run that sends `DELETE /users/me` as one of its principals has lost them, and all that is asked as
them afterwards comes to nothing. Where the document lets anybody sign up, that is done first.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from troth.case import Values
from troth.composing.memory import Thing
from troth.expression import ExpressionError, evaluate, parse
from troth.principal import ANONYMOUS
from troth.prop import Inconclusive
from troth.spec.entry import token_in
from troth.spec.operation import Operation, Schema
from troth.spec.places import OWN
from troth.spec.schema import properties
from troth.spec.shape import escaped
from troth.spec.signup import SignUp, named_by, sign_up
from troth.spec.wording import joined, nested

if TYPE_CHECKING:
    from troth.target import Target
    from troth.world import World

_OWN = OWN | {"account", "my-account"}
_PASSWORD = re.compile(r"(?:change|set|new)?[-_]?pass(?:word|wd|phrase)?", re.IGNORECASE)
_CURRENT = ("current", "old", "existing", "previous")


@dataclass(frozen=True, slots=True)
class Spare:
    """Somebody who signed up for one request: their token, and the password they chose.

    ``answers`` has the one to their login, with what went before it.
    """

    token: str
    password: Any
    answers: Mapping[str, Thing]


def ends_caller(target: "Target", operation: Operation) -> str:
    """What of its sender ``operation`` ends, in words; empty for all others.

    What the target file says of who sends it is not for us to doubt.
    """
    told = target.told(operation)
    if told.token is not None or told.principal is not None:
        return ""
    last = operation.path.rstrip("/").rpartition("/")[2].lower()
    if operation.method == "DELETE" and last in _OWN:
        return "account"
    if current_password(target, operation):
        return "password"
    if sets_password(operation) and can_spare(target) is not None:
        return "password"
    return "name to log in by" if names_caller(target, operation) else ""


def sets_password(operation: Operation) -> bool:
    """Whether it is there to give a password: its sender's, perhaps, whomever its path names."""
    if operation.method not in {"PUT", "PATCH", "POST"} or not operation.secured:
        return False
    said = [each for each in operation.path.split("/") if each and not each.startswith("{")]
    return bool(said) and operation.body is not None and _PASSWORD.fullmatch(said[-1]) is not None


def names_caller(target: "Target", operation: Operation) -> frozenset[str]:
    """The members of the body of a write on oneself that one is known by when one logs in."""
    last = operation.path.rstrip("/").rpartition("/")[2].lower()
    if operation.method not in {"PUT", "PATCH"} or last not in _OWN or operation.body is None:
        return frozenset()
    known: dict[str, Schema] = {}
    for media in operation.body.content.values():
        known |= properties(target.spec, media.schema)
    people = [each.login for each in target.file.principals.values() if each.login]
    found = can_spare(target)
    pairs = found.pairs.values() if found is not None else ()
    made = {place[-1] for place in pairs if found is not None and place != found.password}
    return frozenset(made & set(known)).union(*(named_by(each, known) for each in people))


def current_password(target: "Target", operation: Operation) -> str:
    """The member of its body that wants the sender's password, to give them another one."""
    if operation.body is None or "{" in operation.path or not operation.secured:
        return ""
    names = [
        name
        for media in operation.body.content.values()
        for name in properties(target.spec, media.schema)
        if "pass" in name.lower()
    ]
    current = [each for each in names if each.lower().startswith(_CURRENT)]
    return current[0] if current and len(names) > len(current) else ""


def can_spare(target: "Target") -> SignUp | None:
    """How somebody signs up who can log in then; None where the document has no such thing."""
    login = target.file.session.login
    entry = target.spec.operation(login.operation) if login is not None else None
    if login is None or entry is None or login.cookie:
        return None
    bodies = [each.login for each in target.file.principals.values() if each.login]
    return sign_up(target.spec, bodies[0], entry) if bodies else None


def spare(world: "World", operation: Operation, *, above: tuple[str, ...]) -> Spare:
    """Somebody new who has logged in. Raises Inconclusive, which says what they are needed for."""
    target = world.target
    found, login = can_spare(target), target.file.session.login
    if found is None or login is None:
        what = ends_caller(target, operation)
        raise Inconclusive(
            f"{operation.label} would end the {what} of whoever sends it, and was not sent; name "
            f'somebody to spare: [operations."{operation.label}"] principal, or token'
        )
    accepted = world.reach(found.operation, fresh=True, above=above)
    entry = target.spec.operation(login.operation)
    sent = accepted.values.body
    if entry is None or not isinstance(sent, Mapping):
        raise Inconclusive(f"{found.operation.label} has no body to log in with")
    known = next((each.login for each in target.file.principals.values() if each.login), {})
    body = dict(known)
    for at, place in found.pairs.items():
        body = joined(body, nested(at, _at(sent, place)))
    media_type = next(iter(entry.body.content), None) if entry.body else None
    case = target.generator.build(entry, Values(body=body, media_type=media_type))
    before = (*accepted.history, accepted.exchange)
    world.example.provenance.extend(before)
    errand = world.errand(case, ANONYMOUS, whole=False, purpose="log in who has just signed up")
    taken = [
        f"body#{escaped(*at)} <- {accepted.exchange.number} $request.body#{escaped(*place)}"
        for at, place in found.pairs.items()
    ]
    exchange = world.run(replace(errand, sources=tuple(taken)))
    token = _token(login.token, exchange) if exchange.ok else None
    if not isinstance(token, str) or not token:
        raise Inconclusive(
            f"who signed up by {found.operation.label} cannot log in: {entry.label} answered "
            f"{exchange.status}"
        )
    target.redactor.add(token)
    thing = Thing(exchange, {}, (*before, exchange))
    world.example.provenance.append(exchange)
    return Spare(token, _at(sent, found.password), {entry.label: thing})


def _at(body: Any, place: tuple[str, ...]) -> Any:
    for name in place:
        body = body.get(name) if isinstance(body, Mapping) else None
    return body


def _token(text: str, exchange: Any) -> Any:
    try:
        return evaluate(parse(text, "[session] login.token"), exchange)
    except ExpressionError:
        pass
    try:
        place = token_in(exchange.response.json())
        return None if place is None else evaluate(f"$response.body#{place}", exchange)
    except (ValueError, ExpressionError):
        return None

"""Two accounts: one is to have power over the other, or none has; and what the lower one tries."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from troth.authority.privileges import POWERS, another, high, objects, plain, privileged
from troth.exchange import Exchange
from troth.models.resource import json_type, members, parsed
from troth.models.scene import Scene, Taken
from troth.people.person import Grant, Person
from troth.people.senders import fits
from troth.people.signup import sign_up, signed_up
from troth.prop import Inapplicable, Inconclusive
from troth.session import session
from troth.spec.operation import Operation
from troth.spec.schema import branches

if TYPE_CHECKING:
    from troth.target import Target
    from troth.world import World

_OWN: Final = re.compile(r"e_?mail|user_?name|login|phone|mfa|role|password|status", re.IGNORECASE)
_TELLING: Final = re.compile(r"pass|mail|role|mfa|otp|phone|status|active|admin", re.IGNORECASE)
_SELF: Final = re.compile(r"/(?:me|self|profile|account|user)(?:/|$)", re.IGNORECASE)
MOST: Final = 24


@dataclass
class Account:
    """Somebody with a session, and every value by which requests may name them."""

    person: Person
    grant: Grant
    names: dict[str, Taken] = field(default_factory=dict)
    met: list[Exchange] = field(default_factory=list)
    """What a request of theirs takes values from, beside what made them."""

    def me(self) -> tuple[Exchange, dict[str, Any]]:
        """What is shown of them that only they, or somebody above, may change."""
        answer = self.person.probe(self.grant.access[-1])
        found: dict[str, Any] = {}
        for each in objects(parsed(answer.response), 3):
            found |= {
                name: value
                for name, value in each.items()
                if (_OWN.search(name) or privileged(name, vague=True))
                and isinstance(value, str | bool | int | list)
                and not plain(name).startswith(("created", "updated"))
            }
        return answer, found


def accounts(world: "World") -> tuple[Account, Account]:
    """The higher one, and the lower. Raises Inapplicable, Inconclusive."""
    target = world.target
    section = target.file.session
    steps = session(section, target.spec, target.base_url + target.prefix)
    if steps is None:
        raise Inapplicable("nobody logs in: [session] has no login")
    first, second = section.throwaway, section.lower
    if first is not None:
        scene = Scene(world, {**first.given, **(second.given if second else {})})
        above = Person(scene, steps, section, scene.filled(first.login), disposable=True)
        if second is None:
            scene = Scene(world, first.given)
        body = scene.filled((second or first).login)
        return _known(above), _known(Person(scene, steps, section, body, disposable=True))
    one, other = (_signed_up(world, steps, section) for _ in range(2))
    return _known(one), _known(other)


def _known(person: Person) -> Account:
    """With a session, and what answers said of them."""
    grant = person.log_in()
    account = Account(person, grant)
    answers = [*person.scene.answers.values(), grant.login]
    me = account.person.probe(grant.access[-1])
    account.met += [grant.login, me]
    _collect(account, "me", me, parsed(me.response))
    for each in answers:
        _collect(account, each.operation or "", each, parsed(each.response))
    for name, value in person.body.items():
        if not _TELLING.search(name) or "mail" in name:
            taken = value if isinstance(value, Taken) else Taken(value)
            account.names.setdefault(plain(name), taken)
    return account


def _collect(account: Account, whose: str, exchange: Exchange, body: Any) -> None:
    """Scalars of an answer by their names; an `id` is a user's in what says who somebody is."""
    if not isinstance(body, Mapping):
        return
    places = [("", body), *((f"/{key}", each) for key, each in body.items())]
    for above, found in places:
        if not isinstance(found, Mapping):
            continue
        for name, value in found.items():
            if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
                continue
            taken = Taken(value, f"{exchange.number} $response.body#{above}/{name}")
            known = plain(name)
            account.names.setdefault(known, taken)
            if whose == "me" and known in {"id", "uuid", "sub", "user_id"}:
                account.names.setdefault("user_id", taken)


def _signed_up(world: "World", steps: Any, section: Any) -> Person:
    """Somebody who signed up, where that can be told. Raises Inapplicable, Inconclusive."""
    found = sign_up(world.target)
    if found is None:
        raise Inapplicable("nobody signs up: [session] has no throwaway, and none is inferred")
    answer, body = signed_up(world, *found)
    scene = Scene(world)
    scene.answers[found[0].label] = answer
    world.example.provenance.append(answer)
    return Person(scene, steps, section, body, disposable=True)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request of the lower account, in which the higher one is named."""

    operation: Operation
    path: tuple[tuple[str, str], ...]
    """Path parameters, and the names under which their values are known."""


def attempts(target: "Target", above: Account, below: Account) -> list[Attempt]:
    """Writes whose path names somebody, who is the higher one."""
    found = []
    logins = [name for name, each in target.file.principals.items() if each.login]
    for each in target.spec.operations:
        if each.safe or target.closed(each) or "{" not in each.path:
            continue
        if each.secured and logins and not fits(target, logins[0], each):
            continue
        if each.body is not None and json_type(each) is None:
            continue
        path = tuple(_named(each, above))
        personal = any(
            key in below.names and below.names[key].value != above.names[key].value
            for _, key in path
        )
        if len(path) == each.path.count("{") and personal:
            found.append(Attempt(each, path))
    return found[:MOST]


def _named(operation: Operation, account: Account) -> Iterator[tuple[str, str]]:
    segments = operation.path.strip("/").split("/")
    for at, segment in enumerate(segments):
        if not segment.startswith("{"):
            continue
        name = segment.strip("{}")
        person = at > 0 and re.search(r"user|account|member|profile|people", segments[at - 1])
        keys = [plain(name), *(["user_id"] if person and "id" in plain(name) else [])]
        keys = [each for each in keys if each != "id"] if person else keys
        key = next((each for each in keys if each in account.names), None)
        if key is not None:
            yield name, key


def tried(attempt: Attempt, above: Account, below: Account) -> Exchange:
    """The answer to the lower one. Raises Inconclusive when it may not be sent."""
    operation, person = attempt.operation, below.person
    more: dict[str, Any] = {"path": {name: above.names[key] for name, key in attempt.path}}
    if operation.body is not None:
        more["body"] = _body(person.scene, operation)
    token = below.grant.access[-1]
    return person.world.run(person.with_token(operation, token, "act on somebody above", **more))


def _body(scene: Scene, operation: Operation) -> dict[str, Any]:
    """A valid body that changes as much as possible, passwords to a new one."""
    world = scene.world
    cases = world.target.boundary(operation, valid=True, most=6)
    bodies = [dict(each.values.body) for each in cases if isinstance(each.values.body, Mapping)]
    body: dict[str, Any] = max(bodies, key=len, default={})
    for name, schema in members(world, operation).items():
        spec = world.target.spec
        enum = next((each["enum"] for each in branches(spec, schema) if "enum" in each), None)
        if "pass" in name.lower():
            body[name] = scene.password()
        elif enum and _TELLING.search(name):
            body[name] = _highest(enum)
        elif "mail" in name.lower():
            body[name] = f"troth{world.target.salt}{world.target.memory.next_fresh()}@example.com"
    return body


def _highest(roles: list[Any]) -> Any:
    return next((each for each in roles if high(str(each))), roles[-1])


def rise(target: "Target", below: Account) -> Iterator[tuple[Attempt, str]]:
    """Writes on oneself whose schema has a member for what somebody may do."""
    for each in target.spec.operations:
        if each.safe or each.method == "DELETE" or target.closed(each) or not each.secured:
            continue
        if json_type(each) is None:
            continue
        path = tuple(_named(each, below))
        known = members(below.person.world, each)
        own = len(path) == each.path.count("{") and (path or _SELF.search(each.path))
        for name in known if own else ():
            if plain(name) in POWERS:
                yield Attempt(each, path), name


def raised(attempt: Attempt, name: str, below: Account) -> list[Exchange]:
    """The answers that show that somebody has raised himself; none where he has not."""
    operation, person = attempt.operation, below.person
    _, before = below.me()
    now = before.get(name)
    schema = members(person.world, operation)[name]
    found = branches(person.world.target.spec, schema)
    enum = next((each["enum"] for each in found if "enum" in each), None)
    wanted = another(name, now, list(enum or ()))
    if now is None or wanted is None or wanted == now:
        return []
    more: dict[str, Any] = {"path": {each: below.names[key] for each, key in attempt.path}}
    body = {**(_least(person.world, operation)), name: wanted}
    token = below.grant.access[-1]
    answer = person.world.run(
        person.with_token(operation, token, "raise oneself", body=body, **more)
    )
    shown, after = below.me()
    return [answer, shown] if after.get(name) == wanted else []


def _least(world: "World", operation: Operation) -> dict[str, Any]:
    """The smallest body that is valid."""
    cases = world.target.boundary(operation, valid=True, most=3)
    bodies = [dict(each.values.body) for each in cases if isinstance(each.values.body, Mapping)]
    return min(bodies, key=len, default={})


def harm(above: Account, before: Mapping[str, Any]) -> tuple[str, Exchange | None]:
    """What has become of the higher account, and the answer that shows it; empty if all is well."""
    person = above.person
    again = person.try_to_log_in(person.body)
    if again.status == 429:
        raise Inconclusive("the service limits how often somebody may log in")
    if not again.ok:
        return "cannot log in any more", again
    with suppress(Inconclusive):
        person.granted(again)
        answer, now = above.me()
        if not answer.ok:
            return "lost its session", answer
        if any(before[name] != now.get(name) for name in before):
            return "is another than before", answer
        return "", None
    return "cannot log in any more", again

"""People who sign up to be victim and stranger, where the target file names too few who could be.

They are principals like others, whose credential begins with a sign-up: nothing is sent before one
of them is wanted. What deletes is tried with a pair of its own, for it may delete accounts too.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from troth.exchange import Exchange
from troth.models.scene import Scene, plain
from troth.people.signup import sign_up, signed_up
from troth.principal import ANONYMOUS, Principal
from troth.prop import Example, Inapplicable, Inconclusive, Property, Tally, current
from troth.session import LoginFailed, session
from troth.told import PRODUCER, leaves, lookup
from troth.transport.request import origin
from troth.world import World

if TYPE_CHECKING:
    from troth.target import Target

PAIRS: Final = 2
_SIGNING_UP: Final = Property("SIGNUP", "info", (), (), (), "sign-up", "Somebody signs up.")
"""What runs when somebody signs up outside of a test: in a replay."""


def admit(target: "Target") -> None:
    """Add to ``target`` those who may sign up."""
    found = newcomers(target)
    target.newcomers = tuple(found)
    target.enrolling = frozenset(_enrolling(target) if found else ())
    target.principals = {**target.principals, **found}


def _enrolling(target: "Target") -> Iterator[str]:
    throwaway = target.file.session.throwaway
    if throwaway is None:
        found = sign_up(target)
        yield from [found[0].label] if found is not None else []
        return
    for _, text in leaves(throwaway.login):
        taken = lookup(text) if isinstance(text, str) else None
        operation = target.spec.operation(taken.operation) if taken is not None else None
        yield from [operation.label] if operation is not None else []


def newcomers(target: "Target") -> Mapping[str, Principal]:
    """Two pairs by name, the victim first; none where nobody can sign up. Sends nothing."""
    section, file = target.file.session, target.file
    steps = session(section, target.spec, target.base_url + target.prefix)
    writes = file.target.writes or origin(target.base_url).loopback
    if steps is None or not writes or target.closed(steps.entry) is not None:
        return {}
    if section.throwaway is None and sign_up(target) is None:
        return {}
    if section.throwaway is not None and not _apart(target):
        return {}
    names = [f"newcomer-{number}" for number in range(1, 2 * PAIRS + 1)]
    return {
        name: Principal(name, target.recorder, steps=steps, enrol=partial(_enrolled, target, name))
        for name in names
        if name not in file.principals
    }


def _apart(target: "Target") -> bool:
    """Whether throwaways have nothing in common: nobody's colleague makes them."""
    throwaway = target.file.session.throwaway
    assert throwaway is not None
    texts = [each for _, each in leaves(throwaway.login) if isinstance(each, str)]
    made = [found.operation for text in texts if (found := lookup(text)) is not None]
    for name in (*made, *throwaway.given):
        operation = target.spec.operation(name)
        if operation is None:
            return False
        given = next((one for key, one in throwaway.given.items() if operation.named(key)), None)
        told = target.told(operation)
        token = (given.token if given is not None else None) or told.token
        if token is not None and token.startswith(PRODUCER):
            continue
        who = (given.principal if given is not None else None) or told.principal
        who = who or (target.senders(operation)[0] if operation.secured else ANONYMOUS)
        maker = target.file.principals.get(who)
        if token is not None or (maker is not None and maker.tenant is not None):
            return False
    return bool(made)


def _enrolled(target: "Target", name: str) -> dict[str, Any]:
    """How somebody new logs in, who has just signed up. Raises LoginFailed."""
    tally = target.tally or Tally(_SIGNING_UP, None)
    # An example of its own: what makes people is no part of the history of what they do.
    world = World(target, tally)
    token = current.set(Example(tally))
    try:
        answers, body = _somebody(world)
    except (Inconclusive, Inapplicable) as reason:
        remedy = "correct [session] throwaway, or name two principals"
        raise LoginFailed(name, "signing up", 0, f"came to nothing: {reason}", remedy) from reason
    finally:
        current.reset(token)
    target.memory.enrolled[name] = answers
    return dict(plain(body))


def _somebody(world: World) -> tuple[dict[str, Exchange], Any]:
    target = world.target
    throwaway = target.file.session.throwaway
    if throwaway is not None:
        scene = Scene(world, throwaway.given)
        return scene.answers, scene.filled(throwaway.login)
    found = sign_up(target)
    if found is None:
        raise Inapplicable("nobody signs up: [session] has no throwaway, and none is inferred")
    answer, body = signed_up(world, *found)
    return {found[0].label: answer}, body


def alive(target: "Target", *names: str) -> None:
    """Have somebody else in the place of a newcomer whose credential died: his account is gone."""
    for name in names:
        principal = target.principals.get(name)
        if name not in target.newcomers or principal is None or not principal.died:
            continue
        principal.anew()
        target.memory.part(name)

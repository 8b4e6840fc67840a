"""Whether a service can be brought to call an address of its own machine, by what it is told."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from troth.exchange import Exchange
from troth.expression import ExpressionError, evaluate
from troth.probes.listener import told
from troth.probes.probing import Probe, Spot, patience, quick, text_of
from troth.prop import Inconclusive, expect
from troth.spec.operation import Operation

if TYPE_CHECKING:
    from troth.world import World

KIND: Final = "an inner address"
PLAIN: Final = "127.0.0.1"
# Other names of this machine: those that a guard is likeliest to forget come first.
DISGUISES: Final = (
    "2130706433",
    "localhost",
    "[::ffff:127.0.0.1]",
    "127.1",
    "0x7f000001",
    "0177.0.0.1",
    "127.0.0.1.",
    "localhost.",
    "example.com@127.0.0.1",
    "0.0.0.0",  # noqa: S104 - nothing is bound to it
    "0",
    "127.0.0.2",
    "LOCALHOST",
    "[::ffff:7f00:1]",
    "\uff11\uff12\uff17.0.0.1",
)
_NAMED = re.compile(
    r"(^|[_-])(ur[il]s?|href|link|webhook|callback|endpoint|feed|origin|site|website)($|[_-])"
    r"|Ur[il]$|URL$|[a-z](Webhook|Callback|Endpoint|Link)$",
    re.IGNORECASE,
)
_PROMISED = re.compile(
    r"(private|internal|loopback|link-local|localhost|inner)[^.]{0,80}"
    r"(not allowed|refused|rejected|forbidden|blocked|denied)"
    r"|must be public|(only|must) [^.]{0,40}public (address|host|url)",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"/\{[^}]+\}/(test|ping|deliver|redeliver|verify|check|send|trigger|fetch|sync)$"
)
_URI = frozenset({"uri", "url", "iri", "uri-reference"})


def named(name: str) -> bool:
    """Whether a place of that name is one for an address."""
    return bool(_NAMED.search(name))


def addresses(spot: Spot) -> bool:
    """Whether an address is meant to stand there."""
    meant = named(spot.name) or bool(spot.formats & _URI)
    return meant or spot.text.startswith(("http://", "https://")) or "http" in spot.about


def promised(operation: Operation) -> bool:
    """Whether the document says that addresses within are refused."""
    return bool(_PROMISED.search(json.dumps(operation.raw, default=str)))


def calls(probe: Probe, *, guarded: bool) -> bool:
    """Refute where our listener is called, or read, by a service that is not to do that.

    ``guarded``: somebody has said that inner addresses are refused. Whether the plain one is.
    """
    plain = _sent(probe, PLAIN)
    if plain.read:
        root = f"{probe.what} brings what stands at an inner address"
        second = _sent(probe, PLAIN)
        expect(not second.read, root, plain.answer, second.answer, root=root)
    if plain.heard and guarded:
        root = f"{probe.what} makes the service call an inner address, which is said to be refused"
        second = _sent(probe, PLAIN)
        expect(not second.heard, root, plain.answer, second.answer, root=root)
    if not plain.answer.refused:
        return False
    stand_in = probe.world.target.file.target.stand_in
    for host in DISGUISES[: 2 if quick(probe.world.target) else None]:
        if host == stand_in:
            continue
        first = _sent(probe, host)
        if not (first.heard or first.read):
            continue
        # The plain form is refused still, and this one gets through still.
        refused = _sent(probe, PLAIN).answer.refused
        second = _sent(probe, host)
        if refused and (second.heard or second.read):
            root = f"{probe.what} makes the service call an inner address in disguise"
            message = f"{root}: {host}, while {PLAIN} is refused"
            shown = (first.answer, second.answer)
            expect(False, message, *shown, root=root)  # noqa: FBT003 - the refutation
    return True


@dataclass(frozen=True, slots=True)
class Sent:
    """The answer to our address, whether we were called, and whether what we said came back."""

    answer: Exchange
    heard: bool
    read: bool


def _sent(probe: Probe, host: str) -> Sent:
    listener = probe.world.target.listener
    token = listener.token()
    heard = partial(listener.heard, token)
    return sent(probe, listener.url(token, host), heard, told(token))


def sent(probe: Probe, url: str, heard: Callable[[float], bool], content: str) -> Sent:
    """Send ``url``, and have what it made triggered where it was not called by itself.

    ``heard`` says whether we were, within so many seconds; ``content`` is what stands there.
    """
    world, operation = probe.world, probe.operation
    wait = patience(world.target)
    answer = probe.send(url, KIND)
    read = content in text_of(answer)
    if not answer.ok:
        return Sent(answer, heard(0), read)
    called = heard(0 if _triggers(world, operation) else wait)
    for trigger, name, id_ in [] if called else _ways(world, operation, answer):
        with suppress(Inconclusive):
            fixed = {name: id_}
            done = world.reach(trigger, fixed=fixed, principal=probe.base.principal)
            read = read or content in text_of(done.exchange)
        called = heard(wait)
        if called:
            break
    return Sent(answer, called, read)


def _triggers(world: "World", operation: Operation) -> list[Operation]:
    """What has a thing called that ``operation`` has made."""
    return [
        each
        for each in world.target.spec.operations
        if each.method == "POST"
        and each.place.startswith(f"{operation.place}/{{")
        and _TOLD.search(each.path)
        and each.path.count("{") == operation.path.count("{") + 1
        and (each.body is None or not each.body.required)
        and world.target.closed(each) is None
    ]


def _ways(
    world: "World", operation: Operation, answer: Exchange
) -> Iterator[tuple[Operation, str, str]]:
    for trigger in _triggers(world, operation):
        for reference, producers in world.target.graph.of(trigger.label).items():
            made = [each for each in producers if each.operation == operation.label]
            if reference.location == "path" and made:
                with suppress(ExpressionError):
                    yield trigger, reference.name, str(evaluate(made[0].value, answer))

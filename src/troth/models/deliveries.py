"""Deliveries of a webhook: whole, doubled, badly signed or cut, and what they lead to."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from time import monotonic, time
from typing import TYPE_CHECKING, Any, Literal

from troth.case import NO_BODY, Fault, Values
from troth.composing.reach import minimal
from troth.config.operations import SignSection
from troth.config.webhooks import WebhookSection
from troth.exchange import Exchange, Request
from troth.expression import ExpressionError, pointed
from troth.models.errand import Errand
from troth.models.scene import Scene, body_sources, plain
from troth.prop import control
from troth.signature import signed
from troth.spec.operation import Operation

if TYPE_CHECKING:
    from troth.world import World

Kind = Literal["genuine", "forged", "cut", "empty"]
Delivery = tuple[int, Kind]
"""Which event, and what is done to it."""
Schedule = tuple[tuple[Delivery, ...], ...]
"""Deliveries in their order; those of one group are sent at once."""
WRONG = "not the shared secret"


@dataclass
class Receiver:
    """One thing that events are about, made for this example, and the events about it.

    ``began`` is what `$now` counts from.
    """

    world: "World"
    section: WebhookSection
    began: int
    scene: Scene = field(init=False)
    operation: Operation = field(init=False)
    uniques: list[str] = field(default_factory=list)
    events: list[Any] = field(default_factory=list)
    delivered: list[Exchange] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    """Events of which a genuine delivery was answered with a 2xx."""

    def __post_init__(self) -> None:
        self.scene = Scene(self.world, self.section.given, began=self.began)
        self.operation = self.scene.operation(self.section.operation)
        for event in self.section.events:
            self.uniques.append(self.scene.unique())
            self.events.append(self.scene.filled(event, self.uniques[-1]))

    @property
    def sign(self) -> SignSection | None:
        """How the sender signs."""
        return self.world.target.told(self.operation).sign

    def kinds(self) -> list[Kind]:
        """What can be done to an event that must be refused then."""
        found: list[Kind] = ["forged"] if self.sign is not None else []
        media = (
            next(iter(self.operation.body.content.values()), None) if self.operation.body else None
        )
        found.append("cut")
        if media is not None and self.world.target.validity.violations(media.schema, {}):
            found.append("empty")
        return found

    def deliver(self, group: tuple[Delivery, ...]) -> list[Exchange]:
        """Send these at once, or one."""
        errands = [self._errand(*each) for each in group]
        if len(errands) == 1:
            answers = [self.world.run(errands[0])]
        else:
            lanes = self.world.at_once([[each] for each in errands])
            answers = [each.exchange for lane in lanes for each in lane]
        for (index, kind), each in zip(group, answers, strict=True):
            control(each.response and each.status < 500, "no answer to judge")
            if each.ok and kind == "genuine":
                self.taken.add(index)
        self.delivered += answers
        return answers

    def finish(self) -> None:
        """Send again what was not taken, in its natural order, as senders do."""
        everything = set(range(len(self.events)))
        for _ in range(2):
            for index in sorted(everything - self.taken):
                self.deliver(((index, "genuine"),))
        control(self.taken == everything, "a genuine delivery was never taken")

    def differing(self, state: list[Any], wanted: list[Any]) -> tuple[int, tuple[str, ...]]:
        """Which of the reads shows another state than is wanted, and where in it."""
        place = 0
        for index, section in enumerate(self.section.state):
            pairs = zip(state[place:], wanted[place:], section.at, strict=False)
            found = tuple(at for one, other, at in pairs if one != other)
            if found:
                return index, found
            place += len(section.at)
        return 0, ()

    def state(self, wanted: Any = None) -> tuple[list[Any], list[Exchange]]:
        """What stands at the places of the state, and the answers that say so.

        Where the service takes its time, it is read until it is ``wanted``, or the time is over.
        """
        until = monotonic() + self.section.settles
        while True:
            reads = [
                self.scene.asked(each, purpose="read the state") for each in self.section.state
            ]
            for each in reads:
                control(each.ok, f"the state can not be read: {each.operation} says {each.status}")
            values = [
                self._normal(_at(read, pointer))
                for section, read in zip(self.section.state, reads, strict=True)
                for pointer in section.at
            ]
            if values == wanted or monotonic() >= until:
                return values, reads

    def _normal(self, value: Any) -> Any:
        """``value`` without what is different for each receiver."""
        if isinstance(value, str):
            for place, each in enumerate(self.uniques):
                value = value.replace(each, f"$unique{place}")
            return value
        if isinstance(value, Mapping):
            return {name: self._normal(each) for name, each in value.items()}
        return [self._normal(each) for each in value] if isinstance(value, list) else value

    def _errand(self, index: int, kind: Kind) -> Errand:
        target = self.world.target
        template = target.boundary(self.operation, valid=True, most=1)
        values = minimal(self.operation, template[0].values if template else Values())
        media = next(iter(self.operation.body.content), None) if self.operation.body else None
        event = {} if kind == "empty" else plain(self.events[index])
        values = replace(values, body=event if media else NO_BODY, media_type=media)
        what = {
            "genuine": "delivered",
            "forged": "delivered with a signature of somebody else's",
            "cut": "delivered cut in half",
            "empty": "delivered as an empty object",
        }[kind]
        purpose = f"event {index + 1}, {what}"
        case = target.generator.build(self.operation, values, purpose=purpose)
        sources = tuple(body_sources(self.events[index])) if kind in {"genuine", "forged"} else ()
        sign = self.sign
        if kind in {"cut", "empty"}:
            fault = Fault("body", "", f"event {kind}", what)
            body = case.body[: len(case.body) // 2] if kind == "cut" else case.body
            case = replace(case, body=body, fault=fault)
        elif kind == "forged" and sign is not None:
            wrong = sign.model_copy(update={"secret": WRONG})
            bare = Request(case.method, target.url(case.path), case.headers, case.body)
            fault = Fault("header", sign.header, "signature of somebody else's", what)
            # Signed here, so that it stays wrong: sent again, nothing is put right.
            forged = signed(bare, wrong, now=self.began)
            case, sign = replace(case, headers=forged.headers, fault=fault), None
        who = target.told(self.operation).principal or target.sender(self.operation)
        return Errand(case, who, sources=sources, sign=sign, purpose=purpose)


def receivers(world: "World", section: WebhookSection) -> tuple[Receiver, Receiver]:
    """Two of them, whose events are of the same time."""
    began = int(time())
    return Receiver(world, section, began), Receiver(world, section, began)


def _at(exchange: Exchange, pointer: str) -> Any:
    try:
        assert exchange.response is not None
        return pointed(exchange.response.json(), pointer, text=pointer)
    except (ValueError, ExpressionError):
        return None  # It may be there later, or never.

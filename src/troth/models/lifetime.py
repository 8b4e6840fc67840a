"""One thing on its way through a life cycle: made, brought into a state, and looked at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from troth.composing.templates import template_parameters
from troth.config.asks import GivenSection
from troth.exchange import Exchange
from troth.expression import ExpressionError, pointed
from troth.finding import STEP
from troth.models.resource import One, made, parsed, shown
from troth.models.rows import found_in, look, rows_of
from troth.models.scene import Scene, Taken
from troth.prop import Inconclusive
from troth.spec.families import Listing
from troth.spec.lifecycles import Event, Lifecycle
from troth.spec.operation import Operation

if TYPE_CHECKING:
    from troth.world import World


@dataclass
class Lifetime:
    """A thing, and the scene that its values come from."""

    lifecycle: Lifecycle
    scene: Scene
    one: One
    token: Taken | None
    sent: int = 0
    reached: str = ""
    """The state that it was brought into."""
    counting: bool = False
    """Whether it counts the steps itself, as no machine does."""

    @classmethod
    def begun(cls, world: "World", lifecycle: Lifecycle) -> "Lifetime":
        """A new thing. Raises Inconclusive when none can be made."""
        family = lifecycle.family
        assert family.create is not None
        scene = Scene(world)
        if lifecycle.made is not None:
            errand = scene.errand(family.create, lifecycle.made, purpose="make one")
            answer = world.run(errand)
            if not answer.ok:
                raise Inconclusive(f"{family.create.label} answered {answer.status}")
            values, who = errand.case.values, errand.who
        else:
            accepted = world.reach(family.create, fresh=True)
            answer, values, who = accepted.exchange, accepted.values, accepted.principal
            world.example.provenance.extend(accepted.history)
        one = made(family, values, who, answer)
        scene.answers[family.create.label] = answer
        token = scene.filled(lifecycle.token) if lifecycle.token is not None else None
        return cls(lifecycle, scene, one, token)

    def send(self, event: Event, *, purpose: str = "") -> Exchange:
        """Send an event for this very thing. Raises Inconclusive when it may not be sent."""
        section = self._addressed(event.operation, event.how)
        self.sent += 1
        if not self.scene.world.example.step.startswith(STEP) or self.counting:
            self.counting = True
            self.scene.world.example.step = f"{STEP}{self.sent}, {event.label}"
        return self.scene.ask(
            event.operation, section, token=self.token, purpose=purpose or "the event"
        )

    def bring(self, state: str) -> None:
        """Bring it into that state by declared events, each of which must be served.

        Raises Inconclusive otherwise: that they are is asked of their own pairs.
        """
        for event in self.lifecycle.routes[state]:
            answer = self.send(event, purpose=f"bring it to {state}")
            if not answer.ok:
                raise Inconclusive(f"{event.label} answered {answer.status} on the way to {state}")

    def state(self) -> tuple[Exchange, str | None, Mapping[str, Any]]:
        """What shows it, its state, and all that is shown; None where none can be told.

        Raises Inconclusive when nothing shows it.
        """
        cycle = self.lifecycle
        seen, found = self._look()
        if found is None:
            return seen, cycle.gone, {}
        if cycle.field is None:
            return seen, cycle.initial, found
        # The field is where the answer has it, or, in an envelope, where the thing itself has it.
        wrong: Exception | None = None
        for where in (found, parsed(seen.response)):
            try:
                return seen, str(pointed(where, cycle.field, text=cycle.field)), found
            except ExpressionError as error:
                wrong = wrong or error
        raise Inconclusive(f"no state of it: {wrong}")

    def listings(self) -> list[tuple[Listing, Exchange, Mapping[str, Any] | None]]:
        """What each list has of it: None where it is not in there; none of those with no end."""
        every = []
        for listing in self.one.family.listings:
            if listing.identified and not listing.term:
                answer, row, sure = self._in(listing)
                if sure or row is not None:
                    every.append((listing, answer, row))
        return every

    def _look(self) -> tuple[Exchange, Mapping[str, Any] | None]:
        family = self.one.family
        if self.token is None:
            return look(self.scene.world, self.one)
        if family.read is not None:
            section = self._addressed(family.read, GivenSection())
            answer = self.scene.ask(family.read, section, token=self.token, purpose="read it")
            if answer.status in {404, 410}:
                return answer, None
            found = shown(answer, family) if answer.ok else None
            if found is None:
                raise Inconclusive(f"{family.read.label} answered {answer.status}")
            return answer, found
        for listing, answer, row in self.listings():
            _ = listing
            return answer, row
        raise Inconclusive(f"nothing shows a {family.name}")

    def _in(self, listing: Listing) -> tuple[Exchange, Mapping[str, Any] | None, bool]:
        """The first page or pages of a list, its row there, and whether that is all there is."""
        if self.token is None:
            answer, row, sure = found_in(self.scene.world, self.one, listing)
            return answer, row, sure
        section = self._addressed(listing.operation, GivenSection(), listing=True)
        answer = self.scene.ask(listing.operation, section, token=self.token, purpose="list them")
        row = next((each for each in rows_of(answer, listing) if self._is(each, listing)), None)
        return answer, row, True

    def _is(self, row: Any, listing: Listing) -> bool:
        try:
            return str(pointed(row, listing.id, text=listing.id)) == self.one.id
        except ExpressionError:
            return False

    def _addressed(
        self, operation: Operation, how: GivenSection, *, listing: bool = False
    ) -> GivenSection:
        """``how``, with the id of this thing in the path where it does not say better."""
        family = self.one.family
        assert family.create is not None
        shared = self.one.shared(operation)
        names = [name for _, name in template_parameters(operation.path)]
        path: dict[str, Any] = {**shared, **how.path}
        own = family.parameter if family.parameter in names else (names or [""])[-1]
        if own and not listing and own not in how.path and own not in shared:
            # Its origin is kept with it, so that a replay takes the new one.
            name = family.create.id or family.create.label
            path[own] = f"$producer.{name}.{family.id.removeprefix('$response.')}"
        who = how.principal or (None if self.token or how.token else self._sender(operation))
        return GivenSection.model_validate(
            how.model_dump(include={*GivenSection.model_fields}) | {"path": path, "principal": who}
        )

    def _sender(self, operation: Operation) -> str:
        """Its maker, where he may; else whoever is served."""
        target = self.scene.world.target
        who = self.one.who
        told = target.told(operation).principal
        if told is not None:
            return told
        if who in target.senders(operation) and not (who == "anonymous" and operation.secured):
            return who
        known = target.memory.accepted.get(operation.label)
        return known.principal if known else target.senders(operation)[0]

"""A stranger's request on what is another's: its values, and whether it is the other's at all."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from troth.case import Values
from troth.composing.answers import UNFIT, declined
from troth.composing.fresh import freshened
from troth.composing.memory import Accepted
from troth.composing.reach import complete
from troth.composing.references import Resolver
from troth.composing.templates import typed_as
from troth.exchange import Exchange
from troth.models.resource import One
from troth.models.rows import MOST_PAGES, full, listed, next_page
from troth.ownership.telling import content, scalars, told, unknown
from troth.people.newcomers import alive
from troth.people.rivals import Rivals, nobody, rivals
from troth.principal import ANONYMOUS
from troth.prop import Inconclusive, control
from troth.spec.families import Listing
from troth.spec.graph import Reference
from troth.spec.operation import Operation
from troth.spec.place import at, present, with_value
from troth.spec.stream import EVENTS
from troth.told import dynamic, lookup

if TYPE_CHECKING:
    from troth.target import Target
    from troth.world import World

Place = tuple[str, str]
"""A location (``path``, ``query``, ``header``, ``body``), and a name or JSON pointer."""
_MADE: Final = re.compile(r"[0-9]{4}|^[0-9a-f-]+$")
NO_VERDICT: Final = frozenset({0, 401, 429})
"""Answers that say nothing of whose a thing is."""


def places(target: "Target", operation: Operation) -> tuple[Place, ...]:
    """Where ``operation`` names things by ids that come from answers."""
    found = [(each.location, each.name) for each in target.graph.of(operation.label)]
    told = target.told(operation)
    given = (("path", told.path), ("query", told.query), ("header", told.headers))
    found += [(kind, name) for kind, all_ in given for name in all_ if dynamic(all_[name])]
    # What is written down is no id of somebody.
    fixed = {(kind, name) for kind, all_ in given for name in all_ if not dynamic(all_[name])}
    return tuple(each for each in dict.fromkeys(found) if each not in fixed)


def in_path(target: "Target", operation: Operation) -> bool:
    """Whether a thing stands in its path."""
    return any(kind == "path" for kind, _ in places(target, operation))


def streaming(operation: Operation) -> bool:
    """Whether its success is an event stream."""
    return any(
        name.split(";")[0].strip().lower() == EVENTS
        for status, each in operation.responses.items()
        if status.startswith("2")
        for name in each.content
    )


def out_of_scope(target: "Target", operation: Operation) -> str:
    """Why nothing of another's can be reached by ``operation``, or nobody is there to try."""
    if not places(target, operation):
        return "it names nothing that somebody could own"
    if not operation.security and target.spec.schemes:
        return "the document asks for no credential"
    return nobody(target, operation)


@dataclass(frozen=True, slots=True)
class Trial:
    """An operation that the victim was served with: the control of the stranger's refusal."""

    world: "World"
    operation: Operation
    rivals: Rivals
    accepted: Accepted

    @property
    def places(self) -> tuple[Place, ...]:
        """Where it names things, of those places that have a value."""
        every = places(self.world.target, self.operation)
        return tuple(each for each in every if value_of(self.accepted.values, each) is not None)

    def as_stranger(self, values: Values, purpose: str) -> Exchange:
        """The stranger sends it. Raises Inconclusive when the answer is no verdict."""
        answer = self.sent(values, self.rivals.stranger, purpose)
        control(answer.status not in NO_VERDICT, f"the stranger's request met a {answer.status}")
        return answer

    def sent(
        self, values: Values, who: str, purpose: str, headers: Mapping[str, str] | None = None
    ) -> Exchange:
        """Send it with these values, and further headers."""
        case = self.world.case(self.operation, values, purpose=purpose)
        if headers:
            case = replace(case, headers=(*case.headers, *headers.items()))
        # As it is: `send` would put new things in the place of those that are used up.
        return self.world.run(self.world.errand(case, who, whole=False, purpose=purpose))

    def fit(self, request: Exchange, values: Values) -> None:
        """That it was not for what ``request`` says that it was refused: the owner may say so.

        Raises Inconclusive.
        """
        if request.status in UNFIT:
            own = self.sent(values, self.rivals.victim, "the same, as its owner")
            refused = own.status in UNFIT or declined(own)
            control(not refused, f"the owner was refused it too: {own.status}")

    def fresh(self, *, named: bool = False) -> Values:
        """The same on new things of the victim's; with ``named``, texts of the body are new too."""
        return fresh(self.world, self.operation, self.rivals.victim, self.accepted, named=named)

    def strange(self, values: Values, *, turn: int = 0) -> Values:
        """``values`` with ids that nobody has."""
        return with_ids(
            values,
            {
                place: unknown(value_of(values, place), turn)
                for place in self.places
                if value_of(values, place) is not None
            },
        )

    def hidden(self, values: Values) -> tuple[Place, ...]:
        """The places whose things no list shows to the stranger: these are not everybody's."""
        return tuple(
            place for place in self.places if not self._shown(place, value_of(values, place))
        )

    def text(self) -> str:
        """A text that a search would find the thing by."""
        every = told(content(self.accepted.exchange)).values()
        texts = [each for each in every if isinstance(each, str) and not _MADE.search(each)]
        return max(texts, key=len, default="")

    def lists(self, place: Place) -> Iterator[tuple[Operation, Listing | None]]:
        """Who shows the ids that stand at ``place``: lists, and what tells one of oneself."""
        target = self.world.target
        producers = [
            each.operation
            for each in target.graph.of(self.operation.label).get(
                Reference(self.operation.label, *place), ()
            )
        ]
        told = target.told(self.operation)
        given = {"path": told.path, "query": told.query, "header": told.headers}
        taken = lookup(str(given.get(place[0], {}).get(place[1], "")))
        names = [taken.operation] if taken is not None else producers
        seen = set()
        for name in names:
            producer = target.spec.operation(name)
            for each in target.collections:
                makes = producer is not None and each.listing.operation.place == producer.place
                makes |= each.family is not None and each.family.create == producer
                if makes and each.label not in seen:
                    seen.add(each.label)
                    yield each.listing.operation, each.listing
            if producer is not None and producer.method == "GET" and producer.label not in seen:
                seen.add(producer.label)
                yield producer, None

    def _shown(self, place: Place, value: Any) -> bool:
        return any(
            shown(
                self.world,
                operation,
                listing,
                self.rivals.stranger,
                str(value),
                term=self.text() if listing is not None and listing.term else "",
            )
            for operation, listing in self.lists(place)
        )


def trial(world: "World", operation: Operation) -> Trial:
    """Served to a victim, on things of his own. Raises Inconclusive where none of them is."""
    memory = world.target.memory
    reason = nobody(world.target, operation)
    for pair in rivals(world.target, operation):
        alive(world.target, pair.victim, pair.stranger)
        key = (operation.label, pair.victim)
        known = memory.owned.get(key)
        if known is not None:
            world.example.provenance.extend(known.history)
            return Trial(world, operation, pair, known)
        before = memory.accepted.get(operation.label)
        try:
            if before is None or before.principal != pair.victim or not operation.safe:
                before = world.reach(operation, principal=pair.victim)
            else:
                world.example.provenance.extend(before.history)
        except Inconclusive as refused:
            reason = str(refused)
            continue
        memory.owned[key] = before
        return Trial(world, operation, pair, before)
    raise Inconclusive(reason)


def fresh(
    world: "World", operation: Operation, who: str, accepted: Accepted, *, named: bool = False
) -> Values:
    """``accepted`` on new things of ``who``. Raises Inconclusive where none can be made."""
    resolver = Resolver(world, operation, who, fresh=True, above=(operation.label,))
    path = resolver.path({})
    resolver.prepare(path)
    values = complete(world, operation, accepted.values, resolver, path)
    told_body = world.target.told(operation).body
    if told_body is not None:
        values = replace(values, body=resolver.told(told_body))
    return freshened(world, operation, values) if named else values


def shown(
    world: "World",
    operation: Operation,
    listing: Listing | None,
    who: str,
    value: str,
    *,
    term: str = "",
) -> bool:
    """Whether a list, or what else tells of ids, shows this one to ``who``.

    Raises Inconclusive where more pages follow than are walked.
    """
    memory = world.target.memory
    key = (operation.label, who, value)
    if key not in memory.listed:
        memory.listed[key] = _shown(world, operation, listing, who, value, term)
    return memory.listed[key]


def _shown(  # noqa: PLR0917 - as `shown`, without what it remembers
    world: "World", operation: Operation, listing: Listing | None, who: str, value: str, term: str
) -> bool:
    try:
        values = world.accepted(operation).values
    except Inconclusive:
        return False
    if listing is None:
        answer = world.send(world.case(operation, values, purpose="is it shown?"), principal=who)
        return answer.ok and value in scalars(content(answer))
    family = next((f for f in world.target.families if listing in f.listings), None)
    one = One(
        family or world.target.families[0],
        who,
        value,
        world.target.memory.accepted[operation.label].exchange,
        values.path,
        None,
        operation.path,
    )
    query: Mapping[str, Any] | None = None
    for _ in range(MOST_PAGES):
        try:
            answer, rows = listed(world, one, listing, who=who, query=query, term=term)
        except Inconclusive:
            return False  # He is not served with it.
        if value in scalars(content(answer)):
            return True
        if not full(world, listing, rows, answer):
            return False
        query = next_page(world, listing, answer, len(rows))
        if query is None:
            break
    raise Inconclusive(f"{operation.label} has more pages than are walked: it may show it to all")


def public(trial_: Trial, values: Values) -> Exchange:
    """What nobody in particular is answered."""
    return trial_.sent(values, ANONYMOUS, "as nobody in particular")


def value_of(values: Values, place: Place) -> Any:
    """What stands there; None for nothing."""
    location, name = place
    if location == "body":
        return at(values.body, name) if present(values.body, name) else None
    given = {"path": values.path, "query": values.query, "header": values.headers}
    return given.get(location, {}).get(name)


def with_ids(values: Values, ids: Mapping[Place, Any]) -> Values:
    """``values`` with other ids."""
    path, query, headers, body = (
        dict(values.path),
        dict(values.query),
        dict(values.headers),
        values.body,
    )
    for (location, name), each in ids.items():
        if location == "body":
            body = with_value(body, name, typed_as(each, body, name))
        else:
            {"path": path, "query": query, "header": headers}[location][name] = each
    return replace(values, path=path, query=query, headers=headers, body=body)

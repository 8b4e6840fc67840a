"""Finds a case that an operation serves: producers first, then values, then who may."""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, count
from typing import TYPE_CHECKING, Any

from troth.case import NO_BODY, Values
from troth.composing.advised import advised
from troth.composing.answers import TOO_OFTEN, conflicting, declined, refusal, served
from troth.composing.fresh import freshened
from troth.composing.hints import hints
from troth.composing.likely import suggested, whole
from troth.composing.memory import Accepted
from troth.composing.passes import again_the_same
from troth.composing.references import Resolver
from troth.exchange import Exchange
from troth.principal import ANONYMOUS
from troth.prop import Inconclusive
from troth.spec.operation import Operation
from troth.spec.place import present, with_value
from troth.spec.schema import requires

if TYPE_CHECKING:
    from troth.target import Target
    from troth.world import World

MOST_ATTEMPTS = 12
"""Requests that one principal sends at most, with what is there and with what is made anew."""
MOST_PAUSES = 3
MOST_ADVICE = 3
"""How often in a row a refusal is followed in what it says of the request."""
DEEPEST = 6
SPENT = frozenset({400, 401, 409, 410, 422})
"""What is answered to a value that was good for once."""
_HOPELESS = frozenset({401, 403, 404, 405, 410, 429})
"""What other values do not mend."""


@dataclass
class Refusals:
    """Why nothing was served so far: what was answered says more than what could not be sent."""

    answered: list[str] = field(default_factory=list)
    unsent: list[str] = field(default_factory=list)

    def last(self) -> str:
        """The reason that is told. That a named principal was refused says more than that nobody
        was, and that a connection was dropped more than either.
        """
        broken = [each for each in self.answered if each.startswith("no answer")]
        named = [each for each in self.answered if " for anonymous" not in each]
        held = [each for each in self.unsent if "was not sent" in each]
        said = broken or named or held or self.answered or self.unsent
        return (said or ["nothing could be sent"])[-1]


def reach(
    world: "World",
    operation: Operation,
    *,
    fixed: Mapping[str, str] | None = None,
    fresh: bool = False,
    principal: str | None = None,
    above: tuple[str, ...] = (),
) -> Accepted:
    """Send ``operation`` until it is served, and say how.

    ``fixed`` are path values that are known already, ``fresh`` asks for new resources,
    ``above`` are the operations for whose sake this one is called. Raises Inconclusive with the
    last refusal when nothing was served.
    """
    label, memory = operation.label, world.target.memory
    if label in above or len(above) >= DEEPEST:
        raise Inconclusive(f"{label} needs itself: {' <- '.join(above)}")
    # What others use is not deleted, and what was good for once is not sent again.
    fresh = fresh or operation.method == "DELETE" or label in memory.once
    senders = [principal] if principal else world.target.senders(operation)
    refusals = Refusals()
    for who in senders:
        accepted = _reach_as(
            world, operation, who, fixed=fixed or {}, fresh=fresh, above=above, refusals=refusals
        )
        if accepted is not None:
            before = memory.accepted.get(label)
            # Whom it was asked of by name does not take the place of whoever sends it otherwise:
            # what several operations do to one thing, one principal does.
            if principal is None or before is None or before.principal == who:
                memory.accept(label, accepted)
            return accepted
    reason = f"{label} was never served: {refusals.last()}"
    # For another's sake it was tried without all that the other one stands above.
    whoever = [""] if not above and principal is None else []
    memory.give_up(label, [*senders, *whoever], reason)
    raise Inconclusive(reason)


def _reach_as(
    world: "World",
    operation: Operation,
    who: str,
    *,
    fixed: Mapping[str, str],
    fresh: bool,
    above: tuple[str, ...],
    refusals: Refusals,
) -> Accepted | None:
    """The same as one principal: with what is there already, then with all made anew."""
    memory = world.target.memory
    attempts = count(1)
    spent = False
    kept: Accepted | None = None
    for again in (True,) if fresh else (False, True):
        resolver = Resolver(world, operation, who, fresh=again, above=(*above, operation.label))
        try:
            path = resolver.path(fixed)
            resolver.prepare(path)
        except Inconclusive as missing:
            refusals.unsent.append(str(missing))
            if again:
                return kept
            # What was made earlier may be gone, and its children with it: make all anew.
            producers = world.target.graph.of(operation.label).values()
            memory.drop(each.operation for ways in producers for each in ways)
            continue
        known = memory.accepted.get(operation.label)
        stale, sent = False, 0
        offered = candidates(world, operation, resolver, path)
        try:
            values = next(offered, None)
            while values is not None and next(attempts) <= MOST_ATTEMPTS:
                case = world.target.generator.build(operation, values)
                exchange = world.send(case, principal=who, whole=True)
                sent += 1
                for _ in range(MOST_PAUSES):
                    if exchange.status != TOO_OFTEN or not memory.pace.after(exchange):
                        break
                    why = "again, after the pause that a 429 asked for"
                    exchange = world.send(case, principal=who, whole=True, purpose=why)
                if served(operation, exchange) and not declined(exchange):
                    if spent and again:
                        memory.spend(operation.label)
                    return _accepted(world, operation, values, who, exchange)
                if served(operation, exchange) and operation.safe:
                    # Of what only reads it may be the very thing that is shown.
                    kept = kept or _accepted(world, operation, values, who, exchange)
                    values = _next(offered, exchange)
                    continue
                refusals.answered.append(refusal(operation, exchange, world.target.spec.schemes))
                status = exchange.status
                # What the target file takes from an answer is often good for once.
                taken = bool(resolver.answers) and status in SPENT
                stale = status in {404, 409, 410} or taken
                if taken and known and again_the_same(world.target, case, known.values):
                    spent = True
                if status in _HOPELESS or exchange.breakage:
                    break
                if stale and resolver.used and known is not None and sent > 1 and not again:
                    # What was served once is refused: used up are the things, not the values.
                    break
                values = _next(offered, exchange)
        except Inconclusive as unsent:
            # Of this principal alone, perhaps: who cannot log in, say.
            refusals.unsent.append(str(unsent))
            return kept
        if not (stale and resolver.used and not again):
            return kept
    return kept


def _accepted(
    world: "World", operation: Operation, values: Values, who: str, exchange: Exchange
) -> Accepted:
    # Each once: what is made from this one brings it all along again.
    made = world.example.provenance[world.since or 0 :]
    before = tuple({each.number: each for each in made}.values())
    return Accepted(values, who, exchange, before, credential(world, operation, values, who))


def credential(world: "World", operation: Operation, values: Values, who: str) -> str:
    """On the strength of what a request is served that is sent so."""
    if values.token:
        return "token"
    if world.target.signature_is_credential(operation):
        return "signature"
    return "" if who == ANONYMOUS else "principal"


Offer = Generator[Values, Exchange | None, None]


def candidates(
    world: "World", operation: Operation, resolver: Resolver, path: Mapping[str, Any]
) -> Offer:
    """Values that may be accepted: those that were, configured ones, the document's examples,
    then generated ones. The answer that refused the last one is sent in, and listened to.
    """
    target = world.target
    seen: list[Values] = []
    others: list[Values] = []
    known = target.memory.accepted.get(operation.label)
    configured = target.told(operation).body is not None
    # What was answered with a failure in the words of a success is no model for anything.
    good = known is not None and not configured and not declined(known.exchange)
    first = [known.values] if known is not None and good else []
    for raw in chain(first, _sources(world, operation, resolver)):
        values = complete(world, operation, raw, resolver, path)
        if values in seen:
            continue
        seen.append(values)
        answer = yield values
        if answer is not None and not conflicting(answer):
            others.append(values)
        renewed = False
        for _ in range(MOST_ADVICE + 1):
            # Who says what was wrong is taken at his word, as often as that leads anywhere.
            values, renewed = _heeding(world, operation, values, answer, renewed=renewed)
            if values in seen:
                break
            seen.append(values)
            answer = yield values
    for values in others[:2]:
        body = suggested(target, operation, values.body, values.media_type)
        named = replace(values, body=body)
        if named not in seen:
            seen.append(named)
            yield named
        fresher = freshened(world, operation, values)
        if fresher not in seen:
            seen.append(fresher)
            yield fresher


def _heeding(
    world: "World", operation: Operation, values: Values, answer: Exchange | None, *, renewed: bool
) -> tuple[Values, bool]:
    """``values`` as the answer wants them, and whether they have new names now; the same where
    it says nothing that can be followed. ``renewed`` are those whose names are new already.
    """
    if answer is None:
        return values, False
    if conflicting(answer) and not renewed:
        # Refused although valid: perhaps something with the same name exists already.
        fresher = freshened(world, operation, values)
        if fresher != values:
            return fresher, True
    return advised(world.target, operation, values, hints(answer)), False


def _next(offered: Offer, exchange: Exchange) -> Values | None:
    try:
        return offered.send(exchange)
    except StopIteration:
        return None


def complete(
    world: "World",
    operation: Operation,
    values: Values,
    resolver: Resolver,
    path: Mapping[str, Any],
    *,
    body: bool = True,
) -> Values:
    """``values`` with resolved references, configured values and the document's examples."""
    told = world.target.told(operation)
    known = {
        each.name: each.examples[0]
        for each in operation.parameters
        if each.examples and each.location == "path"
    }
    made = replace(
        values,
        token=resolver.token(),
        path={**values.path, **known, **path, **resolver.told(told.path)},
        query={
            **values.query,
            **resolver.parameters("query", values.query),
            **resolver.told(told.query),
        },
        headers={
            **values.headers,
            **resolver.parameters("header", values.headers),
            **resolver.told(told.headers),
        },
    )
    if body and told.body is None and made.body is not NO_BODY:
        for pointer, value in resolver.body(made.body).items():
            if present(made.body, pointer) or resolver.required(pointer):
                made = replace(made, body=with_value(made.body, pointer, value))
    return made


def _sources(world: "World", operation: Operation, resolver: Resolver) -> Iterator[Values]:
    told = world.target.told(operation)
    # Making boundary cases of a body costs most of a smoke run: all but the first only at need.
    first = world.target.boundary(operation, valid=True, most=1)
    template = minimal(operation, first[0].values if first else Values())
    examples = {
        each.name: each.examples[0]
        for each in operation.parameters
        if each.examples and each.required and each.location == "query"
    }
    template = replace(template, query={**template.query, **examples})
    if told.body is not None:
        media_type = next(iter(operation.body.content), None) if operation.body else None
        yield replace(template, body=resolver.told(told.body), media_type=media_type)
        return
    if operation.body is None:
        yield template
        few = world.target.boundary(operation, valid=True, most=3)
        yield from (case.values for case in few)
        return
    for media_type, media in operation.body.content.items():
        for example in media.examples[:2]:
            yield replace(template, body=example, media_type=media_type)
    yield from _whole(world.target, operation, template)
    valid = world.target.boundary(operation, valid=True, most=MOST_ATTEMPTS)
    cases = sorted(valid, key=lambda case: len(case.body))
    for case in cases[:3] + cases[-2:]:
        yield replace(template, body=case.values.body, media_type=case.values.media_type)
    if not operation.body.required:
        yield replace(template, body=NO_BODY, media_type=None)


def _whole(target: "Target", operation: Operation, template: Values) -> Iterator[Values]:
    """All that a schema has which requires nothing, where something is made or replaced: that it
    may be left out is not what such a schema means to say, as a rule.
    """
    if operation.method not in {"POST", "PUT"} or operation.body is None:
        return
    for media_type, media in operation.body.content.items():
        if not requires(target.spec, media.schema):
            body = whole(target, media.schema)
            if body:
                yield replace(template, body=body, media_type=media_type)


def minimal(operation: Operation, values: Values) -> Values:
    """``values`` without optional parameters: what is not sent cannot be refused."""
    required = {
        (each.location, each.name.lower()) for each in operation.parameters if each.required
    }

    def kept(location: str, given: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: value for name, value in given.items() if (location, name.lower()) in required
        }

    return replace(
        values,
        query=kept("query", values.query),
        headers=kept("header", values.headers),
        cookies=kept("cookie", values.cookies),
    )

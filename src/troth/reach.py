"""Finds a case that an operation serves: producers first, then values, then who may."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from troth.case import NO_BODY, Values
from troth.exchange import Breakage, Exchange
from troth.memory import Accepted
from troth.prop import Inconclusive
from troth.references import Resolver
from troth.spec.operation import Operation, Scheme
from troth.spec.place import present, with_value

if TYPE_CHECKING:
    from troth.world import World

MOST_ATTEMPTS = 12
DEEPEST = 6


def served(operation: Operation, exchange: Exchange) -> bool:
    """Whether the answer is a success: 2xx, or a 3xx that the document names."""
    status = exchange.status
    documented = {str(status), f"{status // 100}XX", f"{status // 100}xx"}
    return exchange.ok or (300 <= status < 400 and bool(documented & set(operation.responses)))


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
    if operation.label in above or len(above) >= DEEPEST:
        raise Inconclusive(f"{operation.label} needs itself: {' <- '.join(above)}")
    refusals: list[str] = []
    attempts = 0
    fresh = fresh or operation.method == "DELETE"  # what others use is not deleted
    makers = {
        each.operation
        for producers in world.target.graph.of(operation.label).values()
        for each in producers
    }
    for who in [principal] if principal else world.target.senders(operation):
        for again in (fresh, True) if not fresh else (True,):
            resolver = Resolver(world, operation, who, fresh=again, above=(*above, operation.label))
            try:
                path = resolver.path(fixed or {})
            except Inconclusive as missing:
                refusals.append(str(missing))
                if again:
                    break
                # What was made earlier may be gone, and its children with it: make all anew.
                world.target.memory.drop(makers)
                continue
            stale = False
            for values in candidates(world, operation, resolver, path):
                attempts += 1
                if attempts > MOST_ATTEMPTS:
                    break
                exchange = world.send(
                    world.target.generator.build(operation, values), principal=who
                )
                if served(operation, exchange):
                    before = tuple(world.example.provenance)
                    accepted = Accepted(values, who, exchange, before)
                    world.target.memory.accepted[operation.label] = accepted
                    world.target.memory.attempted.pop(operation.label, None)
                    return accepted
                refusals.append(refusal(operation, exchange, world.target.spec.schemes))
                stale = exchange.status in {404, 409, 410}
                if exchange.status in {401, 403, 404, 405, 410, 429} or exchange.breakage:
                    break
            if not (stale and resolver.used and not again):
                break
    # That a named principal was refused says more than that nobody was.
    told = [each for each in refusals if " for anonymous" not in each]
    said = (told or refusals or ["nothing could be sent"])[-1]
    reason = f"{operation.label} was never served: {said}"
    world.target.memory.attempted[operation.label] = reason
    raise Inconclusive(reason)


def refusal(operation: Operation, exchange: Exchange, schemes: Mapping[str, Scheme]) -> str:
    """Why an exchange did not succeed, for people: status, principal and what may help."""
    if exchange.response is None:
        why = "in time" if exchange.breakage is Breakage.TIMEOUT else f"({exchange.breakage})"
        return f"no answer {why}"
    status, who = exchange.status, exchange.principal
    if status in {401, 403}:
        names = sorted({name for way in operation.security for name in way})
        needed = ", ".join(str(schemes.get(name, name)) for name in names)
        needed = f" (the document wants {needed})" if needed else ""
        if who == "anonymous":
            return f"{status} for anonymous: name a credential in [principals]{needed}"
        return (
            f"{status} for principal `{who}`: check its credential in [principals]{needed}, or "
            "name another one for this operation in [operations]"
        )
    return f'{status} for `{who}`; [operations."{operation.label}"] can name values it accepts'


def candidates(
    world: "World", operation: Operation, resolver: Resolver, path: Mapping[str, Any]
) -> Iterator[Values]:
    """Values that may be accepted: configured, then the document's examples, then generated."""
    seen: list[Values] = []
    for raw in _sources(world, operation):
        values = complete(world, operation, raw, resolver, path)
        if values in seen:
            continue
        seen.append(values)
        yield values
    for values in seen[:2]:
        # Refused although valid: perhaps something with the same name exists already.
        fresher = freshened(world, operation, values)
        if fresher != values:
            yield fresher


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


def _sources(world: "World", operation: Operation) -> Iterator[Values]:
    told = world.target.told(operation)
    valid = world.target.boundary(operation, valid=True, most=MOST_ATTEMPTS)
    template = minimal(operation, valid[0].values if valid else Values())
    examples = {
        each.name: each.examples[0]
        for each in operation.parameters
        if each.examples and each.required and each.location == "query"
    }
    template = replace(template, query={**template.query, **examples})
    resolver = Resolver(world, operation, "", fresh=False, above=())
    if told.body is not None:
        media_type = next(iter(operation.body.content), None) if operation.body else None
        yield replace(template, body=resolver.told(told.body), media_type=media_type)
        return
    if operation.body is None:
        yield template
        yield from (case.values for case in valid[:3])
        return
    for media_type, media in operation.body.content.items():
        for example in media.examples[:2]:
            yield replace(template, body=example, media_type=media_type)
    cases = sorted(valid, key=lambda case: len(case.body))
    for case in cases[:3] + cases[-2:]:
        yield replace(template, body=case.values.body, media_type=case.values.media_type)
    if not operation.body.required:
        yield replace(template, body=NO_BODY, media_type=None)


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


def freshened(world: "World", operation: Operation, values: Values) -> Values:
    """``values`` with free strings of the body replaced by ones not used before."""
    if not isinstance(values.body, Mapping):
        return values
    body = dict(values.body)
    validity = world.target.validity
    media = operation.body.content.get(values.media_type or "") if operation.body else None
    if media is None or world.target.told(operation).body is not None:
        return values
    references = world.target.references(operation)
    for name, value in body.items():
        if not isinstance(value, str) or f"/{name}" in references:
            continue
        number = world.target.memory.next_fresh()
        for text in _fresh_texts(value, number, world.target.salt):
            changed = {**body, name: text}
            if validity.violations(media.schema, changed) == ():
                body = changed
                break
    return replace(values, body=body)


def _fresh_texts(value: str, number: int, salt: str) -> tuple[str, ...]:
    if "@" in value:
        return (f"troth{salt}{number}@example.com",)
    return (f"{value[:20]}-{salt}{number}", f"troth{salt}{number}", f"t{number}")

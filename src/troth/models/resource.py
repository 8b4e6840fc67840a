"""One thing of a family within a world: made, shown, changed, deleted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from troth.case import NO_BODY, Values
from troth.composing.templates import shared_values, template_parameters
from troth.exchange import Exchange, Response
from troth.expression import ExpressionError, identifier, pointed
from troth.people.senders import sends
from troth.principal import ANONYMOUS
from troth.prop import Inconclusive
from troth.spec.families import Family
from troth.spec.operation import Operation
from troth.spec.schema import is_json, properties, resolve

if TYPE_CHECKING:
    from troth.world import World


@dataclass(frozen=True, slots=True)
class One:
    """A thing: who made it by which request, its id, and what was sent of it."""

    family: Family
    who: str
    id: str
    made: Exchange
    path: Mapping[str, Any]
    body: Any
    template: str
    """The path template whose values ``path`` has: of what made it, or changed it."""

    def values(self, world: "World", operation: Operation) -> Values:
        """Values that ask ``operation`` of this thing, without a body.

        Raises Inconclusive when something else is needed that nobody knows.
        """
        shared = self.shared(operation)
        told = world.target.told(operation).path
        names = [name for _, name in template_parameters(operation.path)]
        own = self.family.parameter if self.family.parameter in names else (names or [""])[-1]
        path: dict[str, Any] = {}
        for name in names:
            if name == own and operation.path != self.template:
                path[name] = self.id
            elif name in shared:
                path[name] = shared[name]
            elif name in told and not str(told[name]).startswith("$"):
                path[name] = told[name]
            else:
                path[name] = world.accepted(operation).values.path.get(name)
        needed = [each for each in operation.parameters if each.required]
        query: Mapping[str, Any] = {}
        headers: Mapping[str, Any] = {}
        if any(each.location in {"query", "header"} for each in needed):
            known = world.accepted(operation).values
            query, headers = known.query, known.headers
        return Values(path=path, query=query, headers=headers)

    def shared(self, operation: Operation) -> dict[str, str]:
        """The path values of ``operation`` that are those of this thing's own request."""
        values = {key: str(value) for key, value in self.path.items()}
        return shared_values(operation.path, self.template, values)


def make(world: "World", family: Family, *, who: str | None = None) -> One:
    """A new thing, by values that are served. Raises Inconclusive when none can be made."""
    assert family.create is not None
    accepted = world.reach(family.create, principal=who)
    return made(family, accepted.values, accepted.principal, accepted.exchange)


def made(family: Family, values: Values, who: str, answer: Exchange) -> One:
    """What ``answer`` made. Raises Inconclusive when it does not say its id."""
    try:
        id_ = identifier(family.id, answer)
    except ExpressionError as error:
        raise Inconclusive(f"no id of what {answer.operation} made: {error}") from None
    if id_ is None or id_ == "":
        raise Inconclusive(f"no id of what {answer.operation} made, at {family.id}")
    assert family.create is not None
    path = path_of(family.create, answer) or values.path
    return One(family, who, str(id_), answer, path, values.body, family.create.path)


def path_of(operation: Operation, exchange: Exchange) -> dict[str, str]:
    """The path parameters as they were sent: what is good for once is replaced when it is."""
    names = operation.path.strip("/").split("/")
    sent = urlsplit(exchange.request.url).path.strip("/").split("/")[-len(names) :]
    if len(sent) != len(names):
        return {}
    return {
        name[1:-1]: unquote(value)
        for name, value in zip(names, sent, strict=True)
        if name.startswith("{") and name.endswith("}")
    }


def ask(
    world: "World",
    one: One,
    operation: Operation,
    *,
    body: Any = NO_BODY,
    who: str | None = None,
    purpose: str = "",
) -> Exchange:
    """Send ``operation`` for that thing, as its maker or as ``who``."""
    values = one.values(world, operation)
    if body is not NO_BODY:
        values = replace(values, body=body, media_type=json_type(operation))
    if operation.safe and who is None:
        return read(world, operation, values, one.who, purpose)
    case = world.target.generator.build(operation, values, purpose=purpose)
    return world.send(case, principal=who or one.who, whole=True, purpose=purpose)


def read(world: "World", operation: Operation, values: Values, who: str, purpose: str) -> Exchange:
    """Read as ``who``, and where he may not, as whoever may."""
    case = world.target.generator.build(operation, values, purpose=purpose)
    anonymous = who == ANONYMOUS and operation.secured
    if sends(world.target, who, operation) and not anonymous:
        answer = world.send(case, principal=who, whole=True, purpose=purpose)
        if answer.status not in {401, 403}:
            return answer
    other = world.accepted(operation).principal
    return world.send(case, principal=other, whole=True, purpose=purpose)


def json_type(operation: Operation) -> str | None:
    """The first media type of its body that is JSON, or None."""
    content = operation.body.content if operation.body else ()
    return next((each for each in content if is_json(each)), None)


def members(world: "World", operation: Operation) -> dict[str, Any]:
    """The members of its JSON body by name, with their schemas; without what is only read."""
    media_type = json_type(operation)
    if operation.body is None or media_type is None:
        return {}
    spec = world.target.spec
    known = properties(spec, operation.body.content[media_type].schema)
    return {
        name: schema
        for name, schema in known.items()
        if not resolve(spec, schema).get("readOnly") and not resolve(spec, schema).get("writeOnly")
    }


def shown(exchange: Exchange, family: Family) -> Mapping[str, Any] | None:
    """The thing in an answer that shows it, perhaps in an envelope; None where there is none."""
    body = parsed(exchange.response)
    if not isinstance(body, Mapping):
        return None
    # The envelope of the answer that made it is that of the one that shows it.
    above = family.id.removeprefix("$response.body#").rpartition("/")[0]
    if not family.id.startswith("$response.body#") or not above:
        return _whole(body)
    try:
        inner = pointed(body, above, text=above)
    except ExpressionError:
        return body
    return _whole(inner) if isinstance(inner, Mapping) else body


def _whole(thing: Mapping[str, Any]) -> Mapping[str, Any]:
    """A thing with what JSON:API puts below `attributes` beside its id and type."""
    inside = thing.get("attributes")
    if not isinstance(inside, Mapping) or not {"id", "type"} <= thing.keys():
        return thing
    return {**thing, **inside}


def parsed(response: Response | None) -> Any:
    """The body as JSON, None where it is none."""
    try:
        return response.json() if response is not None and response.body else None
    except ValueError:
        return None

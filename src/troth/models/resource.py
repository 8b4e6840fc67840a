"""One thing of a family within a world: made, shown, changed, deleted, looked for in lists."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from troth.case import NO_BODY, Values
from troth.composing.references import shared_values, template_parameters
from troth.exchange import Exchange, Response
from troth.expression import ExpressionError, identifier, pointed
from troth.people.senders import sends
from troth.principal import ANONYMOUS
from troth.prop import Inconclusive
from troth.spec.families import Family, Listing
from troth.spec.operation import Operation
from troth.spec.schema import is_json, properties, resolve

if TYPE_CHECKING:
    from troth.world import World

LIMITS = frozenset(
    {"limit", "page_size", "pagesize", "per_page", "perpage", "size", "first", "max_results"}
    | {"maxresults", "pagelimit", "page_limit", "count", "top", "take"}
)
"""Query parameters, in lower case, that say how many things a page of a list has."""
MOST_PAGE = 1000
MOST_PAGES = 20
CURSORS = (
    *("cursor", "next_cursor", "page_token", "next_page_token", "next_token", "after"),
    *("starting_after", "continuation_token", "continuation", "next"),
)
"""What the place in a list is called, in answers and as a query parameter."""


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
        return _read(world, operation, values, one.who, purpose)
    case = world.target.generator.build(operation, values, purpose=purpose)
    return world.send(case, principal=who or one.who, whole=True, purpose=purpose)


def _read(world: "World", operation: Operation, values: Values, who: str, purpose: str) -> Exchange:
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
        return body
    try:
        inner = pointed(body, above, text=above)
    except ExpressionError:
        return body
    return inner if isinstance(inner, Mapping) else body


def parsed(response: Response | None) -> Any:
    """The body as JSON, None where it is none."""
    try:
        return response.json() if response is not None and response.body else None
    except ValueError:
        return None


def look(world: "World", one: One) -> tuple[Exchange, Mapping[str, Any] | None]:
    """What is shown of the thing now, by its reader or else by a list; None when it is not there.

    Raises Inconclusive where the answer is neither the thing nor the news that it is gone, and
    where a list is full and may have it on another page.
    """
    family = one.family
    if family.read is not None:
        answer = ask(world, one, family.read, purpose="read it")
        if answer.status in {404, 410}:
            return answer, None
        found = shown(answer, family) if answer.ok else None
        if found is None:
            raise Inconclusive(f"{family.read.label} answered {answer.status}, and shows nothing")
        return answer, found
    listing = next((each for each in family.listings if each.identified and not each.term), None)
    if listing is None:
        raise Inconclusive(f"nothing shows a {family.name}")
    answer, found, sure = found_in(world, one, listing)
    if found is None and not sure:
        raise Inconclusive(f"{listing.label} has more pages than are walked")
    return answer, found


def found_in(
    world: "World", one: One, listing: Listing
) -> tuple[Exchange, Mapping[str, Any] | None, bool]:
    """The page of a list that has the thing, else the last one; its row; and whether all pages
    were seen. Raises Inconclusive.
    """
    answer, rows = listed(world, one, listing)
    for _ in range(MOST_PAGES):
        found = row_of(rows, listing, one.id)
        if found is not None:
            return answer, found if isinstance(found, Mapping) else {}, True
        if not full(world, listing, rows, answer):
            return answer, None, True
        query = next_page(listing.operation, answer, len(rows))
        if query is None:
            return answer, None, False
        answer, rows = listed(world, one, listing, query=query)
    return answer, None, False


def next_page(operation: Operation, answer: Exchange, rows: int) -> dict[str, Any] | None:
    """Query parameters of the page after ``answer``, or None where it is not known how."""
    names = {each.name.replace("-", "_").lower(): each.name for each in operation.parameters}
    body = parsed(answer.response)
    envelope = dict(_flat(body)) if isinstance(body, Mapping) else {}
    sent = dict(parse_qsl(urlsplit(answer.request.url).query))
    for member in CURSORS:
        value = envelope.get(member)
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            for name in CURSORS:
                if name in names and "://" not in str(value):
                    return {names[name]: value}
    for name in ("offset", "skip"):
        if name in names:
            return {names[name]: int(sent.get(names[name], 0)) + rows}
    if "page" in names:
        return {names["page"]: int(sent.get(names["page"], 1)) + 1}
    return None


def listed(
    world: "World",
    one: One,
    listing: Listing,
    *,
    term: str = "",
    who: str | None = None,
    query: Mapping[str, Any] | None = None,
) -> tuple[Exchange, list[Any]]:
    """The first page of a list, as large as it gets, and its rows. Raises Inconclusive."""
    operation = listing.operation
    shared = one.shared(operation)
    names = [name for _, name in template_parameters(operation.path)]
    if all(name in shared for name in names) and not _needs(operation, listing.term):
        values = Values(path=shared)
    else:
        values = world.accepted(operation).values
        values = replace(values, path={**values.path, **shared})
    asked = {**values.query, **_widest(world, operation), **(query or {})}
    if listing.term and term:
        asked[listing.term] = term
    values = replace(values, query=asked)
    if who is None:
        answer = _read(world, operation, values, one.who, "list them")
    else:
        case = world.target.generator.build(operation, values)
        answer = world.send(case, principal=who, whole=True, purpose="list them")
    return answer, rows_of(answer, listing)


def _needs(operation: Operation, term: str) -> bool:
    return any(
        each.required and each.location in {"query", "header"} and each.name != term
        for each in operation.parameters
    )


def rows_of(answer: Exchange, listing: Listing) -> list[Any]:
    """The elements that an answer lists. Raises Inconclusive when it is no list."""
    try:
        rows = pointed(parsed(answer.response), listing.array, text=listing.array)
    except ExpressionError:
        rows = None
    if not answer.ok or not isinstance(rows, list):
        raise Inconclusive(f"{listing.label} answered {answer.status}, and lists nothing")
    return rows


def row_of(rows: list[Any], listing: Listing, id_: str) -> Any:
    """The element whose id that is, or None."""
    for row in rows:
        try:
            if str(pointed(row, listing.id, text=listing.id)) == id_:
                return row
        except ExpressionError:
            continue
    return None


def _widest(world: "World", operation: Operation) -> dict[str, Any]:
    """The parameter that says how long a page is, at its documented maximum."""
    for each in operation.parameters:
        if each.location == "query" and each.name.replace("-", "_").lower() in LIMITS:
            most = resolve(world.target.spec, each.schema).get("maximum")
            if isinstance(most, int | float) and most >= 1:
                return {each.name: int(min(most, MOST_PAGE))}
    return {}


def full(world: "World", listing: Listing, rows: list[Any], answer: Exchange) -> bool:
    """Whether more may stand on other pages: the page is as long as it was asked to be, or its
    answer says a total that is larger, or links to a next page.
    """
    asked = next(iter(_widest(world, listing.operation).values()), 0)
    if not rows:
        return False
    if asked and len(rows) >= asked:
        return True
    if answer.response is not None and 'rel="next"' in (answer.response.header("link") or ""):
        return True
    body = parsed(answer.response)
    if not isinstance(body, Mapping):
        # A bare list without a limit that we know may be cut at any round number.
        return not asked and len(rows) % 5 == 0
    counts = [value for name, value in _flat(body) if name in {"total", "count", "total_count"}]
    if any(isinstance(each, int) and each > len(rows) for each in counts):
        return True
    more = {"next", "next_cursor", "next_page", "next_page_token", "cursor", "has_more", "hasmore"}
    if any(value for name, value in _flat(body) if name in more):
        return True
    return not asked and not counts and len(rows) % 5 == 0


def _flat(body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The members of an envelope and of the objects within it, names in lower case."""
    for name, value in body.items():
        if isinstance(value, Mapping):
            yield from ((inner.lower(), each) for inner, each in value.items())
        else:
            yield name.lower(), value

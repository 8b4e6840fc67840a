"""Where in the answer of an operation the id of a thing stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from troth.spec.naming import IDENTIFIERS, KEYS, referring, same, thing, words
from troth.spec.operation import Operation, Schema, Spec
from troth.spec.schema import branches, items, properties, response_schema, types
from troth.spec.shape import escaped

# Members that hold the thing itself, and members that hold the things of a list.
ENVELOPES = frozenset(
    """
    data result item payload response content value entity object resource record node
    attributes created body
    """.split()  # noqa: SIM905 - read as a list
)
LISTS = frozenset(
    """
    items data results content records values list entries rows objects elements nodes hits docs
    resources collection
    """.split()  # noqa: SIM905 - read as a list
)
DEEPEST = 2
UNLIKE = 99
"""How far down the list of names an id stands whose type is another."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: the id called ``name`` of a ``kind`` of thing, of these JSON types.

    ``loose`` allows what the thing itself may call its id: ``id``, ``uuid``, ``key``.
    """

    name: str
    kind: str
    types: frozenset[str]
    loose: bool

    def fits(self, found: frozenset[str]) -> bool:
        """Whether a value of the types ``found`` can be what is wanted; unknown types can."""
        scalar = found & {"string", "integer", "number"}
        if found and not scalar:
            return False
        if not self.types or not scalar:
            return True
        # Text takes any value; a number only numbers.
        return "string" in self.types or bool(scalar & {"integer", "number"})


def member(spec: Spec, known: Mapping[str, Schema], wanted: Wanted) -> tuple[int, str] | None:
    """The property of an object that is the id, and how far down the list of names it is."""
    fitting = [name for name in known if wanted.fits(types(spec, known[name]))]
    for rank, candidate in enumerate(candidates(wanted)):
        for name in fitting:
            if same(name, candidate):
                return rank, name
    if wanted.loose:
        # JSON:API writes ids as text, whatever they are in paths.
        for name in known:
            plain = types(spec, known[name]) == {"string"} and not _formed(spec, known[name])
            if name.lower() in IDENTIFIERS and plain:
                return UNLIKE, name
    return None


def _formed(spec: Spec, schema: Schema) -> bool:
    """Whether a text says by a format or pattern what it is: a UUID is no number."""
    return any({"format", "pattern"} & branch.keys() for branch in branches(spec, schema))


def candidates(wanted: Wanted) -> Iterator[str]:
    """What the id may be called in the thing itself, the likeliest name first."""
    yield wanted.name
    parts = words(wanted.name)
    found = referring(wanted.name)
    last = found[1] if found else (parts[-1] if parts else "")
    if not wanted.loose:
        # `tenant_slug` is the `slug` of a tenant, never its id.
        if last in KEYS and len(parts) > 1:
            yield last
        return
    if last in IDENTIFIERS:
        yield last
    yield f"{wanted.kind}_{last or 'id'}"
    for word in ("id", "uuid", "guid", "pk", "_id", "uid", "identifier", "key", "slug"):
        yield f"{wanted.kind}_{word}"
        yield word
    yield f"{wanted.kind}_name"
    yield from ("name", "code", "number")


def loose(name: str, kind: str) -> bool:
    """Whether a name means the id of a ``kind`` of thing: ``id``, ``order_id``, ``order``, ``i``.

    Others name a property, such as ``slug`` or ``version``, and only that one will do.
    """
    found = referring(name)
    if found is not None:
        return found[1] in IDENTIFIERS
    parts = words(name)
    if set(parts) & {*KEYS, "version", "lang", "language", "locale"}:
        return False
    return thing(name) == kind or len(name) == 1


def single(spec: Spec, schema: Schema, wanted: Wanted) -> list[str]:
    """Pointers to the id in an answer that is one thing, perhaps in an envelope; outermost first.

    Only the likeliest name counts: where an envelope holds an ``id``, its ``slug`` is none.
    """
    found = list(_ranked(spec, schema, wanted, depth=0))
    best = min((rank for rank, _ in found), default=0)
    if not found and wanted.loose:
        return list(_linked(spec, schema))
    return [pointer for rank, pointer in found if rank == best]


def _linked(spec: Spec, schema: Schema) -> Iterator[str]:
    """Where a thing without an id has the link to itself: HAL's `_links`, JSON:API's `links`."""
    for name, inner in properties(spec, schema).items():
        own = properties(spec, inner).get("self") if name in {"_links", "links"} else None
        if own is not None:
            deeper = "href" in properties(spec, own)
            yield escaped(name, "self", "href") if deeper else escaped(name, "self")


def _ranked(spec: Spec, schema: Schema, wanted: Wanted, *, depth: int) -> Iterator[tuple[int, str]]:
    known = properties(spec, schema)
    found = member(spec, known, wanted)
    if found is not None:
        yield found[0], escaped(found[1])
    if depth >= DEEPEST:
        return
    for name, inner in known.items():
        if (name.lower() in ENVELOPES or thing(name) == wanted.kind) and properties(spec, inner):
            for rank, pointer in _ranked(spec, inner, wanted, depth=depth + 1):
                yield rank, escaped(name) + pointer


def listed(spec: Spec, schema: Schema, wanted: Wanted, *, depth: int = 0) -> Iterator[str]:
    """Pointers to the id of the first thing in an answer that lists things; best first."""
    element = items(spec, schema)
    if element is not None and "array" in types(spec, schema) | {"array"}:
        found = single(spec, element, wanted)
        if not found and wanted.loose and types(spec, element) & {"string", "integer"}:
            yield "/0"  # A list of nothing but ids.
        yield from (f"/0{pointer}" for pointer in found)
        return
    if depth >= DEEPEST:
        return
    known = properties(spec, schema)
    arrays = [name for name, inner in known.items() if "array" in types(spec, inner)]
    likely = [name for name in arrays if name.lower() in LISTS or thing(name) == wanted.kind] or (
        arrays if len(arrays) == 1 else []
    )
    likely.sort(key=lambda name: thing(name) != wanted.kind)
    for name in likely:
        for pointer in listed(spec, known[name], wanted, depth=depth + 1):
            yield escaped(name) + pointer
    for name, inner in known.items():
        inside = name.lower() in {*ENVELOPES, "_embedded", "embedded"}
        if name not in arrays and inside and properties(spec, inner):
            for pointer in listed(spec, inner, wanted, depth=depth + 1):
                yield escaped(name) + pointer


def described(spec: Spec, operation: Operation) -> Schema | None:
    """The schema of a successful answer; None when the document says nothing about its body."""
    found = response_schema(spec, operation)
    if found is None:
        return None
    known = properties(spec, found[2]) or items(spec, found[2]) is not None
    return found[2] if known or types(spec, found[2]) - {"object"} else None


def made(spec: Spec, operation: Operation, wanted: Wanted) -> list[tuple[str, str]]:
    """Expressions for the id of what ``operation`` makes, with why; best first.

    Where the document is silent about the answer, they are the places where ids usually are.
    """
    good = [each for each in operation.responses.values() if each.status.startswith("2")]
    schema = described(spec, operation)
    location = [("$response.header.Location", "location")]
    located = any(name.lower() == "location" for each in good for name in each.headers)
    chosen = _chosen(spec, operation, wanted)
    if schema is not None:
        pointers = [*single(spec, schema, wanted), *listed(spec, schema, wanted)][:2]
        found = [(f"$response.body#{each}", "path hierarchy") for each in pointers]
        return [*found, *(location if located else ()), *(() if found else chosen)]
    if located:
        return [*location, *chosen]
    guesses = [(f"$response.body#/{each}", "path hierarchy") for each in _guesses(wanted)]
    if response_schema(spec, operation) is not None:
        return [*guesses, *chosen, *location]
    if any(each.content for each in good):
        return [*chosen, *location]  # It answers with something else than JSON.
    bodiless = bool(good) and all(each.status in {"204", "205"} for each in good)
    return [*location, *chosen, *(() if bodiless else guesses)]


def _guesses(wanted: Wanted) -> list[str]:
    if wanted.loose:
        return list(dict.fromkeys(["id", wanted.name, "data/id"]))
    return list(candidates(wanted))


def _chosen(spec: Spec, operation: Operation, wanted: Wanted) -> list[tuple[str, str]]:
    """The place in the *request* where the caller itself names the thing, as with user names."""
    for media in operation.body.content.values() if operation.body else ():
        for name, schema in properties(spec, media.schema).items():
            if same(name, wanted.name) and wanted.fits(types(spec, schema)):
                if same(name, "id"):
                    continue
                return [(f"$request.body#{escaped(name)}", "path hierarchy")]
    return []


def shown(spec: Spec, operation: Operation, wanted: Wanted) -> list[tuple[str, str]]:
    """Expressions for the id of a thing that ``operation`` lists, with why; best first."""
    schema = described(spec, operation)
    if schema is None:
        good = [each for each in operation.responses.values() if each.status.startswith("2")]
        if response_schema(spec, operation) is None and any(each.content for each in good):
            return []  # It answers with something else than JSON.
        name = "id" if wanted.loose else next(reversed(list(candidates(wanted))))
        places = [f"/0/{name}", f"/data/0/{name}", f"/items/0/{name}"]
    else:
        places = list(listed(spec, schema, wanted))
    return [(f"$response.body#{each}", "list item") for each in places[:3]]


def itself(spec: Spec, operation: Operation, wanted: Wanted) -> list[tuple[str, str]]:
    """Expressions for the id in an answer that is one thing, such as that of ``/users/me``."""
    schema = described(spec, operation)
    pointers = single(spec, schema, wanted) if schema is not None else ()
    return [(f"$response.body#{each}", "response property") for each in pointers][:1]

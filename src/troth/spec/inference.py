"""Infers who produces an id from structure and names, in the order of how sure that is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from troth.spec.naming import distinctive, referring, same, schema_thing, words
from troth.spec.operation import Operation, Schema, Spec
from troth.spec.parts import TEMPLATE
from troth.spec.places import OWN, VERBS, Spot, collection, kind_of, normalised
from troth.spec.schema import component, items, properties, response_schema, types
from troth.spec.shape import escaped
from troth.spec.yields import ENVELOPES, Wanted, described, itself, loose, made, shown

Found = tuple[str, str, str]
Look = Callable[[Spec, Operation, Wanted], list[tuple[str, str]]]
PARENTS = frozenset({"parent", "ancestor"})


@dataclass(frozen=True)
class Index:
    """Operations by what they make, list or show. Kinds are as `naming.thing` writes them."""

    makers: dict[str, list[Operation]] = field(default_factory=dict)  # by normalised collection
    lists: dict[str, list[Operation]] = field(default_factory=dict)
    makers_of: dict[str, list[Operation]] = field(default_factory=dict)  # by kind, surest first
    lists_of: dict[str, list[Operation]] = field(default_factory=dict)
    own_of: dict[str, list[Operation]] = field(default_factory=dict)
    puts: dict[str, list[Operation]] = field(default_factory=dict)
    """By normalised path of a single thing: what puts one there."""
    shown: dict[str, list[tuple[Operation, str, frozenset[str]]]] = field(default_factory=dict)
    """By joined name: operations whose answers have such a property, with pointer and types."""
    asks: dict[str, set[str]] = field(default_factory=dict)
    """By label: joined names of what an operation itself wants to be told."""
    _answers: dict[tuple[str, str, Wanted], list[tuple[str, str]]] = field(
        default_factory=dict, repr=False
    )

    _showing: dict[tuple[str, frozenset[str]], list[tuple[Operation, str]]] = field(
        default_factory=dict, repr=False
    )

    @classmethod
    def of(cls, spec: Spec) -> "Index":
        """The index of a document."""
        index = cls()
        late: list[tuple[str, Operation]] = []
        for operation in sorted(spec.operations, key=lambda each: each.method != "POST"):
            index.asks[operation.label] = _asked(spec, operation)
            index._shows(spec, operation)
            path = operation.path.rstrip("/")
            if operation.method == "POST" and not path.endswith("}"):
                place = collection(path)
                index.makers.setdefault(normalised(place), []).append(operation)
                index.makers_of.setdefault(kind_of(place), []).append(operation)
                found = response_schema(spec, operation)
                if found is not None:
                    late.append((schema_thing(component(found[2])), operation))
            elif operation.method == "PUT" and path.endswith("}"):
                index.puts.setdefault(normalised(path), []).append(operation)
            elif operation.method == "GET" and path.rpartition("/")[2].lower() in OWN:
                found = response_schema(spec, operation)
                kind = kind_of(path) or (schema_thing(component(found[2])) if found else "")
                index.own_of.setdefault(kind, []).append(operation)
            elif operation.method == "GET" and not path.endswith("}"):
                index.lists.setdefault(normalised(path), []).append(operation)
                index.lists_of.setdefault(kind_of(path), []).append(operation)
        for kind, operation in late:
            # `POST /auth/register` answers with a User: it makes one, if less surely.
            known = index.makers_of.setdefault(kind, [])
            if kind and operation not in known and not operation.path.count("{"):
                known.append(operation)
        for group in (index.makers_of, index.lists_of):
            for operations in group.values():
                operations.sort(key=lambda each: each.path.count("{"))
        for shows in index.shown.values():
            shows.sort(key=lambda each: (each[0].method != "POST", each[0].path.count("{")))
        return index

    def made(self, spec: Spec, operation: Operation, wanted: Wanted) -> list[tuple[str, str]]:
        """As `yields.made`; many places of a document want the same of the same operation."""
        return self._answered("made", made, spec, operation, wanted)

    def listed(self, spec: Spec, operation: Operation, wanted: Wanted) -> list[tuple[str, str]]:
        """As `yields.shown`, once for each."""
        return self._answered("shown", shown, spec, operation, wanted)

    def _answered(
        self, what: str, look: Look, spec: Spec, operation: Operation, wanted: Wanted
    ) -> list[tuple[str, str]]:
        key = (what, operation.label, wanted)
        found = self._answers.get(key)
        if found is None:
            found = self._answers[key] = look(spec, operation, wanted)
        return found

    def showing(self, leaf: str, kinds: frozenset[str]) -> list[tuple[Operation, str]]:
        """Operations whose answers have a property that is called ``leaf``, and where; best first.

        Not those that must be told it in their path.
        """
        name = leaf.removeprefix("X-").removeprefix("x-")
        if (name, kinds) not in self._showing:
            wanted = Wanted(name, "", kinds, loose=False)
            joined = "".join(words(name))
            # What must be told the value itself, such as a renewal of a token, is the worse source.
            ranked = sorted(
                self.shown.get(joined, []), key=lambda each: joined in self.asks[each[0].label]
            )
            self._showing[name, kinds] = [
                (operation, pointer)
                for operation, pointer, types_ in ranked
                if wanted.fits(types_)
                and not any(same(each, name) for each in TEMPLATE.findall(operation.path))
            ]
        return self._showing[name, kinds]

    def _shows(self, spec: Spec, operation: Operation) -> None:
        """Note the distinctive properties of an answer, one envelope deep."""
        schema = described(spec, operation) if operation.method in {"POST", "GET"} else None
        if schema is None:
            return
        element = items(spec, schema)
        pending = [("", schema)] if element is None else [("/0", element)]
        for depth in range(2):
            inner: list[tuple[str, Schema]] = []
            for prefix, holder in pending:
                for name, value in properties(spec, holder).items():
                    kinds = types(spec, value)
                    if distinctive(name) and (not kinds or kinds & {"string", "integer"}):
                        known = self.shown.setdefault("".join(words(name)), [])
                        known.append((operation, prefix + escaped(name), kinds))
                    if name.lower() in ENVELOPES and depth == 0:
                        inner.append((prefix + escaped(name), value))
            pending = inner


def infer(spec: Spec, spot: Spot, index: Index) -> Iterator[Found]:
    """Operation, expression and why of each way to get what ``spot`` needs, best first."""
    if spot.location == "path":
        yield from _in_path(spec, spot, index)
    else:
        yield from _by_kind(spec, spot, index)
        yield from _by_property(spot, index, text=True)


def _in_path(spec: Spec, spot: Spot, index: Index) -> Iterator[Found]:
    own = spot.kinds[-1] if spot.kinds else ""
    hierarchy = kind_of(spot.before or "") or own
    free = loose(spot.leaf, hierarchy)
    wanted = Wanted(spot.leaf, hierarchy, spot.types, free)
    makers = index.makers.get(spot.before or "", []) if spot.before is not None else []
    lists = index.lists.get(spot.before or "", []) if spot.before is not None else []
    # `POST /things` before `POST /things/create`: a literal verb is the rarer way.
    for maker in sorted(makers, key=lambda each: each.place.rpartition("/")[2].lower() in VERBS):
        yield from _with(maker, index.made(spec, maker, wanted))
    named = list(_by_kind(spec, spot, index)) if free or referring(spot.leaf) else []
    yield from (each for each in named if each[2] != "list item")
    for lister in lists:
        yield from _with(lister, index.listed(spec, lister, wanted))
    yield from (each for each in named if each[2] == "list item")
    if not makers:
        # What has no collection to be added to may be made by putting it in its place.
        yield from (
            (each.label, f"$request.path.{spot.leaf}", "path hierarchy")
            for each in index.puts.get(f"{spot.before}/{{}}", ())
            if spot.before is not None and each.place.endswith("{" + spot.leaf + "}")
        )
    if distinctive(spot.leaf):
        yield from _by_property(spot, index, text=False)
    if free:
        for shower in index.own_of.get(hierarchy, []):
            yield from _with(shower, itself(spec, shower, wanted))


def _by_kind(spec: Spec, spot: Spot, index: Index) -> Iterator[Found]:
    """Producers known by the kind of thing that the name speaks of, wherever they are."""
    found = referring(spot.leaf)
    key = found[1] if found else "id"
    if found is not None and not distinctive(spot.leaf) and spot.location != "path":
        return
    if key == "token":
        return  # `POST /refresh` wants a `refresh_token`, rather than making one.
    kinds = spot.kinds
    if spot.location != "path" and found and set(found[0]) <= PARENTS:
        # A parent is of the own kind: an optional one only, else the first could not be made.
        kinds = () if spot.required else (kind_of(collection(spot.operation.path)),)
    for kind in kinds:
        name = spot.leaf if spot.location == "path" else f"{kind}_{key}"
        wanted = Wanted(name, kind, spot.types, loose(name, kind))
        ways: list[Found] = []
        for maker in index.makers_of.get(kind, []):
            if kind:
                answers = [each for each in index.made(spec, maker, wanted) if _sure(each, maker)]
                ways += _with(maker, answers, why="response property")
        for lister in index.lists_of.get(kind, []):
            ways += _with(lister, index.listed(spec, lister, wanted))
        if ways:
            yield from ways
            return


def _sure(answer: tuple[str, str], maker: Operation) -> bool:
    """Away from the hierarchy, a place is believed only when the document says that it is there."""
    value, _ = answer
    if value.startswith("$request"):
        return False
    good = [each for each in maker.responses.values() if each.status.startswith("2")]
    if value.startswith("$response.header"):
        silent = not any(each.content for each in good)
        return silent or any(name.lower() == "location" for each in good for name in each.headers)
    return True


def _by_property(spot: Spot, index: Index, *, text: bool) -> Iterator[Found]:
    """Answers of other operations with a property of just that name."""
    if not distinctive(spot.leaf):
        return
    found = referring(spot.leaf)
    if text and found and found[1] not in {"id", "uuid", "guid"} and "integer" in spot.types:
        return
    for operation, pointer in index.showing(spot.leaf, spot.types):
        if operation.path != spot.operation.path:
            yield operation.label, f"$response.body#{pointer}", "response property"


def _asked(spec: Spec, operation: Operation) -> set[str]:
    names = [each.name for each in operation.parameters]
    for media in operation.body.content.values() if operation.body else ():
        names += properties(spec, media.schema)
    return {"".join(words(name)) for name in names}


def _with(
    operation: Operation, answers: list[tuple[str, str]], *, why: str | None = None
) -> list[Found]:
    return [
        (operation.label, value, why if why and reason != "location" else reason)
        for value, reason in answers
    ]


def linked(spec: Spec) -> dict[tuple[str, str], tuple[Found, ...]]:
    """What the document's own links say, by consumer and parameter; makers before the others.

    Only values that come out of the exchange count: ``$request.path.id`` passes on what was known.
    """
    found: dict[tuple[str, str], list[Found]] = {}
    for operation in sorted(spec.operations, key=lambda each: each.method != "POST"):
        for response in operation.responses.values():
            if not response.status.startswith(("2", "d")):
                continue
            for link in response.links:
                for name, value in link.parameters.items():
                    if value.startswith(("$response.body#/", "$response.header.")):
                        bare = name.partition(".")[2] if _qualified(name) else name
                        entry = (operation.label, value, "link")
                        found.setdefault((link.operation, bare), []).append(entry)
    return {key: tuple(dict.fromkeys(ways)) for key, ways in found.items()}


def _qualified(name: str) -> bool:
    return name.partition(".")[0] in {"path", "query", "header", "cookie"} and "." in name

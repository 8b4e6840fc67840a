"""Families: which operations make, show, change, delete, list and search one kind of thing.

They are inferred from paths: `/things` is the collection of `/things/{id}`. What the target file
says of a resource comes first.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

from troth.config.resources import ResourceSection
from troth.errors import UsageError
from troth.spec.configured import operation_of
from troth.spec.naming import thing, version
from troth.spec.operation import Operation, Spec
from troth.spec.places import VERBS, collection, kind_of
from troth.spec.schema import items, properties, response_schema, types
from troth.spec.shape import escaped
from troth.spec.yields import LISTS, Wanted, described, made, shown

_LAST = re.compile(r"^(?P<above>.*)/\{(?P<name>[^{}/]+)\}$")
_ROOTS = frozenset({"api", "rest"})
_ASYNC = frozenset({"202"})
_SEARCHED = frozenset({"q", "query", "search", "term", "text", "keyword", "filter"})
Owner = Literal["principal", "tenant", "public"]


@dataclass(frozen=True, slots=True)
class Listing:
    """An operation that lists things: where its answer has them, and where each has its id.

    ``array`` and ``id`` are JSON pointers, the second into an element; it is empty where the
    elements are the ids themselves, or have none that could be inferred (``identified``).
    ``term`` is the query parameter of a search.
    """

    operation: Operation
    array: str
    id: str
    identified: bool = True
    term: str = ""

    @property
    def label(self) -> str:
        """That of the operation."""
        return self.operation.label


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of thing. ``id`` is a runtime expression on the answer of ``create``.

    ``parameter`` is the name by which paths of a single thing call it.
    """

    name: str
    create: Operation | None = None
    read: Operation | None = None
    replace: Operation | None = None
    patch: Operation | None = None
    delete: Operation | None = None
    listings: tuple[Listing, ...] = ()
    id: str = "$response.body#/id"
    parameter: str = ""
    owner: Owner = "principal"
    volatile: frozenset[str] = field(default_factory=frozenset)

    @property
    def label(self) -> str:
        """Its name: what node ids and reports call it."""
        return self.name

    @property
    def operations(self) -> tuple[Operation, ...]:
        """All of them, the one that makes first."""
        own = (self.create, self.read, self.replace, self.patch, self.delete)
        return (*(each for each in own if each), *(each.operation for each in self.listings))

    @property
    def writers(self) -> tuple[Operation, ...]:
        """What changes one, but for its deletion."""
        return tuple(each for each in (self.create, self.replace, self.patch) if each)


@dataclass(frozen=True, slots=True)
class Collection:
    """A listing, and the family of what it lists where that is known."""

    listing: Listing
    family: Family | None

    @property
    def label(self) -> str:
        """That of the operation."""
        return self.listing.label

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The one."""
        return (self.listing.operation,)


@dataclass(frozen=True, slots=True)
class Write:
    """An operation that makes or changes things of a family."""

    family: Family
    operation: Operation

    @property
    def label(self) -> str:
        """That of the operation."""
        return self.operation.label

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The one."""
        return (self.operation,)


def families(
    spec: Spec, resources: Mapping[str, ResourceSection] = MappingProxyType({})
) -> tuple[Family, ...]:
    """Every family of which something can be made, or at least be told apart in a list.

    Raises UsageError where ``resources`` names no operation of ``spec``.
    """
    found = dict(_inferred(spec))
    for name, section in resources.items():
        key = _meant(spec, found, name, section)
        known = found.pop(key, Family(name)) if key is not None else Family(name)
        found[f"[{name}]"] = _told(spec, replace(known, name=name), section)
    return tuple(_named(found))


def singletons(spec: Spec) -> tuple[Family, ...]:
    """What is there from the beginning and is written and read at one path: `/settings`, say."""
    at = {(each.method, each.path): each for each in spec.operations}
    found = []
    for path in dict.fromkeys(each.path for each in spec.operations):
        own = (at.get(("GET", path)), at.get(("PUT", path)), at.get(("PATCH", path)))
        read, put, patch = own
        if read is None or read.single or not (put or patch):
            continue
        if items(spec, (response_schema(spec, read) or ("", "", True))[2]) is None:
            found.append(Family(path.strip("/"), read=read, replace=put, patch=patch, id=""))
    return tuple(found)


def collections(spec: Spec, known: tuple[Family, ...]) -> tuple[Collection, ...]:
    """Every operation that lists things, in the order of the document."""
    owners = {listing.label: (listing, family) for family in known for listing in family.listings}
    found = []
    for operation in spec.operations:
        if operation.label in owners:
            found.append(Collection(*owners[operation.label]))
        elif operation.method == "GET" and not operation.single:
            listing = listing_of(spec, operation, "id", kind_of(operation.path))
            found += [Collection(listing, None)] if listing is not None else []
    return tuple(found)


def _inferred(spec: Spec) -> Iterator[tuple[str, Family]]:
    """Families by the path of their collection."""
    at = {(each.method, each.path.rstrip("/")): each for each in spec.operations}
    paths = dict.fromkeys(each.path.rstrip("/") for each in spec.operations)
    singles = {match["above"]: match for path in paths if (match := _LAST.match(path))}
    known = {collection(each.path) for each in _makers(spec)} | {
        path for method, path in at if method == "GET"
    }
    places = dict.fromkeys([*singles, *(collection(each.path) for each in _makers(spec))])
    for place in places:
        single = singles.get(place)
        create = next((each for each in _makers(spec) if collection(each.path) == place), None)
        lister = at.get(("GET", place))
        if single is None and create is not None and "{" in place:
            single = _shallow(singles, kind_of(place), known)
        item = single[0] if single else ""
        if create is None and (lister is None or not item):
            continue
        if create is not None and not item and lister is None:
            continue
        parameter = single["name"] if single else ""
        kind = kind_of(place)
        own = Family(
            name=kind or place.strip("/").replace("/", "-"),
            create=create,
            read=at.get(("GET", item)),
            replace=at.get(("PUT", item)),
            patch=at.get(("PATCH", item)),
            delete=at.get(("DELETE", item)),
            parameter=parameter,
        )
        searcher = at.get(("GET", f"{place}/search"))
        yield place, _completed(spec, own, kind, lister=lister, searcher=searcher)


def _shallow(
    singles: Mapping[str, re.Match[str]], kind: str, known: set[str]
) -> re.Match[str] | None:
    """The path of one thing that is made below another and stands on its own: of the same kind, in
    a collection in which nothing is made or listed (`/boards/{id}/cards` and `/cards/{id}`).
    """
    found = [
        match
        for place, match in singles.items()
        if kind and kind_of(place) == kind and "{" not in place and place not in known
    ]
    return found[0] if len(found) == 1 else None


def _makers(spec: Spec) -> Iterator[Operation]:
    """Operations that make a thing: POST on a collection, `/things` before `/things/create`."""
    posts = [each for each in spec.operations if each.method == "POST"]
    plain = [each for each in posts if not each.single]
    yield from sorted(plain, key=lambda each: each.place.rpartition("/")[2].lower() in VERBS)


def _completed(
    spec: Spec,
    family: Family,
    kind: str,
    *,
    lister: Operation | None,
    searcher: Operation | None,
    told_id: str = "",
) -> Family:
    name = family.parameter or "id"
    # What the answer that makes one calls its id, its list may call so too.
    names = dict.fromkeys([name, told_id.rpartition("/")[2] or name])
    listings = []
    for operation in (lister, searcher):
        ways = [listing_of(spec, operation, each, kind) for each in names] if operation else []
        found = next((each for each in ways if each and each.identified), ways[0] if ways else None)
        if found is not None and operation is not None and operation is searcher:
            queries = (each.name for each in operation.parameters if each.location == "query")
            term = next((each for each in queries if each.lower() in _SEARCHED), "")
            found = replace(found, term=term) if term else None
        listings += [found] if found is not None else []
    id_ = told_id
    if not id_ and family.create is not None:
        wanted = Wanted(name, kind, frozenset(), loose=True)
        id_ = next((each for each, _ in made(spec, family.create, wanted)), "")
    return replace(family, listings=tuple(listings), id=id_)


def listing_of(spec: Spec, operation: Operation, name: str, kind: str) -> Listing | None:
    """How ``operation`` lists a ``kind`` of thing whose id is called ``name``; None if it lists
    nothing that the document describes.
    """
    schema = described(spec, operation)
    if schema is None:
        return None
    wanted = Wanted(name, kind, frozenset(), loose=True)
    for each, _ in shown(spec, operation, wanted):
        array, mark, id_ = each.removeprefix("$response.body#").partition("/0")
        if mark:
            return Listing(operation, array, id_)
    if items(spec, schema) is not None and "object" not in types(spec, schema):
        return Listing(operation, "", "", identified=False)
    arrays = [
        member
        for member, value in properties(spec, schema).items()
        if items(spec, value) is not None
        and (member.lower() in LISTS or (kind and thing(member) == kind))
    ]
    return Listing(operation, escaped(arrays[0]), "", identified=False) if arrays else None


def _meant(
    spec: Spec, found: Mapping[str, Family], name: str, section: ResourceSection
) -> str | None:
    """The inferred family that a section speaks of: by one of its operations, else by its name."""
    for key in ("create", "read", "replace", "patch", "delete", "list"):
        operation = operation_of(spec, getattr(section, key), f"[resources.{name}] {key}")
        for place, family in found.items():
            if operation is not None and operation in family.operations:
                return place
    return next((place for place, each in found.items() if each.name == thing(name)), None)


def _told(spec: Spec, family: Family, section: ResourceSection) -> Family:
    def named(key: str) -> Operation | None:
        return operation_of(spec, getattr(section, key), f"[resources.{family.name}] {key}")

    given: dict[str, Any] = {
        key: operation
        for key in ("create", "read", "replace", "patch", "delete")
        if (operation := named(key)) is not None
    }
    own = replace(
        family,
        **given,
        owner=section.owner,
        volatile=frozenset(section.volatile),
        parameter=family.parameter or _parameter(given),
    )
    known = {each.label: each for each in family.listings}
    old = [each for each in family.listings if not each.term]
    new = [each for each in family.listings if each.term]
    lister = named("list") or (old[0].operation if old else None)
    searcher = named("search") or (new[0].operation if new else None)
    id_ = section.id if "id" in section.model_fields_set else ""
    kind = kind_of(collection(own.create.path)) if own.create else thing(family.name)
    done = _completed(spec, own, kind, lister=lister, searcher=searcher, told_id=id_)
    kept = tuple(known.get(each.label, each) for each in done.listings)
    return replace(done, listings=kept, id=done.id or "$response.body#/id")


def _parameter(given: Mapping[str, Any]) -> str:
    for operation in given.values():
        match = _LAST.match(operation.path.rstrip("/"))
        if match:
            return match["name"]
    return ""


def _named(found: Mapping[str, Family]) -> Iterator[Family]:
    """Names are unique: where two kinds share one, the things that they belong to come before."""
    names = [each.name for each in found.values()]
    for place, family in found.items():
        if names.count(family.name) == 1 or place.startswith("["):
            yield family
            continue
        literal = [each for each in place.split("/") if each and "{" not in each]
        segments = [each for each in literal if not version(each) and each.lower() not in _ROOTS]
        yield replace(family, name=".".join(map(thing, segments[-3:])))


def is_asynchronous(operation: Operation) -> bool:
    """Whether the document promises no more than that it will be done."""
    good = {status for status in operation.responses if status.startswith("2")}
    return bool(good) and good <= _ASYNC


def shown_members(spec: Spec, operation: Operation) -> frozenset[str]:
    """Names of the members that the answer of ``operation`` has, in no envelope."""
    found = response_schema(spec, operation)
    return frozenset(properties(spec, found[2])) if found is not None else frozenset()


def family_of(known: tuple[Family, ...], name: str, place: str) -> Family:
    """The family called ``name``. Raises UsageError, which names those that there are."""
    found = next((each for each in known if each.name == name or each.name == thing(name)), None)
    if found is None:
        names = ", ".join(sorted(each.name for each in known)) or "none"
        raise UsageError(
            f"`{name}` in {place} is no resource; inferred or configured are: {names}; "
            f"name one, or write [resources.{name}]"
        )
    return found

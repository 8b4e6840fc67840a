"""What kinds of things were inferred, for a reader to see; and what could not be."""

from collections.abc import Iterator

from troth.composing.memory import telling
from troth.proposal.passage import Entry, Passage
from troth.spec.families import Family
from troth.spec.graph import Graph, Reference
from troth.spec.operation import Schema, Spec
from troth.spec.schema import items, properties, resolve, response_schema
from troth.spec.wording import plain

MOST = 40
MOST_OPEN = 12
DEEPEST = 4
"""Objects and lists of a documented answer within each other in which names are looked for."""


def passages(spec: Spec, families: tuple[Family, ...], graph: Graph) -> Iterator[Passage]:
    """A comment of what was inferred; tables, as comments, for ids that nothing produces."""
    lines = [_line(each, graph) for each in families]
    if lines:
        more = len(lines) - MOST
        yield Passage(
            above=(
                "Kinds of things, as they were inferred. What is wrong here is corrected by",
                "[resources.NAME]: create, read, replace, patch, delete, list, search, id, owner.",
                *(f"  {each}" for each in lines[:MOST]),
                *((f"  … and {more} more: `troth matrix`",) if more > 0 else ()),
            )
        )
    yield from _open(spec, graph)


def unknown(spec: Spec, graph: Graph) -> tuple[Reference, ...]:
    """Path parameters that nothing is known to produce, and no answer shows under their name."""
    found = (response_schema(spec, each) for each in spec.operations)
    seen = {name for each in found if each is not None for name in _shown(spec, each[2], DEEPEST)}
    return tuple(each for each in graph.unproduced if not telling([each.name]) & seen)


def _shown(spec: Spec, schema: Schema, depth: int) -> Iterator[str]:
    """The plain names of what an answer of that schema has, in lists too."""
    if depth < 0:
        return
    for name, inner in properties(spec, schema).items():
        yield plain(name)
        yield from _shown(spec, inner, depth - 1)
    row = items(spec, schema)
    if row is not None:
        yield from _shown(spec, row, depth - 1)


def _line(family: Family, graph: Graph) -> str:
    made = f"made by {family.create.label}" if family.create else "seen, never made"
    where = family.id.removeprefix("$response.")
    known = f", its id at {where}" if family.id and family.create else ""
    places = graph.of(family.create.label) if family.create else {}
    above = [each.name for each in places if each.location == "path"]
    below = f", below {', '.join(above)}" if above else ""
    seen = family.read or next((each.operation for each in family.listings), None)
    shown = f", seen by {seen.label}" if seen else ", not seen by anything"
    whose = "" if family.owner == "principal" else f", {family.owner}"
    return f"{family.name}: {made}{known}{shown}{below}{whose}"


def _open(spec: Spec, graph: Graph) -> Iterator[Passage]:
    """Path parameters of which only their owner knows values."""
    asked: dict[str, list[str]] = {}
    for each in unknown(spec, graph):
        operation = spec.operation(each.operation)
        parameters = operation.parameters if operation else ()
        wanted = ("path", each.name)
        parameter = next((one for one in parameters if (one.location, one.name) == wanted), None)
        known = resolve(spec, parameter.schema) if parameter else {}
        if parameter is not None and not (parameter.examples or set(known) & {"enum", "example"}):
            asked.setdefault(each.operation, []).append(each.name)
    if not asked:
        return
    names = list(asked)
    more = len(names) - MOST_OPEN
    said = f" ({more} more of the like)" if more > 0 else ""
    yield Passage(
        above=(
            f"No operation is known to make these ids{said}: name one that exists, or the answer",
            "that has it, as $producer.METHOD /path.body#/id.",
        )
    )
    for label in names[:MOST_OPEN]:
        value = dict.fromkeys(asked[label], "…")
        yield Passage(("operations", label), entries=(Entry("path", value, proposed=True),))

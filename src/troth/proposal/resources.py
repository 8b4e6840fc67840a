"""What kinds of things were inferred, for a reader to see; and what could not be."""

from collections.abc import Iterator

from troth.proposal.passage import Entry, Passage
from troth.spec.families import Family
from troth.spec.graph import Graph
from troth.spec.operation import Spec
from troth.spec.schema import resolve

MOST = 40
MOST_OPEN = 12


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
    """Path parameters that nothing is known to produce: only their owner knows values."""
    asked: dict[str, list[str]] = {}
    for each in graph.unproduced:
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

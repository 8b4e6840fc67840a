"""The resource graph: which operations produce the ids that others need.

It is inferred from structure first (`POST /things` makes the `{id}` of `/things/{id}`), then from
links and names; what the target file says comes instead.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType

from troth.config.resources import ResourceSection
from troth.spec.configured import Configured, configure
from troth.spec.cycles import acyclic
from troth.spec.inference import Index, infer, linked
from troth.spec.operation import Spec
from troth.spec.places import Spot, elsewhere, in_path

MOST = 8  # producers of one reference; each costs a request when those before it fail
LOOKED_AT = 8 * MOST  # ways that are held against circles: some documents know hundreds, all alike


@dataclass(frozen=True, slots=True)
class Reference:
    """A place in an operation that needs an existing id.

    ``location`` is ``path``, ``query``, ``header`` or ``body``; ``name`` the parameter's name, or
    the JSON pointer into the body (``/tag_ids/0`` stands for every element).
    """

    operation: str
    location: str
    name: str


@dataclass(frozen=True, slots=True)
class Producer:
    """A way to get such an id: call ``operation``, then take ``value`` from that exchange.

    ``value`` is a runtime expression such as ``$response.body#/id``; of a ``Location`` header the
    last path segment is meant. ``why`` is ``link``, ``configured``, ``path hierarchy``,
    ``response property``, ``list item`` or ``location``.
    """

    operation: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Graph:
    """Producers by reference, the best first; no operation needs itself along path parameters.

    Where consumer and producer have path parameters in common (`/things/{thing_id}/parts` and
    `/things/{thing_id}/parts/{part_id}`), both must be called with the same values.
    ``unproduced`` are the path parameters that nothing produces.
    """

    producers: Mapping[Reference, tuple[Producer, ...]]
    unproduced: tuple[Reference, ...] = ()
    _by_operation: Mapping[str, Mapping[Reference, tuple[Producer, ...]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def of(self, operation_label: str) -> Mapping[Reference, tuple[Producer, ...]]:
        """The references of one operation, those in its path first, outermost first."""
        return self._by_operation.get(operation_label, MappingProxyType({}))


def build(spec: Spec, resources: Mapping[str, ResourceSection] = MappingProxyType({})) -> Graph:
    """The graph of ``spec``. Raises UsageError where ``resources`` names no operation of it."""
    index = Index.of(spec)
    told = configure(spec, resources)
    links = linked(spec)
    path_spots = [spot for each in spec.operations for spot in in_path(spec, each)]
    names = frozenset(name for each in told for name in each.section.parameter)
    other_spots = [spot for each in spec.operations for spot in elsewhere(spec, each, names)]
    # Required ones first: where two places need each other, the optional one gives way.
    other_spots.sort(key=lambda spot: not spot.required)

    def candidates(spot: Spot) -> Iterator[Producer]:
        every = _candidates(spec, spot, index, told, links)
        return (Producer(*each) for each in islice(every, LOOKED_AT))

    found, needs = acyclic({_reference(spot): list(candidates(spot)) for spot in path_spots})
    for spot in other_spots:
        reference = _reference(spot)
        if reference in found:
            continue
        good = (each for each in candidates(spot) if needs.add(reference.operation, each.operation))
        # No more than are kept: what is never called need not be kept out of a circle.
        kept = list(islice(good, MOST))
        if kept:
            found[reference] = kept
    producers = {reference: tuple(ways[:MOST]) for reference, ways in found.items() if ways}
    by_operation: dict[str, dict[Reference, tuple[Producer, ...]]] = {}
    for reference, best in producers.items():
        by_operation.setdefault(reference.operation, {})[reference] = best
    missing = tuple(reference for reference in found if reference not in producers)
    return Graph(producers, missing, by_operation)


def _reference(spot: Spot) -> Reference:
    return Reference(spot.operation.label, spot.location, spot.name)


def _candidates(
    spec: Spec,
    spot: Spot,
    index: Index,
    told: Iterable[Configured],
    links: Mapping[tuple[str, str], tuple[tuple[str, str, str], ...]],
) -> Iterator[tuple[str, str, str]]:
    """Operation, expression and why of each producer, each once, none of them the consumer."""
    own = spot.operation.label
    configured = [each for section in told for each in section.producers(spec, spot)]
    linked_ = links.get((own, spot.name), ()) if spot.location != "body" else ()
    every = configured or [*linked_, *infer(spec, spot, index)]
    seen: set[tuple[str, str]] = set()
    for operation, value, why in every:
        if operation != own and (operation, value) not in seen:
            seen.add((operation, value))
            yield operation, value, why

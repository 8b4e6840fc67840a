"""What ``[resources.*]`` says of producers, in place of what is inferred."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from troth.config.resources import ResourceSection
from troth.errors import UsageError
from troth.spec.naming import thing
from troth.spec.operation import Operation, Spec
from troth.spec.places import Spot, collection, normalised
from troth.spec.yields import Wanted, shown

Found = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Configured:
    """One resource section with its operations."""

    kind: str
    section: ResourceSection
    maker: Operation | None
    lister: Operation | None

    def producers(self, spec: Spec, spot: Spot) -> list[Found]:
        """Operation, expression and why, where ``spot`` refers to such a thing."""
        if not self._meant(spot):
            return []
        found: list[Found] = []
        if self.maker is not None:
            found.append((self.maker.label, self.section.id, "configured"))
        if self.lister is not None:
            name = self.section.id.rpartition("/")[2] or "id"
            for wanted in (name, spot.leaf):
                look = Wanted(wanted, self.kind, spot.types, loose=wanted == name)
                places = [each for each, _ in shown(spec, self.lister, look)]
                found += [(self.lister.label, each, "configured") for each in places]
        return found

    def _meant(self, spot: Spot) -> bool:
        if self.section.parameter:
            return spot.leaf in self.section.parameter or spot.name in self.section.parameter
        if spot.before is not None and self.maker is not None:
            return spot.before == normalised(collection(self.maker.path))
        if spot.before is not None and self.lister is not None:
            return spot.before == normalised(self.lister.path)
        return self.kind in spot.kinds


def configure(spec: Spec, resources: Mapping[str, ResourceSection]) -> tuple[Configured, ...]:
    """The sections that say how a thing is got. Raises UsageError for an unknown operation."""
    return tuple(
        Configured(
            thing(name),
            section,
            operation_of(spec, section.create, f"[resources.{name}] create"),
            operation_of(spec, section.list, f"[resources.{name}] list"),
        )
        for name, section in resources.items()
        if section.create is not None or section.list is not None
    )


def operation_of(spec: Spec, name: str | None, place: str) -> Operation | None:
    """The operation called ``name``. Raises UsageError, which names the nearest."""
    if name is None:
        return None
    found = spec.operation(name)
    if found is None:
        known = [each.label for each in spec.operations]
        known += [each.id for each in spec.operations if each.id]
        near = get_close_matches(name, known, n=1, cutoff=0.4)
        broken = next((each for each in spec.broken if each.label == name), None)
        if broken is not None:
            raise UsageError(f"`{name}` in {place} is broken in the document: {broken.message}")
        remedy = f"did you mean `{near[0]}`?" if near else "name an operationId or `METHOD /path`"
        raise UsageError(f"`{name}` in {place} is no operation of {spec.source}; {remedy}")
    return found

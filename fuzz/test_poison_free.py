"""FUZ120: after any write, accepted or refused, each list of such things still reads.

One value that a service took in and cannot give out again shuts a whole list for everybody: the
write is answered with a success, and from then on nobody sees anything. So the lists of a kind
are read after each of its writes: valid ones, ones with a fault, ones with a hostile value; at
the end by another principal too.

Control: the list answered a conforming 2xx before. Where it does not any more, it is read twice.
A list that was served earlier in the run and now meets a server error, or breaks the document,
was poisoned by what another property wrote: a finding as well, whose history has the accepted
writes of that kind. Not a finding: 401, 403, 404 and 429, which say nothing of the list.
"""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from troth import applies, control, expect, prop
from troth.exchange import Exchange
from troth.prop import Inconclusive
from troth.spec.families import Collection
from troth.target import Target
from troth.world import World


@prop(
    "FUZ120",
    severity="high",
    refs=("OWASP-API4:2023", "CWE-20", "CWE-755"),
    phases=("boundary",),
)
@given(data=st.data())
def test_poison_free(target: Target, collection: Collection, data: st.DataObject) -> None:
    """A list is read, something is written, the list is read again."""
    family, listing = collection.family, collection.listing.operation
    with target.world() as world:
        writers = [each for each in (family.writers if family else ()) if not target.closed(each)]
        applies(writers, "nothing that is known writes what it lists")
        first = target.memory.served[listing.label] == 0
        # Reached first, so that what it needs exists.
        reader = world.accepted(listing).principal
        tally = world.example.tally
        # What the last example left whole is whole.
        before = (
            [] if tally.conclusive and not tally.findings else [_list(world, collection, reader)]
        )
        for answer in before:
            if not first and _shut(world, answer):
                _found_shut(world, collection, reader)
            control(answer.ok, f"{listing.label} answered {answer.status} before any write")
        case = data.draw(world.written(writers), label="case")
        write = world.send(case, purpose=f"write: {case.fault.kind if case.fault else 'valid'}")
        control(write.response, "the write was not answered")
        others = _others(world, collection, reader) if case.fault is None else ()
        for who in (reader, *others):
            after = _list(world, collection, who)
            again = _list(world, collection, who) if _shut(world, after) else after
            expect(
                not _shut(world, again),
                f"{listing.label} was served before {case.method} {case.path[:60]} "
                f"({write.status}), and now {_said(world, again)}",
                *before,
                write,
                again,
                root=f"{listing.label} is shut by a write",
            )


def _list(world: World, collection: Collection, who: str) -> Exchange:
    """The list, as whoever was served with it, as much of it as one page may have: what was just
    written may be its last row.
    """
    operation = collection.listing.operation
    values = world.accepted(operation).values
    pages = world.target.paging(collection)
    if pages is not None and pages.limit and pages.most:
        values = replace(values, query={**values.query, pages.limit: pages.most})
    return world.send(world.case(operation, values), principal=who, whole=True, purpose="list them")


def _others(world: World, collection: Collection, reader: str) -> list[str]:
    """Another principal, one that was served with the list before or was never tried."""
    operation = collection.listing.operation
    senders = [each for each in world.target.senders(operation) if each != reader]
    return senders[:1]


def _shut(world: World, answer: Exchange) -> bool:
    """Whether the answer says that the list itself is broken."""
    if answer.response is None or answer.status >= 500:
        return True
    return answer.ok and bool(world.target.observer.against(answer, "FUZ102"))


def _said(world: World, answer: Exchange) -> str:
    against = world.target.observer.against(answer, "FUZ102")
    return against[0].message if answer.ok and against else f"ends with {answer.status}"


def _found_shut(world: World, collection: Collection, reader: str) -> None:
    """Refutes: what was served is so no more, though this property has written nothing."""
    again = _list(world, collection, reader)
    if not _shut(world, again):
        raise Inconclusive("the list is served now and then")
    makers = {each.label for each in (collection.family.writers if collection.family else ())}
    written = [each for each in world.target.recorder.recent if each.operation in makers]
    world.example.provenance.extend(each for each in written if each.ok)
    label = collection.label
    expect(
        False,  # noqa: FBT003 - it is known by now
        f"{label} was served earlier, and after what was written since it {_said(world, again)}",
        again,
        root=f"{label} is shut by a write",
    )

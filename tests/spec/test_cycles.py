"""What needs itself can not be called: circles are refused, and nothing but circles."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from troth.spec.cycles import Needs, acyclic

NAMES = st.sampled_from("abcdefgh")
EDGES = st.lists(st.tuples(NAMES, NAMES), max_size=40)


def reaches(edges, start, end):
    pending, seen = [start], {start}
    while pending:
        here = pending.pop()
        fresh = {below for above, below in edges if above == here} - seen
        seen |= fresh
        pending.extend(fresh)
    return end in seen


@given(EDGES, st.permutations("abcdefgh"))
def test_a_need_is_refused_just_where_it_closes_a_circle(asked, order):
    needs, kept = Needs(order[:5]), []
    for consumer, producer in asked:
        circle = reaches(kept, producer, consumer)
        assert needs.add(consumer, producer) is not circle
        if not circle:
            kept.append((consumer, producer))


@dataclass(frozen=True)
class Need:
    operation: str
    name: str = ""


@given(EDGES)
def test_what_is_left_has_no_circle_and_is_known_as_needed(asked):
    found = {}
    for consumer, producer in asked:
        found.setdefault(Need(consumer, "id"), []).append(Need(producer))
    left, needs = acyclic(found)
    kept = [(need.operation, way.operation) for need, ways in left.items() for way in ways]
    for consumer, producer in kept:
        assert not reaches(kept, producer, consumer)
        assert needs.add(consumer, producer)
        assert not needs.add(producer, consumer)

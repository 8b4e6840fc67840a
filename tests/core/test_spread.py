"""What part of many ways each operation is asked in."""

from types import SimpleNamespace

import pytest

from troth.profile import Profile
from troth.spread import spread

WAYS = ("none", "empty", "garbage", "oversize", "expired")


def target(count, boundary):
    operations = tuple(SimpleNamespace(label=f"GET /{number}") for number in range(count))
    return SimpleNamespace(
        spec=SimpleNamespace(operations=operations), profile=Profile("any", boundary=boundary)
    )


def test_where_all_are_allowed_all_are_given():
    open_ = target(3, None)
    assert spread(open_, open_.spec.operations[2], WAYS) == WAYS
    assert spread(target(1, 5), open_.spec.operations[0], WAYS) == WAYS


@pytest.mark.parametrize("most", [1, 2, 4])
def test_several_operations_together_are_asked_in_all_ways(most):
    small = target(5, most)
    found = [spread(small, each, WAYS) for each in small.spec.operations]
    assert {len(each) for each in found} == {most}
    assert {way for each in found for way in each} == set(WAYS)


def test_an_operation_that_the_document_does_not_have_begins_with_the_first():
    assert spread(target(5, 1), SimpleNamespace(label="WS /talk"), WAYS) == ("none",)

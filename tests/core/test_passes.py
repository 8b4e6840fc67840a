"""What an operation was sent with is known again, whatever the clock says."""

from types import SimpleNamespace

import pytest

from troth.case import Values
from troth.composing.passes import again_the_same
from troth.config.operations import OperationSection

TOLD = OperationSection(
    body={"id": "$producer.enroll.body#/id", "code": "$totp($producer.enroll.body#/secret)"},
    query={"code": "$totp($producer.enroll.body#/secret)"},
)
BEFORE = {"id": "one", "code": "458266"}


@pytest.mark.parametrize(
    ("body", "same"),
    [
        (BEFORE, True),
        (BEFORE | {"code": "826312"}, True),  # half a minute later
        (BEFORE | {"id": "two"}, False),
        (BEFORE | {"more": 1}, False),
        ("no object", False),
    ],
)
def test_the_same_answers_make_the_same_case_in_the_next_half_minute(body, same):
    target = SimpleNamespace(told=lambda _: TOLD)
    case = SimpleNamespace(operation="any", values=Values(query={"code": "826312"}, body=body))
    assert again_the_same(target, case, Values(query={"code": "458266"}, body=BEFORE)) is same

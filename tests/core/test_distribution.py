"""What belongs to the same things goes to one worker."""

import pytest

from troth.runner.distribution import thing


@pytest.mark.parametrize(
    ("nodeid", "about"),
    [
        ("fuzz/test_x.py::test_x[GET /things]", "/things"),
        ("fuzz/test_x.py::test_x[GET /things/{id}]", "/things"),
        ("fuzz/test_y.py::test_y[DELETE /things/{id}/parts/{part}]", "/things"),
        ("fuzz/test_y.py::test_y[GET /v1/{tenant}/a[b]]", "/v1"),
        ("fuzz/test_y.py::test_y[GET /{id}]", "/"),
        ("fuzz/test_y.py::test_y[GET /]", "/"),
        ("properties/test_z.py::test_z[order]", "order"),
        ("properties/test_z.py::test_z[order line]", "order line"),
        ("properties/test_z.py::test_z", "properties/test_z.py::test_z"),
    ],
)
def test_what_a_test_is_about(nodeid, about):
    assert thing(nodeid) == about

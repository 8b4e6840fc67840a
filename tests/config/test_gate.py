"""A gate closes its operations, with its reason, until its variable or its default opens it."""

import pytest

from troth.config.gates import GateSection
from troth.gate import closed
from troth.spec.operation import Operation

REASON = "needs a billing provider"


def operation(label="POST /bills", tags=("billing",), id="createBill"):
    method, path = label.split()
    return Operation(label, method, path, id, tags, (), None, {}, (), deprecated=False)


def gate(**keys):
    values = {"env": "SMOKE_ENABLE_BILLING", "tags": ["billing"], "reason": REASON, **keys}
    return {"billing": GateSection.model_validate(values)}


def ask(gates, environ=None, asked=None, *, started_here=False):
    return closed(gates, asked or operation(), environ or {}, started_here=started_here)


def test_it_is_closed_with_its_reason():
    assert ask(gate()) == "SMOKE_ENABLE_BILLING is not set: needs a billing provider"
    assert (
        ask(gate(), {"SMOKE_ENABLE_BILLING": " "}) == f"SMOKE_ENABLE_BILLING is not set: {REASON}"
    )


@pytest.mark.parametrize("value", ["1", "true", "YES", "On", " 1 "])
def test_its_variable_opens_it(value):
    assert ask(gate(), {"SMOKE_ENABLE_BILLING": value}) is None


@pytest.mark.parametrize("value", ["0", "false", "NO", "off"])
def test_its_variable_closes_what_is_open_by_default(value):
    assert ask(gate(default=True)) is None
    said = ask(gate(default=True), {"SMOKE_ENABLE_BILLING": value})
    assert said == f"SMOKE_ENABLE_BILLING is {value}: {REASON}"


def test_what_is_neither_yes_nor_no_opens_nothing():
    said = ask(gate(default=True), {"SMOKE_ENABLE_BILLING": "maybe"})
    assert said == f"SMOKE_ENABLE_BILLING is 'maybe', which is neither yes nor no: {REASON}"


def test_a_service_that_troth_started():
    assert ask(gate(), started_here=True) is not None
    assert ask(gate(default="started"), started_here=True) is None
    assert ask(gate(default="started"), started_here=False) is not None
    assert ask(gate(default="started"), {"SMOKE_ENABLE_BILLING": "0"}, started_here=True)


@pytest.mark.parametrize("name", ["createBill", "POST /bills", "POST   /bills"])
def test_operations_are_named_too(name):
    gates = gate(tags=[], operations=[name])
    assert ask(gates) is not None
    assert ask(gates, asked=operation("GET /bills", id="listBills")) is None


def test_what_is_behind_no_gate_is_open():
    assert ask(gate(), asked=operation(tags=("orders",))) is None
    assert ask({}) is None


def test_every_gate_before_an_operation_must_be_open():
    gates = {
        **gate(),
        "ai": GateSection.model_validate({"env": "AI", "tags": ["billing"], "reason": "r"}),
    }
    assert ask(gates, {"SMOKE_ENABLE_BILLING": "1"}) == "AI is not set: r"
    assert ask(gates, {"SMOKE_ENABLE_BILLING": "1", "AI": "1"}) is None

"""The policy: which verdicts and findings turn a run red, and what it says about them."""

from datetime import date

import pytest

from troth.config.policy import PolicySection
from troth.finding import Finding
from troth.policy import excuse, judge
from troth.verdict import Verdict

TODAY = date(2031, 1, 31)
FINDING = Finding("SEC301", "critical", "served", "a stranger was served", ())
OTHER = Finding("FUZ103", "high", "500", "a 500", ())
PASSED = ("FUZ101", Verdict.PASS, "")


def policy(*waived, expires=TODAY, **keys):
    waivers = [
        {"fingerprint": each.fingerprint, "reason": "ticket 7", "expires": expires}
        for each in waived
    ]
    return PolicySection.model_validate({**keys, "waivers": waivers})


def decide(section=None, verdicts=(PASSED,), findings=(), reached=(1, 1)):
    return judge(section or policy(), verdicts, findings, reached, TODAY)


def failed(finding):
    return (finding.property, Verdict.FAIL, finding.message)


def test_a_clean_run_is_green():
    assert decide() == judge(policy(), [PASSED], [], (1, 1), TODAY)
    assert decide().exit_code == 0
    assert decide().reasons == ()


def test_a_finding_is_red_and_named():
    outcome = decide(verdicts=[failed(FINDING)], findings=[FINDING])
    assert outcome.exit_code == 1
    assert outcome.reasons == (f"1 finding: SEC301 {FINDING.fingerprint}",)


def test_a_failure_without_a_finding_is_red():
    outcome = decide(verdicts=[failed(FINDING)], findings=[OTHER])
    assert outcome.exit_code == 1
    assert "SEC301 failed without a finding: a stranger was served" in outcome.reasons


def test_a_finding_seen_once_is_not_red_by_itself():
    once = Finding("SEC301", "critical", "served", "x", (), reproduced=False)
    row = ("SEC301", Verdict.INCONCLUSIVE, "seen once, and not again")
    assert decide(verdicts=[row], findings=[once]).exit_code == 0
    assert decide(policy(require=["SEC301"]), [row], [once]).exit_code == 1


def test_an_error_is_red():
    outcome = decide(verdicts=[PASSED, ("FUZ103", Verdict.ERROR, "no connection")])
    assert outcome.exit_code == 1
    assert outcome.reasons == ("1 error, FUZ103: no connection",)


@pytest.mark.parametrize(("require", "code"), [([], 0), (["FUZ103"], 1), (["*"], 1)])
def test_an_inconclusive_is_red_where_it_is_required(require, code):
    rows = [("FUZ103", Verdict.INCONCLUSIVE, "the control never succeeded"), PASSED]
    outcome = decide(policy(require=require), rows)
    assert outcome.exit_code == code
    assert ("never succeeded" in "".join(outcome.reasons)) is bool(code)


def test_an_inconclusive_that_another_property_may_have_is_green():
    rows = [("FUZ103", Verdict.INCONCLUSIVE, "x"), PASSED]
    assert decide(policy(require=["FUZ101"]), rows).exit_code == 0


def test_what_is_required_must_run():
    outcome = decide(policy(require=["SEC301", "*"]))
    assert outcome.exit_code == 1
    assert outcome.reasons == ("required by [policy] require, and not run: SEC301",)


@pytest.mark.parametrize(
    ("reached", "code"), [((0, 0), 0), ((5, 10), 0), ((4, 10), 1), ((999, 2000), 1)]
)
def test_the_floor_of_operations_reached(reached, code):
    outcome = decide(policy(reached=0.5), reached=reached)
    assert outcome.exit_code == code
    if code:
        assert "the floor in [policy] reached is 0.5" in outcome.reasons[0]
        assert f"{reached[0]} of {reached[1]} operations" in outcome.reasons[0]


def test_a_waiver_holds_through_its_last_day():
    assert decide(policy(FINDING), [failed(FINDING)], [FINDING]).exit_code == 0


def test_a_waiver_is_for_one_finding():
    rows = [failed(FINDING), failed(OTHER)]
    outcome = decide(policy(FINDING), rows, [FINDING, OTHER])
    assert outcome.exit_code == 1
    assert outcome.reasons == (f"1 finding: FUZ103 {OTHER.fingerprint}",)


@pytest.mark.parametrize("found", [(FINDING,), ()])
def test_an_expired_waiver_is_red_and_named(found):
    section = policy(FINDING, expires=date(2031, 1, 30))
    outcome = decide(section, [failed(each) for each in found] or [PASSED], found)
    assert outcome.exit_code == 1
    said = f"the waiver of {FINDING.fingerprint} (ticket 7) expired on 2031-01-30"
    assert any(said in each for each in outcome.reasons)


def test_a_waiver_that_matches_nothing_is_noted():
    outcome = decide(policy(FINDING))
    assert outcome.exit_code == 0
    assert outcome.reasons == ()
    assert f"the waiver of {FINDING.fingerprint} (ticket 7) matches nothing" in outcome.notes[0]


def test_a_waived_finding_that_was_seen_once_matches_its_waiver():
    once = Finding("SEC301", "critical", "served", "x", (), reproduced=False)
    assert decide(policy(FINDING), findings=[once]).notes == ()


def test_a_test_is_excused_when_every_cause_of_it_is_waived():
    causes = {FINDING.fingerprint, OTHER.fingerprint}
    assert excuse(policy(FINDING), [FINDING.fingerprint], TODAY) == (
        "waived until 2031-01-31: ticket 7"
    )
    assert excuse(policy(FINDING, OTHER), causes, TODAY).count("ticket 7") == 2
    assert not excuse(policy(FINDING), causes, TODAY)
    assert not excuse(policy(FINDING, expires=date(2031, 1, 30)), [FINDING.fingerprint], TODAY)


def test_a_test_that_failed_for_no_known_cause_is_not_excused():
    assert not excuse(policy(FINDING), [], TODAY)


def test_all_reasons_are_given():
    rows = [failed(FINDING), ("FUZ103", Verdict.ERROR, "x"), ("FUZ1", Verdict.INCONCLUSIVE, "y")]
    outcome = decide(policy(require=["*"]), rows, [FINDING], (0, 4))
    assert len(outcome.reasons) == 4

"""PRO210: work that goes on when its request is answered ends in time, and stops when told to.

`[background.NAME]` says which operation begins it, where its state is read, and what cancels it.
Begun and left alone, it does not run any more after the seconds that the target file gives
(`within`; none where it waits for somebody), and does not begin anew by itself: nobody has to
come for it. Cancelled while it runs, it comes to rest within `stops-within`, and stays there.

The control is a run whose state was read while it ran; one that was over before it could be
stopped shows nothing. Its state is asked for again and again, a bounded number of seconds, so a
service that is slow once is not accused. That a cancel is refused because the work has ended in
between is no finding.
"""

from troth import control, expect, prop
from troth.exchange import Exchange
from troth.runs import OVER, Run, begun, identified, patiently
from troth.spec.running import Running
from troth.target import Target

REFS = ("CWE-404", "CWE-772", "CWE-400", "OWASP-API4:2023")
REST = 0.5
"""Seconds in which what is at rest is looked at, so that it stays so."""
TRIES = 3


@prop("PRO210", severity="medium", refs=REFS, operations=False)
def test_background_work(target: Target, work: Running) -> None:
    """One that ends by itself, and one that is cancelled."""
    if work.within is not None:
        with target.world() as world:
            run = begun(world, work)
            control(run.known, f"what it is called is not in the answer of {work.begin.label}")
            first, _ = run.state()
            last, value = run.settled(work.within)
            what = f"what {work.begin.label} begins does not end"
            why = f"{what}: `{value}` after {work.within:g} s"
            expect(not work.running(value), why, run.accepted.exchange, first, last, root=what)
            _rests(run, last, "ends")
    if work.stop is not None:
        with target.world() as world:
            _cancelled(begun(world, work))


def _cancelled(run: Run) -> None:
    work = run.running
    assert work.stop is not None
    for _ in range(TRIES):
        control(run.known, f"what it is called is not in the answer of {work.begin.label}")
        before, value = run.state()
        if work.running(value):
            cancel = run.send(work.stop, purpose="cancels it")
            if cancel.status not in OVER:
                break
        body = dict(work.body) if work.body is not None else None
        run.id = identified(work, run.send(work.begin, purpose="takes a while", body=body))
    else:
        control(
            None,
            f"it was over before it could be cancelled; [background.{work.name}] can "
            "give a `body` that takes longer",
        )
    what = f"{work.stop.label} is refused while what it cancels runs"
    expect(cancel.ok, f"{what}: {cancel.status}", before, cancel, root=what)
    last, value = run.settled(work.stops)
    what = f"what {work.begin.label} begins goes on after {work.stop.label}"
    why = f"{what}: `{value}` after {work.stops:g} s"
    expect(not work.running(value), why, before, cancel, last, root=what)
    _rests(run, last, "is cancelled")


def _rests(run: Run, last: Exchange, how: str) -> None:
    """It stays where it is."""
    work = run.running
    _, rest = run.state()

    def moved(found: tuple[Exchange, object]) -> bool:
        return bool(found[1] != rest)

    again, value = patiently(run.state, REST, over=moved)
    what = f"what {work.begin.label} begins goes on when it {how}"
    expect(value == rest, f"{what}: `{rest}`, then `{value}`", last, again, root=what)

"""PRO209: what runs behind an event stream comes to an end, and its thing is free then.

`[streams.NAME]` says where the state of a run is read, what interrupts it and what goes on with
it. A run whose stream was read to its end does not run any more. One whose client has vanished
after the first event is free within the time that the target file gives: its state says so, and
it can be gone on with, which no lease that it has left behind refuses. One that is interrupted
while it runs comes to its end within that time too: the stream ends, with its terminal event and,
where it lasts a while, not with all that it has when nobody interrupts it; the state says so; to
interrupt it once more changes nothing; and it can be gone on with.

The control is a run that was served to its end. A run that was over before it could be stopped
shows nothing: `body` in the section is for one that takes a while. Whether what was done until
then is kept is the service's to say. That a refusal (409, 429) comes at first, while the last run
is being put away, is no finding; one that stays is.
"""

from collections.abc import Callable
from contextlib import suppress

from troth import applies, control, expect, prop
from troth.exchange import Exchange
from troth.prop import Inconclusive
from troth.runs import OVER, Run, begun, clock, marked
from troth.spec.running import Running
from troth.spec.stream import EVENTS, decoded
from troth.target import Target

REFS = ("CWE-404", "CWE-772", "CWE-667", "OWASP-API4:2023")
LONG, FEW = 0.3, 4
"""Seconds and events of a run from which on it shows whether it was interrupted."""
TRIES = 3
"""Runs that are begun in order to be stopped halfway."""


@prop("PRO209", severity="high", refs=REFS, operations=False)
def test_stream_lifecycle(target: Target, stream: Running) -> None:
    """A run that ends, runs whose client vanishes, and runs that are interrupted."""
    with target.world() as world:
        shown = stream.read is not None or stream.resume is not None
        applies(shown, f"[streams.{stream.name}] says neither `state` nor `resume`")
        run = begun(world, stream)
        control(run.known, f"which run it is, {stream.begin.label} does not say: correct `id`")
        _ended(run)
    with target.world() as world:
        run = begun(world, stream)
        vanished = _read(run, events=1)
        control(vanished.ok, f"the stream is answered {vanished.status}")
        _is_free(run, vanished, "whose client has vanished")
    if stream.stop is not None:
        with target.world() as world:
            _interrupted(begun(world, stream))


def _ended(run: Run) -> None:
    stream, served = run.running, run.accepted.exchange
    control(served.response, "no response")
    assert served.response is not None
    control(served.response.media_type == EVENTS, "it is answered without an event stream")
    control(not served.response.truncated, "the stream was cut before its end")
    if stream.read is not None and run.known:
        state, value = run.settled(stream.stops)
        what = f"a run of {stream.begin.label} still runs when its stream has ended"
        expect(not stream.running(value), f"{what}: `{value}`", served, state, root=what)
    if stream.resume is not None and run.known:
        _goes_on(run, served, "that has ended")


def _read(
    run: Run, *, events: int | None = None, heard: Callable[[bytes], None] | None = None
) -> Exchange:
    """Begins the run once more, as one that takes a while, and reads its stream."""
    stream = run.running
    recorder = run.world.target.recorder
    own: list[str] = []

    def known(body: bytes) -> None:
        own.append(marked(stream, body))
        run.id = own[-1] or run.id
        if heard is not None and decoded(body):
            heard(body)

    with recorder.listening(stream.begin.label, events=events, idle=stream.stops, heard=known):
        body = dict(stream.body) if stream.body is not None else None
        return run.send(stream.begin, purpose="takes a while", body=body)


def _is_free(run: Run, shown: Exchange, which: str) -> None:
    stream = run.running
    if stream.read is not None and run.known:
        state, value = run.settled(stream.stops)
        what = f"a run of {stream.begin.label} {which} goes on"
        why = f"{what}: `{value}` after {stream.stops:g} s"
        expect(not stream.running(value), why, shown, state, root=what)
    if stream.resume is not None and run.known:
        _goes_on(run, shown, which)


def _goes_on(run: Run, shown: Exchange, which: str) -> None:
    stream = run.running
    assert stream.resume is not None
    again = run.goes_on(stream.resume, stream.stops)
    what = f"a run of {stream.begin.label} {which} can not be gone on with"
    expect(again.ok, f"{what}: {again.status}", shown, again, root=what)


def _runs(run: Run) -> bool:
    """Whether it runs, as far as that is shown."""
    if run.running.read is None:
        return True
    with suppress(Inconclusive):
        return run.running.running(run.state()[1])
    return False


def _interrupted(run: Run) -> None:
    stream = run.running
    assert stream.stop is not None
    stops: list[Exchange] = []
    since: list[float] = []

    def stop(_: bytes) -> None:
        # Once, and only while it runs; what is asked here is asked while the stream is open.
        assert stream.stop is not None
        since.append(clock())
        if stops or not run.known:
            return
        if not _runs(run):
            return
        stopped = run.send(stream.stop, purpose="interrupts it", during=True)
        if stopped.ok or stopped.status not in OVER or _runs(run):
            stops.append(stopped)
            since[:] = [clock() - since[-1]]

    whole = _read(run)
    for _ in range(TRIES):
        answer = _read(run, heard=stop)
        if stops:
            break
    control(
        stops,
        f"it was over before it could be stopped; [streams.{stream.name}] can give a "
        "`body` that takes longer",
    )
    (stopped,) = stops
    control(answer.response and stopped.response, "no answer to judge")
    assert answer.response is not None
    what = f"{stream.stop.label} is refused while a run of {stream.begin.label} goes on"
    expect(stopped.ok, f"{what}: {stopped.status}", answer, stopped, root=what)
    what = f"the stream of {stream.begin.label} stays open when its run was interrupted"
    types = _types(answer)
    ended = not answer.response.truncated or types[-1:] in [[each] for each in stream.terminal]
    expect(ended, what, stopped, answer, root=what)
    if stream.read is not None:
        state, value = run.settled(stream.stops)
        what = f"a run of {stream.begin.label} that was interrupted goes on"
        expect(not stream.running(value), f"{what}: `{value}`", stopped, state, root=what)
    if _early(since[0], whole):
        what = f"a run of {stream.begin.label} that was interrupted comes to its end all the same"
        expect(_types(answer) != _types(whole), what, whole, stopped, answer, root=what)
    again = run.send(stream.stop, purpose="interrupts it once more")
    what = f"{stream.stop.label} of what does not run ends with {again.status}"
    expect(again.status < 500, what, stopped, again, root=what)
    if stream.resume is not None:
        _goes_on(run, stopped, "that was interrupted")


def _early(took: float, whole: Exchange) -> bool:
    """Whether the stop was answered when most of a run was still to come."""
    lasts = whole.response.elapsed if whole.response is not None and whole.ok else 0.0
    return lasts >= LONG and took < lasts / 3 and len(_types(whole)) > FEW


def _types(exchange: Exchange) -> list[str]:
    body = exchange.response.body if exchange.response is not None else b""
    return [each.type for each in decoded(body)]

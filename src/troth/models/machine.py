"""State machines as data: rules that Hypothesis puts in order, each example one world.

A property builds a `Machine` and asks `drive` to run it. First the rules are walked in the order
in which they stand, the one used least so far next: a short run sees what matters, and sees the
same each time. Then, under the profile's ``machines``, Hypothesis chooses, and shrinks what fails
to the shortest sequence. `control`, `expect`, `applies` work within rules as anywhere else; an
*inconclusive* rule ends its example and no other.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import FlakyFailure, FlakyStrategyDefinition
from hypothesis.reporting import with_reporter
from hypothesis.stateful import (
    RuleBasedStateMachine,
    get_state_machine_test,
    initialize,
    invariant,
    rule,
)

from troth.finding import STEP
from troth.prop import Inconclusive, Refuted, Tally
from troth.world import World

if TYPE_CHECKING:
    from troth.target import Target

S = TypeVar("S")
Drawn = st.SearchStrategy[Any]

SPARE = "spare"
ATTEMPTS = 3
"""How often Hypothesis begins anew with a service that is not the same from run to run."""


def _always(_: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Rule(Generic[S]):
    """What may be done: ``name`` in words, and ``body(state, **arguments)`` that does it.

    ``when`` is its precondition: it looks at the state and sends nothing. An argument is a
    strategy, or a function that makes one of the state. What is ``first`` is done once, before
    all others, in every example, and has no precondition.
    """

    name: str
    body: Callable[..., None]
    arguments: Mapping[str, Drawn | Callable[[S], Drawn]] = field(default_factory=dict)
    when: Callable[[S], bool] = _always
    first: bool = False


@dataclass(frozen=True, slots=True)
class Machine(Generic[S]):
    """``begin`` makes the state of an example, before the first step, and may send requests.

    ``rules`` stand in the order in which a short run does them. ``invariants`` are asked after
    each step; ``end`` is called when the example is over, whatever it came to, and may clean up.
    """

    name: str
    begin: Callable[[World], S]
    rules: Sequence[Rule[S]]
    invariants: Sequence[Callable[[S], None]] = ()
    end: Callable[[S], None] | None = None


@dataclass
class _Course(Generic[S]):
    """One example that is running: its world, its state, and whether it is over."""

    machine: Machine[S]
    world: World
    state: S | None = None
    steps: int = 0
    over: bool = False
    failed: BaseException | None = None
    done: list[int] = field(default_factory=list)
    entered: bool = False

    def open(self) -> None:
        """Enter the world and make the state. Raises Abandoned."""
        self.world.__enter__()
        self.entered = True
        # What led to a step is all that was done before it, not only what is shown.
        self.world.example.whole = True
        try:
            self._within(lambda: setattr(self, "state", self.machine.begin(self.world)))
        except BaseException:
            self.close()
            raise

    def may(self, index: int) -> bool:
        """Whether that rule can be applied now."""
        each = self.machine.rules[index]
        return not self.over and (each.first or each.when(cast("S", self.state)))

    def strategy(self, source: Drawn | Callable[[S], Drawn]) -> Drawn:
        """The strategy of an argument, now."""
        return source if isinstance(source, st.SearchStrategy) else source(cast("S", self.state))

    def step(self, index: int, arguments: Mapping[str, Any]) -> None:
        """Apply a rule. Does nothing when the example is over already."""
        if self.over:
            return
        target, tally = self.world.target, self.world.example.tally
        if self.steps and tally.examples and target.overdue():
            self.over = tally.cut_short = True
            return
        chosen = self.machine.rules[index]
        self.steps += 1
        self.done.append(index)
        self.world.example.step = f"{STEP}{self.steps}, {chosen.name}"
        self._within(lambda: chosen.body(self.state, **arguments))

    def check(self, holds: Callable[[S], None]) -> None:
        """Ask one invariant."""
        if not self.over:
            self._within(lambda: holds(cast("S", self.state)))

    def _within(self, act: Callable[[], object]) -> None:
        try:
            act()
        except BaseException as error:
            self.over, self.failed = True, error
            if not isinstance(error, Inconclusive):
                raise

    def close(self) -> None:
        """Leave the world, once: it takes in what the example came to."""
        if not self.entered:
            return
        self.entered = False
        if self.machine.end is not None and self.state is not None:
            with suppress(Inconclusive, Refuted):
                self.machine.end(self.state)
        error = self.failed
        self.world.__exit__(type(error) if error else None, error, None)


def drive(target: "Target", machine: Machine[Any]) -> None:
    """Run ``machine`` as the property that is running, as hard as the profile says.

    Raises what a test under ``@given`` would: Refuted (in a group where there are several), and
    what is wrong with troth itself. The verdict is the tally's.
    """
    tally, profile = target.tally, target.profile
    if tally is None:
        raise RuntimeError("drive() belongs inside a test declared with @prop")
    # Hypothesis would tell the arguments of each step: the finding has them, redacted.
    with with_reporter(_nowhere):
        try:
            refuted = _walked(target, machine, tally)
            if profile.machine_examples > 1:
                _explored(target, machine, tally)
        except Exception as error:
            error.__notes__ = []
            raise
    if refuted is not None:
        raise refuted


def _nowhere(_: object) -> None:
    pass


def _walked(target: "Target", machine: Machine[Any], tally: Tally) -> Refuted | None:
    """Walk the rules in their order; what fails is made shorter by leaving steps out."""
    profile = target.profile
    least = len(machine.rules) if profile.machine_examples > 1 else 0
    since = len(tally.findings)
    script, refuted = _walk(target, machine, None, max(profile.machine_steps, least))
    if refuted is None:
        return None
    again = _same(_walk(target, machine, script, len(script))[1], refuted)
    if not again:
        _doubt(tally, since)
        return refuted
    for place in reversed(range(len(script))):
        shorter = [*script[:place], *script[place + 1 :]]
        if shorter and _same(_walk(target, machine, shorter, len(shorter))[1], refuted):
            script = shorter
    return refuted


def _same(one: Refuted | None, other: Refuted) -> bool:
    return one is not None and type(one) is type(other)


def _walk(
    target: "Target", machine: Machine[Any], script: Sequence[int] | None, most: int
) -> tuple[list[int], Refuted | None]:
    """One example with the simplest arguments: the rules it applied, and what refuted it.

    ``script`` says which rules; what can not be applied of it is left out.
    """
    came: list[tuple[list[int], Refuted | None]] = []

    @settings(
        database=None,
        derandomize=True,
        max_examples=1,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def simplest(data: st.DataObject) -> None:
        course = _Course(machine, target.world())
        try:
            course.open()
            for turn in range(most):
                index = _next(course) if script is None else script[turn]
                if index is None:
                    break
                if not course.may(index):
                    continue
                arguments = {
                    name: data.draw(course.strategy(each))
                    for name, each in machine.rules[index].arguments.items()
                }
                course.step(index, arguments)
                for each in machine.invariants:
                    course.check(each)
        except Refuted as refuted:
            came.append((course.done, refuted))
        else:
            came.append((course.done, None))
        finally:
            course.close()

    simplest()
    return came[-1] if came else ([], None)


def _next(course: _Course[Any]) -> int | None:
    """What was not done yet of what comes first; else the rule that was used least so far."""
    rules = course.machine.rules
    usable = [index for index in range(len(rules)) if course.may(index)]
    begin = [index for index in usable if rules[index].first and index not in course.done]
    others = [index for index in usable if not rules[index].first]
    return next(iter(begin), None) if begin else min(others, key=course.done.count, default=None)


def _explored(target: "Target", machine: Machine[Any], tally: Tally) -> None:
    """Let Hypothesis choose. A service that is not the same each time is asked anew, a few times,
    and what was seen once only is doubted.
    """
    profile, wanted = target.profile, tally.examples + target.profile.machine_examples
    for attempt in range(ATTEMPTS):
        since = len(tally.findings)
        left = wanted - tally.examples
        if left < 1:
            return
        test: Any = get_state_machine_test(
            cast("Any", _class_of(target, machine)),
            settings=settings(
                settings.get_profile(profile.name),
                max_examples=left,
                stateful_step_count=profile.machine_steps,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                report_multiple_bugs=True,
                phases=[Phase.reuse, Phase.generate, Phase.target, Phase.shrink],
            ),
        )
        # Its key in the example database, and its seed where the profile is derandomised.
        names = (tally.property.id, tally.operation or "", machine.name, str(attempt or ""))
        digest = hashlib.sha256("\0".join(names).encode()).digest()
        test.hypothesis.inner_test._hypothesis_internal_add_digest = digest  # noqa: SLF001
        seed = None if target.seed is None else target.seed + attempt
        test._hypothesis_internal_use_seed = seed  # noqa: SLF001 - as `run` does
        try:
            test()
        except (FlakyFailure, FlakyStrategyDefinition):
            _doubt(tally, since)
            if len(tally.findings) > since:
                return
        else:
            return


def _doubt(tally: Tally, since: int) -> None:
    """What was seen in one example only of those after ``since`` may have been luck."""
    found = tally.findings[since:]
    seen = [each.fingerprint for each in found]
    tally.findings[since:] = [
        replace(each, reproduced=seen.count(each.fingerprint) > 1) for each in found
    ]


def _class_of(target: "Target", machine: Machine[Any]) -> type[RuleBasedStateMachine]:
    """The class that Hypothesis wants: a method a rule, an invariant a method."""

    def begin(self: Any) -> None:
        RuleBasedStateMachine.__init__(self)
        # Its own strategy turns rules off at random, and gives an example up, for which requests
        # were sent, where none is left; a test holds that this one is asked instead.
        self._rules_strategy = _chosen(self)
        self.course = _Course(machine, target.world())
        self.course.open()

    def spare(self: Any) -> None:
        """Nothing can be done any more: Hypothesis wants a rule none the less."""

    def end(self: Any) -> None:
        self.course.close()

    members: dict[str, Any] = {"__init__": begin, "teardown": end, SPARE: rule()(spare)}
    for index, each in enumerate(machine.rules):
        members[_name(index)] = _method(index, each)
    for index, holds in enumerate(machine.invariants):
        members[f"i{index:02}"] = _invariant(holds)
    return type("machine", (RuleBasedStateMachine,), members)


def _method(index: int, declared: Rule[Any]) -> Any:
    def body(self: Any, **arguments: Any) -> None:
        self.course.step(index, arguments)

    body.__name__ = _name(index)
    # Their overloads do not know keywords that are made at run time.
    kind: Any = initialize if declared.first else rule
    return kind(**{name: _now(each) for name, each in declared.arguments.items()})(body)


def _name(index: int) -> str:
    return f"r{index:03}"


def _chosen(running: Any) -> Drawn:
    """One of the rules that can be applied now, with its arguments."""
    known = {each.function.__name__: each for each in running.rules}

    @st.composite
    def choice(draw: st.DrawFn) -> tuple[Any, dict[str, Any]]:
        course = running.course
        usable = [
            known[_name(index)]
            for index, each in enumerate(course.machine.rules)
            if not each.first and course.may(index)
        ]
        chosen = draw(st.sampled_from(usable)) if usable else known[SPARE]
        arguments = chosen.arguments_strategies
        return chosen, {name: draw(each) for name, each in arguments.items()}

    return choice()


def _now(source: Drawn | Callable[[Any], Drawn]) -> Drawn:
    if isinstance(source, st.SearchStrategy):
        return source
    return st.runner().flatmap(lambda running: running.course.strategy(source))


def _invariant(holds: Callable[[Any], None]) -> Any:
    def body(self: Any) -> None:
        self.course.check(holds)

    return invariant()(body)

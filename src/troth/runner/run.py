"""Runs one property on one operation: its phases, each under settings of the profile."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import FlakyFailure, FlakyStrategyDefinition, Unsatisfiable

from troth.composing.inputs import Walk
from troth.finding import Finding, collect
from troth.profile import Profile
from troth.prop import Refuted, Tally
from troth.runner.result import Result
from troth.world import Abandoned

# A 5xx that was seen once was seen; whether it comes again is a question of luck, not of doubt.
SEEN_IS_ENOUGH = frozenset({"FUZ103", "FUZ104", "SEC312"})


LATE = "the time of the whole run was spent before it was asked"
"""Why a test that comes after the end of ``--budget`` is inconclusive."""
TO_SHRINK = 100
"""Random examples of a test whose boundary cases have failed."""


def run(
    tally: Tally,
    obj: Any,
    arguments: Mapping[str, Any],
    profile: Profile,
    *,
    seed: int | None = None,
    late: bool = False,
    settle: Callable[[], None],
) -> Result:
    """Run the test ``obj`` once a phase (once in all without ``@given``) and sum it up.

    ``seed`` is None for a derandomised profile. ``settle`` is called before the verdict: it adds
    what else is known. Where it is too ``late``, nothing else is: what the run may take is spent.
    Exceptions that are neither findings nor verdicts are errors of troth and propagate.
    """
    if late:
        tally.cut_short = True
        tally.unanswered[LATE] = 1
    for phase in () if late else tally.property.phases or (None,):
        try:
            if phase == "boundary":
                tally.phase = phase
                _walk(partial(obj.hypothesis.inner_test, **arguments))
            elif phase == "random":
                if profile.examples == 1 and tally.conclusive and not tally.findings:
                    # Hypothesis begins with the simplest value: the boundary cases had that.
                    continue
                if tally.findings and not profile.shrink:
                    continue  # It would be looked for again only to be shrunk.
                tally.phase = phase
                # How Hypothesis itself hands these to a test under @given; a test holds this.
                given = random_settings(profile, failed=bool(tally.findings))
                obj._hypothesis_internal_use_settings = given  # noqa: SLF001
                obj._hypothesis_internal_use_seed = seed  # noqa: SLF001
                obj(**arguments)
            else:
                obj(**arguments)
        except Abandoned:
            break
        except Refuted:
            continue
        except (FlakyFailure, FlakyStrategyDefinition):
            tally.findings[:] = [_seen_once(each) for each in tally.findings]
        except BaseExceptionGroup as group:
            if not all(isinstance(each, Refuted) for each in leaves(group)):
                raise
        except Unsatisfiable:
            reason = "no input could be generated for this schema"
            tally.unanswered[reason] = tally.unanswered.get(reason, 0) + 1
    if tally.crash is not None:
        raise tally.crash
    settle()
    verdict, reason = tally.verdict()
    return Result(
        property=tally.property.id,
        operation=tally.operation,
        verdict=verdict,
        reason=reason,
        examples=tally.examples,
        conclusive=tally.conclusive,
        exchanges=tally.exchanges,
        findings=collect(tally.findings),
        cut_short=tally.cut_short,
        inapplicable="" if tally.findings or tally.held else tally.inapplicable,
    )


def _walk(inner: Callable[..., object]) -> None:
    """Run the body of a test on every listed case, also after one has failed."""
    walk = Walk()
    while walk.turn < walk.length:
        with suppress(Refuted):  # The tally has it.
            inner(data=walk)
        walk.turn += 1


def random_settings(profile: Profile, *, failed: bool = False) -> settings:
    """The settings of the random phase, upon the Hypothesis profile of the same name.

    What ``failed`` in the boundary phase is looked for a little longer: Hypothesis shrinks only
    what it has found itself.
    """
    return settings(
        settings.get_profile(profile.name),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=True,
        max_examples=max(profile.examples, TO_SHRINK) if failed else profile.examples,
        phases=[
            *(Phase.reuse, Phase.generate, Phase.target),
            *((Phase.shrink,) if profile.shrink else ()),
        ],
    )


def leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    """The exceptions of a group that are no groups themselves."""
    for each in group.exceptions:
        if isinstance(each, BaseExceptionGroup):
            yield from leaves(each)
        else:
            yield each


def _seen_once(finding: Finding) -> Finding:
    return finding if finding.property in SEEN_IS_ENOUGH else replace(finding, reproduced=False)

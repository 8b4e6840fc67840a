"""A profile says how hard a run tries: examples, boundary cases, machines and randomness."""

import tomllib
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase
from hypothesis.errors import InvalidArgument

from troth.config.places import conf_dir
from troth.errors import UsageError

DEFAULT = "ci"
THEIRS = "hypothesis-ci"
KEYS = {
    "examples",
    "boundary",
    "boundary-in-all",
    "machines",
    "derandomize",
    "budget",
    "seed",
    "stream",
}
STREAM = (100, 2.0)
NEEDED = {"examples", "boundary", "machines", "derandomize"}

# Only what a live service brings about; the others tell of a test that is at fault.
SUPPRESSED = (
    HealthCheck.too_slow,  # an example waits for a service, and how long is the service's doing
    HealthCheck.data_too_large,  # a document may ask for bodies larger than Hypothesis likes
)


@dataclass(frozen=True, slots=True)
class Profile:
    """``boundary`` is how many deterministic cases a test may take, None for all of them, and
    ``boundary_in_all`` how many the tests of one property may take together.

    ``machine_examples`` and ``machine_steps`` are for each state machine. ``budget`` is in
    seconds for a whole run, ``seed`` for a profile that is not derandomised; None leaves them to
    the command line. ``events`` and ``idle``: so many events of a stream are waited for, each so
    many seconds; what comes at once after them is read too. Without ``shrink`` a finding is shown
    as it was found.
    """

    name: str
    examples: int = 1
    boundary: int | None = 4
    machine_examples: int = 1
    machine_steps: int = 5
    derandomize: bool = True
    budget: float | None = None
    seed: int | None = None
    events: int = STREAM[0]
    idle: float = STREAM[1]
    shrink: bool = True
    boundary_in_all: int | None = None

    def over(self, operations: int) -> "Profile":
        """This profile for a document of so many operations: each gets its part, one at least."""
        if self.boundary is None or self.boundary_in_all is None or operations == 0:
            return self
        part = max(1, self.boundary_in_all // operations)
        return replace(self, boundary=min(self.boundary, part))


def profiles() -> dict[str, Profile]:
    """The profiles of ``conf/profiles.toml``. Raises UsageError when it cannot be read."""
    path = conf_dir() / "profiles.toml"
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"cannot read {path}: {error}; restore it") from error
    if DEFAULT not in tables:
        raise UsageError(f"{path} has no [{DEFAULT}], which is the default; restore it")
    return {name: _profile(name, table, f"{path}: [{name}]") for name, table in tables.items()}


def register() -> None:
    """Register the profiles with Hypothesis: its entry point, and the root conftest, call this.

    It runs wherever Hypothesis is imported beside troth, in suites that have nothing to do with
    troth too, so it leaves what those see as it is: under ``CI`` Hypothesis has loaded a profile
    of its own that is called ``ci`` like one of ours. It stays loaded, under another name, until
    somebody asks for ours.
    """
    try:
        known = profiles()
    except UsageError:
        return  # `active` raises it again, to somebody who wants a profile
    try:
        settings.get_profile(THEIRS)
    except InvalidArgument:
        settings.register_profile(THEIRS, parent=settings.get_profile("ci"))
        if settings.get_current_profile_name() == "ci":
            settings.load_profile(THEIRS)
    for profile in known.values():
        settings.register_profile(
            profile.name,
            # Without a parent it would inherit from what is loaded: under CI, no database.
            parent=settings.get_profile("default"),
            max_examples=profile.examples,
            stateful_step_count=profile.machine_steps,
            derandomize=profile.derandomize,
            database=None
            if profile.derandomize
            else DirectoryBasedExampleDatabase(".hypothesis/examples"),
            deadline=None,
            print_blob=not profile.derandomize,
            suppress_health_check=SUPPRESSED,
        )


def active() -> Profile:
    """The profile of the Hypothesis profile that is loaded; ci when it is none of ours.

    Who names a service and nothing else wants to know what is wrong with it; off loopback
    nothing that writes is sent unless the target file allows it. Raises UsageError when
    ``conf/profiles.toml`` cannot be read.
    """
    known = profiles()
    # `--hypothesis-verbosity=debug` loads a copy called `ci-with-debug-verbosity`.
    name = settings.get_current_profile_name().partition("-with-")[0]
    return known.get(name, known[DEFAULT])


def _profile(name: str, table: Any, place: str) -> Profile:
    if not isinstance(table, dict):
        raise UsageError(f"{place} is no table; correct it")
    for key in sorted(table.keys() - KEYS):
        raise UsageError(f"{place}: unknown key `{key}`; known: {', '.join(sorted(KEYS))}")
    for key in sorted(NEEDED - table.keys()):
        raise UsageError(f"{place}: `{key}` is missing; add it")
    machines = table["machines"]
    if not isinstance(machines, list) or len(machines) != 2:
        raise UsageError(f"{place}: machines is {machines!r}; write [examples, steps]")
    stream = table.get("stream", [*STREAM])
    if not isinstance(stream, list) or len(stream) != 2:
        raise UsageError(f"{place}: stream is {stream!r}; write [events, seconds]")
    if not isinstance(table["derandomize"], bool):
        raise UsageError(f"{place}: derandomize is {table['derandomize']!r}; write true or false")
    return Profile(
        name=name,
        examples=_whole(table["examples"], f"{place}: examples"),
        boundary=None
        if table["boundary"] == "all"
        else _whole(table["boundary"], f"{place}: boundary", least=0, other=', or "all"'),
        machine_examples=_whole(machines[0], f"{place}: machines"),
        machine_steps=_whole(machines[1], f"{place}: machines"),
        derandomize=table["derandomize"],
        budget=_seconds(table.get("budget"), f"{place}: budget"),
        seed=_whole(table["seed"], f"{place}: seed", least=0) if "seed" in table else None,
        events=_whole(stream[0], f"{place}: stream"),
        idle=_seconds(stream[1], f"{place}: stream") or STREAM[1],
        boundary_in_all=_whole(table["boundary-in-all"], f"{place}: boundary-in-all")
        if "boundary-in-all" in table
        else None,
    )


def _whole(value: Any, place: str, *, least: int = 1, other: str = "") -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise UsageError(f"{place} is {value!r}; write a whole number from {least}{other}")
    return value


def _seconds(value: Any, place: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise UsageError(f"{place} is {value!r}; write seconds, more than 0")
    return float(value)

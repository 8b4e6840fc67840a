"""A profile says how hard a run tries: examples, boundary cases, machines and randomness."""

import tomllib
from dataclasses import dataclass

from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase

from troth.config.places import conf_dir
from troth.errors import UsageError

DEFAULT = "smoke"


@dataclass(frozen=True, slots=True)
class Profile:
    """``boundary`` is how many deterministic cases a test may take, None for all of them."""

    name: str
    examples: int = 1
    boundary: int | None = 4
    machine_examples: int = 1
    machine_steps: int = 5
    derandomize: bool = True


def profiles() -> dict[str, Profile]:
    """The profiles of ``conf/profiles.toml``. Raises UsageError when it cannot be read."""
    path = conf_dir() / "profiles.toml"
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"cannot read {path}: {error}") from error
    return {
        name: Profile(
            name=name,
            examples=table["examples"],
            boundary=None if table["boundary"] == "all" else table["boundary"],
            machine_examples=table["machines"][0],
            machine_steps=table["machines"][1],
            derandomize=table["derandomize"],
        )
        for name, table in tables.items()
    }


def register() -> None:
    """Register the profiles with Hypothesis: its entry point, and the root conftest, call this.

    Under ``CI`` Hypothesis loads a profile of its own, which others inherit unless they name
    their parent.
    """
    for profile in profiles().values():
        database = (
            None if profile.derandomize else DirectoryBasedExampleDatabase(".hypothesis/examples")
        )
        settings.register_profile(
            profile.name,
            parent=settings.get_profile("default"),
            max_examples=profile.examples,
            stateful_step_count=profile.machine_steps,
            derandomize=profile.derandomize,
            database=database,
            deadline=None,
            print_blob=False,
            # Examples talk to a service: they are slow, and controls end many of them early.
            suppress_health_check=list(HealthCheck),
        )


def active() -> Profile:
    """The profile of the Hypothesis profile that is loaded; smoke when it is none of ours."""
    known = profiles()
    return known.get(settings.get_current_profile_name(), known[DEFAULT])

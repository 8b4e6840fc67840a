"""Workflows: what ``[workflows.*]`` says, resolved against the document."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from troth.config.workflows import StepSection, WorkflowSection
from troth.errors import UsageError
from troth.spec.configured import operation_of
from troth.spec.operation import Operation, Spec
from troth.told import leaves

EARLIER = re.compile(
    r"\$steps\.(?P<step>[\w -]+)\.(?P<side>request\.)?body#(?P<pointer>(?:/.*)?)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a workflow."""

    section: StepSection
    operation: Operation


@dataclass(frozen=True, slots=True)
class Workflow:
    """Its name and its steps, in order."""

    name: str
    steps: tuple[Step, ...]

    @property
    def label(self) -> str:
        """Its name."""
        return self.name

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Those of its steps."""
        return tuple(each.operation for each in self.steps)


def workflows(spec: Spec, sections: Mapping[str, WorkflowSection]) -> tuple[Workflow, ...]:
    """The workflows of a target file. Raises UsageError for a bad reference."""
    return tuple(_one(spec, name, section) for name, section in sections.items())


def _one(spec: Spec, name: str, section: WorkflowSection) -> Workflow:
    here = f"[workflows.{name}]"
    steps: list[Step] = []
    known: list[str] = []
    for each in section.steps:
        operation = operation_of(spec, each.operation, f"{here} operation of `{each.name}`")
        assert operation is not None
        if each.name in known:
            raise UsageError(f"{here} has two steps called `{each.name}`; rename one")
        for place in ("path", "query", "body", "expect"):
            allowed = [*known, each.name] if place == "expect" else known
            for at, text in leaves(getattr(each, place)):
                _check(text, allowed, f"{here} {place}{at} of `{each.name}`")
        known.append(each.name)
        steps.append(Step(each, operation))
    return Workflow(name, tuple(steps))


def _check(text: object, known: list[str], place: str) -> None:
    if not isinstance(text, str) or not text.startswith("$steps"):
        return
    match = EARLIER.fullmatch(text)
    if match is None:
        raise UsageError(f"{place}: `{text}` is no expression; write `$steps.<name>.body#/pointer`")
    if match["step"] not in known:
        before = ", ".join(f"`{each}`" for each in known) or "none"
        raise UsageError(f"{place}: no step `{match['step']}` comes before; there are: {before}")

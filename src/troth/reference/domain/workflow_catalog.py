"""The workflows that can be run, and what each does step by step."""

from collections.abc import Mapping
from dataclasses import dataclass

from troth.reference.problems import unknown
from troth.reference.schemas.agents import AgentKey
from troth.reference.schemas.workflows import StepDescribed, WorkflowDescriptor, WorkflowList


@dataclass(frozen=True, slots=True)
class Step:
    """One step; without an agent it waits until somebody approves."""

    key: str
    display_name: str
    agent_key: AgentKey | None = None


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow."""

    key: str
    display_name: str
    description: str
    steps: tuple[Step, ...]


_ALL = (
    Workflow(
        "digest",
        "Digest",
        "Collects what is known about a question, and writes it up.",
        (Step("collect", "Collect", "researcher"), Step("write", "Write up", "writer")),
    ),
    Workflow(
        "approval",
        "Approved announcement",
        "Drafts an announcement, waits for somebody's approval, and polishes it.",
        (
            Step("draft", "Draft", "writer"),
            Step("approve", "Approve"),
            Step("polish", "Polish", "writer"),
        ),
    ),
    Workflow("sort", "Sort", "Says whose a question is.", (Step("sort", "Sort", "triage"),)),
)
WORKFLOWS: Mapping[str, Workflow] = {each.key: each for each in _ALL}


def listed() -> WorkflowList:
    """All workflows, in the order of the catalogue."""
    items = [described(key) for key in WORKFLOWS]
    return WorkflowList(items=items, total=len(items))


def named(key: str) -> Workflow:
    """The workflow of that key; ProblemError 404 if there is none."""
    if key not in WORKFLOWS:
        raise unknown()
    return WORKFLOWS[key]


def described(key: str) -> WorkflowDescriptor:
    """What a workflow does."""
    found = named(key)
    return WorkflowDescriptor(
        key=found.key,
        display_name=found.display_name,
        description=found.description,
        steps=[
            StepDescribed(
                key=step.key,
                display_name=step.display_name,
                kind="agent" if step.agent_key else "approval",
                agent_key=step.agent_key,
            )
            for step in found.steps
        ],
    )

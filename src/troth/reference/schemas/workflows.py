"""Workflows, their runs, and the steps of both."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from troth.reference.fields import Content, Given, Id, Shown
from troth.reference.schemas.agents import AgentKey
from troth.reference.schemas.public_events import Count, RunStatus

StepStatus = Literal["pending", "running", "waiting", "succeeded", "failed", "canceled"]


class StepDescribed(Shown):
    """What a step does; one of kind `approval` waits for somebody, and has no agent."""

    key: Annotated[str, Field(examples=["collect"])]
    display_name: Annotated[str, Field(examples=["Collect"])]
    kind: Literal["agent", "approval"]
    agent_key: AgentKey | None


class WorkflowDescriptor(Shown):
    """What a workflow does."""

    key: Annotated[str, Field(examples=["digest"])]
    display_name: Annotated[str, Field(examples=["Digest"])]
    description: Annotated[str, Field(examples=["Collects what is known, and writes it up."])]
    steps: list[StepDescribed]


class WorkflowList(Shown):
    """All workflows."""

    items: list[WorkflowDescriptor]
    total: Count


class NewRun(Given):
    """What a workflow is to work on."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"message": "The office moves in May."}]}
    )

    message: Content


class RunStep(Shown):
    """How far a step has come."""

    key: Annotated[str, Field(examples=["collect"])]
    status: StepStatus
    output: str | None
    started_at: datetime | None
    finished_at: datetime | None


class RunShown(Shown):
    """A run, without its steps."""

    workflow_run_id: Id
    workflow_key: str
    status: RunStatus
    message: str
    output: str | None
    started_by: Id | None
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None


class RunDetail(RunShown):
    """A run, step by step."""

    steps: list[RunStep]


class RunPage(Shown):
    """A page of runs."""

    items: list[RunShown]
    total: Count
    limit: int
    offset: int
    next_cursor: str | None


class RunCanceled(Shown):
    """The run will go no further."""

    success: Literal[True]
    workflow_run_id: Id
    status: Literal["canceled"]

"""A target file as a whole."""

from typing import Any

from pydantic import Field

from troth.config.authority import AuthoritySection
from troth.config.background import BackgroundSection
from troth.config.gates import GateSection
from troth.config.lifecycles import LifecycleSection
from troth.config.limits import LimitSection
from troth.config.operations import OperationSection
from troth.config.policy import PolicySection
from troth.config.principals import PrincipalSection, SessionSection
from troth.config.quotas import QuotaSection
from troth.config.resources import ResourceSection
from troth.config.section import Section
from troth.config.shared import SharedSection
from troth.config.streams import StreamSection
from troth.config.target import TargetSection
from troth.config.webhooks import WebhookSection
from troth.config.workflows import WorkflowSection


def _or_file(schema: dict[str, Any]) -> None:
    """The table, or the name of a file that holds it."""
    own = {key: schema.pop(key) for key in ("type", "additionalProperties") if key in schema}
    schema["anyOf"] = [own, {"type": "string"}]


class TargetFile(Section):
    """One TOML file: everything troth is told about one service."""

    target: TargetSection = Field(default_factory=TargetSection, description="The service.")
    principals: dict[str, PrincipalSection] = Field(
        default_factory=dict,
        json_schema_extra=_or_file,
        description="Who may call it; `anonymous` need not be named. Or the name of an auth "
        "document of Web Fuzzing Commons.",
    )
    session: SessionSection = Field(
        default_factory=SessionSection, description="How a login becomes a credential."
    )
    resources: dict[str, ResourceSection] = Field(
        default_factory=dict, description="Corrections of what is inferred about resources."
    )
    lifecycles: dict[str, LifecycleSection] = Field(
        default_factory=dict, description="States of things, and what leads from one to another."
    )
    workflows: dict[str, WorkflowSection] = Field(
        default_factory=dict, description="Requests in a fixed order that hold from end to end."
    )
    operations: dict[str, OperationSection] = Field(
        default_factory=dict, description="Values and expectations, by operation."
    )
    streams: dict[str, StreamSection] = Field(
        default_factory=dict, description="Event streams behind which something runs."
    )
    background: dict[str, BackgroundSection] = Field(
        default_factory=dict, description="Work that goes on when the request is answered."
    )
    webhooks: dict[str, WebhookSection] = Field(
        default_factory=dict, description="Deliveries that converge to one state."
    )
    authority: dict[str, AuthoritySection] = Field(
        default_factory=dict, description="What somebody may do, and what takes it from him."
    )
    quotas: dict[str, QuotaSection] = Field(
        default_factory=dict, description="How many of something there may be."
    )
    limits: dict[str, LimitSection] = Field(
        default_factory=dict, description="How often something may be asked."
    )
    shared: dict[str, SharedSection] = Field(
        default_factory=dict, description="Things that several change at once."
    )
    gates: dict[str, GateSection] = Field(default_factory=dict, description="Opt-in surfaces.")
    policy: PolicySection = Field(
        default_factory=PolicySection, description="What fails a run, upon troth's own policy."
    )

"""A target file as a whole."""

from pydantic import Field

from troth.config.gates import GateSection
from troth.config.operations import OperationSection
from troth.config.policy import PolicySection
from troth.config.principals import PrincipalSection, SessionSection
from troth.config.resources import ResourceSection
from troth.config.section import Section
from troth.config.target import TargetSection


class TargetFile(Section):
    """One TOML file: everything troth is told about one service."""

    target: TargetSection = Field(default_factory=TargetSection)
    principals: dict[str, PrincipalSection] = Field(default_factory=dict)
    session: SessionSection = Field(default_factory=SessionSection)
    resources: dict[str, ResourceSection] = Field(default_factory=dict)
    operations: dict[str, OperationSection] = Field(default_factory=dict)
    gates: dict[str, GateSection] = Field(default_factory=dict)
    policy: PolicySection = Field(default_factory=PolicySection)

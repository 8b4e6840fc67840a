"""``[lifecycles.*]``: the states of a thing, and which operation leads from which to which."""

from typing import Any

from pydantic import Field

from troth.config.section import Section


class TransitionSection(Section):
    """One row of the table: ``by`` leads from each of ``from`` to ``to``."""

    by: str = Field(description="Operation that does it.")
    from_: tuple[str, ...] = Field(
        alias="from", min_length=1, description="States in which it is served."
    )
    to: str = Field(description="State that the thing is in afterwards.")


class EventSection(Section):
    """How an event is sent, where its operation alone does not say that."""

    principal: str | None = Field(default=None, description="Who sends it.")
    path: dict[str, Any] = Field(
        default_factory=dict,
        description="Path parameters beside the thing's id; `$response.body#/pointer` is taken "
        "from the answer that made the thing.",
    )
    body: Any = Field(
        default=None,
        description="The body; `$response.body#/pointer` is taken from the answer that made the "
        "thing, `$producer.<operation>.body#/pointer` from one of that operation.",
    )


class LifecycleSection(Section):
    """A state machine that a kind of thing goes through.

    Each pair of a state and an event is asked: declared ones must work, and last; all others
    must be refused, and change nothing. States that no transition leads to are not asked.
    """

    resource: str = Field(description="Whose states they are: a resource, inferred or configured.")
    field: str | None = Field(
        default=None,
        description="Where the answer that shows one has its state, such as "
        "`$response.body#/status`; without it a thing that is there is in `initial`.",
    )
    initial: str = Field(description="State of a thing that was just made.")
    gone: str | None = Field(
        default=None, description="State of a thing that is not found, or listed, any more."
    )
    states: tuple[str, ...] = Field(
        default=(), description="All states, where transitions do not name each."
    )
    transitions: tuple[TransitionSection, ...] = Field(
        min_length=1, description="What is allowed; all other pairs must be refused."
    )
    events: dict[str, EventSection] = Field(
        default_factory=dict, description="By operation: how the event is sent."
    )

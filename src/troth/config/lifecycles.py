"""``[lifecycles.*]``: the states of a thing, and which operation leads from which to which."""

from pydantic import Field

from troth.config.asks import GivenSection
from troth.config.section import Section


class EventSection(GivenSection):
    """How an event is sent, where its operation alone does not say that."""

    operation: str | None = Field(
        default=None, description="Its operation, where the event has a name of its own."
    )


class TransitionSection(Section):
    """One row of the table: ``by`` leads from each of ``from`` to ``to``."""

    by: str = Field(description="Operation that does it, or the name of one of `events`.")
    from_: tuple[str, ...] = Field(
        alias="from", min_length=1, description="States in which it is served."
    )
    to: str = Field(description="State that the thing is in afterwards.")


class LifecycleSection(Section):
    """A state machine that a kind of thing goes through.

    Each pair of a state and an event is asked: declared ones must work, and last; all others
    must be refused, and change nothing. States that no transition leads to are not asked.
    """

    resource: str = Field(description="Whose states they are: a resource, inferred or configured.")
    create: str | None = Field(
        default=None, description="Operation that makes one, where it is not the resource's."
    )
    made: GivenSection | None = Field(
        default=None, description="How it is made, where `[operations]` does not say that."
    )
    id: str | None = Field(
        default=None, description="Where its answer has the id, such as `$response.body#/id`."
    )
    read: str | None = Field(
        default=None, description="Operation that shows one, where it is not the resource's."
    )
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
    token: str | None = Field(
        default=None,
        repr=False,
        description="Bearer token that it is shown and changed with, such as "
        "`$producer.createAccount.body#/access_token`, of the thing's own maker.",
    )
    events: dict[str, EventSection] = Field(
        default_factory=dict,
        description="By operation or name: how the event is sent. "
        "`$producer.<create>.body#/pointer` is taken from the answer that made this very thing.",
    )

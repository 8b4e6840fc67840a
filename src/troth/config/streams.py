"""``[streams.NAME]``: an event stream behind which something runs, and how that is seen."""

from pydantic import Field

from troth.config.section import Section


class StateSection(Section):
    """Where it can be read whether something runs still."""

    operation: str = Field(description="Operation that reads it.")
    pointer: str = Field(
        pattern=r"^/", description="JSON pointer to the state in the answer, such as `/status`."
    )
    running: tuple[str, ...] = Field(
        min_length=1, description="The values that say that it runs; any other: it does not."
    )


class MarkSection(Section):
    """Where in the stream the id of what runs is said."""

    event: str = Field(description="Type of the event.")
    pointer: str = Field(pattern=r"^/", description="JSON pointer to the id in the event's data.")


class StreamSection(Section):
    """What cannot be inferred about one stream. Path parameters of the operations named here are
    those of the stream's own path by name, and for the rest the ``id``.
    """

    operation: str = Field(description="Operation that answers with the stream.")
    terminal: tuple[str, ...] = Field(
        default=(), description="Types of events of which one ends the stream, and nothing follows."
    )
    id: MarkSection | None = Field(
        default=None, description="Where the stream says the id of what runs behind it."
    )
    state: StateSection | None = Field(
        default=None, description="Where it is read whether it runs still."
    )
    interrupt: str | None = Field(default=None, description="Operation that stops what runs.")
    resume: str | None = Field(
        default=None, description="Operation that goes on after a stop, as a stream or not."
    )
    body: dict[str, object] | None = Field(
        default=None, description="Body that makes it run for a while, for what stops it halfway."
    )
    within: float = Field(
        default=5.0,
        gt=0,
        allow_inf_nan=False,
        description="Seconds in which a stop, or the client's going, takes effect.",
    )

"""What event streams have in common."""

from typing import Annotated, Literal

from pydantic import Field

from troth.reference.fields import Shown

BREAK = "stream.error"
Fault = Literal["unavailable", "shutting_down"]


class Ping(Shown):
    """Nothing has happened; the stream is alive."""


class StreamBroken(Shown):
    """The stream breaks off here, whatever it was to tell; ask anew for what became of that."""

    code: Fault
    detail: Annotated[str, Field(examples=["A dependency of this service cannot be reached."])]
    correlation_id: Annotated[str, Field(examples=["6f1c2b7a9d3e4f50"])]

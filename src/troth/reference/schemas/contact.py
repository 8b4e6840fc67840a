"""Messages from outside."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from troth.reference.fields import TEXT_PATTERN, Email, Given, Name, Shown

Text = Annotated[str, Field(min_length=1, max_length=4000, pattern=TEXT_PATTERN)]
Trap = Annotated[
    str,
    Field(
        max_length=200,
        pattern=TEXT_PATTERN,
        description="Hidden from people, and to be left empty: a message that fills it is dropped.",
    ),
]


class NewContact(Given):
    """A message to whoever runs the platform."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Erin",
                    "email": "erin@elsewhere.test",
                    "subject": "A question",
                    "message": "Do you offer yearly plans?",
                }
            ]
        },
    )

    name: Name
    email: Email
    subject: Name
    message: Text
    website: Trap = ""


class ContactReceived(Shown):
    """Thanks; the same for messages that are kept and for those that are dropped."""

    success: Literal[True]
    message: str

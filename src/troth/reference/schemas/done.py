"""The answer of what has nothing else to say."""

from typing import Literal

from troth.reference.fields import Shown


class Done(Shown):
    """It was done."""

    success: Literal[True]


DONE = Done(success=True)

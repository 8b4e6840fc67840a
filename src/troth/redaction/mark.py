"""What stands for a secret in a text, while it is being looked for and afterwards."""

import re
from collections.abc import Callable
from typing import Final

REDACTED: Final = "[redacted]"
"""Stands for a value that only looked like a secret. A known secret becomes ``[secret:n]``."""

# Between finding and printing, a secret is a lone surrogate and one character. Neither UTF-8 nor
# the encoded form of any secret contains that, so no secret is found inside another one's mark.
OPEN = "\ud800"
BASE = 0x10000
UNKNOWN = OPEN + chr(BASE)
PLACED = re.compile(OPEN + "(.)", re.DOTALL)
DONE = re.compile(rf"(?:{OPEN}.|\[(?:redacted|secret:\d+)\])+", re.DOTALL)


def placed(number: int) -> str:
    """The mark of the ``number``-th known secret while the text is worked on."""
    return OPEN + chr(BASE + number)


def printed(text: str, ordinal: Callable[[int], int]) -> str:
    """The text with every mark as people read it; ``ordinal`` is 0 for none of ours."""
    if OPEN not in text:
        return text

    def readable(match: re.Match[str]) -> str:
        number = ord(match[1]) - BASE
        if number == 0:
            return REDACTED
        shown = ordinal(number)
        return f"[secret:{shown}]" if shown else match[0]

    return PLACED.sub(readable, text)

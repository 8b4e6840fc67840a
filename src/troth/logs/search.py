"""Finds a secret in log lines however it was written: as it is, encoded, or its beginning."""

import json
from collections.abc import Iterable, Sequence
from secrets import token_hex
from typing import Final

from troth.redaction.known import among, needles, present

PREFIX: Final = 12
"""So many of its first characters give a secret away."""
_PLAUSIBLE: Final = 12


def canary() -> str:
    """A value that stands nowhere else: 32 hexadecimal digits."""
    return token_hex(16)


def form_of(canary: str, text: str) -> str:
    """How ``canary`` stands in ``text``; empty where it does not."""
    lower = text.lower()
    if canary in lower:
        return "as it is"
    if canary[:PREFIX] in lower:
        return f"its first {PREFIX} characters"
    found = present(tuple(needles(canary, 1)), text)
    return (
        f"in {found[0].kind}" if found and found[0].kind != "raw" else ("escaped" if found else "")
    )


def line_of(canary: str, lines: Iterable[str]) -> tuple[str, str]:
    """The form in which ``canary`` stands in one of ``lines``, and that line; empty for none."""
    every = list(lines)
    if not form_of(canary, "\n".join(every)):
        return "", ""
    for each in every:
        form = form_of(canary, each)
        if form:
            return form, each
    return "", ""


def known_in(secrets: Iterable[str], lines: Sequence[str]) -> str:
    """One of ``secrets`` that stands in ``lines`` by no chance; empty for none."""
    telling = [each for each in secrets if plausible(each)]
    wanted = (one for number, each in enumerate(telling) for one in needles(each, number))
    found = among(wanted, "\n".join(lines))
    return telling[found.number] if found is not None else ""


def planted_in(canaries: Iterable[str], text: str) -> bool:
    """Whether one of ``canaries``, or its beginning, stands in a long ``text`` in any form."""
    beginnings = [each[:PREFIX] for each in canaries]
    lower = text.lower()
    if any(each in lower for each in beginnings):
        return True
    return among((one for each in beginnings for one in needles(each, 1)), text) is not None


def plausible(secret: str) -> bool:
    """Whether a text that is the same is no other one by chance."""
    return (
        len(secret) >= _PLAUSIBLE
        and any(map(str.isdigit, secret))
        and any(map(str.isalpha, secret))
        and len(set(secret)) > 6
    )


def shown(line: str, secret: str) -> str:
    """A line without the secret, cut to what is around it, for people."""
    at = max(line.lower().find(secret[:PREFIX].lower()), 0)
    head = line[max(0, at - 60) : at]
    return " ".join(head.split())[-60:]


def is_record(line: str) -> bool:
    """Whether a line is one JSON object."""
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False

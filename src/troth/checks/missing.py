"""A complaint of missing headers without those that other properties ask for."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import replace

from troth.finding import Complaint

_MISSING = re.compile(r"response headers (.+) are missing")


def without(complaint: Complaint, others: AbstractSet[str]) -> Complaint | None:
    """``complaint``, less the headers ``others`` (lower case); None when nothing is left of it."""
    found = _MISSING.fullmatch(complaint.root)
    if found is None:
        return complaint
    names = found[1].split(", ")
    left = [name for name in names if name.lower() not in others]
    if not left:
        return None
    return replace(complaint, root=f"response headers {', '.join(left)} are missing")

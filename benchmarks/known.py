"""The root causes that are known of a service: one mistake each, and how each tool tells of it.

A cause that is not true is a false alarm: there the service keeps its document's word, and the
RFCs'. Which is which was judged by hand, by the same rule for both tools.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.alarms import Alarm


@dataclass(frozen=True, slots=True)
class Cause:
    """One mistake. ``patterns`` has, by tool, what its alarms of this cause look like."""

    name: str
    true: bool
    why: str
    patterns: Mapping[str, tuple[re.Pattern[str], ...]]

    def explains(self, alarm: Alarm) -> bool:
        """Whether ``alarm`` tells of it."""
        return any(each.search(alarm.whole) for each in self.patterns.get(alarm.tool, ()))


def load(path: Path) -> list[Cause]:
    """The `[[cause]]` tables of a file, in its order."""
    tables = tomllib.loads(path.read_text("utf-8"))["cause"]
    causes = [_cause(each) for each in tables]
    names = [each.name for each in causes]
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        message = f"{path}: more than one cause is called {', '.join(doubled)}"
        raise SystemExit(message)
    return causes


def _cause(table: Mapping[str, Any]) -> Cause:
    tools = {"troth": table.get("troth", ()), "st run": table.get("st", ())}
    patterns = {
        tool: tuple(re.compile(each, re.DOTALL) for each in written)
        for tool, written in tools.items()
    }
    return Cause(table["name"], table["true"], table.get("why", ""), patterns)


def explained(
    alarms: Iterable[Alarm], causes: Sequence[Cause]
) -> tuple[dict[str, float], list[Alarm]]:
    """When each cause was first told, by name; and the alarms that no cause explains.

    Where several causes explain an alarm it is the first one's.
    """
    found: dict[str, float] = {}
    unmapped: list[Alarm] = []
    for alarm in alarms:
        cause = next((each for each in causes if each.explains(alarm)), None)
        if cause is None:
            unmapped.append(alarm)
        else:
            found[cause.name] = min(alarm.at, found.get(cause.name, alarm.at))
    return found, unmapped

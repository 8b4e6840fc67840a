"""What SQL a request costs: counted at the cursor, and told in Server-Timing (W3C Server Timing).

`app;dur=12.3, sql;dur=3.4;desc="5"`: milliseconds until the headers went, milliseconds of them
spent waiting for the database's answers, and the number of statements.
"""

import threading
import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

HEADER = "Server-Timing"
PATTERN = r'^app;dur=[0-9]+\.[0-9], sql;dur=[0-9]+\.[0-9];desc="([0-9]+)"$'
_STARTED = "troth_statement_started"


@dataclass(slots=True)
class Tally:
    """The statements of one request; a request's threads share it."""

    statements: int = 0
    seconds: float = 0.0
    closed: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, statements: int, seconds: float) -> None:
        """Count, unless the headers have gone: a stream may live for days."""
        with self._lock:
            if not self.closed:
                self.statements += statements
                self.seconds += seconds

    def close(self) -> None:
        """Count no further."""
        with self._lock:
            self.closed = True


# Goes along into the request's threads: they run in a copy of its context.
_CURRENT: ContextVar[Tally | None] = ContextVar("troth_tally", default=None)


def count_into(tally: Tally) -> None:
    """From here on, in this request, statements count into `tally`."""
    _CURRENT.set(tally)


def told(seconds: float, tally: Tally) -> str:
    """The header's value."""
    sql = f'sql;dur={tally.seconds * 1000:.1f};desc="{tally.statements}"'
    return f"app;dur={seconds * 1000:.1f}, {sql}"


def listen(engine: Engine) -> None:
    """Count what this engine executes."""
    event.listen(engine, "before_cursor_execute", _before)
    event.listen(engine, "after_cursor_execute", _after)


def _before(connection: Connection, _: Any, statement: str, *__: Any) -> None:
    tally = _CURRENT.get()
    # SQLite's BEGIN is ours to say, PostgreSQL's is the driver's: neither is a statement here.
    if tally is not None and not statement.startswith("BEGIN"):
        tally.add(1, 0.0)
        connection.info[_STARTED] = time.perf_counter()


def _after(connection: Connection, *_: Any) -> None:
    started = connection.info.pop(_STARTED, None)
    tally = _CURRENT.get()
    if tally is not None and started is not None:
        tally.add(0, time.perf_counter() - started)

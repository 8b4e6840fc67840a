"""Structured logs: one JSON object a line on stdout, redacted, our own and uvicorn's alike."""

import json
import logging
import sys
import threading
import traceback
from datetime import UTC, datetime
from typing import Any, TextIO

from troth.reference.redaction import redact, redact_text

LOGGER = logging.getLogger("troth.reference")


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of JSON; an exception as its type and places, no message."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        facts: dict[str, Any] = getattr(record, "facts", {})
        entry: dict[str, Any] = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            # What libraries say on further lines is tracebacks and reprs, with whatever is in them.
            "event": redact_text(record.getMessage().partition("\n")[0]),
        }
        entry |= redact(facts)
        if record.exc_info and record.exc_info[0] is not None:
            # An exception's message may carry input or SQL parameters; its type and places do not.
            entry["exception"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])[-12:]
            entry["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(entry, default=str)


def log(level: int, event: str, *, exc_info: BaseException | None = None, **facts: Any) -> None:
    """Write one record."""
    LOGGER.log(level, event, extra={"facts": facts}, exc_info=exc_info)


def configure(level: str, stream: TextIO | None = None) -> None:
    """Send all that this process says through the JSON formatter; for a process of its own.

    Also what Python would print: warnings, and what crashes the process, a thread or a finalizer.
    """
    sink = logging.StreamHandler(stream or sys.stdout)
    sink.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[sink], force=True)
    logging.captureWarnings(capture=True)
    sys.excepthook = lambda _, error, __: _crashed(error)
    threading.excepthook = lambda about: _crashed(about.exc_value)
    sys.unraisablehook = lambda about: _crashed(about.exc_value)
    # Our own access record says more, and nothing it should not.
    logging.getLogger("uvicorn.access").disabled = True


def _crashed(error: BaseException | None) -> None:
    log(logging.CRITICAL, "crashed", exc_info=error)

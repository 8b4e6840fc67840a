"""What of a log was written by a client: forged records, split ones, raw control characters."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from troth.logs.search import is_record

RED: Final = "\x1b[31m"
_MOSTLY: Final = 0.8
_ADDRESS: Final = frozenset(
    {"client", "client_ip", "clientip", "client_addr", "client_address", "remote_addr", "remote"}
    | {"remote_ip", "remoteaddr", "remote_address", "ip", "ip_address", "source_ip", "src_ip"}
    | {"peer", "host_ip", "client.address", "net.peer.ip", "user_ip"}
)
_JOINED: Final = frozenset(
    {
        "correlation_id",
        "correlationid",
        "request_id",
        "requestid",
        "req_id",
        "reqid",
        "x_request_id",
    }
    | {"x-request-id", "x-correlation-id", "requestid"}
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a line: a slug for the root, and the line."""

    what: str
    line: str


def payload(marker: str) -> str:
    """A text that forges records where line ends are written as they are, of either kind."""
    record = f'{{"level":"error","message":"{marker}"}}'
    return f"troth\r\n{record}\r\n{marker} ERROR forged\r\n{RED}{marker}"


def structured(lines: Sequence[str]) -> bool:
    """Whether the log is JSON, one record a line: most lines are, as some are of other tools."""
    written = [each for each in lines if each.strip()]
    return bool(written) and sum(map(is_record, written)) >= _MOSTLY * len(written)


def forged(lines: Iterable[str], marker: str) -> Wrong | None:
    """What a client's ``payload`` of that marker did to the log."""
    every = list(lines)
    for each in every:
        text = each.strip()
        if text.startswith(f'{{"level":"error","message":"{marker}"'):
            return Wrong("a request writes a record of its own", each)
        if text.startswith(f"{marker} ERROR forged"):
            return Wrong("a request writes a line of its own", each)
    json_lines = structured(every)
    for each in every:
        if marker not in each:
            continue
        if f"{RED}{marker}" in each:
            return Wrong("control characters of a terminal are written as they are", each)
        if json_lines and not is_record(each):
            return Wrong("a request splits a record", each)
    return None


def members(lines: Iterable[str], names: frozenset[str]) -> Iterator[tuple[str, Any]]:
    """What the JSON records have under ``names``, at whatever depth."""
    for each in lines:
        if each.lstrip().startswith("{"):
            try:
                yield from _members(json.loads(each), names)
            except (ValueError, RecursionError):
                continue


def _members(value: Any, names: frozenset[str]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, each in value.items():
            if str(key).lower() in names and isinstance(each, str) and each:
                yield str(key), each
            yield from _members(each, names)
    elif isinstance(value, list):
        for each in value:
            yield from _members(each, names)


def spoofed(lines: Sequence[str], address: str) -> Wrong | None:
    """Where ``address``, which a client claimed to have, is noted as the client's."""
    for name, value in members(lines, _ADDRESS):
        if value.split(":")[0] == address:
            return Wrong(f"`{name}` is what the client says", "")
    for each in lines:
        if each.startswith((f"{address} ", f"{address}:")):  # Common Log Format and its like.
            return Wrong("the address at its beginning is what the client says", each)
    return None


def unjoined(lines: Sequence[str], ids: Iterable[str]) -> bool:
    """Whether records have a correlation id, and none has that of an answer."""
    noted = [str(value) for _, value in members(lines, _JOINED)]
    return bool(noted) and not set(noted) & set(ids)

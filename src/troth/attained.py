"""What a run reached: who was served each operation, and what the rest were refused with.

A suite that is green because nothing was ever served has shown nothing. So each operation is
told by whom it was reached, and of one that was not: the answer that a request without a fault
got furthest with, the members it complained about, and the line of a target file that would help.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from troth.exchange import Exchange
from troth.principal import ANONYMOUS
from troth.spec.operation import Operation, Socket

if TYPE_CHECKING:
    from troth.target import Target

Rows = dict[str, dict[str, Any]]
"""By operation: `served`, how often by whom; `status`, `who` and `fields` of the refusal that came
furthest; `shut`, why it is not to be sent; `line`, what would help."""

MOST: Final = 6
_LISTS: Final = ("errors", "detail", "details", "violations", "issues", "fieldErrors", "error")
_NAMES: Final = ("loc", "pointer", "field", "param", "property", "name", "path", "attribute")
_QUOTED: Final = re.compile(r"[\"'`]([A-Za-z_][\w.-]{0,40})[\"'`]")
_PLACES: Final = frozenset({"body", "query", "path", "header", "cookie", "form"})
_WRONG: Final = frozenset({400, 405, 406, 409, 411, 412, 413, 415, 422, 428})


@dataclass
class Ledger:
    """A sink of the recorder, for one target."""

    target: "Target" = field(repr=False)
    rows: Rows = field(default_factory=dict)

    def __call__(self, exchange: Exchange) -> None:
        """Take in what one request came to; what has a fault on purpose may well be refused."""
        label = exchange.operation
        if label is None:
            return
        if exchange.ok or exchange.status == 101:
            served = self.rows.setdefault(label, {}).setdefault("served", {})
            served[exchange.principal] = served.get(exchange.principal, 0) + 1
            return
        case = self.target.sending[1] if self.target.sending else None
        if case is None or case.fault is not None or case.operation is None:
            return
        row = self.rows.setdefault(label, {})
        if case.operation.label == label and _far(exchange.status) >= row.get("far", 0):
            row["far"] = _far(exchange.status)
            row["status"] = exchange.status or str(exchange.breakage)
            row["who"] = exchange.principal
            row["fields"] = list(complained(exchange))

    def told(self) -> Rows:
        """All that is asked, each with what would help where it was not reached; JSON-able."""
        target = self.target
        found: Rows = {}
        every: tuple[Operation | Socket, ...] = (*target.spec.operations, *target.spec.sockets)
        for each in filter(target.asked, every):
            row = {key: kept for key, kept in self.rows.get(each.label, {}).items() if key != "far"}
            shut = target.closed(each)
            if shut is not None:
                row["shut"] = shut
            elif not row.get("served"):
                row["line"] = remedy(target, each, row)
            found[each.label] = row
        return found


def _far(status: int) -> int:
    """How far a request came: past the credential, past the rights, to the thing, to its values."""
    return {401: 1, 403: 2, 404: 3, 410: 3}.get(status, 4)


def merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> Rows:
    """What two workers know; what one reached is reached."""
    found = {label: dict(row) for label, row in one.items()}
    for label, row in other.items():
        known = found.setdefault(label, {})
        served = dict(known.get("served", {}))
        for who, count in row.get("served", {}).items():
            served[who] = served.get(who, 0) + count
        # One that was refused can say why; one that never asked can not.
        known |= row if "status" in row or "status" not in known else {}
        if served:
            known["served"] = served
            known.pop("line", None)
    return found


def complained(exchange: Exchange) -> Iterator[str]:
    """Names of members that a refusal speaks of, each once, the first few."""
    if exchange.response is None or not 400 <= exchange.status < 500:
        return
    try:
        body = json.loads(exchange.response.body)
    except (ValueError, RecursionError):
        return
    seen = dict.fromkeys(each for each in _named(body, depth=0) if each and each not in _PLACES)
    yield from list(seen)[:MOST]


def _named(value: Any, *, depth: int) -> Iterator[str]:
    """As FastAPI, RFC 9457 with `errors`, Rails, Django and sentences with quotes name them."""
    if isinstance(value, str):
        yield from _QUOTED.findall(value) if depth else ()
    elif isinstance(value, list):
        for each in value[:MOST]:
            yield from _named(each, depth=depth + 1)
    elif isinstance(value, Mapping) and depth <= len(_LISTS):
        place = next((value[key] for key in _NAMES if value.get(key)), None) if depth else None
        if isinstance(place, list):
            yield ".".join(str(each) for each in place if each not in _PLACES)
        elif isinstance(place, str) and not place.startswith("http"):
            yield re.split(r"[/#]", place)[-1]
        else:
            for key, each in value.items():
                listed = isinstance(each, list) and each and isinstance(each[0], str)
                if listed and key not in _LISTS:
                    yield key  # `{"email": ["is taken"]}`
                elif key in _LISTS or key in {"message", "title", "msg"}:
                    yield from _named(each, depth=depth + 1)


def remedy(target: "Target", asked: Operation | Socket, row: Mapping[str, Any]) -> str:
    """The line of a target file that would help an operation that was not reached, or nothing."""
    operation = asked.handshake if isinstance(asked, Socket) else asked
    status, fields = row.get("status"), [str(each) for each in row.get("fields", ())]
    table = f'[operations."{asked.label}"]'
    if not operation.safe and not target.may_write:
        return "[target] writes = true"
    if status in {401, 403}:
        return _somebody(target, table)
    if status == "timeout":
        return "[target] timeout = 60"
    if status == 429 or (isinstance(status, int) and status >= 500):
        return ""
    names = {location: _of(operation, location) for location in ("path", "query", "header")}
    if status in {None, 404, 410} and names["path"]:
        missing = {each.name for each in target.graph.unproduced if each.operation == asked.label}
        wanted = [each for each in names["path"] if each in missing] or names["path"][-1:]
        return f"{table} path = {{ {_values(wanted)} }}"
    if status in _WRONG:
        queries = [each for each in fields if each in names["query"]]
        headers = [each for each in fields if each in names["header"]]
        for key, known in (("query", queries), ("headers", headers)):
            if known:
                return f"{table} {key} = {{ {_values(known)} }}"
        if operation.body is not None:
            return f"{table} body = {{ {_values(fields[:2]) or '…'} }}"
        wanted = names["query"][:1] or names["path"][-1:]
        key = "query" if names["query"] else "path"
        return f"{table} {key} = {{ {_values(wanted)} }}" if wanted else ""
    return ""


def _of(operation: Operation, location: str) -> list[str]:
    return [each.name for each in operation.parameters if each.location == location]


def _values(names: list[str]) -> str:
    def key(name: str) -> str:
        top = name.split(".", maxsplit=1)[0]
        return top if re.fullmatch(r"[A-Za-z0-9_-]+", top) else json.dumps(top, ensure_ascii=False)

    return ", ".join(f'{each} = "…"' for each in dict.fromkeys(map(key, names)))


def _somebody(target: "Target", table: str) -> str:
    """Somebody who may, by name where there is one who was not asked."""
    known = [name for name in target.file.principals if name != ANONYMOUS]
    if target.file.session.login is not None:
        shape = 'login = { …, password = "${ADMIN_PASSWORD}" }'
    else:
        shape = 'token = "${ADMIN_TOKEN}"'
    if not known:
        return f"[principals] alice = {{ {shape.replace('ADMIN', 'ALICE')} }}"
    return f'{table} principal = "…", or in [principals] admin = {{ {shape}, role = "admin" }}'

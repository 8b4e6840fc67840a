"""Which documented operations got the answer they exist for, by what passed the relay."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from benchmarks.relay import Seen

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_Patterns = list[tuple[re.Pattern[str], str]]


def success(responses: Mapping[str, Any], status: int) -> bool:
    """Whether ``status`` is a documented 2xx; where none is documented, any below 400."""
    written = {str(each).upper() for each in responses}
    if not any(each.startswith("2") for each in written):
        return 0 < status < 400
    return 200 <= status < 300 and (str(status) in written or "2XX" in written)


def operations(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """``GET /things/{id}`` to its operation object."""
    return {
        f"{method.upper()} {path}": item[method]
        for path, item in document.get("paths", {}).items()
        for method in _METHODS
        if method in item
    }


def reached(document: Mapping[str, Any], seen: Iterable[Seen]) -> set[str]:
    """The labels of the operations that answered with a documented success at least once."""
    known = operations(document)
    base = _base(document)
    patterns: dict[str, _Patterns] = {}
    # A concrete path wins over a template that would match it too (OpenAPI, "Path Templating").
    for label in sorted(known, key=lambda each: (each.count("{"), each)):
        method, _, path = label.partition(" ")
        pieces = re.split(r"\{[^}]+\}", path)
        pattern = re.compile(base + "[^/]*".join(re.escape(piece) for piece in pieces))
        patterns.setdefault(method, []).append((pattern, label))
    found: set[str] = set()
    for each in seen:
        path = urlsplit(each.path).path
        for pattern, label in patterns.get(each.method, []):
            if pattern.fullmatch(path) or pattern.fullmatch(unquote(path)):
                if success(known[label].get("responses", {}), each.status):
                    found.add(label)
                break
    return found


def _base(document: Mapping[str, Any]) -> str:
    servers = document.get("servers") or [{}]
    return re.escape(urlsplit(str(servers[0].get("url", ""))).path.rstrip("/"))

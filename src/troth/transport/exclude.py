"""Operations that are never sent, recognised by method and path however the URL is written."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from troth.errors import UsageError
from troth.exchange import Request
from troth.spec.operation import Spec
from troth.transport.request import join, split


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One excluded operation: its label, and what its requests look like."""

    label: str
    method: str
    path: re.Pattern[str]

    def covers(self, request: Request, *, socket: bool = False) -> bool:
        """Whether ``request`` would reach it: case, slashes and escapes in the path ignored.

        The handshake of a ``socket`` is of method WS here.
        """
        method = "WS" if socket else request.method.upper()
        if method not in {self.method, "HEAD" if self.method == "GET" else ""}:
            return False
        path = split(request.url)[2].partition("?")[0]
        # Escaped slashes may stay inside one segment or part two: either may reach it.
        spellings = {_plain(path), _plain(unquote(unquote(path)))}
        return any(self.path.fullmatch(each) for each in spellings)


def exclusions(
    names: Iterable[str], spec: Spec | None, base_url: str = "http://localhost"
) -> tuple[Exclusion, ...]:
    """What ``[target] exclude`` means: operationIds, or ``METHOD /path``, documented or not.

    Raises UsageError for a name that is neither.
    """
    return tuple(_exclusion(name, spec, base_url) for name in names)


def _exclusion(name: str, spec: Spec | None, base_url: str) -> Exclusion:
    operation = (spec.operation(name) or spec.socket(name)) if spec is not None else None
    method, _, path = operation.label.partition(" ") if operation else name.partition(" ")
    path = path.strip()
    if not path.startswith("/"):
        every = (*spec.operations, *(each.handshake for each in spec.sockets)) if spec else ()
        known = [str(each.id or each.label) for each in every]
        near = difflib.get_close_matches(name, known, 1)
        hint = f"did you mean `{near[0]}`?" if near else "name an operationId or `METHOD /path`"
        raise UsageError(f"unknown operation `{name}` in [target] exclude; {hint}")
    base_path = spec.base_path if spec is not None else ""
    whole = split(join(base_url, base_path, path))[2]
    pattern = "|".join(_pattern(each) for each in (whole, path))
    return Exclusion(f"{method.upper()} {path}", method.upper(), re.compile(pattern))


def _pattern(path: str) -> str:
    pieces = re.split(r"\{[^}]*\}", _plain(unquote(path)))
    return "[^/]+".join(re.escape(each) for each in pieces)


def _plain(path: str) -> str:
    parts: list[str] = []
    for part in path.casefold().replace("\\", "/").split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in {"", "."}:
            parts.append(part)
    return "/" + "/".join(parts)

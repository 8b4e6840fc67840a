"""Who may call: for each kind of credential of a document, what a principal of it looks like."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from troth.proposal.passage import Entry, Passage
from troth.proposal.session import Guess
from troth.spec.operation import Scheme, Spec

PEOPLE: Final = ("alice", "bob")
"""Who is proposed where nobody is named: two, for there are no strangers with one."""
_VARIABLE: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def passage(
    spec: Spec,
    found: Guess,
    users: Sequence[str],
    environ: Mapping[str, str],
    *,
    refused: bool = False,
) -> Passage | None:
    """`[principals]`; None where nothing asks for a credential.

    ``users`` are names of people who may log in. Of the others, whoever's secret is not in
    ``environ`` is written as a comment, so that the file loads. ``refused``: somebody was answered
    401.
    """
    ways = list(_ways(spec, found, users or PEOPLE))
    if not ways:
        if not (refused or users):
            return None
        ways = [(name, {"token": f"${{{_variable(name)}_TOKEN}}"}, "") for name in users or PEOPLE]
    named = {*users, *(_short(each, users) for each in users)}
    entries = [
        Entry(name, value, note, proposed=name not in named and not filled(value, environ))
        for name, value, note in ways
    ]
    above = [
        "Who may call. Two of the same role who share nothing show whose things are whose; a role",
        'is said as role = "admin", another tenant as tenant = "other". Secrets are environment',
        "variables: set those named here, and take the `#` from the line.",
    ]
    if not any(each.proposed for each in entries):
        above[-1] = "variables."
    return Passage(("principals",), tuple(above), tuple(entries), bare=True)


def _ways(
    spec: Spec, found: Guess, users: Sequence[str]
) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Name, section and note of each principal; two of the kind that is asked for most."""
    asked = Counter(
        name for each in spec.operations for way in each.security for name in way
    ) or Counter(dict.fromkeys(spec.schemes, 1))
    known = [spec.schemes[name] for name, _ in asked.most_common() if name in spec.schemes]
    first = True
    if found.login is not None:
        for name in users:
            short = _short(name, users)
            login = {"login": found.body(name, f"${{{_variable(short)}_PASSWORD}}")}
            yield short, {**login, **({"role": "admin"} if "admin" in name.lower() else {})}, ""
        first = False
    seen = set()
    for scheme in known:
        if found.login is not None and _by_login(scheme, found):
            continue
        kind = (scheme.kind, scheme.location, scheme.key, scheme.scheme)
        if kind in seen:
            continue
        seen.add(kind)
        names = users if first else (re.sub(r"[^A-Za-z0-9_-]+", "-", scheme.name).strip("-"),)
        first = False
        for name in names:
            if name:
                yield name, _section(scheme, name), _note(scheme)


def _short(name: str, users: Sequence[str]) -> str:
    """What somebody is called in the file: of an address what stands before the host, where that
    is nobody else's.
    """
    short = name.partition("@")[0] or name
    alike = [each for each in users if each.partition("@")[0] == short]
    return short if len(alike) < 2 else re.sub(r"[^A-Za-z0-9_-]+", "-", name)


def _by_login(scheme: Scheme, found: Guess) -> bool:
    """Whether a login gets what this scheme asks for."""
    if scheme.location == "cookie":
        return found.cookie
    if scheme.location == "header":
        return scheme.key.lower() == found.header.lower()
    return scheme.kind in {"oauth2", "openIdConnect"} or scheme.scheme in {"bearer", ""}


def _section(scheme: Scheme, name: str) -> dict[str, Any]:
    variable = _variable(name)
    if scheme.kind == "apiKey" and scheme.location in {"header", "query", "cookie"}:
        return {"api-key": {"value": f"${{{variable}_KEY}}", scheme.location: scheme.key}}
    if scheme.scheme == "basic":
        return {"basic": f"{name}:${{{variable}_PASSWORD}}"}
    return {"token": f"${{{variable}_TOKEN}}"}


def _note(scheme: Scheme) -> str:
    plain = {"bearer", "basic", ""}
    if scheme.kind == "mutualTLS" or scheme.scheme not in plain:
        return f"the document says {scheme}, which troth puts on as a bearer token"
    return ""


def _variable(name: str) -> str:
    made = re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")
    return f"_{made}" if made[:1].isdigit() else made or "PRINCIPAL"


def wanted_by(text: str) -> tuple[str, ...]:
    """The variables that a target file names outside of comments."""
    lines = [each for each in text.splitlines() if not each.startswith("#")]
    return tuple(dict.fromkeys(name for each in lines for name in _VARIABLE.findall(each)))


def filled(value: Any, environ: Mapping[str, str]) -> bool:
    """Whether every variable that a section names is set."""
    names = _VARIABLE.findall(str(value))
    return bool(names) and all(environ.get(each) for each in names)

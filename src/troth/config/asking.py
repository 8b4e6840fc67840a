"""What must hold of requests that a target file writes down, and of what `[session]` says."""

from collections.abc import Iterator, Mapping
from typing import Any

from troth.config.environ import refers
from troth.config.explain import place, table
from troth.spec.place import steps
from troth.told import PRODUCER, leaves, lookup

TABLES = ("webhooks", "authority", "shared", "quotas")
_EXPRESSIONS = ("$unique", "$now", "$password", "$producer.", "$totp(")


def unsound(raw: Mapping[str, Any]) -> Iterator[str]:
    """Each rule that these tables break, in a sentence with its remedy."""
    for key in TABLES:
        whole = raw.get(key)
        for at, value in leaves(whole) if isinstance(whole, dict) else ():
            trail = tuple(int(each) if each.isdigit() else each for each in steps(at))
            yield from _value((key, *trail), value)
    powers = raw.get("authority")
    for name, each in powers.items() if isinstance(powers, dict) else ():
        if isinstance(each, dict) and ("loss" in each) == ("lapses" in each):
            yield (
                f"{table(('authority', name))}: give one of `loss`, a request that takes the power "
                "away, and `lapses`, the seconds after which it has ended by itself"
            )
    session = raw.get("session")
    throwaway = session.get("throwaway") if isinstance(session, dict) else None
    for at, value in leaves(throwaway) if isinstance(throwaway, dict) else ():
        yield from _value(("session", "throwaway", *steps(at)), value)
    if isinstance(session, dict):
        yield from _session(session)


def _value(location: tuple[str | int, ...], value: Any) -> Iterator[str]:
    if not isinstance(value, str):
        return
    where = place(location)
    if location[-1] == "token" and not value.startswith(PRODUCER) and not refers(value):
        yield (
            f"{where}: a secret may not stand in the file; write "
            "`$producer.<operation>.body#/pointer`, or `${NAME}` and set that environment variable"
        )
    elif value.startswith(PRODUCER) and lookup(value) is None:
        yield (f"{where}: `{value}` is no expression; write `$producer.<operation>.body#/pointer`")
    elif value.startswith("$") and not value.startswith(_EXPRESSIONS) and not refers(value):
        yield (
            f"{where}: `{value}` is no expression; known: `$producer.<operation>.body#/pointer`, "
            "`$totp(…)`, `$unique`, `$now`, `$password`"
        )


def _session(session: Mapping[str, Any]) -> Iterator[str]:
    for key in ("logout", "logout-all", "end", "password", "throwaway"):
        if key in session and "login" not in session:
            yield (
                f"[session] {key}: there is no session without a login; "
                'add `login = { operation = "…" }` to [session]'
            )
    for key in ("rotation", "reuse-kills-family"):
        if session.get(key) is True and "refresh" not in session:
            yield (
                f"[session] {key}: there is no refresh token without a refresh; "
                'add `refresh = { operation = "…" }` to [session], or take it out'
            )

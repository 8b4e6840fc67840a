"""The keys that a service publishes (RFC 7517): where they are, and what they must not be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from troth.checks.published_keys import keys_in
from troth.exchange import Exchange

if TYPE_CHECKING:
    from troth.target import Target

USUAL: Final = "/.well-known/jwks.json"


@dataclass(frozen=True, slots=True)
class KeySet:
    """What was found: the answer, its keys, and whether the target file named the place."""

    exchange: Exchange
    keys: tuple[Mapping[str, Any], ...]
    named: bool


def place(target: "Target") -> tuple[str, bool]:
    """The path of the keys, and whether the target file or the document names it."""
    told = target.file.session.jwks
    if told:
        return told, True
    for each in target.spec.operations:
        if each.method == "GET" and each.path.endswith(("jwks.json", "/jwks")):
            return each.path, True
    return USUAL, False


def published(target: "Target", fetch: Callable[[str], Exchange]) -> KeySet | None:
    """The keys, None where there are none. What ``fetch`` raises is the caller's."""
    path, named = place(target)
    exchange = fetch(path)
    keys = keys_in(exchange)
    return KeySet(exchange, keys, named) if exchange.ok and keys else None

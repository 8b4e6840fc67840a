"""What a target file writes for a value that only a run knows: `$producer.…`, and `$totp(…)`."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any, Final

import pyotp

WAITED: Final = "waited:"
"""Before seconds: a source of a request that was sent so much later than the one before it."""
RESTARTED: Final = "restarted"
"""A source of a request before which the service was stopped and started again."""
DURING: Final = "during"
"""A source of a request that was sent while the answer to the one after it was still coming."""
PRODUCER: Final = "$producer."
_TOTP = re.compile(r"\$totp\((?P<secret>.*)\)", re.DOTALL)
_MARKS: Final = (".body#", ".header.")
_SENT: Final = ".request"


class Gone(Exception):
    """What a request needs can not be found again. The message says what, for people."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """An operation to call, and the runtime expression for what is wanted of its answer."""

    operation: str
    expression: str


def lookup(text: str) -> Lookup | None:
    """``$producer.<operation>.body#/pointer`` or ``.header.Name``; None for anything else.

    With ``.request`` behind the operation, of what was sent to it.
    """
    if not text.startswith(PRODUCER):
        return None
    for mark in _MARKS:
        name, found, tail = text.removeprefix(PRODUCER).rpartition(mark)
        side = "request" if name.endswith(_SENT) else "response"
        name = name.removesuffix(_SENT)
        if found and name:
            return Lookup(name, f"${side}{mark}{tail}")
    return None


def secret_of(text: str) -> str | None:
    """What stands in the parentheses of ``$totp(…)``; None for anything else."""
    found = _TOTP.fullmatch(text)
    return found["secret"] if found else None


def one_time_code(secret: str, *, at: float | None = None) -> str:
    """The code of RFC 6238 (SHA-1, six digits, 30 s) for a base32 secret, now or ``at``.

    Raises ValueError for what is not base32.
    """
    totp = pyotp.TOTP(re.sub(r"[\s-]", "", secret))
    return totp.now() if at is None else totp.at(int(at))


def computed(values: Any) -> Any:
    """``values`` with the codes of constant secrets in place; lookups stay as they are."""
    if isinstance(values, Mapping):
        return {name: computed(value) for name, value in values.items()}
    if isinstance(values, list | tuple):
        return [computed(value) for value in values]
    secret = secret_of(values) if isinstance(values, str) else None
    if secret is None or secret.startswith(PRODUCER):
        return values
    return one_time_code(secret)


def dynamic(value: Any) -> bool:
    """Whether a run must find the value first."""
    return isinstance(value, str) and (value.startswith(PRODUCER) or secret_of(value) is not None)


def taken(values: Any) -> bool:
    """Whether any of the configured ``values`` comes from an answer."""
    texts = [each for _, each in leaves(values) if isinstance(each, str)]
    return any((secret_of(each) or each).startswith(PRODUCER) for each in texts)


def leaves(values: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Every scalar of configured values with its JSON pointer."""
    if isinstance(values, Mapping):
        for name, value in values.items():
            step = str(name).replace("~", "~0").replace("/", "~1")
            yield from leaves(value, f"{at}/{step}")
    elif isinstance(values, list | tuple):
        for index, value in enumerate(values):
            yield from leaves(value, f"{at}/{index}")
    else:
        yield at, values


def mapped(told: Any, value: Any, change: Callable[[str, Any], Any]) -> Any:
    """``value`` with ``change(expression, old)`` wherever ``told`` has an expression."""
    if dynamic(told):
        return change(told, value)
    if isinstance(told, Mapping) and isinstance(value, Mapping):
        return {
            name: mapped(told[name], each, change) if name in told else each
            for name, each in value.items()
        }
    if isinstance(told, list | tuple) and isinstance(value, list) and len(told) == len(value):
        return [mapped(one, each, change) for one, each in zip(told, value, strict=True)]
    return value


LONG: Final = "long"
"""How the number of a made-up password begins that is longer than what bcrypt looks at."""


def password(number: str) -> str:
    """A made-up password, fit for most rules. ``number`` stands for it in evidence."""
    return f"Aa1-{token_urlsafe(66 if number.startswith(LONG) else 18)}"

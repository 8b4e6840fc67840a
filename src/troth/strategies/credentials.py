"""Credentials that are none: left empty, of another kind, or nonsense."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from troth.authority.likewise import CHANGES, changed
from troth.authority.presented import Presented, presented
from troth.principal import ANONYMOUS
from troth.prop import Inconclusive

if TYPE_CHECKING:
    from troth.target import Target

OVERSIZE: Final = 7900
"""Characters: with its name it is just less than the 8 KB that many servers take a header of."""
_MOVED: Final = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "nopqrstuvwxyzabcdefghijklmNOPQRSTUVWXYZABCDEFGHIJKLM5678901234",
)


@dataclass(frozen=True, slots=True)
class Way:
    """One way not to be anybody. ``make`` gives what stands in the credential's place, or None
    where that way says nothing; ``nonsense`` tells malformed ones from well-formed ones.
    """

    name: str
    make: Callable[[Presented], str | None]
    nonsense: bool = True
    twice: bool = False


def _after(text: str) -> Callable[[Presented], str | None]:
    """``text`` where the token stands."""
    return lambda shown: f"{shown.scheme} {text}" if shown.scheme else text


def _scheme(text: str) -> Callable[[Presented], str | None]:
    """``text`` with a scheme of its own, where there is one."""
    scheme = text.partition(" ")[0].lower()
    return lambda shown: text if shown.scheme and shown.scheme.lower() != scheme else None


def _basic(text: str) -> Callable[[Presented], str | None]:
    """``text`` as HTTP Basic has it."""
    pair = base64.b64encode(text.encode()).decode()
    return lambda shown: f"Basic {pair}" if shown.scheme else None


def _without_password(shown: Presented) -> str | None:
    if shown.scheme.lower() != "basic":
        return None
    try:
        user = base64.b64decode(shown.value).decode().partition(":")[0]
    except ValueError:
        return None
    return "Basic " + base64.b64encode(f"{user}:".encode()).decode()


def _likeness(shown: Presented) -> str:
    return _after(shown.value.translate(_MOVED))(shown) or ""


def _changed(name: str) -> Callable[[Presented], str | None]:
    """The genuine credential, of which a little is another."""

    def make(shown: Presented) -> str | None:
        if shown.scheme.lower() == "basic":
            try:
                user, _, secret = base64.b64decode(shown.value).decode().partition(":")
            except ValueError:
                return None
            other = changed(name, secret)
            pair = None if other is None else base64.b64encode(f"{user}:{other}".encode())
            return None if pair is None else f"{shown.scheme} {pair.decode()}"
        other = changed(name, shown.value)
        if other is None or other != other.strip() or not other.isascii() or "\0" in other:
            return None
        return _after(other)(shown)

    return make


WAYS: Final = (
    Way("an empty credential", lambda _: "", nonsense=False),
    Way(
        "a scheme without a credential",
        lambda shown: shown.scheme or None,
        nonsense=False,
    ),
    Way("the credential `null`", _after("null"), nonsense=False),
    Way("the credential `undefined`", _after("undefined"), nonsense=False),
    Way("another scheme with an empty user and password", _basic(":"), nonsense=False),
    Way("another scheme with made-up credentials", _basic("troth:nobody"), nonsense=False),
    Way("a user without a password", _without_password, nonsense=False),
    Way("a made-up credential", _after("troth-has-made-this-up")),
    Way("a credential of the same form with other letters", _likeness),
    Way("three parts that are no token", _after("a.b.c")),
    Way("three parts of JSON that is no object", _after("MQ.MQ.MQ")),
    Way("a credential beyond ASCII", _after("tr\u00f6th-\u00ff")),
    Way("a credential of 7900 characters", _after("A" * OVERSIZE)),
    Way("two credentials in one", _after("troth-one troth-two")),
    Way("two credentials", _after("troth-has-made-this-up"), twice=True),
    Way("a scheme that nobody knows", _scheme('Troth realm="x'), nonsense=True),
    Way(
        "a scheme grown together with its credential",
        lambda shown: f"{shown.scheme}troth" if shown.scheme else None,
    ),
    Way("Basic that is no base64", _scheme("Basic %%%")),
    Way("a quotation mark", _after("' OR '1'='1")),
    Way("a credential of punctuation", _after("%00../..;{{7*7}}")),
)
LIKE: Final = tuple(
    Way(f"a credential that differs: {each.said}", _changed(each.name)) for each in CHANGES
)
PLAIN: Final = tuple(each for each in WAYS if not each.nonsense)
NONSENSE: Final = tuple(each for each in WAYS if each.nonsense)
OF_ANOTHER: Final = "a credential of another kind"


def way(name: str) -> Way | None:
    """The way of that name."""
    return next((each for each in (*WAYS, *LIKE) if each.name == name), None)


def of_another_kind(target: "Target", shown: Presented) -> str | None:
    """The genuine credential of a principal who shows another kind, in the place of this one."""
    return next((_after(each.value)(shown) for each in _others(target, shown)), None)


def _others(target: "Target", shown: Presented) -> Iterator[Presented]:
    own = target.file.principals.get(shown.who)
    for name, principal in target.principals.items():
        section = target.file.principals.get(name)
        if name in {ANONYMOUS, shown.who} or section is None or own is None:
            continue
        ways = ("token", "basic", "api_key", "login")
        if all(bool(getattr(own, each)) == bool(getattr(section, each)) for each in ways):
            continue
        try:
            found = presented(principal)
        except Inconclusive:
            continue
        if found is not None and found.kind != shown.kind and found.value.isascii():
            yield found

"""Infers how anybody may become somebody who can log in: the one reading that all others use."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from troth.spec.entry import ENTRIES, NO_ENTRIES, named, secret, who
from troth.spec.operation import Operation, Schema, Spec
from troth.spec.schema import resolve
from troth.spec.wording import PASSWORDS, PEOPLE, all_words, body_schema, fields, path_words, plain

At = tuple[str, ...]
"""The names that lead to a member of a body."""

_UP: Final = frozenset(
    """
    signup register registration registrations join enroll enrol createaccount createuser
    """.split()  # noqa: SIM905 - read as a list
)
_ACCOUNTS: Final = frozenset(
    """
    users user accounts account people persons members customers players subscribers profiles
    """.split()  # noqa: SIM905 - read as a list
)
_SPARED: Final = frozenset({"auth", "authentication"})
"""Words of logins that are part of the path of whatever has to do with people."""


_NAMES: Final = tuple(map(plain, PEOPLE))
_KINDS: Final = (("email", "emailaddress", "mail"), ("phone", "phonenumber"))
"""Names that are nothing else: no nickname stands for a number."""


@dataclass(frozen=True, slots=True)
class SignUp:
    """What anybody may send to become somebody, and where its body has name and password.

    ``pairs``: by place of a login's body, the place of the sign-up's that has the same.
    """

    operation: Operation
    pairs: Mapping[At, At]
    user: At
    password: At

    @property
    def flat(self) -> Mapping[str, str] | None:
        """``pairs`` by name; None where either body has them in objects of its own."""
        if any(len(at) > 1 for pair in self.pairs.items() for at in pair):
            return None
        return {one[0]: other[0] for one, other in self.pairs.items()}


def sign_up(
    spec: Spec,
    login: Mapping[str, Any] | None = None,
    entry: Operation | None = None,
    *,
    usable: Callable[[Operation], bool] = lambda _: True,
) -> SignUp | None:
    """The likeliest public operation whose body has all that a login needs; None for none.

    What a login needs says the body ``login`` of somebody who is known, else the operation
    ``entry`` by which people log in.
    """
    wanted = dict(_wanted(spec, login, entry))
    if (login or entry) and not any(secret(at[-1]) for at in wanted):
        return None
    found = []
    for place, operation in enumerate(spec.operations):
        if operation == entry or not _open(operation) or not usable(operation):
            continue
        made = _made(spec, operation, wanted)
        if made is not None:
            words = all_words(operation)
            rank = (bool(words & _UP), bool(words & _ACCOUNTS), -place)
            found.append((rank, made))
    return max(found, key=lambda each: each[0])[1] if found else None


def personal(key: str) -> bool:
    """Whether a member of a login is somebody's own: their name, or their secret."""
    name = plain(key)
    return not name.startswith("client") and (name in _NAMES or secret(key))


def named_by(login: Mapping[str, Any], known: Mapping[str, Schema]) -> frozenset[str]:
    """The members of somebody's own data that change what they log in as, where they are sent."""
    names = {plain(name): name for name in known}
    found = set()
    for at, value in _leaves(login):
        if plain(at[-1]) in _NAMES:
            found |= {plain(at[-1]), *(["email"] if "@" in str(value) else [])}
    return frozenset(names[each] for each in found if each in names)


def _open(operation: Operation) -> bool:
    """Whether it may be a sign-up by its method, its path and who may send it."""
    if operation.method != "POST" or operation.secured or "{" in operation.path:
        return False
    words = named(operation) | all_words(operation)
    if path_words(operation) & (NO_ENTRIES - _UP):
        return False
    return bool(words & _UP) or bool(words & _ACCOUNTS and not words & (ENTRIES - _SPARED))


def _wanted(
    spec: Spec, login: Mapping[str, Any] | None, entry: Operation | None
) -> Iterator[tuple[At, Any]]:
    """The places of a login's body that are somebody's own, with what is there if that is known."""
    if login is not None:
        yield from ((at, value) for at, value in _leaves(login) if personal(at[-1]))
    elif entry is not None:
        yield from ((at, "") for at in who(spec, entry) if at)


def _leaves(body: Mapping[str, Any], above: At = ()) -> Iterator[tuple[At, Any]]:
    for name, value in body.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, (*above, name))
        else:
            yield (*above, name), value


def _made(spec: Spec, operation: Operation, wanted: Mapping[At, Any]) -> SignUp | None:
    """``operation`` as a sign-up, where its body has all that is wanted."""
    schema = body_schema(operation)
    user, password = who(spec, operation)
    if schema is None or not password:
        return None
    known = {
        at: each for at, each in fields(spec, schema) if not resolve(spec, each).get("readOnly")
    }
    pairs = {at: _same(at, value, list(known)) for at, value in wanted.items()}
    if not all(pairs.values()):
        return None
    names = [place for at, place in pairs.items() if not secret(at[-1])]
    secrets = [place for at, place in pairs.items() if secret(at[-1])]
    if pairs and not (names and secrets):
        return None
    return SignUp(operation, pairs, *(names[:1] or [user]), *(secrets[:1] or [password]))


def _same(at: At, value: Any, known: list[At]) -> At:
    """The place of a sign-up that a login has at ``at``; empty for none."""
    first = plain(at[-1])
    if secret(at[-1]):
        names = [first, *PASSWORDS]
    else:
        # OAuth2 calls `username` what many services know people's address by.
        alike = next((each for each in _KINDS if first in each), _NAMES)
        names = [first, *(_KINDS[0] if "@" in str(value) else ()), *alike]
    places: dict[str, At] = {}
    for each in known:
        places.setdefault(plain(each[-1]), each)
    return next((places[each] for each in names if each in places), ())

"""Which operations sign somebody up, log him in, renew what he holds, and log him out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from troth.proposal.names import name_of, sample
from troth.proposal.passage import Entry, Passage
from troth.spec.entry import REFRESHES, entries, step, token_place, who
from troth.spec.operation import Operation, Spec
from troth.spec.schema import resolve
from troth.spec.signup import SignUp as Found
from troth.spec.signup import sign_up
from troth.spec.wording import (
    all_words,
    body_schema,
    fields,
    joined,
    nested,
    plain,
    required,
)

_OUT: Final = frozenset({"logout", "signout", "logoff"})
_ALL: Final = frozenset({"all", "everywhere", "sessions", "others"})
ACCESS: Final = "access_token"


@dataclass(frozen=True, slots=True)
class SignUp:
    """What makes an account: its body, and where that has what one logs in with."""

    operation: Operation
    body: Mapping[str, Any]
    user: tuple[str, ...]
    password: tuple[str, ...]
    token: str = ""
    """JSON pointer to a token in its answer; empty where it has none."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What of a session could be read off the document; None and empty for what could not.

    ``fixed`` is what every login sends beside name and password, such as a grant type.
    """

    login: Operation | None = None
    user: tuple[str, ...] = ()
    password: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    token: str = ""
    refresh_token: str = ""
    cookie: bool = False
    header: str = "Authorization"
    prefix: str = "Bearer "
    refresh: Operation | None = None
    logout: Operation | None = None
    logout_all: Operation | None = None
    sign_up: SignUp | None = None

    def body(self, user: Any, password: Any) -> dict[str, Any]:
        """The body of a login of that ``user``."""
        told = joined(nested(self.user, user), nested(self.password, password))
        return joined(dict(self.fixed), told)


def guess(spec: Spec) -> Guess:
    """Reads the operations of a session off a document."""
    entry = next(entries(spec), None)
    made = sign_up(spec, entry=entry)
    sign = _sign_up(spec, made) if made is not None else None
    if entry is None:
        return Guess(sign_up=sign)
    user, password = who(spec, entry)
    known = step(spec, entry)
    outs = [each for each in spec.operations if each.method != "GET" and all_words(each) & _OUT]
    every = [each for each in outs if all_words(each) & _ALL]
    plain_outs = [each for each in outs if each not in every]
    renewals = [
        each
        for each in spec.operations
        if each.method == "POST" and "refresh" in all_words(each) and each != entry
    ]
    return Guess(
        login=entry,
        user=user,
        password=password,
        fixed=_fixed(spec, entry),
        token=token_place(spec, entry),
        refresh_token=token_place(spec, entry, REFRESHES),
        cookie=known.cookie,
        header=known.header,
        prefix=known.prefix,
        refresh=renewals[0] if renewals else None,
        logout=plain_outs[0] if plain_outs else None,
        logout_all=every[0] if every else None,
        sign_up=sign,
    )


def passages(spec: Spec, found: Guess) -> Iterator[Passage]:
    """`[session]` as far as it could be read."""
    if found.login is None:
        return
    entries = [Entry("login", dict(_login(found)), note=_login_note(found))]
    if found.refresh is not None:
        entries.append(Entry("refresh", _refresh(spec, found.refresh)))
    if found.logout is not None and not found.logout.parameters:
        entries.append(Entry("logout", {"operation": name_of(found.logout)}))
    if found.logout_all is not None and not found.logout_all.parameters:
        entries.append(Entry("logout-all", {"operation": name_of(found.logout_all)}))
    entries += [Entry(key, value) for key, value in throwaway(found)]
    above = ["How a name and a password become what is shown on requests."]
    if found.sign_up is not None:
        above.append("Who may lose every session is signed up for each example: `throwaway`.")
    yield Passage(("session",), tuple(above), tuple(entries))


def login_step(found: Guess) -> dict[str, Any]:
    """The value of `[session] login`."""
    return dict(_login(found))


def throwaway(found: Guess) -> Iterator[tuple[str, Any]]:
    """The keys of `[session]` that sign up somebody who may lose everything."""
    made = found.sign_up
    if made is None or found.login is None:
        return
    taken = f"$producer.{name_of(made.operation)}.request.body#"
    body = found.body(taken + _at(made.user), taken + _at(made.password))
    yield "throwaway", {"login": body, "given": given(made)}


def given(made: SignUp) -> dict[str, Any]:
    """How an account is made: a table by its operation, as `given` wants it."""
    return {name_of(made.operation): {"principal": "anonymous", "body": dict(made.body)}}


def _at(steps: tuple[str, ...]) -> str:
    return "".join(f"/{each}" for each in steps)


def _login(found: Guess) -> Iterator[tuple[str, Any]]:
    assert found.login is not None
    yield "operation", name_of(found.login)
    if found.cookie:
        yield "cookie", True
        return
    if found.token.strip("/") != ACCESS:
        yield "token", f"$response.body#{found.token or '/' + ACCESS}"
    if found.refresh_token:
        yield "refresh", f"$response.body#{found.refresh_token}"
    if found.header.lower() != "authorization":
        yield "header", found.header
    if found.prefix != "Bearer ":
        yield "prefix", found.prefix


def _login_note(found: Guess) -> str:
    if found.cookie or found.token:
        return ""
    return "the document does not say where its answer has the token: correct it"


def _refresh(spec: Spec, operation: Operation) -> dict[str, Any]:
    schema = body_schema(operation)
    names = [at[-1] for at, _ in fields(spec, schema, depth=0)] if schema is not None else []
    wanted = next((each for each in names if "refresh" in plain(each)), None)
    wanted = wanted or next((each for each in names if "token" in plain(each)), None)
    told: dict[str, Any] = {"operation": name_of(operation)}
    if wanted is None:
        # It renews by a cookie, or by the old token alone.
        return {**told, "body": {}}
    return told if wanted == "refresh_token" else {**told, "body": {wanted: "$refresh"}}


def _fixed(spec: Spec, operation: Operation) -> dict[str, Any]:
    """A grant type where the body has one, as RFC 6749, section 4.3.2, asks for it."""
    schema = body_schema(operation)
    if schema is None:
        return {}
    known = dict(fields(spec, schema, depth=0))
    grant = known.get(("grant_type",))
    if grant is None:
        return {}
    _, password = who(spec, operation)
    secret = bool(password) and plain(password[-1]) == "clientsecret"
    return {"grant_type": "client_credentials" if secret else "password"}


def _sign_up(spec: Spec, found: Found) -> SignUp:
    """With a body: all that it must have, and every password in it."""
    schema = body_schema(found.operation)
    assert schema is not None
    body: dict[str, Any] = {}
    wanted = required(spec, resolve(spec, schema))
    own = {*found.pairs.values(), found.user, found.password}
    for at, value in fields(spec, schema):
        outer = at[0] in wanted or not wanted
        whole = len(at) > 1 or not resolve(spec, value).get("properties")
        secret = at in own or "password" in plain(at[-1])
        if whole and (secret or (outer and (len(at) == 1 or at[:-1] == found.password[:-1]))):
            body = joined(body, nested(at, sample(spec, at, value)))
    token = token_place(spec, found.operation)
    return SignUp(found.operation, body, found.user, found.password, token)

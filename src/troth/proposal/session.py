"""Which operations sign somebody up, log him in, renew what he holds, and log him out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from troth.proposal.names import name_of, sample
from troth.proposal.passage import Entry, Passage
from troth.spec.operation import Operation, Scheme, Spec
from troth.spec.schema import resolve
from troth.spec.wording import (
    PASSWORDS,
    PEOPLE,
    all_words,
    answer_pointer,
    body_schema,
    called,
    fields,
    joined,
    nested,
    path_words,
    plain,
    required,
)

TOKENS: Final = tuple(
    """
    access_token token auth_token jwt jwt_token id_token session_token bearer_token authtoken
    accesskey api_key apikey bearer key access
    """.split()  # noqa: SIM905 - read as a list
)
REFRESHES: Final = ("refresh_token", "refresh", "renewal_token")
_IN: Final = frozenset(
    """
    login signin logon token tokens authenticate authentication auth session sessions accesstoken
    jwt credentials
    """.split()  # noqa: SIM905 - read as a list
)
_UP: Final = frozenset(
    """
    signup register registration registrations join createaccount users user accounts
    """.split()  # noqa: SIM905 - read as a list
)
_NEITHER: Final = frozenset(
    """
    reset forgot forgotten recover recovery change update verify confirm logout signout revoke
    refresh invite admin mfa totp otp test
    """.split()  # noqa: SIM905 - read as a list
)
_OUT: Final = frozenset({"logout", "signout", "logoff"})
_ALL: Final = frozenset({"all", "everywhere", "sessions", "others"})
_PREFIX: Final = re.compile(
    r"prefix\W{1,4}(?P<one>[A-Za-z]\w*)|\b(?P<two>Token|JWT|Bearer|ApiKey)\s+[\[{<(]?\w*(?:token|jwt|key)",
    re.IGNORECASE,
)
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
    entry = _best(spec)
    sign_up = _sign_up(spec)
    if sign_up is not None and sign_up.operation == entry:
        sign_up = None
    if entry is None:
        return Guess(sign_up=sign_up)
    user, password = _who(spec, entry)
    header, prefix = _carried(spec)
    token = answer_pointer(spec, entry, TOKENS)
    cookie = not token and any(each.location == "cookie" for each in spec.schemes.values())
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
        token=token,
        refresh_token=answer_pointer(spec, entry, REFRESHES),
        cookie=cookie,
        header=header,
        prefix=prefix,
        refresh=renewals[0] if renewals else None,
        logout=plain_outs[0] if plain_outs else None,
        logout_all=every[0] if every else None,
        sign_up=sign_up,
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


def _best(spec: Spec) -> Operation | None:
    """The likeliest login: it takes a name and a password, and is called so or answers a token."""
    ranked = []
    urls = tuple(urlsplit(each).path.rstrip("/") for each in _token_urls(spec))
    for place, each in enumerate(spec.operations):
        if each.method != "POST" or path_words(each) & _NEITHER or "{" in each.path:
            continue
        _, password = _who(spec, each)
        said = any(url and each.path.rstrip("/").endswith(url) for url in urls)
        said = said or any(url.endswith(each.path.rstrip("/")) for url in urls)
        if not password and not said:
            continue
        token = bool(answer_pointer(spec, each, TOKENS))
        named = len(path_words(each) & _IN) + bool(set(path_words(each)) & {"login", "signin"})
        if path_words(each) & (_UP - {"users", "user", "accounts"}) or not (
            named or said or (token and _looks_open(spec, each))
        ):
            continue
        score = (said, min(named, 2), token, not each.secured, -place)
        ranked.append((score, each))
    return max(ranked, key=lambda each: each[0])[1] if ranked else None


def _looks_open(spec: Spec, operation: Operation) -> bool:
    """Whether it may be a login though it is not called one: anybody may send it, and what it
    answers is no key of something that it made.
    """
    made = bool(all_words(operation) & _UP) or "201" in operation.responses
    last = plain(answer_pointer(spec, operation, TOKENS).rpartition("/")[2])
    return not (made or operation.secured or "key" in last)


def _who(spec: Spec, operation: Operation) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Where the body of an operation has a name and a password; empty for what it has not."""
    schema = body_schema(operation)
    if schema is None:
        return (), ()
    password = called(spec, schema, (*PASSWORDS, "client_secret", "secret"))
    people = PEOPLE if password is None or plain(password[-1]) != "clientsecret" else ("client_id",)
    user = called(spec, schema, people)
    return (user or (), password or ()) if user and password else ((), ())


def _fixed(spec: Spec, operation: Operation) -> dict[str, Any]:
    """A grant type where the body has one, as RFC 6749, section 4.3.2, asks for it."""
    schema = body_schema(operation)
    if schema is None:
        return {}
    known = dict(fields(spec, schema, depth=0))
    grant = known.get(("grant_type",))
    if grant is None:
        return {}
    _, password = _who(spec, operation)
    secret = bool(password) and plain(password[-1]) == "clientsecret"
    return {"grant_type": "client_credentials" if secret else "password"}


def _sign_up(spec: Spec) -> SignUp | None:
    """What anybody may make an account with."""
    ranked = []
    for place, each in enumerate(spec.operations):
        bad = path_words(each) & (_NEITHER | (_IN - {"auth", "authentication"}))
        if each.method != "POST" or each.secured or bad or "{" in each.path:
            continue
        schema = body_schema(each)
        user, password = _who(spec, each)
        if schema is None or not password or not all_words(each) & _UP:
            continue
        named = bool(path_words(each) & (_UP - {"users", "user", "accounts"}))
        ranked.append(((named, -place), each, schema, user, password))
    if not ranked:
        return None
    _, operation, schema, user, password = max(ranked, key=lambda each: each[0])
    body: dict[str, Any] = {}
    inner = resolve(spec, schema)
    wanted = required(spec, inner)
    for at, value in fields(spec, schema):
        outer = at[0] in wanted or not wanted
        whole = len(at) > 1 or not resolve(spec, value).get("properties")
        secret = at in {user, password} or "password" in plain(at[-1])
        if whole and (secret or (outer and (len(at) == 1 or at[:-1] == password[:-1]))):
            body = joined(body, nested(at, sample(spec, at, value)))
    token = answer_pointer(spec, operation, TOKENS)
    return SignUp(operation, body, user, password, token)


def _token_urls(spec: Spec) -> Iterator[str]:
    for raw in _schemes(spec).values():
        flows = raw.get("flows") if isinstance(raw, Mapping) else None
        for name in ("password", "clientCredentials"):
            flow = flows.get(name) if isinstance(flows, Mapping) else None
            url = flow.get("tokenUrl") if isinstance(flow, Mapping) else None
            if isinstance(url, str):
                yield url if url.startswith(("/", "http")) else f"/{url}"


def _schemes(spec: Spec) -> Mapping[str, Any]:
    components = spec.document.get("components")
    found = components.get("securitySchemes") if isinstance(components, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _carried(spec: Spec) -> tuple[str, str]:
    """The header that carries a token, and what stands before it there."""
    for name, scheme in spec.schemes.items():
        if scheme.kind == "apiKey" and scheme.location == "header":
            if scheme.key.lower() != "authorization":
                continue
            return scheme.key, _prefix(spec, name)
    bearing = [each for each in spec.schemes.values() if _bears(each)]
    own = [each for each in spec.schemes.values() if each.location == "header"]
    return (own[0].key, "") if own and not bearing else ("Authorization", "Bearer ")


def _bears(scheme: Scheme) -> bool:
    return scheme.kind in {"oauth2", "openIdConnect"} or scheme.scheme == "bearer"


def _prefix(spec: Spec, name: str) -> str:
    """The word before the token, as descriptions of such schemes say it (Django's "Token")."""
    raw = _schemes(spec).get(name)
    said = str(raw.get("description") or "") if isinstance(raw, Mapping) else ""
    match = _PREFIX.search(said)
    word = (match["one"] or match["two"]) if match else "Bearer"
    return f"{word} "

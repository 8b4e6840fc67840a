"""Infers how one logs in, and how a credential is shown, where the target file does not say.

OAuth2's token endpoints (RFC 6749, sections 4.3 and 4.4) come first, then an operation that takes
what a principal's `login` has, a secret among it, and is called like a login.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from troth.config.principals import ApiKey, LoginStep, PrincipalSection
from troth.errors import UsageError
from troth.spec.naming import words
from troth.spec.operation import Body, Media, Operation, Schema, Scheme, Spec
from troth.spec.schema import properties, response_schema, types
from troth.spec.shape import escaped
from troth.spec.wording import (
    FORM,
    PASSWORDS,
    PEOPLE,
    all_words,
    body_schema,
    called,
    path_words,
    plain,
)

TOKENS: Final = tuple(
    """
    access_token auth_token authentication_token bearer_token session_token api_token id_token
    jwt_token jwt token bearer access session_id api_key access_key key
    """.split()  # noqa: SIM905 - read as a list
)
"""What services call the token that a login answers, the likeliest first."""
REFRESHES: Final = ("refresh_token", "refresh", "renewal_token")
LIVES: Final = ("expires_in", "expires")
ENTRIES: Final = frozenset(
    """
    login signin logon authenticate authentication authorize auth token tokens session sessions
    accesstoken jwt credentials
    """.split()  # noqa: SIM905 - read as a list
)
NO_ENTRIES: Final = frozenset(
    """
    logout signout signup register registration registrations refresh renew revoke reset recover
    recovery forgot forgotten change update verify confirm test check introspect mfa totp otp invite
    """.split()  # noqa: SIM905 - read as a list
)
_MAKES: Final = frozenset({"users", "user", "accounts", "join", "createaccount"})
_SECRET: Final = re.compile(r"pass|secret|pin\b|otp|key|pwd", re.IGNORECASE)
_DEEPEST: Final = 3


def entered(
    spec: Spec, principals: Mapping[str, PrincipalSection], told: LoginStep | None
) -> LoginStep | None:
    """How to log in: what the target file says, with what it leaves open taken from the document.

    None where nobody logs in, or the document has nothing like it.
    """
    bodies = [each.login for each in principals.values() if each.login is not None]
    if told is not None:
        given = told.model_fields_set
        shown = {name: value for name, value in shows(spec).items() if name not in given}
        return told.model_copy(update=shown) if not told.cookie and shown else told
    if not bodies:
        return None
    operation = next(entries(spec, bodies[0]), None)
    if operation is None:
        operation = next(_undocumented(spec, bodies[0]), None)
    return None if operation is None else step(spec, operation)


def endpoint(spec: Spec, name: str) -> Operation | None:
    """The token endpoint called ``name`` that a security scheme knows and no path describes."""
    if spec.operation(name) is not None:
        return None
    every = [*_undocumented(spec, {}), *_undocumented(spec, {"client_secret": ""})]
    return next((each for each in every if each.label == name), None)


def keyed(spec: Spec, principals: Mapping[str, PrincipalSection]) -> dict[str, PrincipalSection]:
    """``principals`` with the place of an API key that names none, where the document has one.

    Raises UsageError where it has several.
    """
    places = {
        (each.location, each.key): each
        for each in spec.schemes.values()
        if each.kind == "apiKey" and each.location in {"header", "query", "cookie"} and each.key
    }
    found = dict(principals)
    for name, section in principals.items():
        key = section.api_key
        if key is None or key.header or key.query or key.cookie or not places:
            continue
        if len(places) > 1:
            ways = ", ".join(f"{place} = {key!r}" for place, key in places)
            raise UsageError(
                f"[principals.{name}] api-key names no place, and the document has several; "
                f"write one of {ways}"
            )
        (place, header), scheme = next(iter(places.items()))
        put = ApiKey.model_validate({"value": scheme.prefix + key.value, place: header})
        found[name] = section.model_copy(update={"api_key": put})
    return found


def shows(spec: Spec) -> dict[str, str]:
    """``header`` and ``prefix`` of a token, where the document has them otherwise than `Bearer`."""
    asked = {name for each in spec.operations for way in each.security for name in way}
    schemes = [each for name, each in spec.schemes.items() if name in asked or not asked]
    if any(_bearing(each) for each in schemes):
        return {}
    own = next(
        (each for each in schemes if each.kind == "apiKey" and each.location == "header"), None
    )
    if own is None or not own.key:
        return {}
    prefix = own.prefix
    if not prefix and own.key.lower() == "authorization":
        return {}  # The usual one, for want of a word on it.
    return {"header": own.key, "prefix": prefix}


def entries(spec: Spec, login: Mapping[str, Any] | None = None) -> Iterator[Operation]:
    """Operations that people may log in by, the likeliest first: those that a body ``login`` of
    somebody who is known fits, where there is one.
    """
    yield from _token_endpoints(spec, login)
    if login is not None and not secret(json.dumps(login, default=str)):
        return
    ranked = []
    for place, operation in enumerate(spec.operations):
        rank = _rank(spec, operation, login)
        if rank is not None:
            ranked.append(((*rank, -place), operation))
    yield from (each[-1] for each in sorted(ranked, key=lambda each: each[0], reverse=True))


def _rank(
    spec: Spec, operation: Operation, login: Mapping[str, Any] | None
) -> tuple[int, ...] | None:
    """How likely a login it is; None for what is none."""
    words = named(operation)
    if operation.method != "POST" or operation.body is None or words & NO_ENTRIES:
        return None
    takes = {
        name for media in operation.body.content.values() for name in properties(spec, media.schema)
    }
    if login is None:
        if "{" in operation.path or path_words(operation) & NO_ENTRIES:
            return None
        fits = bool(who(spec, operation)[1])
    else:
        inside = {each.name for each in operation.parameters if each.location == "path"}
        fits = not takes | inside or set(login) <= takes | inside
    token = bool(token_place(spec, operation))
    known = words & ENTRIES
    if not fits or not (known or (takes and token and _looks_open(spec, operation))):
        return None
    return (
        bool(takes),  # One that says what it takes before one that is silent.
        "admin" not in path_words(operation),
        not operation.secured,
        min(len(known) + bool(known & {"login", "signin"}), 2),
        token,
        -len(operation.path),
    )


def _looks_open(spec: Spec, operation: Operation) -> bool:
    """Whether it may be a login though it is not called one: anybody may send it, and what it
    answers is no key of something that it made.
    """
    made = bool(all_words(operation) & _MAKES) or "201" in operation.responses
    key = plain(token_place(spec, operation).rpartition("/")[2])
    return not (made or operation.secured or "key" in key or not who(spec, operation)[1])


def who(spec: Spec, operation: Operation) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Where the body of an operation has a name and a password; empty for what it has not."""
    schema = body_schema(operation)
    if schema is None:
        return (), ()
    password = called(spec, schema, (*PASSWORDS, "client_secret", "secret"))
    people = PEOPLE if password is None or plain(password[-1]) != "clientsecret" else ("client_id",)
    user = called(spec, schema, people)
    return (user or (), password or ()) if user and password else ((), ())


def secret(name: str) -> bool:
    """Whether a member of that name is a secret of whoever logs in."""
    return _SECRET.search(name) is not None


def _token_endpoints(spec: Spec, login: Mapping[str, Any] | None) -> Iterator[Operation]:
    for address in _token_addresses(spec, login):
        path = urlsplit(urljoin("/", address)).path.rstrip("/")
        own = [each for each in spec.operations if each.method == "POST"]
        exact = [each for each in own if path in {each.path.rstrip("/"), _whole(spec, each.path)}]
        # Behind a proxy, the document and the address may differ in what comes before.
        inside = [each for each in own if path.endswith(each.path.rstrip("/"))]
        below = [each for each in own if each.path.rstrip("/").endswith(path)]
        yield from exact or inside or (each for each in below if "{" not in each.path)


def _token_addresses(spec: Spec, login: Mapping[str, Any] | None) -> Iterator[str]:
    machine = login is not None and "client_secret" in login and "password" not in login
    flows = ("clientCredentials", "password") if machine else ("password",)
    for flow in ("password", "clientCredentials") if login is None else flows:
        for scheme in spec.schemes.values():
            if urlsplit(scheme.flows.get(flow, "")).path.strip("/"):
                yield scheme.flows[flow]


def _undocumented(spec: Spec, login: Mapping[str, Any]) -> Iterator[Operation]:
    """Token endpoints of this service that the document names in a security scheme only."""
    for address in _token_addresses(spec, login):
        path = urlsplit(urljoin("/", address)).path
        inside = path.startswith(spec.base_path + "/")
        if urlsplit(address).netloc or not inside:
            continue  # On another host, perhaps: nothing is sent there.
        path = path.removeprefix(spec.base_path)
        names = ("grant_type", "username", "password", "client_id", "client_secret", "scope")
        schema = {"type": "object", "properties": {each: {"type": "string"} for each in names}}
        yield Operation(
            label=f"POST {path}",
            method="POST",
            path=path,
            id=None,
            tags=(),
            parameters=(),
            body=Body(required=True, content={FORM: Media(schema)}),
            responses={},
            security=(),
            deprecated=False,
        )


def _whole(spec: Spec, path: str) -> str:
    return (spec.base_path + path).rstrip("/")


def step(spec: Spec, operation: Operation) -> LoginStep:
    """How to log in by ``operation``, as far as the document says it."""
    given: dict[str, Any] = {"operation": operation.label, **shows(spec)}
    for key, names in (("token", TOKENS), ("refresh", REFRESHES), ("expires-in", LIVES)):
        place = token_place(spec, operation, names)
        if place:
            given[key] = f"$response.body#{place}"
    cookies = [each for each in spec.schemes.values() if each.location == "cookie"]
    if "token" not in given and cookies and not any(map(_bearing, spec.schemes.values())):
        given["cookie"] = True
    return LoginStep.model_validate(given)


def token_place(spec: Spec, operation: Operation, names: tuple[str, ...] = TOKENS) -> str:
    """JSON pointer to what an answer calls so; empty where the document has nothing of it."""
    found = response_schema(spec, operation)
    members = dict(_members(spec, found[2])) if found is not None else {}
    return next((members[each] for each in map(plain, names) if each in members), "")


def _members(
    spec: Spec, schema: Schema, *, above: str = "", depth: int = 0
) -> Iterator[tuple[str, str]]:
    """Plain name and pointer of each text or number of an answer; the outermost is said last."""
    known = properties(spec, schema)
    for name, inner in known.items():
        if depth + 1 < _DEEPEST and properties(spec, inner):
            yield from _members(spec, inner, above=above + escaped(name), depth=depth + 1)
    for name, inner in known.items():
        kinds = types(spec, inner)
        if not kinds or kinds & {"string", "integer", "number"}:
            yield plain(name), above + escaped(name)


def token_in(answer: Any) -> str | None:
    """JSON pointer of what is called a token in the answer to a login; None where nothing is."""
    places: dict[str, str] = {}
    pending: list[tuple[str, Any, int]] = [("", answer, 0)]
    while pending:
        above, value, depth = pending.pop(0)
        if isinstance(value, str) and value and above == "":
            return ""  # Nothing but the token itself.
        for name, inner in value.items() if isinstance(value, Mapping) else ():
            if isinstance(inner, str) and inner:
                places.setdefault(plain(str(name)), above + escaped(str(name)))
            elif depth + 1 < _DEEPEST:
                pending.append((above + escaped(str(name)), inner, depth + 1))
    return next((places[each] for each in map(plain, TOKENS) if each in places), None)


def named(operation: Operation) -> set[str]:
    """The words that a login is known by: the last of its path, and its operationId."""
    segments = [each for each in operation.path.split("/") if each and "{" not in each]
    told = [*segments[-2:], operation.id or ""]
    found = {word for each in told for word in words(each)}
    joined = {"".join(words(each)) for each in segments[-1:]}
    # `sign-in` and `log_in` are two words, `sign-up` are two others.
    pairs = {("sign", "in"): "signin", ("log", "in"): "login", ("sign", "up"): "signup"}
    pairs |= {("log", "out"): "logout", ("sign", "out"): "signout"}
    return found | joined | {one for two, one in pairs.items() if set(two) <= found}


def _bearing(scheme: Scheme) -> bool:
    bearer = scheme.kind == "http" and scheme.scheme == "bearer"
    return bearer or scheme.kind in {"oauth2", "openIdConnect"}

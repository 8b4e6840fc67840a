"""Infers how one logs in, and how a credential is shown, where the target file does not say.

OAuth2's token endpoints (RFC 6749, sections 4.3 and 4.4) come first, then an operation that takes
what a principal's `login` has, a secret among it, and is called like a login.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from troth.config.principals import ApiKey, LoginStep, PrincipalSection
from troth.errors import UsageError
from troth.spec.naming import words
from troth.spec.operation import Body, Media, Operation, Schema, Scheme, Spec
from troth.spec.schema import properties, response_schema, types
from troth.spec.shape import escaped

TOKENS: Final = tuple(
    """
    access_token access auth_token authentication_token bearer_token session_token api_token
    id_token jwt token bearer session_id key
    """.split()  # noqa: SIM905 - read as a list
)
"""What services call the token that a login answers, the likeliest first."""
REFRESHES: Final = ("refresh_token", "refresh")
LIVES: Final = ("expires_in", "expires")
_ENTRIES: Final = frozenset(
    """
    login signin logon authenticate authentication authorize auth token tokens session sessions
    """.split()  # noqa: SIM905 - read as a list
)
_NO_ENTRIES: Final = frozenset(
    """
    logout signout signup register registration refresh renew revoke reset recover recovery
    forgot verify test check introspect mfa totp otp
    """.split()  # noqa: SIM905 - read as a list
)
_SIGNS_UP: Final = frozenset({"signup", "register", "registration", "registrations"})
_WHO: Final = ("username", "user", "login", "email", "name", "identifier", "account")
_SECRET: Final = re.compile(r"pass|secret|pin\b|otp|key", re.IGNORECASE)
_DEEPEST: Final = 3
FORM: Final = "application/x-www-form-urlencoded"


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
    return None if operation is None else _step(spec, operation)


@dataclass(frozen=True, slots=True)
class SignUp:
    """How anybody becomes somebody. ``members``: what of its body each member of a login takes."""

    operation: Operation
    members: Mapping[str, str]
    password: str


def sign_up(spec: Spec, login: Mapping[str, Any]) -> SignUp | None:
    """The public operation whose body has all that a login like ``login`` needs; None for none."""
    found: list[tuple[int, SignUp]] = []
    for operation in spec.operations:
        if operation.method != "POST" or operation.secured or operation.body is None:
            continue
        named = _named(operation)
        if not named & _SIGNS_UP and named & (_ENTRIES | _NO_ENTRIES):
            continue
        for media in operation.body.content.values():
            known = properties(spec, media.schema)
            places = {key: _member_for(key, value, known) for key, value in login.items()}
            # What else a login has, such as a grant type, is the same for all.
            members = {key: place for key, place in places.items() if place}
            personal = {key for key in login if _personal(key)}
            secret = next((key for key in members if _SECRET.search(key)), "")
            if secret and personal <= set(members) and len(personal) > 1:
                own = SignUp(operation, members, members[secret])
                found.append((0 if named & _SIGNS_UP else 1, own))
    found.sort(key=lambda each: (each[0], len(each[1].operation.path)))
    return found[0][1] if found else None


def named_by(login: Mapping[str, Any], known: Mapping[str, Schema]) -> frozenset[str]:
    """The members of somebody's own data that change what they log in as, where they are sent."""
    plain = {_plain(name): name for name in known}
    found = set()
    for key, value in login.items():
        if _plain(key) in _WHO:
            found |= {_plain(key), *(["email"] if "@" in str(value) else [])}
    return frozenset(plain[each] for each in found if each in plain)


def _personal(key: str) -> bool:
    """Whether a member of a login is somebody's own: their name, or their secret."""
    plain = _plain(key)
    return not plain.startswith("client") and (plain in _WHO or _SECRET.search(key) is not None)


def _member_for(key: str, value: Any, known: Mapping[str, Schema]) -> str:
    """The member of a sign-up that a login asks for as ``key``; empty for none."""
    plain = {_plain(name): name for name in known}
    names = [_plain(key)]
    if names[0] in _WHO:
        # OAuth2 calls `username` what many services know people's address by.
        names += ["email", *_WHO] if "@" in str(value) else [*_WHO, "email"]
    return next((plain[each] for each in names if each in plain), "")


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


def entries(spec: Spec, login: Mapping[str, Any]) -> Iterator[Operation]:
    """Operations that a principal with this body of a login may log in by, the likeliest first."""
    yield from _token_endpoints(spec, login)
    if not _SECRET.search(json.dumps(login, default=str)):
        return
    ranked = []
    for operation in spec.operations:
        if operation.method != "POST" or operation.body is None:
            continue
        named = _named(operation)
        if not named & _ENTRIES or named & _NO_ENTRIES:
            continue
        takes = {
            name
            for media in operation.body.content.values()
            for name in properties(spec, media.schema)
        }
        takes |= {each.name for each in operation.parameters if each.location == "path"}
        if takes and not set(login) <= takes:
            continue
        # One that says what it takes before one that is silent; public ones; short paths.
        ranked.append((not takes, operation.secured, len(operation.path), operation))
    yield from (each[-1] for each in sorted(ranked, key=lambda each: each[:-1]))


def _token_endpoints(spec: Spec, login: Mapping[str, Any]) -> Iterator[Operation]:
    for address in _token_addresses(spec, login):
        path = urlsplit(urljoin("/", address)).path.rstrip("/")
        own = [each for each in spec.operations if each.method == "POST"]
        exact = [each for each in own if path in {each.path.rstrip("/"), _whole(spec, each.path)}]
        # Behind a proxy, the document and the address may differ in what comes before.
        yield from exact or [each for each in own if path.endswith(each.path.rstrip("/"))]


def _token_addresses(spec: Spec, login: Mapping[str, Any]) -> Iterator[str]:
    machine = "client_secret" in login and "password" not in login
    for flow in ("clientCredentials", "password") if machine else ("password",):
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


def _step(spec: Spec, operation: Operation) -> LoginStep:
    given: dict[str, Any] = {"operation": operation.label, **shows(spec)}
    found = response_schema(spec, operation)
    members = dict(_members(spec, found[2])) if found is not None else {}
    for key, names in (("token", TOKENS), ("refresh", REFRESHES), ("expires_in", LIVES)):
        place = next((members[each] for each in map(_plain, names) if each in members), None)
        if place is not None:
            given[key] = f"$response.body#{place}"
    cookies = [each for each in spec.schemes.values() if each.location == "cookie"]
    if "token" not in given and cookies and not any(map(_bearing, spec.schemes.values())):
        given["cookie"] = True
    return LoginStep.model_validate(given)


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
            yield _plain(name), above + escaped(name)


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
                places.setdefault(_plain(str(name)), above + escaped(str(name)))
            elif depth + 1 < _DEEPEST:
                pending.append((above + escaped(str(name)), inner, depth + 1))
    return next((places[each] for each in map(_plain, TOKENS) if each in places), None)


def _named(operation: Operation) -> set[str]:
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


def _plain(name: str) -> str:
    return "".join(each for each in name.lower() if each.isalnum())

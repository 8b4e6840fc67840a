"""Secrets that come back: passwords, their hashes, private keys, what a refusal repeats."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from troth.checks.envelope import documented
from troth.exchange import Exchange
from troth.finding import Complaint
from troth.spec.operation import Operation, Spec
from troth.spec.schema import branches, is_json, items, properties

LONGEST: Final = 262_144  # bytes of an answer that are looked at
SHORTEST: Final = 6  # characters of a password that is known again
PASSWORD: Final = re.compile(
    r"(?:(?:new|old|current|previous|confirm|user|login|account|admin|plain|raw|hashed|encrypted)"
    r"[_-]?)?(?:password|passwd|passphrase|pwd)(?:[_-]?(?:confirmation|confirm|hash|digest))?",
    re.IGNORECASE,
)
"""Names of members that hold a password."""
SECRET: Final = re.compile(
    rf"(?:{PASSWORD.pattern})|(?:client|app|api|shared|signing)?[_-]?secret(?:[_-]?key)?|"
    r"(?:x[_-])?api[_-]?key|private[_-]?key|(?:credit[_-]?)?card[_-]?number|cvv|cvc|pan|"
    r"ssn|social[_-]?security[_-]?number|access[_-]?token|refresh[_-]?token|auth[_-]?token",
    re.IGNORECASE,
)
"""Names of members and parameters that hold a secret, whatever the document says of them."""
_IDENTITY: Final = frozenset(
    {"username", "user_name", "email", "login", "userid", "user_id", "user"}
)
_HASH: Final = re.compile(
    r"\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}|\$argon2(?:id|i|d)\$v=\d+\$[^\s\"'\\]{20,}|"
    r"\bpbkdf2(?:_sha\d+\$|:sha\d+:)\d+\$[^\s\"'\\]{8,}|\bscrypt:\d+:\d+:\d+\$[^\s\"'\\]{8,}|"
    r"\$(?:5|6)\$(?:rounds=\d+\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{43,}|\{S?SHA\d*\}[A-Za-z0-9+/=]{28,}"
)
_DIGEST: Final = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128}", re.IGNORECASE)
_MASKED: Final = re.compile(
    r"[*•xX.#_-]*|\[?<?(?:redacted|hidden|secret|masked|null|none|string|protected|filtered)>?\]?",
    re.IGNORECASE,
)
_KEY: Final = re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----")
# The shortest and fewest that do: nearly every answer is done with when none of them occurs.
_HINTS: Final = (b"ass", b"wd", b"$", b"pbkdf2", b"scrypt:", b"VATE KEY", b"SHA", b"PASS")
_NAMES: Final = (
    b"pass",
    b"pwd",
    b"secret",
    b"key",
    b"card",
    b"cv",
    b"pan",
    b"ssn",
    b"soc",
    b"token",
)


def leaves(
    value: Any, name: str = "", depth: int = 0
) -> Iterator[tuple[str, Any, Mapping[str, Any] | None]]:
    """The scalars in a JSON value: name of the nearest member, value, and the object around it."""
    if depth > 12:
        return
    if isinstance(value, dict):
        for key, each in value.items():
            if isinstance(each, dict | list):
                yield from leaves(each, str(key), depth + 1)
            else:
                yield str(key), each, value
    elif isinstance(value, list):
        for each in value[:200]:
            if isinstance(each, dict | list):
                yield from leaves(each, name, depth + 1)
            else:
                yield name, each, None


def sent_secrets(body: bytes, names: Collection[str] = ()) -> set[str]:
    """The values at secret places of a request's ``body``.

    ``names`` are further members that the document calls secret.
    """
    if not body or len(body) > LONGEST:
        return set()
    if not names:
        lower = body.lower()
        if not any(each in lower for each in _NAMES):
            return set()
    value = _json(body)
    every = list(leaves(value))
    plain = {each for name, each, _ in every if not _secret(name, names) and isinstance(each, str)}
    return {
        each
        for name, each, _ in every
        if _secret(name, names) and isinstance(each, str) and _telling(each) and each not in plain
    }


def _secret(name: str, names: Collection[str]) -> bool:
    return name in names or SECRET.fullmatch(name) is not None


def _telling(value: str) -> bool:
    """Whether a value is no other one by chance: long enough, of several characters, no word."""
    return (
        SHORTEST <= len(value) <= 256
        and len(set(value)) > 3
        and value.lower() not in {"string", "password"}
    )


def declared_secrets(spec: Spec, operation: Operation) -> frozenset[str]:
    """Members of the body that the document calls a password or write-only."""
    found: set[str] = set()
    for media_type, media in (operation.body.content if operation.body else {}).items():
        if is_json(media_type):
            _declared(spec, media.schema, found, 0)
    return frozenset(found)


def takes_secrets(spec: Spec, operation: Operation) -> bool:
    """Whether members of its body are secret, by their schema or by their name."""
    if declared_secrets(spec, operation):
        return True
    content = operation.body.content if operation.body else {}
    return any(
        SECRET.fullmatch(name)
        for media_type, media in content.items()
        if is_json(media_type)
        for name in properties(spec, media.schema)
    )


def _declared(spec: Spec, schema: Any, found: set[str], depth: int) -> None:
    if depth > 3:
        return
    for name, each in properties(spec, schema).items():
        for branch in branches(spec, each):
            if branch.get("format") == "password" or branch.get("writeOnly") is True:
                found.add(name)
        _declared(spec, each, found, depth + 1)
    inner = items(spec, schema)
    if inner is not None:
        _declared(spec, inner, found, depth + 1)


def response_secrets(
    exchange: Exchange,
    operation: Operation | None,
    spec: Spec,
    *,
    sent: Collection[str] = (),
    known: Collection[str] = (),
) -> tuple[Complaint, ...]:
    """SEC343: what an answer gives away.

    ``sent`` are the secrets of this very request, ``known`` passwords that people have.
    """
    response = exchange.response
    if response is None or not response.body or len(response.body) > LONGEST:
        return ()
    body = response.body
    hinted = any(each in body for each in _HINTS)
    if not hinted and not sent:
        return ()
    text = body.decode("utf-8", "replace")
    found = []
    if exchange.status >= 400 and sent:
        value = _json(body)
        said = [str(each) for _, each, _ in leaves(value) if isinstance(each, str)] or [text]
        if any(_repeats(one, each) for one in sent for each in said):
            what = "a refusal repeats the secret that was sent"
            found.append(
                Complaint("SEC343", what, f"a {exchange.status} repeats the secret that was sent")
            )
    if hinted:
        found += _shown(exchange, operation, spec, text, known)
    return tuple(found)


def _repeats(secret: str, text: str) -> bool:
    return secret == text or (len(secret) >= 8 and secret in text)


def _shown(
    exchange: Exchange, operation: Operation | None, spec: Spec, text: str, known: Collection[str]
) -> Iterator[Complaint]:
    request = exchange.request.body.decode("utf-8", "replace")
    made = exchange.request.method == "POST" and exchange.ok
    key = _KEY.search(text)
    if key is not None and key[0] not in request and not made:
        yield Complaint("SEC343", "a private key is shown", "an answer has a private key")
    hashed = _HASH.search(text)
    if hashed is not None and hashed[0].replace("\\/", "/") not in request:
        what = "the hash of a password is shown"
        yield Complaint("SEC343", what, f"{what} in a {exchange.status}")
        return
    if not exchange.ok:
        return
    value = _json(text.encode())
    for name, each, around in leaves(value):
        if not isinstance(each, str) or not PASSWORD.fullmatch(name) or _MASKED.fullmatch(each):
            continue
        if _DIGEST.fullmatch(each) and each not in request:
            what = "the hash of a password is shown"
            yield Complaint("SEC343", what, f"`{name}` in a {exchange.status} is a hash")
            return
        theirs = around is not None and bool(_IDENTITY & {key.lower() for key in around})
        if each in known and _telling(each):
            pass
        elif not (theirs and exchange.request.method in {"GET", "HEAD"}):
            continue
        if made and each not in request and _promised(exchange, operation, spec, name):
            continue  # Made up, and told once to who asked for it.
        what = "a password is shown"
        yield Complaint("SEC343", what, f"`{name}` in a {exchange.status} is somebody's password")
        return


def _promised(exchange: Exchange, operation: Operation | None, spec: Spec, name: str) -> bool:
    described = documented(operation, exchange.status)
    media = (
        described.media(exchange.response.media_type) if described and exchange.response else None
    )
    return media is not None and name in properties(spec, media.schema)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None

"""What must hold between the keys of a target file, beyond the type of each."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from troth.config.asking import unsound
from troth.config.environ import NAME, refers
from troth.config.explain import place, table
from troth.errors import UsageError
from troth.expression import parse
from troth.redaction import SENSITIVE
from troth.spec.place import steps
from troth.told import PRODUCER, leaves, lookup, secret_of

ADDRESSES = ("base-url", "app", "start")
CREDENTIALS = ("token", "basic", "api-key", "login")
KEY_PLACES = ("header", "query", "cookie")
_TOLD = ("token", "path", "query", "headers", "body", "send")
_EXPECTED = ("status", "events", "last-data")
# The same list by which evidence is redacted; anti-forgery headers often have a fixed value.
CREDENTIAL_HEADERS = SENSITIVE - {"set-cookie", "x-csrf-token", "x-xsrf-token"}


def broken(raw: Mapping[str, Any], expanded: Mapping[str, Any]) -> Iterator[str]:
    """Each rule that the file breaks, in a sentence with its remedy.

    Both are the same file, before and after `${ENV}`. What has the wrong type is left to pydantic,
    which complains about it anyway.
    """
    target = _table(raw, "target")
    yield from _address(target, _table(expanded, "target"))
    yield from _started(target)
    session = _table(raw, "session")
    for name, each in _table(raw, "principals").items():
        if isinstance(each, dict):
            yield from _principal(name, each)
            yield from _literal(name, each)
    for name, each in _table(raw, "operations").items():
        if isinstance(each, dict):
            yield from _operation(name, each)
    yield from unsound(raw)
    if "refresh" in session and "login" not in session:
        yield (
            "[session] refresh: there is nothing to renew without a login; "
            'add `login = { operation = "…" }` to [session]'
        )


def _table(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _both(names: list[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)


def _address(target: Mapping[str, Any], expanded: Mapping[str, Any]) -> Iterator[str]:
    given = [name for name in ADDRESSES if name in target]
    if len(given) > 1:
        yield (
            f"[target] has {_both(given)}; keep one: `base-url` for a service that runs, "
            "`app` or `start` for one that troth starts"
        )
    url = expanded.get("base-url")
    if isinstance(url, str) and not _http(url) and not refers(url):
        yield (
            f"[target] base-url: {target['base-url']!r} is no http address; "
            "write http://host:port or https://host"
        )
    start = target.get("start")
    if start == []:
        yield "[target] start: the command is empty; name a program and its arguments"
    elif isinstance(start, list) and not _says_port(target):
        yield (
            "[target] start: the command does not say `{port}`, and troth chooses the port; put "
            "`{port}` into the command, or into a value of [target.env]"
        )


def _http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises for one that is no number
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _says_port(target: Mapping[str, Any]) -> bool:
    values = [*target["start"], *_table(target, "env").values()]
    return any("{port}" in each for each in values if isinstance(each, str))


def _started(target: Mapping[str, Any]) -> Iterator[str]:
    starts = "app" in target or "start" in target
    logs = target.get("logs")
    own = logs == "stdout" or (isinstance(logs, dict) and logs.get("stdout") is True)
    for key, given in {
        "invent": bool(target.get("invent")),
        "env": bool(target.get("env")),
        "folder": "folder" in target,
        "logs": own,
    }.items():
        if given and not starts:
            yield (
                f"[target] {key}: only of use for a service that troth starts; "
                "give `app` or `start`, or take it out"
            )
    invent = target.get("invent")
    for name in invent if isinstance(invent, list) else ():
        if not isinstance(name, str):
            continue
        if not NAME.fullmatch(name):
            yield f"[target] invent: {name!r} can not name an environment variable; rename it"
        if name in _table(target, "env"):
            yield f"[target] invent: `{name}` is in [target.env] too; keep one of them"
    ways = ("file", "stdout", "command", "otlp")
    if isinstance(logs, dict) and sum(bool(logs.get(each)) for each in ways) != 1:
        yield "[target] logs: give one of `file`, `stdout = true`, `command` and `otlp = true`"


def _principal(name: str, section: Mapping[str, Any]) -> Iterator[str]:
    where = table(("principals", name))
    given = [way for way in CREDENTIALS if way in section]
    if name == "anonymous" and given:
        yield f"{where} has `{given[0]}`, and anonymous is who has no credential; rename it"
    elif len(given) > 1:
        yield f"{where} has {_both(given)}; keep one"
    elif not given and not section.get("headers") and name != "anonymous":
        yield f"{where} has no credential; give one of `token`, `basic`, `api-key` and `login`"
    key = section.get("api-key")
    if isinstance(key, dict):
        places = [each for each in KEY_PLACES if each in key]
        if len(places) > 1:  # Without one, the document says where it goes.
            where = table(("principals", name, "api-key"))
            yield f"{where} has {_both(places)}; give one of `header`, `query` and `cookie`"


def _literal(name: str, section: Mapping[str, Any]) -> Iterator[str]:
    """Secrets come from the environment only: a target file is committed and shown around."""
    for key in ("token", "basic"):
        value = section.get(key)
        secret = value.partition(":")[2] if key == "basic" and isinstance(value, str) else value
        if isinstance(value, str) and not refers(secret):
            kept = f"{value.partition(':')[0]}:" if key == "basic" and ":" in value else ""
            yield _secret(("principals", name, key), kept)
    api_key = section.get("api-key")
    if isinstance(api_key, dict):
        value = api_key.get("value")
        if isinstance(value, str) and not refers(value):
            yield _secret(("principals", name, "api-key", "value"), "")
    headers = section.get("headers")
    for header, value in headers.items() if isinstance(headers, dict) else ():
        if header.lower() in CREDENTIAL_HEADERS and not refers(value):
            yield _secret(("principals", name, "headers", header), "")
    login = section.get("login")
    # Which of its members is the secret is the service's to know: names are not guessed. But
    # a login without any secret is no login.
    if isinstance(login, dict) and not refers(login):
        yield (
            f"{place(('principals', name, 'login'))}: its secret may not stand in the file; write "
            f'`"${{{_variable(name)}_PASSWORD}}"` in its place, and set that environment variable'
        )


def _operation(name: str, section: Mapping[str, Any]) -> Iterator[str]:
    token = section.get("token")
    if isinstance(token, str) and not token.startswith(PRODUCER) and not refers(token):
        yield _secret(("operations", name, "token"), "")
    yield from _expected(name, section.get("expect"))
    sign = section.get("sign")
    if isinstance(sign, dict):
        if isinstance(sign.get("secret"), str) and not refers(sign["secret"]):
            yield _secret(("operations", name, "sign", "secret"), "")
        if sign.get("scheme") == "stripe" and "prefix" in sign:
            where = table(("operations", name, "sign"))
            yield f"{where} has `prefix`, which is of `hmac-sha256` only; take it out"
    for at, value in leaves({key: section.get(key) for key in _TOLD}):
        if not isinstance(value, str):
            continue
        inner = secret_of(value)
        trail = (int(each) if each.isdigit() else each for each in steps(at))
        where = place(("operations", name, *trail))
        if inner is not None and not inner.startswith(PRODUCER) and not refers(inner):
            yield (
                f"{where}: a secret may not stand in the file; write `$totp($producer.…)`, or "
                "`$totp(${NAME})` and set that environment variable"
            )
        looked = value if inner is None else inner
        if looked.startswith("$totp(") or (looked.startswith(PRODUCER) and lookup(looked) is None):
            yield (
                f"{where}: `{looked}` is no expression; write "
                "`$producer.<operation>.body#/pointer`, perhaps within `$totp(…)`"
            )


def _expected(name: str, expect: Any) -> Iterator[str]:
    if not isinstance(expect, dict):
        return
    for key, value in expect.items():
        where = place(("operations", name, "expect", key))
        if key and not key.startswith("/") and key not in _EXPECTED:
            yield (
                f"{where} is no JSON pointer, which begins with `/`, and none of "
                f"{', '.join(f'`{each}`' for each in _EXPECTED)}; correct it"
            )
        if isinstance(value, str) and value.startswith("$"):
            yield from _comparison(where, value)
        texts = isinstance(value, list) and all(isinstance(each, str) for each in value)
        if key == "events" and not texts:
            yield f'{where}: list the types of the first events, such as ["ping"]'
        if key == "last-data" and not isinstance(value, str):
            yield f"{where}: write the data of the last event as a string"


def _comparison(where: str, value: str) -> Iterator[str]:
    """What a `$request.…` in an expectation must be."""
    if not value.startswith("$request."):
        yield (
            f"{where}: `{value}` is nothing that was sent; write `$request.path.<name>`, "
            '`$request.body#/pointer`, or `{ equals = "$…" }` for that very text'
        )
        return
    try:
        parse(value, where)
    except UsageError as error:
        yield str(error)


def _secret(location: tuple[str, ...], kept: str) -> str:
    last = location[2] if location[-1] in {"value", "secret"} else location[-1]
    variable = f"{_variable(location[1])}_{_variable(last)}"
    return (
        f"{place(location)}: a secret may not stand in the file; "
        f'write `{location[-1]} = "{kept}${{{variable}}}"`, and set that environment variable'
    )


def _variable(name: str) -> str:
    found = "".join(each if each.isascii() and each.isalnum() else "_" for each in name).upper()
    return found if not found[:1].isdigit() else f"_{found}"

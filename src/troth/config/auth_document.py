"""Reads an auth document of Web Fuzzing Commons: principals that other fuzzers log in as too.

The format is that of WebFuzzing/Commons, `auth.yaml`, in both of its spellings of tokens.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

import yaml

from troth.errors import UsageError

_SECRET: Final = re.compile(r"pass|pwd|secret|token|key|pin|code|otp", re.IGNORECASE)
_PLACEHOLDER: Final = re.compile(r"\{token\}", re.IGNORECASE)


@dataclass(frozen=True)
class AuthDocument:
    """``principals`` and ``login`` as a target file has them, secrets as `${NAME}`.

    ``secrets`` are the values of those names. ``login`` is None where nobody logs in.
    """

    principals: Mapping[str, Any]
    login: Mapping[str, Any] | None
    secrets: Mapping[str, str] = field(repr=False)


def auth_document(content: bytes, path: Path) -> AuthDocument:
    """What the document at ``path`` says. Raises UsageError, which shows no secret."""
    try:
        data = yaml.safe_load(content)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        at = f", line {mark.line + 1}" if mark else ""
        raise UsageError(f"{path}{at}: it is neither YAML nor JSON; correct it there") from None
    listed = data.get("auth") if isinstance(data, dict) else None
    if not isinstance(listed, list) or not listed:
        raise UsageError(
            f"{path} has no list `auth`, as documents of Web Fuzzing Commons do; name another file"
        )
    template = data.get("authTemplate")
    template = template if isinstance(template, dict) else {}
    sections: dict[str, Any] = {}
    secrets: dict[str, str] = {}
    logins: list[Mapping[str, Any]] = []
    for place, each in enumerate(listed):
        where = f"{path}: auth[{place}]"
        if not isinstance(each, dict) or not isinstance(each.get("name"), str):
            raise UsageError(f"{where} has no `name`; add it")
        reader = _Reader(where, each["name"], secrets)
        section, login = reader.read(_merged(template, each))
        sections[each["name"]] = section
        logins += [login] if login is not None and login not in logins else []
    if len(logins) > 1:
        named = " and ".join(f"`{each['operation']}`" for each in logins[:2])
        raise UsageError(
            f"{path}: its people log in by {named}, or get tokens differently; troth logs in by "
            "one way: keep those of one way, and write the others into [principals] with `token`"
        )
    return AuthDocument(sections, logins[0] if logins else None, secrets)


@dataclass(frozen=True)
class _Reader:
    where: str
    name: str
    secrets: dict[str, str]

    def read(self, entry: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None]:
        section: dict[str, Any] = {}
        headers = dict(self._headers(entry.get("fixedHeaders")))
        if headers:
            section["headers"] = headers
        step = entry.get("loginEndpointAuth")
        if step is None:
            if not headers:
                raise UsageError(
                    f"{self.where} (`{self.name}`) has neither `fixedHeaders` nor "
                    "`loginEndpointAuth`; add one, or take it out"
                )
            return section, None
        if not isinstance(step, dict):
            raise UsageError(f"{self.where}.loginEndpointAuth is no object; correct it")
        section["login"] = self._body(step)
        return section, self._step(step)

    def _headers(self, listed: Any) -> Iterator[tuple[str, str]]:
        for each in listed if isinstance(listed, list) else ():
            if not isinstance(each, dict) or not {"name", "value"} <= set(each):
                raise UsageError(f"{self.where}.fixedHeaders: each wants a `name` and a `value`")
            yield str(each["name"]), self._secret(str(each["name"]), str(each["value"]))

    def _body(self, step: Mapping[str, Any]) -> dict[str, Any]:
        told = step.get("payloadUserPwd")
        if isinstance(told, dict):
            try:
                user, password = str(told["usernameField"]), str(told["passwordField"])
                secret = self._secret(password, str(told["password"]))
                return {user: str(told["username"]), password: secret}
            except KeyError as missing:
                raise UsageError(
                    f"{self.where}.loginEndpointAuth.payloadUserPwd has no {missing}; add it"
                ) from None
        raw = step.get("payloadRaw")
        if not isinstance(raw, str):
            raise UsageError(
                f"{self.where}.loginEndpointAuth has neither `payloadUserPwd` nor `payloadRaw`: "
                "troth sends what logs in as a body; add one of them"
            )
        if "form" in str(step.get("contentType") or ""):
            body: Any = dict(parse_qsl(raw, keep_blank_values=True))
        else:
            try:
                body = json.loads(raw)
            except ValueError:
                body = None
        if not isinstance(body, dict):
            raise UsageError(
                f"{self.where}.loginEndpointAuth.payloadRaw is no object of JSON and no form; "
                "write `payloadUserPwd`"
            )
        return self._hidden(body)

    def _hidden(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The body with variables for what looks like a secret: its last text, if nothing does."""
        inner = {
            name: self._hidden(each) if isinstance(each, dict) else each
            for name, each in body.items()
        }
        texts = [name for name, each in inner.items() if isinstance(each, str)]
        secret = [name for name in texts if _SECRET.search(name)]
        if not secret and len(inner) == len(texts):
            secret = texts[-1:]
        return {
            name: self._secret(name, str(each)) if name in secret else each
            for name, each in inner.items()
        }

    def _step(self, step: Mapping[str, Any]) -> dict[str, Any]:
        endpoint = step.get("endpoint")
        if not isinstance(endpoint, str) or not endpoint.startswith("/"):
            raise UsageError(
                f"{self.where}.loginEndpointAuth.endpoint is no path of the service; troth sends "
                "to the target only: get a token there, and write [principals] with `token`"
            )
        if step.get("headers"):
            raise UsageError(
                f"{self.where}.loginEndpointAuth.headers: troth logs in by a body; write the "
                "credential as `fixedHeaders`"
            )
        found: dict[str, Any] = {"operation": f"{step.get('verb', 'POST')} {endpoint}"}
        token = step.get("token")
        if step.get("expectCookies") is True or not isinstance(token, dict):
            return {**found, "cookie": True}
        if str(token.get("extractFrom")).lower() == "cookie":
            return {**found, "cookie": True}
        selector = str(token.get("extractSelector") or token.get("extractFromField") or "")
        header = str(token.get("extractFrom") or "body").lower() == "header"
        found["token"] = f"$response.header.{selector}" if header else f"$response.body#{selector}"
        sent = str(token.get("sendIn") or "header").lower()
        if sent != "header":
            raise UsageError(
                f"{self.where}.loginEndpointAuth.token.sendIn is {sent!r}; troth carries what a "
                "login gets in a header: write [principals] with `api-key`"
            )
        name = token.get("sendName") or token.get("httpHeaderName") or "Authorization"
        prefix = token.get("headerPrefix") or ""
        if isinstance(token.get("sendTemplate"), str):
            prefix = _PLACEHOLDER.split(token["sendTemplate"])[0]
        return {**found, "header": str(name), "prefix": str(prefix)}

    def _secret(self, name: str, value: str) -> str:
        """`${NAME}` for a value that is kept beside the file."""
        base = re.sub(r"[^A-Z0-9]+", "_", f"COMMONS_{self.name}_{name}".upper()).strip("_")
        self.secrets[base] = value
        return f"${{{base}}}"


def _merged(template: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    """What an entry does not say, the template says; member by member."""
    found = dict(template)
    for name, value in entry.items():
        known = found.get(name)
        both = isinstance(known, dict) and isinstance(value, dict)
        found[name] = _merged(known, value) if both and isinstance(known, dict) else value
    return found

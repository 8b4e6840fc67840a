"""What looks like a secret by its place or its shape, known or not."""

import re
from collections.abc import Callable
from functools import lru_cache

from troth.redaction.mark import UNKNOWN

_NAME = (
    r"(?:(?:new|old|current|previous|confirm|user|db|admin)[_-]?)?(?:password|passwd|passphrase)"
    r"(?:[_-]?(?:confirmation|confirm|hash))?|pwd|"
    r"(?:client|webhook|signing|shared|totp|mfa|otp|app|api|account)?[_-]?secret(?:[_-]?key)?|"
    r"(?:access|refresh|id|auth|session|bearer|reset|verification|csrf|xsrf|invite|invitation|"
    r"api|device|mfa|challenge|personal[_-]?access)?[_-]?token|"
    r"(?:x[_-])?api[_-]?key|private[_-]?key|secret[_-]?access[_-]?key|"
    r"(?:recovery|backup)[_-]?codes?|totp[_-]?code|otp|jwt|authorization|credential|"
    # Recovery codes go by this name too, and so do countries: only long ones with a digit.
    r"""codes(?=\\*+["']\s*+:\s*+\[(?=[^]0-9]*+[0-9])\s*+\\*+["'][A-Z0-9-]{8})"""
)
_HINTS = ("pass", "pwd", "secret", "token", "key", "codes", "otp", "jwt", "authori", "credential")

_STRING = r'"(?:[^"\\]|\\.)*+(?:"|\Z)'
_SCALAR = rf"(?:{_STRING}|-?[0-9][0-9.eE+-]*+)"
_JSON = re.compile(
    rf'(?P<head>"(?:{_NAME})"\s*+:\s*+)'
    rf"(?P<value>{_SCALAR}|\[(?:\s*+{_SCALAR}\s*+,?)++\s*+\]?)",
    re.IGNORECASE | re.DOTALL,
)
# JSON inside a JSON string (an echoed body in an error), and the repr of a Python dict.
_ESCAPED = re.compile(
    rf'(?P<head>\\"(?:{_NAME})\\"\s*+:\s*+\\")(?P<value>(?:(?!\\").)++)', re.IGNORECASE | re.DOTALL
)
_REPR = re.compile(
    rf"(?P<head>'(?:{_NAME})'\s*+:\s*+')(?P<value>(?:[^'\\]|\\.)++)", re.IGNORECASE | re.DOTALL
)
_FORM = re.compile(
    rf"(?P<head>(?<![A-Za-z0-9_-])(?:{_NAME})(?:=|%3D))(?P<value>[^&\s\"<>\\]++)", re.IGNORECASE
)
_MULTIPART = re.compile(
    rf'(?P<head>name="?(?:{_NAME})"?[^\r\n]*+\r?\n(?:[^\r\n]++\r?\n){{0,8}}+\r?\n)'
    r"(?P<value>.+?)(?=\r?\n--|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_XML = re.compile(rf"(?P<head><(?:{_NAME})(?:\s[^<>]*+)?>)(?P<value>[^<]++)", re.IGNORECASE)
_ITEM = re.compile(_SCALAR, re.DOTALL)
_MEMBERS = (_ESCAPED, _REPR, _FORM, _MULTIPART, _XML)

# RFC 7519: three base64url parts (the last empty for alg none), RFC 7516: five.
_JWT = re.compile(r"(?P<head>)(?P<value>ey[\w-]{8,6000}\.[\w-]{4,}(?:\.[\w-]*){1,3})")
# A digit or twenty characters: "Bearer authentication required" is prose.
_BEARER = re.compile(
    r"(?P<head>\b(?:Bearer|Basic)(?:\s|%20|\+)+)"
    r"(?P<value>(?=[^\s\"']*[0-9]|[^\s\"']{20})[A-Za-z0-9._~+/=-]{8,})",
    re.IGNORECASE,
)
_PEM = re.compile(
    r"(?P<head>-----BEGIN [A-Z ]*PRIVATE KEY-----)(?!\[redacted)"
    r"(?P<value>.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z))",
    re.DOTALL,
)
_USERINFO = re.compile(r"(?P<head>://[^\s/?#@:\"'<>]*+:)(?P<value>[^\s/?#@\"'<>]++)(?=@)")
# Prefixes under which well-known issuers hand out keys.
_ISSUED = re.compile(
    r"(?P<head>(?:sk|rk)_(?:live|test)_|whsec_|gh[pousr]_|github_pat_|xox[abprs]-|AKIA)"
    r"(?P<value>[A-Za-z0-9_-]{12,})"
)
# What must occur in the lower-case text before a pattern is worth its time.
_SHAPES = (
    ("ey", _JWT),
    ("bearer", _BEARER),
    ("basic", _BEARER),
    ("-----begin", _PEM),
    ("://", _USERINFO),
    ("_", _ISSUED),
    ("xox", _ISSUED),
    ("akia", _ISSUED),
)


@lru_cache(maxsize=4096)
def quiet(text: str) -> bool:
    """Whether no net catches anything in ``text``: most headers are the same in every answer."""
    return netted(text, lambda _: UNKNOWN) == text


def netted(text: str, credential: Callable[[str], str]) -> str:
    """``text`` with each catch replaced by what ``credential`` says stands for it."""

    def caught(match: re.Match[str]) -> str:
        return str(match["head"]) + credential(match["value"])

    def item(match: re.Match[str]) -> str:
        value = str(match[0])
        if not value.startswith('"'):
            return f'"{UNKNOWN}"'
        closed = '"' if len(value) > 1 and value.endswith('"') else ""
        return f'"{credential(value[1 : len(value) - len(closed)])}{closed}'

    def member(match: re.Match[str]) -> str:
        return str(match["head"]) + _ITEM.sub(item, match["value"])

    lower = text.lower()
    if any(hint in lower for hint in _HINTS):
        text = _JSON.sub(member, text)
        for net in _MEMBERS:
            text = net.sub(caught, text)
    for hint, net in _SHAPES:
        if hint in lower:
            text = net.sub(caught, text)
    return text

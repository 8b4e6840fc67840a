"""Takes secrets out of what is about to be logged: by field name, and by what secrets look like."""

import re
from typing import Any

MASK = "[redacted]"
_NAMES = re.compile(
    r"authorization|cookie|password|passwd|token|secret|api[-_]?key|credential|private|dsn"
    r"|(database|redis)_url",
    re.IGNORECASE,
)
_VALUES = (
    re.compile(r"eyJ[A-Za-z0-9_-]{5,}(\.[A-Za-z0-9_-]*){1,2}"),
    re.compile(r"(?i)\b(bearer|basic)\s+[^\s\"',]+"),
    re.compile(r"\$argon2[^\s\"']+"),
    re.compile(r"(?<=://)[^/@\s\"']+:[^/@\s\"']+(?=@)"),
    re.compile(r"-----BEGIN [A-Z ]+-----.*?(-----END [A-Z ]+-----|$)", re.DOTALL),
    re.compile(r"(?i)\b(access_token|refresh_token|password|secret|api_key)(=|%3D)[^&\s\"']+"),
)


def redact_text(text: str) -> str:
    """`text` without anything that looks like a secret."""
    for pattern in _VALUES:
        text = pattern.sub(MASK, text)
    return text


def redact(value: Any, name: str = "") -> Any:
    """`value` without secrets, whatever its depth."""
    if name and _NAMES.search(name):
        return MASK
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, dict):
        return {str(key): redact(each, str(key)) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [redact(each) for each in value]
    return value

"""Paths at which services answer what nobody documented, and how one sees that it is data.

From the OWASP Web Security Testing Guide (4.2.4 backup and unreferenced files, 4.2.5 admin
interfaces) and what frameworks mount by themselves: Spring Boot's actuator, Go's expvar and pprof,
Werkzeug, Symfony, Laravel, Rails, ELMAH.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

PATHS: Final = (
    "/.env",
    "/.git/HEAD",
    "/debug",
    "/_debug",
    "/actuator/env",
    "/debug/vars",
    "/config",
    "/env",
    "/admin",
    "/console",
    "/backup.sql",
    "/.git/config",
    "/actuator/heapdump",
    "/actuator/configprops",
    "/debug/pprof/goroutine?debug=1",
    "/dump",
    "/users",
    "/config.json",
    "/settings",
    "/internal",
    "/phpinfo.php",
    "/server-status",
    "/dump.sql",
    "/database.sql",
    "/db.sqlite3",
    "/database.db",
    "/app.db",
    "/backup.zip",
    "/.env.local",
    "/.env.production",
    "/.aws/credentials",
    "/id_rsa",
    "/.ssh/id_rsa",
    "/docker-compose.yml",
    "/settings.py",
    "/config.yml",
    "/application.yml",
    "/application.properties",
    "/appsettings.json",
    "/wp-config.php.bak",
    "/_profiler/phpinfo",
    "/telescope/requests",
    "/rails/info/routes",
    "/elmah.axd",
    "/trace",
    "/heapdump",
    "/logs",
    "/debug/users",
    "/test",
)
"""The likeliest first: smoke asks some only."""
SIBLINGS: Final = ("_debug", "debug", "dump", "export", "all", "admin", "_all", "backup")
"""What stands beside the members of a documented collection."""

_TEXTS: Final = (
    (
        "an environment",
        re.compile(r"(?m)^(export )?[A-Z][A-Z0-9_]{2,}=\S+\n(export )?[A-Z][A-Z0-9_]{2,}="),
    ),
    ("a repository", re.compile(r"\Aref: refs/|\A\[core\]\s")),
    ("a private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    ("a database", re.compile(r"\ASQLite format 3\x00|(?m:^(CREATE TABLE|INSERT INTO) )")),
    ("an archive", re.compile(r"\APK\x03\x04")),
    ("a heap", re.compile(r"\AJAVA PROFILE|\A\x1f\x8b")),
    ("its memory and command line", re.compile(r'"memstats"\s*:|"cmdline"\s*:\s*\[')),
    ("its goroutines", re.compile(r"\Agoroutine profile: ")),
    (
        "its configuration",
        re.compile(r'"propertySources"\s*:|<h1[^>]*>Configuration</h1>|phpinfo\(\)'),
    ),
    ("a console", re.compile(r"EVALEX\s*=\s*true|Interactive Console", re.IGNORECASE)),
    ("credentials", re.compile(r"(?mi)^\s*aws_secret_access_key\s*=")),
    (
        "a configuration with secrets",
        re.compile(
            r"(?mi)^\s*[\w.-]*(password|secret[_-]?key|api[_-]?key)[\w.-]*\s*[:=]\s*"
            r"['\"]?[^\s'\"<{$*]{4,}"
        ),
    ),
)
_SECRET = re.compile(
    r"^(.*[_-])?(pass(word|wd|phrase)?|password_?hash|pwd|secret|secret_?key|api_?key|private_?key"
    r"|access_?token|refresh_?token|client_?secret|database_?url|dsn|connection_?string)$",
    re.IGNORECASE,
)
_HIDDEN = re.compile(
    r"[*x\u2022]{3,}|\[?(redacted|filtered|masked|hidden|removed)\]?|string", re.IGNORECASE
)


def tells(body: bytes, media_type: str) -> str:
    """What data an answer has that nobody is to see; empty where there is none."""
    text = body.decode("utf-8", "replace")
    if "html" in media_type and not re.search(r"EVALEX|phpinfo\(\)|Configuration</h1>", text):
        return ""
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        return next((what for what, look in _TEXTS if look.search(text)), "")
    # A document that describes a service has the names of secrets, and schemas behind them.
    if isinstance(value, dict) and {"openapi", "swagger", "$schema"} & value.keys():
        return ""
    names = sorted({name.lower() for name in _secrets(value)})
    if names:
        return f"secrets: {', '.join(names[:5])}"
    return next((what for what, look in _TEXTS[6:9] if look.search(text)), "")


def _secrets(value: Any, depth: int = 12) -> Iterator[str]:
    """The names of members that hold secrets, as far as these can be read."""
    if isinstance(value, dict) and depth:
        for name, each in value.items():
            plain = isinstance(each, str) and len(each) > 3 and not _HIDDEN.fullmatch(each)
            if plain and _SECRET.search(str(name)):
                yield str(name)
            yield from _secrets(each, depth - 1)
    elif isinstance(value, list) and depth:
        for each in value[:50]:
            yield from _secrets(each, depth - 1)

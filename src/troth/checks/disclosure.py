"""What an error tells of the inside: traces, SQL, driver errors, paths, addresses of databases."""

import json
import re
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from troth.exchange import Exchange
from troth.finding import Complaint

LONGEST: Final = 65_536  # bytes of an answer that are looked at


@dataclass(frozen=True, slots=True)
class Sign:
    """``pattern`` is looked for where one of ``hints`` (lower case) occurs."""

    what: str
    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    severity: str = ""


def _sign(what: str, hints: str, pattern: str, *, severity: str = "") -> Sign:
    return Sign(what, tuple(hints.split("|")), re.compile(pattern), severity)


_CODE = r"(?:py|js|mjs|ts|tsx|rb|php|java|kt|go|cs|ex|rs)"
# Backslashes and quotes may be escaped: most errors are JSON.
_Q = r"\\?[\"'`]"
SIGNS: Final = (
    _sign("a stack trace of Python", "traceback", r"Traceback \(most recent call last\)"),
    _sign(
        "a stack trace of Python",
        'file \\"|file "|file &quot;',
        rf"File (?:{_Q}|&quot;)[^\"\n]{{1,300}}?(?:{_Q}|&quot;), line \d+, in ",
    ),
    _sign(
        "a stack trace of Java",
        ".java:|.kt:|.scala:",
        r"(?:\b|\\[nt])at [\w$.<>/]{3,200}\([\w$]+\.(?:java|kt|scala):\d+\)",
    ),
    _sign(
        "a stack trace of Node",
        ".js:|.ts:|.mjs:|node:internal",
        r"(?:\n|\\n|<br>|&nbsp;)\s*(?:&nbsp; ?)*at (?:[^\n]{1,200}\()?(?:file://)?(?:/|[A-Za-z]:\\|node:)[^\s()]{1,200}:\d+:\d+",
    ),
    _sign(
        "a stack trace of PHP",
        ".php",
        r"(?:#\d+ /[^\s:()]{1,200}\.php\(\d+\)|\b(?:Fatal error|Warning|Notice|Parse error|Deprecated)(?:</b>)?: .{1,300}? in (?:<b>)?/[^\n]{1,200}?\.php(?:</b>)? on line |\.php:\d+\s*(?:\n|\\n)?\s*Stack trace:)",  # noqa: E501 - a pattern is read as a whole
    ),
    _sign("a stack trace of Ruby", ".rb:", r"\.rb:\d+:in [`'\\]"),
    _sign("a stack trace of Go", "goroutine ", r"goroutine \d+ \[\w[^\]]{0,40}\]:"),
    _sign(
        "a stack trace of .NET",
        ":line ",
        r"(?:\b|\\[nt])at [\w.<>`]{3,200}\([^)\n]{0,300}\) in [^\n]{1,300}:line \d+",
    ),
    _sign("a debug page", "werkzeug", r"Werkzeug Debugger|__debugger__=yes"),
    _sign("a debug page", "debug = true", r"you have <code>DEBUG = True</code>"),
    _sign("a debug page", "action controller: exception", r"Action Controller: Exception caught"),
    _sign(
        "a debug page",
        "whoops, looks like|symfony-exception|sf-dump",
        r"class=\"(?:sf-dump|exception-summary|whoops)|Whoops, looks like something went wrong\.</",
    ),
    _sign("a debug page", "server error in '", r"Server Error in '/[^']*' Application"),
    _sign(
        "an error of a database driver",
        "sqlite3.|sqlite_error|sqliteexception",
        r"sqlite3\.\w*Error|SQLITE_ERROR|SQLiteException",
    ),
    _sign(
        "an error of a database driver",
        "psycopg|asyncpg|pymysql|mysqldb|mysql.connector",
        r"\b(?:psycopg2?|asyncpg|pymysql|MySQLdb|mysql\.connector)\.[\w.]*(?:Error|Violation|Exception|errors)\b",
    ),
    _sign("an error of a database driver", "sqlstate", r"SQLSTATE\[|SQLState: ?\w{5}"),
    _sign("an error of a database driver", "ora-", r"\bORA-\d{5}:"),
    _sign("an error of a database driver", "sql syntax", r"You have an error in your SQL syntax"),
    _sign(
        "an error of a database driver",
        "syntax error",
        rf"near {_Q}.{{0,80}}?{_Q}: syntax error|syntax error at or near {_Q}",
    ),
    _sign("an error of a database driver", "unrecognized token", rf"unrecognized token: {_Q}"),
    _sign(
        "an error of a database driver",
        "unterminated quoted|constraint",
        rf"unterminated quoted string at or near|\bUNIQUE constraint failed: \w+\.\w+|NOT NULL constraint failed: \w+\.\w+|FOREIGN KEY constraint failed|violates (?:unique|foreign key|not-null|check) constraint {_Q}",  # noqa: E501 - a pattern is read as a whole
    ),
    _sign(
        "an error of a database driver",
        "duplicate entry|duplicate key",
        r"Duplicate entry '[^'\n]*' for key|E11000 duplicate key error|duplicate key value violates",  # noqa: E501 - a pattern is read as a whole
    ),
    _sign(
        "an error of a database driver",
        "no such table|no such column|does not exist",
        rf"no such (?:table|column): \w+|\b(?:relation|column) {_Q}[\w.]+{_Q} does not exist",
    ),
    _sign(
        "an error of a database driver",
        "com.mysql|org.postgresql|java.sql|org.hibernate|system.data.sqlclient|mongoservererror",
        r"\b(?:com\.mysql|org\.postgresql|java\.sql|org\.hibernate)\.[\w.]+Exception|System\.Data\.SqlClient|MongoServerError",
    ),
    _sign("SQL", "[sql:", r"\[SQL: "),
    _sign(
        "SQL",
        "select ",
        r"\bSELECT\b[^{}]{1,400}?\bFROM\b\s+[\w.\"`\[\\]+\s+(?:WHERE|ORDER BY|LIMIT|(?:INNER |LEFT )?JOIN)\b",  # noqa: E501 - a pattern is read as a whole
    ),
    _sign(
        "SQL",
        "insert into|delete from|update ",
        r"\bINSERT INTO [\w.\"`\\]+ ?\([^)\n]{1,400}\) VALUES|\bDELETE FROM [\w.\"`\\]+ WHERE\b|\bUPDATE [\w.\"`\\]+ SET [\w\"`\\]+ ?=",  # noqa: E501 - a pattern is read as a whole
    ),
    _sign(
        "the address of a database",
        "://",
        r"\b(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|redis|rediss|amqps?|mssql|oracle)(?:\+\w+)?://[\w.%~+-]*(?::[^\s\"'<>@/]*)?@?[\w.-]+",
    ),
    _sign(
        "the address of a database",
        "errno|econnrefused|enotfound",
        r"\[Errno -?\d+\]|\b(?:ECONNREFUSED|ENOTFOUND) [\w.:-]+",
    ),
    _sign(
        "a path of the server",
        "/home/|/usr/|/var/|/srv/|/opt/|/app/|/root/|/users/|site-packages|/etc/",
        rf"(?<![\w.:/])(?<!src=.)(?<!href=.)/(?:home|usr|var|srv|opt|app|root|Users|etc)/[\w./@+-]{{1,200}}?\.{_CODE}\b|\bsite-packages/\w",
    ),
    _sign("a path of the server", ":\\", rf"\b[A-Z]:(?:\\\\?[\w. -]{{1,60}}){{1,12}}\.{_CODE}\b"),
    _sign(
        "what broke inside",
        "nonetype|cannot read propert|nullpointerexception|invalid literal for int|list index out of range|nil pointer|undefined method|is not a function",  # noqa: E501 - a pattern is read as a whole
        rf"{_Q}NoneType{_Q} object |Cannot read propert(?:y|ies) of (?:undefined|null)|java\.lang\.\w+Exception|invalid literal for int\(\) with base|list index out of range|nil pointer dereference|undefined method [`'\\]|\bis not a function\b",  # noqa: E501 - a pattern is read as a whole
    ),
    _sign(
        "the version of a server",
        "nginx/|apache/|tomcat/|werkzeug/|php/|jetty|iis/|openresty/",
        r"\b(?:nginx|Apache|Apache Tomcat|Werkzeug|PHP|IIS|openresty)/\d+\.\d|Jetty:// ?\d",
        severity="low",
    ),
)
_HINTS: Final = tuple(sorted({hint for each in SIGNS for hint in each.hints}))


def error_disclosure(exchange: Exchange) -> tuple[Complaint, ...]:
    """SEC344: what an answer that is an error, or an error event or frame, tells of the inside."""
    told = "\n".join(_errors(exchange))
    if not told:
        return ()
    # A plain `in` for each beats one expression with so many alternatives.
    lower = told.lower()
    if not any(hint in lower for hint in _HINTS):
        return ()
    sent: str | None = None
    found: dict[str, Complaint] = {}
    for each in SIGNS:
        if not any(hint in lower for hint in each.hints) or _told_already(each.what, found):
            continue
        for match in each.pattern.finditer(told):
            sent = _sent(exchange) if sent is None else sent
            if match[0] in sent:
                continue  # The client's own words.
            root = f"an error shows {each.what}"
            where = "a frame" if exchange.frames is not None else f"a {exchange.status}"
            shown = " ".join(match[0].split())[:80]
            message = f"{where} shows {each.what}: {shown!r}"
            found[each.what] = Complaint("SEC344", root, message, severity=each.severity)
            break
    return tuple(found.values())


def _told_already(what: str, found: Collection[str]) -> bool:
    """Whether it belongs to what was found: a trace has paths, and a driver's error has SQL."""
    if what in {"a path of the server", "what broke inside"}:
        return any(each.startswith(("a stack trace", "a debug page", what)) for each in found)
    return what in found or (what == "SQL" and "an error of a database driver" in found)


def _errors(exchange: Exchange) -> list[str]:
    """The texts of an exchange that report an error."""
    response = exchange.response
    if exchange.frames is not None:
        heard = (each for each in exchange.frames if not each.sent)
        texts = [each.data[:LONGEST].decode("utf-8", "replace") for each in heard]
        return [each for each in texts if _reports(each)]
    if response is None or not response.body:
        return []
    body = response.body[:LONGEST]
    if response.status >= 400:
        return [body.decode("utf-8", "replace")]
    if response.media_type == "text/event-stream":
        blocks = re.split(r"\n\n|\r\n\r\n", body.decode("utf-8", "replace"))
        return [each for each in blocks if _reports(each)]
    # A service that says 200 whatever happens: what it reports as a failure in so many words.
    head = body[:200].lower()
    if not (b'"error' in head or b'"fail' in head or b'"exception"' in head):
        return []
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return []
    failed = isinstance(value, dict) and (
        str(value.get("status", "")).lower() in {"fail", "failed", "failure", "error"}
        or any(
            isinstance(value.get(name), str | dict) and value[name]
            for name in ("error", "exception")
        )
    )
    return [body.decode("utf-8", "replace")] if failed else []


_REPORTS: Final = re.compile(r"error|exception|fail|abort", re.IGNORECASE)


def _reports(text: str) -> bool:
    """Whether an event or a frame says at its head that something went wrong."""
    return bool(_REPORTS.search(text[:200]))


def _sent(exchange: Exchange) -> str:
    request = exchange.request
    parts = [request.url, unquote(request.url), unquote(request.url.replace("+", " "))]
    parts += [value for _, value in request.headers]
    body = request.body.decode("utf-8", "replace")
    parts += [body, unquote(body.replace("+", " "))]
    with suppress(ValueError, RecursionError):
        parts.append(json.dumps(json.loads(body), ensure_ascii=False))
    parts += [each.data.decode("utf-8", "replace") for each in exchange.frames or () if each.sent]
    return "\n".join(parts)

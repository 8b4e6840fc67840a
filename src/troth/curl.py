"""An exchange as one line for a shell: what was sent can be sent again by hand."""

import re
import shlex
from typing import Final
from urllib.parse import urlsplit

from troth.exchange import Exchange, Request
from troth.redaction import REDACTED, Redactor

_NOISE: Final = frozenset(
    {"accept-encoding", "connection", "content-length", "host", "keep-alive", "user-agent"}
)
# These go out with a length even when it is 0 (RFC 9110 section 8.6).
_WITH_CONTENT: Final = frozenset({"POST", "PUT", "PATCH"})
_TOKENS: Final = {
    "authorization": "TROTH_TOKEN",
    "proxy-authorization": "TROTH_PROXY_TOKEN",
    "cookie": "TROTH_COOKIE",
}
_MARK = re.compile(r"\[(redacted|secret:\d+)\]")
_DOTS = re.compile(r"/(?:\.|%2e){1,2}(?:/|$|\?)", re.IGNORECASE)
# What a terminal or a shell's line editor would act upon when it is pasted.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_LONGEST_ARGUMENT: Final = 100_000  # Linux allows 128 KiB for one argument of a program.


def curl(exchange: Exchange, *, redactor: Redactor) -> str:
    """A POSIX shell command that sends the request of ``exchange`` with curl.

    Secrets are variables to set before: ``$TROTH_TOKEN`` for the credential, ``$TROTH_SECRET_n``
    or ``$TROTH_REDACTED`` wherever else something was redacted. Content that no argument can
    hold (NUL, invalid UTF-8, control characters) goes through ``printf``.
    """
    request = redactor.exchange(exchange).request
    options = ["curl", "-sS", "-i"]
    if re.search(r"[][{}]", _MARK.sub("", request.url)):
        options.append("--globoff")
    if _DOTS.search(request.url):
        options.append("--path-as-is")
    options += _method(request)
    options += _headers(request, exchange.sources)
    before = ""
    if request.body:
        text = _text(request.body)
        if text is None:
            before = f"{_printf(request.body)} | "
            options.append("--data-binary @-")
        else:
            options.append(f"--data-raw {_quoted(text)}")
    options.append(_quoted(request.url))
    signed = [each.removeprefix("sign:") for each in exchange.sources if each.startswith("sign:")]
    after = "".join(
        f"  # {name} is made over the body with the shared secret: set TROTH_SIGNATURE anew"
        for name in signed
    )
    if exchange.frames is not None:
        # It would wait for what no one sends; the frames are beyond curl.
        options.insert(3, "--max-time 2")
        after += "  # the handshake only: `troth replay` sends its frames as well"
    return before + " ".join(options) + after


def _method(request: Request) -> list[str]:
    if request.method == "HEAD" and not request.body:
        return ["--head"]
    implied = "POST" if request.body else "GET"
    return [] if request.method == implied else [f"-X {_quoted(request.method)}"]


def _headers(request: Request, sources: tuple[str, ...]) -> list[str]:
    options = []
    for name, value in request.headers:
        lower = name.lower()
        if lower in _NOISE and _is_noise(request, lower, value):
            continue
        if lower == "accept" and value == "*/*":
            continue  # curl's own
        # curl drops a header that is given without a value, unless a semicolon ends it.
        if not value:
            options.append(f"-H {_quoted(name + ';')}")
        elif not value.isascii() or _CONTROL.search(value):
            options.append(f'-H "$({_printf(_raw(f"{name}: {value}"))})"')
        else:
            variable = _TOKENS.get(lower, "TROTH_API_KEY" if "key" in lower else "TROTH_TOKEN")
            if f"sign:{lower}" in map(str.lower, sources):
                variable = "TROTH_SIGNATURE"
            alone = _MARK.search(value) is not None and lower != "cookie"
            options.append(f"-H {_quoted(f'{name}: {value}', variable=variable if alone else '')}")
    present = {name.lower() for name, _ in request.headers}
    if request.body and "content-type" not in present:
        options.append("-H 'Content-Type:'")  # or curl would say that it is a form
    if "accept" not in present:
        options.append("-H 'Accept:'")
    if len(request.body) > 1 << 20:
        options.append("-H 'Expect:'")
    return options


def _raw(line: str) -> bytes:
    # As the recorder does: Latin-1 where it fits (RFC 9110 section 5.5), UTF-8 otherwise.
    try:
        return line.encode("latin-1")
    except UnicodeEncodeError:
        return line.encode("utf-8", "surrogatepass")


def _is_noise(request: Request, name: str, value: str) -> bool:
    """Whether curl says the same by itself; a forged header is what the request is about."""
    if name == "host":
        return value == urlsplit(request.url).netloc.rpartition("@")[2]
    if name == "connection":
        return value.lower() != "upgrade"
    if name == "user-agent":
        return value.startswith(("troth/", "python-httpx/"))
    return True


def _text(body: bytes) -> str | None:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if _CONTROL.search(text) or len(body) > _LONGEST_ARGUMENT else text


def _variable(mark: str, variable: str) -> str:
    if variable:
        return variable
    return "TROTH_REDACTED" if mark == REDACTED[1:-1] else f"TROTH_SECRET_{mark.split(':')[1]}"


def _quoted(text: str, *, variable: str = "") -> str:
    """One word for the shell, in which every mark of redaction is a variable."""
    pieces = _MARK.split(text)
    if len(pieces) == 1:
        return shlex.quote(text)
    if variable and len(pieces) == 3 and not pieces[2] and not re.search(r'[\\"$`!]', pieces[0]):
        return f'"{pieces[0]}${variable}"'
    word = ""
    for index, piece in enumerate(pieces):
        if index % 2:
            word += f'"${{{_variable(piece, variable)}}}"'
        elif piece:
            word += shlex.quote(piece)
    return word


def _printf(body: bytes) -> str:
    """The body by printf's format alone: octal escapes are all that POSIX promises."""
    # Latin-1 keeps every byte, and finds the marks, which are ASCII.
    pieces = _MARK.split(body.decode("latin-1"))
    format_ = ""
    arguments = ""
    for index, piece in enumerate(pieces):
        if index % 2:
            format_ += "%s"
            arguments += f' "${{{_variable(piece, "")}}}"'
        else:
            format_ += "".join(map(_escaped, piece))
    if format_.startswith("-"):
        format_ = r"\055" + format_[1:]  # or printf would take it for an option
    return f"printf {shlex.quote(format_)}{arguments}"


def _escaped(char: str) -> str:
    if char in "%\\":
        return char * 2
    return char if " " <= char <= "~" else f"\\{ord(char):03o}"

"""What a browser asks before it sends an operation of the document for a page."""

import re
from urllib.parse import quote

from troth.spec.operation import Operation
from troth.target import Target

# Fetch standard, "forbidden request-header", and the CORS-safelisted ones.
_OWN = frozenset(
    {"accept", "accept-charset", "accept-encoding", "accept-language", "connection", "cookie"}
    | {"content-language", "content-length", "date", "dnt", "expect", "host", "keep-alive"}
    | {"origin", "referer", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "via"}
)
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"})
# Put there by proxies and by other services, not by pages.
_NO_PAGE = ("signature", "forwarded", "x-real-ip", "x-hub-", "traceparent", "tracestate", "sec-")


def combination(target: Target, operation: Operation) -> tuple[str, tuple[str, ...]]:
    """Its method, and the headers that need a preflight, in lower case."""
    names = {
        each.name.lower()
        for each in operation.parameters
        if each.location == "header" and not each.name.lower().startswith(_NO_PAGE)
    }
    names = {each for each in names if not any(part in each for part in _NO_PAGE)}
    if operation.body is not None and not _FORMS & {
        each.split(";")[0].strip().lower() for each in operation.body.content
    }:
        names.add("content-type")
    for way in operation.security[:1]:
        for scheme in (target.spec.schemes.get(each) for each in way):
            if scheme is None:
                continue
            if scheme.kind == "apiKey" and scheme.location == "header":
                names.add(scheme.key.lower())
            elif scheme.kind in {"http", "oauth2", "openIdConnect"}:
                names.add("authorization")
    sign = target.told(operation).sign
    signed = {sign.header.lower()} if sign is not None else set()
    return operation.method, tuple(sorted(names - _OWN - signed))


def new_combination(target: Target, operation: Operation) -> str:
    """Why ``operation`` is left out in smoke: the same was asked at another one."""
    if target.told(operation).sign is not None:
        return "who signs is no page"
    if target.profile.examples > 1:
        return ""
    mine = combination(target, operation)
    for each in target.spec.operations:
        if each is operation:
            return ""
        if target.asked(each) and target.closed(each) is None and combination(target, each) == mine:
            return f"{each.label} has the same method and headers"
    return ""


def path_of(target: Target, operation: Operation) -> str:
    """A path of it: of what was served, else of the document's examples, else any.

    Middleware answers before anybody looks whether the thing is there.
    """
    known = target.memory.accepted.get(operation.label)
    if known is not None:
        return target.generator.build(operation, known.values).path.partition("?")[0]
    examples = {each.name: each.examples[0] for each in operation.parameters if each.examples}

    def filled(match: re.Match[str]) -> str:
        return quote(str(examples.get(match[1], "1")), safe="")

    return re.sub(r"\{([^{}]+)\}", filled, operation.path)

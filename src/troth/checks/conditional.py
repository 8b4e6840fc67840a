"""Entity tags, and what a conditional request is answered with (RFC 9110, sections 8.8 and 13)."""

import re
from collections.abc import Iterator

from troth.exchange import Exchange
from troth.finding import Complaint
from troth.spec.operation import Operation

_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
CONDITIONS = ("if-none-match", "if-modified-since", "if-match", "if-unmodified-since")


def entity_tags(exchange: Exchange, operation: Operation | None) -> tuple[Complaint, ...]:
    """FUZ119: an ETag is one, and a 304 has it and nothing else."""
    found = {each.root: each for each in _wrong(exchange, operation)}
    return tuple(found.values())


def _wrong(exchange: Exchange, operation: Operation | None) -> Iterator[Complaint]:
    response = exchange.response
    if response is None or operation is None:
        return
    tag = response.header("etag")
    if tag is not None and _TAG.fullmatch(tag) is None:
        what = "an ETag is not quoted as RFC 9110 section 8.8.3 says"
        yield Complaint("FUZ119", what, f"{what}: {tag[:60]}")
    if response.status == 304:
        if response.body:
            what = "a 304 has a body"
            yield Complaint("FUZ119", what, f"{what} of {len(response.body)} bytes")
        if tag is None and exchange.request.header("if-none-match") is not None:
            what = "a 304 has no ETag"
            yield Complaint("FUZ119", what, f"{what} (RFC 9110, section 15.4.5)")


def conditional(exchange: Exchange) -> bool:
    """Whether the request was made under a condition: its 304 or 412 need not be documented."""
    return any(exchange.request.header(name) is not None for name in CONDITIONS)


def strong(tag: str) -> bool:
    """Whether the tag stands for these very bytes (section 8.8.1)."""
    return tag.startswith('"')


def opaque(tag: str) -> str:
    """The tag without what marks it as weak."""
    return tag.removeprefix("W/")

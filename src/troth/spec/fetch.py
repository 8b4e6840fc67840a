"""Gets one document over HTTP, bounded in time and size, unless the caller brings its own way."""

import time
from collections.abc import Callable
from functools import partial
from typing import Protocol
from urllib.parse import urljoin

from troth.exchange import Exchange, Request, Response
from troth.transport.http import Bounds, Outcome, UnsendableRequest, Wire
from troth.transport.request import origin

TIMEOUT = 10.0
LARGEST = 50 * 1024 * 1024
MOST_REDIRECTS = 10
_MOVED = frozenset({301, 302, 303, 307, 308})
_ACCEPT = (("Accept", "application/json, application/yaml, */*;q=0.5"),)


class Unfetched(Exception):
    """No whole response came; the message says why, for people."""


Fetch = Callable[[str], Response]
"""Answers a GET of an absolute URL. Raises Unfetched when no whole response comes."""


class Send(Protocol):
    """Sends one request. Raises UnsendableRequest."""

    def __call__(self, request: Request, *, timeout: float, bounds: Bounds) -> Outcome | Exchange:
        """What came back."""


def fetch(
    url: str, *, timeout: float = TIMEOUT, largest: int = LARGEST, send: Send | None = None
) -> Response:
    """GET ``url``, following redirects. ``timeout`` is in seconds for all of it, ``largest`` in
    bytes after decompression. No credential is ever sent. Raises Unfetched.
    """
    if send is None:
        with Wire() as own:
            return fetch(url, timeout=timeout, largest=largest, send=own.send)
    deadline = time.monotonic() + timeout
    for _ in range(MOST_REDIRECTS):
        left = deadline - time.monotonic()
        if left <= 0:
            raise Unfetched(f"no answer within {timeout:g} s")
        try:
            outcome = send(
                Request("GET", url, _ACCEPT), timeout=left, bounds=Bounds(max_body=largest)
            )
        except UnsendableRequest as error:
            raise Unfetched(str(error)) from error
        response = outcome.response
        if response is None:
            slow = "within" in outcome.detail
            raise Unfetched(f"no answer within {timeout:g} s" if slow else outcome.detail)
        if response.truncated:
            raise Unfetched(f"it is larger than {largest} bytes")
        where = response.header("location")
        if response.status not in _MOVED or not where:
            return response
        url = urljoin(url, where)
    raise Unfetched(f"it was sent on more than {MOST_REDIRECTS} times")


def fetching(own: Send, base_url: str) -> Fetch:
    """Fetches from the target as ``own`` sends, and from anywhere else as usual."""

    def send(request: Request, *, timeout: float, bounds: Bounds) -> Outcome | Exchange:
        if origin(request.url) == origin(base_url):
            return own(request, timeout=timeout, bounds=bounds)
        with Wire() as wire:
            return wire.send(request, timeout=timeout, bounds=bounds)

    return partial(fetch, send=send)

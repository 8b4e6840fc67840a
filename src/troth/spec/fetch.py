"""Gets one document over HTTP, bounded in time and size, unless the caller brings its own way."""

from collections.abc import Callable

import httpx

from troth.exchange import Response

TIMEOUT = 10.0
LARGEST = 50 * 1024 * 1024


class Unfetched(Exception):
    """No whole response came; the message says why, for people."""


Fetch = Callable[[str], Response]
"""Answers a GET of an absolute URL. Raises Unfetched when no whole response comes."""


def fetch(url: str, *, timeout: float = TIMEOUT, largest: int = LARGEST) -> Response:
    """GET ``url``, following redirects. ``timeout`` is in seconds, ``largest`` in bytes."""
    accept = {"accept": "application/json, application/yaml, */*;q=0.5"}
    body = bytearray()
    try:
        with httpx.stream(
            "GET", url, headers=accept, timeout=timeout, follow_redirects=True
        ) as response:
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > largest:
                    raise Unfetched(f"it is larger than {largest} bytes")
            headers = tuple(response.headers.multi_items())
            return Response(response.status_code, headers, bytes(body))
    except httpx.TimeoutException as error:
        raise Unfetched(f"no answer within {timeout:g} s") from error
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise Unfetched(str(error) or type(error).__name__) from error

"""Finds the document of a service of which only the address is known."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from troth.errors import UsageError
from troth.exchange import Response
from troth.spec.document import parse, recognise
from troth.spec.fetch import Fetch, Unfetched
from troth.spec.fetch import fetch as over_http
from troth.spec.load import read_document
from troth.spec.operation import Spec
from troth.spec.source import Source

# In the order of how often they are met: FastAPI, Spring, NestJS, Express, Rails, .NET, Go …
USUAL = (
    *("openapi.json", "openapi.yaml", "v3/api-docs", "swagger.json", "api/openapi.json"),
    *("api-docs", "docs/openapi.json", "api/v1/openapi.json", ".well-known/openapi.json"),
    *("api-json", "docs-json", "swagger-json", "api/docs-json", "api/swagger.json"),
    *("swagger/v1/swagger.json", "swagger/doc.json", "openapi/v1.json", "openapi", "openapi.yml"),
    *("api/v3/api-docs", "api/v3/openapi.json", "api/openapi.yaml", "api/schema/", "api/schema"),
    *("api-docs.json", "api/api-docs", "api/docs.json", "q/openapi", "v1/openapi.json"),
    *("v1/swagger.json", "api/v1/swagger.json", "api-docs/v1/swagger.json", "api/doc.json"),
    *("api/v1/api-docs", "docs/swagger.json", "swagger.yaml", "schema/openapi.json", "schema"),
)
PAGES = ("docs", "swagger-ui/index.html", "redoc")
# What Swagger UI, Redoc, RapiDoc and Scalar write into their pages.
_IN_PAGE = re.compile(
    r"""(?:spec-url|data-url|\burl|specUrl)["']?\s*[:=]\s*["']([^"'\s<>]+)["']""", re.IGNORECASE
)
_DOCUMENT = re.compile(r"openapi|swagger|api-docs|\.(?:json|ya?ml)\b", re.IGNORECASE)
# RFC 8631, section 4.1: where a service says that its machine-readable description is.
_LINK = re.compile(r"<([^<>]+)>[^,]*;\s*rel=\"?[^\",]*\bservice-desc\b", re.IGNORECASE)


def discover(base_url: str, *, remote_refs: bool = False, fetch: Fetch = over_http) -> Spec:
    """The `Spec` of the service at ``base_url``, which may be the document's own address too.

    Tries that address, what it or a documentation page links to, then the usual places beside it
    and at the root. Raises UsageError, which lists what was tried, when there is none.
    """
    if urlsplit(base_url).scheme not in {"http", "https"}:
        raise UsageError(
            f"`{base_url}` is no address of a service; write it as https://host[/path]"
        )
    tried: dict[str, str] = {}
    queue = [base_url, *_places(base_url)]
    while queue:
        url = queue.pop(0)
        if url in tried:
            continue
        try:
            response = fetch(url)
        except Unfetched as error:
            if not tried:
                raise UsageError(
                    f"{url} can not be reached: {error}; "
                    "check the address, and that the service runs"
                ) from error
            tried[url] = f"no answer: {error}"
            continue
        queue = [*_linked(url, response), *queue]
        if not 200 <= response.status < 300:
            tried[url] = str(response.status)
            continue
        try:
            document = parse(response.body, url)
            recognise(document, url)
        except UsageError as error:
            if url == base_url and _DOCUMENT.search(urlsplit(url).path):
                raise  # Who names a document means that one.
            tried[url] = str(error).removeprefix(url).strip(" :")
            continue
        return read_document(Source(url, url, document), remote_refs=remote_refs, fetch=fetch)
    raise UsageError(
        f"no OpenAPI document was found for {base_url}; name its URL or file as `[target] spec`. "
        f"Tried: {_told(tried)}"
    )


def _told(tried: dict[str, str]) -> str:
    """The first address with what it answered, then the others by outcome."""
    (first, outcome), *others = tried.items()
    grouped: dict[str, list[str]] = {}
    for url, each in others:
        grouped.setdefault(each[:80], []).append(urlsplit(url).path)
    parts = [f"{first}: {outcome}"]
    for each, paths in grouped.items():
        more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
        parts.append(f"{', '.join(paths[:3])}{more}: {each}")
    return "; ".join(parts)


def _places(base_url: str) -> Iterator[str]:
    """Beside the address, below it, and at the root; pages that link to a document last."""
    plain = base_url.partition("#")[0].partition("?")[0]
    below = plain if plain.endswith("/") else plain + "/"
    bases = dict.fromkeys([below, urljoin(plain, "."), urljoin(plain, "/")])
    for place in (*USUAL[:9], *PAGES, *USUAL[9:]):
        yield from (urljoin(base, place) for base in bases)


def _linked(url: str, response: Response) -> list[str]:
    """Addresses of documents on the same host that the answer itself points out."""
    found = _LINK.findall(response.header("link") or "")
    if response.status == 200 and "html" in response.media_type:
        text = response.body.decode("utf-8", "replace")
        found += [each for each in _IN_PAGE.findall(text) if _DOCUMENT.search(each)]
    own = urlsplit(url)[:2]
    return [each for each in (urljoin(url, path) for path in found) if urlsplit(each)[:2] == own]

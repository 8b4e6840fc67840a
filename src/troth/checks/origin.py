"""Which pages a service lets read its answers: what it says of a request's ``Origin``."""

from dataclasses import dataclass, field

from troth.exchange import Exchange, Response
from troth.finding import Complaint
from troth.strategies.origins import FOREIGN, NULL, kind_of

ORIGIN, CREDENTIALS = "access-control-allow-origin", "access-control-allow-credentials"
REFLECTED = "any Origin is allowed with credentials"
UNVARIED = "the answer depends on Origin, and Vary does not say so"
# Of these it needs no preflight (Fetch standard, "CORS-safelisted method").
_SIMPLE = frozenset({"GET", "HEAD", "POST"})
_SAFELISTED = frozenset({"accept", "accept-language", "content-language"})


@dataclass
class Origins:
    """Who is ``allowed`` as the target file says, and what was seen of who is not.

    ``ambient`` says that a browser puts credentials on requests by itself: cookies, HTTP
    authentication.
    """

    own: str
    allowed: tuple[str, ...] = ()
    ambient: bool = False
    reflects: bool = False
    """Whether the plainly foreign one was allowed."""
    refuses: bool = False
    """Whether it was refused, by an answer like those that others are allowed."""
    asked: bool = False
    """Whether an operation was asked from everywhere."""
    guards: bool = False
    """Whether a stream or a WebSocket refuses who is not allowed."""
    guarding: bool = False
    """Whether that was looked for."""
    streams: bool = False
    """Whether a stream was asked from everywhere."""
    grants: bool = False
    """Whether any preflight was answered with what it allows."""
    foreign: dict[str, str | None] = field(default_factory=dict)
    """By path, what the plainly foreign one was told that is allowed."""

    def note(self, exchange: Exchange) -> None:
        """Learn from an answer."""
        origin, response = exchange.request.header("origin"), exchange.response
        if origin is None or response is None:
            return
        if origin == FOREIGN:
            allowed = response.header(ORIGIN) == origin
            self.reflects |= allowed and _credentials(response)
            self.refuses |= response.header(ORIGIN) is None and exchange.frames is None
            if exchange.request.method == "GET" and exchange.status == 200:
                self.foreign[_path(exchange)] = response.header(ORIGIN)
        self.grants |= exchange.ok and response.header("access-control-allow-methods") is not None


def cross_origin(exchange: Exchange, origins: Origins) -> tuple[Complaint, ...]:
    """SEC331: what is held against an answer to a request with an ``Origin``."""
    origin, response = exchange.request.header("origin"), exchange.response
    if origin is None or response is None or exchange.frames is not None:
        return ()
    if response.header(ORIGIN) != origin:
        return ()
    kind = kind_of(origin, origins.allowed, origins.own)
    return _allowed(origin, kind, response, origins)


def unvaried(exchange: Exchange, origins: Origins) -> tuple[Complaint, ...]:
    """SEC331: what is held against an answer to one Origin that a cache may give to another, when
    the foreign one was told something else at the same place. Whoever is always told the same
    origin, or `*`, needs no Vary.
    """
    origin, response = exchange.request.header("origin"), exchange.response
    if origin is None or response is None or not _kept(exchange, response):
        return ()
    told, path = response.header(ORIGIN), _path(exchange)
    if told is None or path not in origins.foreign or origins.foreign[path] == told:
        return ()
    vary = {each.strip().lower() for each in (response.header("vary") or "").split(",")}
    if vary & {"origin", "*"}:
        return ()
    return (Complaint("SEC331", UNVARIED, UNVARIED, severity="low"),)


def _path(exchange: Exchange) -> str:
    return exchange.request.url.partition("?")[0]


def _allowed(
    origin: str, kind: str | None, response: Response, origins: Origins
) -> tuple[Complaint, ...]:
    severity = "high" if origins.ambient else "medium" if origins.allowed else "low"
    if kind is None:
        return ()
    if _credentials(response):
        if kind == "foreign" or origins.reflects:
            message = f"{origin} is allowed, with credentials, and so is any other Origin"
            return (Complaint("SEC331", REFLECTED, message, severity=severity),)
        what = "the Origin null is allowed with credentials"
        if kind != NULL:
            what = f"a look-alike of an allowed Origin is allowed with credentials: {kind}"
        return (Complaint("SEC331", what, f"{what} ({origin})", severity=severity),)
    if kind in {"foreign", NULL} or not origins.refuses:
        return ()  # Without credentials it is what `*` says.
    what = f"a look-alike of an allowed Origin is allowed: {kind}"
    return (Complaint("SEC331", what, f"{what} ({origin})", severity="low"),)


def _credentials(response: Response) -> bool:
    return response.header(CREDENTIALS) == "true"


def _kept(exchange: Exchange, response: Response) -> bool:
    """Whether a cache that many share may keep it."""
    if exchange.request.method != "GET" or exchange.status != 200:
        return False
    cache = (response.header("cache-control") or "").lower()
    if "no-store" in cache or "private" in cache:
        return False
    dated = (response.header(each) for each in ("expires", "etag", "last-modified"))
    return any(each is not None for each in dated) or "max-age" in cache or "public" in cache


def preflight(exchange: Exchange, origins: Origins) -> tuple[Complaint, ...]:
    """SEC334: what a browser would not send after this answer to its preflight."""
    request, response = exchange.request, exchange.response
    origin, method = request.header("origin"), request.header("access-control-request-method")
    if origin is None or method is None or request.method != "OPTIONS" or response is None:
        return ()
    allowed = response.header(ORIGIN)
    if kind_of(origin, origins.allowed, origins.own) is not None and allowed not in {origin, "*"}:
        return ()
    if not exchange.ok or allowed not in {origin, "*"}:
        what = "a preflight is not answered where others are"
        said = f"{what}: {method} gets {exchange.status}"
        return (Complaint("SEC334", what, said),) if origins.grants and origins.allowed else ()
    if response.header("access-control-allow-methods") is None and not origins.grants:
        return ()
    return tuple(_ungranted(exchange, response, method))


def _ungranted(exchange: Exchange, response: Response, method: str) -> list[Complaint]:
    any_ = {"*"} if not _credentials(response) else set()
    methods = _listed(response, "access-control-allow-methods", lower=False)
    found = []
    if method not in _SIMPLE and not methods & ({method} | any_):
        found.append(f"preflights do not allow {method}")
    names = _listed(response, "access-control-allow-headers", lower=True)
    asked = exchange.request.header("access-control-request-headers") or ""
    for name in filter(None, (each.strip().lower() for each in asked.split(","))):
        wild = set() if name == "authorization" else any_
        if name not in _SAFELISTED and not names & ({name} | wild):
            found.append(f"preflights do not allow the header {name}")
    return [Complaint("SEC334", each, f"{each}: a browser will not send it") for each in found]


def _listed(response: Response, name: str, *, lower: bool) -> set[str]:
    text = response.header(name) or ""
    return {each.strip().lower() if lower else each.strip() for each in text.split(",")}

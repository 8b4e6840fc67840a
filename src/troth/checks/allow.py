"""Which methods a path has, and whether an `Allow` header says exactly that."""

import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from troth.exchange import Exchange, Request
from troth.finding import Complaint
from troth.spec.operation import Operation, Spec

TOLERATED = frozenset({"HEAD", "OPTIONS"})


def declared_methods(spec: Spec, template: str, path: str) -> tuple[frozenset[str], frozenset[str]]:
    """The declared methods of ``template``, and those of other templates that take ``path`` too.

    ``/users/me`` is also a ``/users/{id}``: what only the latter declares may be answered there,
    and may stand in `Allow`.
    """
    every = [(each.path, each.method) for each in spec.operations]
    broken = (each.label.partition(" ") for each in spec.broken)
    every += [(place, method) for method, _, place in broken if method != "WS"]
    own = frozenset(method for place, method in every if place == template)
    others = {place for place, _ in every if place != template and _takes(place, unquote(path))}
    return own, frozenset(method for place, method in every if place in others)


def addressed(spec: Spec, request: Request, prefix: str) -> Operation | None:
    """The operation that a request of nobody's is for all that: same method, and its path."""
    path = unquote(urlsplit(request.url).path.removeprefix(prefix))
    known = [each for each in spec.operations if each.method == request.method]
    ranked = sorted(known, key=lambda each: each.path.count("{"))
    return next((each for each in ranked if _takes(each.path, path)), None)


def _takes(template: str, path: str) -> bool:
    return _pattern(template).fullmatch(path) is not None


@lru_cache(maxsize=4096)  # More templates than `re` remembers patterns; each 405 asks for all.
def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"{[^}]*}", template)
    return re.compile("[^/]+".join(re.escape(part) for part in parts))


def exact_allow(exchange: Exchange, spec: Spec, prefix: str) -> tuple[Complaint, ...]:
    """FUZ107: a 405 lists the declared methods of its path, all of them and no others."""
    if exchange.status != 405 or exchange.response is None:
        return ()
    path = urlsplit(exchange.request.url).path.removeprefix(prefix)
    paths = sorted({each.path for each in spec.operations}, key=lambda each: each.count("{"))
    template = next((each for each in paths if _takes(each, unquote(path))), None)
    if template is None:
        return ()
    declared, elsewhere = declared_methods(spec, template, path)
    given = exchange.response.header("allow")
    wrong = allowed(given, declared, besides=elsewhere)
    if wrong is None:
        return ()
    how = "absent" if given is None else "more than declared" if "lists" in wrong else "less"
    return (Complaint("FUZ107", f"Allow is not exact: {how}", f"Allow of {template}: {wrong}"),)


def allowed(
    value: str | None, declared: frozenset[str], *, besides: frozenset[str] = frozenset()
) -> str | None:
    """What is wrong with an `Allow` header, or None (RFC 9110 section 10.2.1).

    All of ``declared`` must be there; of ``besides``, HEAD and OPTIONS any may be.
    """
    if value is None:
        return "it is absent"
    given = {each.strip().upper() for each in value.split(",") if each.strip()}
    missing = sorted(declared - given)
    more = sorted(given - declared - besides - TOLERATED)
    if missing:
        return f"it lacks {', '.join(missing)}"
    if more:
        return f"it lists {', '.join(more)}, which the document does not declare"
    return None

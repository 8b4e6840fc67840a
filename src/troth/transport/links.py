"""The `Link` header (RFC 8288), as far as pages need it."""

import re

from troth.exchange import Response

# A target between angle brackets may have commas and semicolons; so may a quoted value.
_LINK = re.compile(r'<(?P<target>[^>]*)>(?P<parameters>(?:\s*;[^,;"<]*(?:"[^"]*")?)*)')
_RELATION = re.compile(r';\s*rel\s*=\s*(?:"(?P<quoted>[^"]*)"|(?P<plain>[^\s;,"]+))', re.IGNORECASE)


def next_link(response: Response) -> str | None:
    """The target of the link whose relation is ``next``, as it stands there; None for none."""
    for link in _LINK.finditer(response.header("link") or ""):
        relation = _RELATION.search(link["parameters"])
        names = (relation["quoted"] or relation["plain"] or "") if relation else ""
        if "next" in names.lower().split():
            return link["target"]
    return None

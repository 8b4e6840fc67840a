"""The `Link` header (RFC 8288), as far as pages need it."""

from urllib.request import parse_http_list

from troth.exchange import Response


def next_link(response: Response) -> str | None:
    """The target of the link whose relation is ``next``, as it stands there; None for none."""
    for link in parse_http_list(response.header("link") or ""):
        target, *parameters = link.split(";")
        for each in parameters:
            name, _, value = each.strip().partition("=")
            relations = value.strip().strip('"').lower().split()
            if name.strip().lower() == "rel" and "next" in relations:
                return target.strip().removeprefix("<").removesuffix(">")
    return None

"""Whether a principal's kind of credential is one that an operation's security asks for."""

from collections.abc import Mapping

from troth.config.principals import LoginStep, PrincipalSection
from troth.spec.operation import Operation, Scheme

_BEARING = frozenset({"oauth2", "openIdConnect"})


def suits(
    section: PrincipalSection,
    login: LoginStep | None,
    operation: Operation,
    schemes: Mapping[str, Scheme],
) -> bool | None:
    """Whether the credential is of a kind that some alternative names; None where no one knows.

    Of schemes that are needed together one is enough: further headers may bring the others.
    """
    named = [schemes[name] for way in operation.security for name in way if name in schemes]
    kinds = _kinds(section, login)
    if not kinds:
        return None  # Nothing but headers: they may be anything.
    return any(kinds & _wanted(each) for each in named)


def _kinds(section: PrincipalSection, login: LoginStep | None) -> set[tuple[str, str]]:
    """What is put on a request: a place and a name, or a scheme of ``Authorization``."""
    headers = {("header", name.lower()) for name in section.headers}
    key = section.api_key
    if key is not None:
        places = {"header": key.header, "query": key.query, "cookie": key.cookie}
        found = {(place, name) for place, name in places.items() if name is not None}
        return {(place, name.lower() if place == "header" else name) for place, name in found}
    if section.basic is not None:
        return {("http", "basic"), ("header", "authorization")}
    if section.token is None and section.login is None:
        return set()
    if login is not None and login.cookie and section.login is not None:
        return {("cookie", ""), ("http", "bearer")}
    header = login.header.lower() if login is not None else "authorization"
    return {("http", "bearer"), ("header", header), *headers}


def _wanted(scheme: Scheme) -> set[tuple[str, str]]:
    if scheme.kind in _BEARING:
        return {("http", "bearer")}
    if scheme.kind == "http":
        return {("http", scheme.scheme)}
    if scheme.kind != "apiKey":
        return set()
    name = scheme.key.lower() if scheme.location == "header" else scheme.key
    # Which cookies a login sets is the service's to know.
    return {(scheme.location, name)} | ({("cookie", "")} if scheme.location == "cookie" else set())

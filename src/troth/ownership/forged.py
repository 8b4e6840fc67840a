"""Headers and parameters that say whose request it is, with another's tenant, user or role."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from troth.exchange import Exchange
from troth.ownership.telling import content, told
from troth.people.rivals import Rivals
from troth.spec.operation import Operation

if TYPE_CHECKING:
    from troth.target import Target

TENANT: Final = re.compile(r"tenant|org(?:ani[sz]ation)?(?:[-_]|$|Id)|workspace|account|company")
_USER: Final = re.compile(r"^(?:user|owner|account|member|sub)(?:_?id)?$", re.IGNORECASE)
TENANTS: Final = (
    *("X-Tenant-ID", "X-Tenant", "X-Organization-ID", "X-Org-ID", "X-Account-ID"),
    "X-Workspace-ID",
)
USERS: Final = ("X-User-ID", "X-User", "X-Forwarded-User", "X-Remote-User")
ROLES: Final = ("X-Role", "X-User-Role", "X-Roles")
MOST: Final = 2
"""Names of a tenant that are tried: what it is called, and its id."""


def forgeries(
    target: "Target", operation: Operation, pair: Rivals
) -> Iterator[tuple[Mapping[str, str], Mapping[str, Any]]]:
    """Headers and query parameters that name the victim's tenant, the victim and a mighty role;
    one set for each name of the tenant.
    """
    tenants = list(dict.fromkeys(_tenants(target, pair)))[:MOST] or [""]
    users = list(dict.fromkeys(_users(target, pair)))[:1]
    for tenant in tenants:
        headers = dict.fromkeys(TENANTS, tenant) if tenant else {}
        headers |= {name: each for name in USERS for each in users}
        headers |= dict.fromkeys(ROLES, "admin")
        query = {}
        for each in operation.parameters:
            if tenant and TENANT.search(each.name.lower()):
                if each.location == "header":
                    headers[each.name] = tenant
                elif each.location == "query":
                    query[each.name] = tenant
        yield headers, query


def _tenants(target: "Target", pair: Rivals) -> Iterator[str]:
    section = target.file.principals.get(pair.victim)
    if section is not None and section.tenant is not None:
        yield section.tenant
    yield from _learnt(target, pair.victim, TENANT, pair.stranger)


def _users(target: "Target", pair: Rivals) -> Iterator[str]:
    yield from _learnt(target, pair.victim, _USER, pair.stranger)
    for name in ("username", "user", "email", "login"):
        yield from filter(None, [target.principals[pair.victim].called(name)])


def _learnt(target: "Target", who: str, names: re.Pattern[str], other: str) -> list[str]:
    """What stands by such names in answers that ``who`` got, and in none of the ``other``'s."""

    def of(name: str) -> list[str]:
        return [
            str(value)
            for each in _answers(target, name)
            for at, value in told(content(each)).items()
            if names.search(at.rpartition("/")[2].lower())
        ]

    theirs = set(of(other))
    found = [each for each in of(who) if each not in theirs and each.isprintable()]
    return sorted(set(found), key=lambda each: (-found.count(each), each))


def _answers(target: "Target", who: str) -> Iterator[Exchange]:
    known = (each.exchange for (_, name), each in target.memory.owned.items() if name == who)
    seen: dict[int, Exchange] = {each.number: each for each in known}
    yield from (each for each in seen.values() if each.ok)

"""Who is victim and who stranger: two principals of equal standing who share nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from troth.people.senders import fits
from troth.people.spare import sets_password
from troth.principal import ANONYMOUS
from troth.spec.families import Owner
from troth.spec.operation import Operation
from troth.suiting import suits

if TYPE_CHECKING:
    from troth.target import Target

MOST_PAIRS: Final = 3
"""Pairs that are tried for one operation: who is refused himself can not be a victim of it."""
_MIGHTY = re.compile(r"admin|root|super|staff|operator|owner|manager|support", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rivals:
    """The ``victim`` owns, the ``stranger`` reaches for it; both are names of principals.

    ``tenants`` says that they belong to different tenants, which the target file names.
    """

    victim: str
    stranger: str
    tenants: bool = False


def standing(target: "Target", name: str) -> str:
    """What ``name`` may do, as far as one is told: the role, else whether the name sounds mighty.

    Who may more than the other is allowed to see what is the other's.
    """
    section = target.file.principals[name]
    if section.role is not None:
        return section.role
    return "mighty" if _MIGHTY.search(name) else ""


def owner_of(target: "Target", operation: Operation) -> tuple[Owner, bool]:
    """Whose the things are that ``operation`` names, and whether the target file says so."""
    found: tuple[int, Owner, bool] = (-1, "principal", False)
    for family in target.families:
        section = target.file.resources.get(family.name)
        told = section is not None and "owner" in section.model_fields_set
        for each in family.operations:
            item = each.path.rstrip("/")
            fits = operation.path == item or operation.path.startswith(f"{item}/")
            # A list of things stands above each of them: the longest path decides.
            if fits and len(item) > found[0]:
                found = (len(item), family.owner, told)
    return found[1:]


def rivals(target: "Target", operation: Operation) -> tuple[Rivals, ...]:
    """Pairs whose credential suits ``operation``, another tenant's stranger first; where the target
    file names none, people who sign up.
    """
    owner, told = owner_of(target, operation)
    if owner == "public" or target.told(operation).token is not None:
        return ()
    named = tuple(_pairs(target, operation, colleagues=told and owner == "principal"))
    if sets_password(operation) and target.told(operation).principal is None:
        # Whose password it sets is the question: those of the run's own are not to be tried.
        named = tuple(_newcomers(target, operation)) or named
    return (named or tuple(_newcomers(target, operation)))[:MOST_PAIRS]


def _pairs(target: "Target", operation: Operation, *, colleagues: bool) -> Iterator[Rivals]:
    known = target.file.principals
    login, schemes = target.file.session.login, target.spec.schemes
    fitting = [name for name in known if suits(known[name], login, operation, schemes)]
    # Where the document names no scheme, all of them are as good as any.
    able = fitting or [name for name in known if not operation.security]
    told = target.told(operation).principal
    for victim in [told] if told is not None else able:
        if victim == ANONYMOUS or victim not in known:
            continue
        tenant = known[victim].tenant
        others = [
            each
            for each in able
            if each != victim and standing(target, each) == standing(target, victim)
        ]
        foreign = [each for each in others if known[each].tenant != tenant]
        loners = [each for each in others if known[each].tenant is None and tenant is None]
        ours = [each for each in others if each not in foreign + loners] if colleagues else []
        for stranger in (*foreign, *loners, *ours):
            both = tenant is not None and known[stranger].tenant is not None
            yield Rivals(victim, stranger, tenants=both and known[stranger].tenant != tenant)


def _newcomers(target: "Target", operation: Operation) -> Iterator[Rivals]:
    """Pairs of people who sign up; to what the run's own principals own they only ask to see it.

    What deletes may delete an account, and what sets a password may shut somebody out: then those
    who lose theirs are nobody else's victims.
    """
    victim, stranger, *others = target.newcomers or ("", "")
    if not stranger or not (fits(target, stranger, operation) or not operation.security):
        return
    who = target.told(operation).principal
    if who is None:
        if (operation.method == "DELETE" or sets_password(operation)) and others:
            victim, stranger = others[:2]
        yield Rivals(victim, stranger)
    if not operation.safe:
        return
    for name in [who] if who is not None else target.senders(operation):
        if name in target.file.principals and name != ANONYMOUS:
            yield Rivals(name, stranger)


def nobody(target: "Target", operation: Operation) -> str:
    """Why ``operation`` has no victim and stranger, and what would help; empty where it has."""
    if rivals(target, operation):
        return ""
    owner, _ = owner_of(target, operation)
    if owner == "public":
        return "the target file says that its things are everybody's"
    if target.told(operation).token is not None:
        return "it is sent with a token of its own, not as a principal"
    who = target.told(operation).principal
    beside = f" beside `{who}`" if who else ""
    return (
        f"ownership wants two principals of the same role and of different tenants{beside}: name "
        "another one in [principals], such as "
        'bob = { login = { … }, tenant = "other" }, say in [session] throwaway how people sign up, '
        'or say [resources.*] owner = "principal" where colleagues share nothing'
    )

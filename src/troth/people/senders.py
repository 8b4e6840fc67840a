"""Whom to try for an operation: the principals whose kind of credential it asks for."""

from typing import TYPE_CHECKING, Final

from troth.config.principals import PrincipalSection
from troth.principal import ANONYMOUS
from troth.spec.operation import Operation
from troth.suiting import suits

if TYPE_CHECKING:
    from troth.target import Target

_LOGS_IN: Final = PrincipalSection(login={})


def senders(target: "Target", operation: Operation) -> list[str]:
    """Principals to try for ``operation``, the likeliest first.

    Where the credential of some is of the kind that the document asks for, those of another kind
    are not tried at all.
    """
    told = target.told(operation).principal
    if told is not None:
        return [told]
    apart = {ANONYMOUS, *target.newcomers}
    named = [name for name in target.principals if name not in apart]
    # Where nobody has a credential, whoever has just signed up is asked for.
    named = named or list(target.newcomers[:1])
    known, login = target.file.principals, target.file.session.login
    suiting = {
        name: suits(known[name], login, operation, target.spec.schemes)
        for name in named
        if name in known
    }
    fitting = [name for name in named if suiting.get(name)]
    if fitting:
        named = [*fitting, *(name for name in named if suiting.get(name) is None)]
    # What the document calls public is promised to everybody, and asked for by nobody.
    return [*named, ANONYMOUS] if operation.secured else [ANONYMOUS, *named]


def sends(target: "Target", who: str, operation: Operation) -> bool:
    """Whether ``who`` is to be tried for ``operation``: a sender, or a newcomer like them."""
    if who in target.newcomers:
        return target.told(operation).principal is None and fits(target, who, operation)
    return who in senders(target, operation)


def fits(target: "Target", who: str, operation: Operation) -> bool:
    """Whether the credential of a principal is of a kind that the operation asks for."""
    section = target.file.principals.get(who, _LOGS_IN if who in target.newcomers else None)
    login = target.file.session.login
    return section is None or suits(section, login, operation, target.spec.schemes) is not False

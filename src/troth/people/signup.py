"""Signing up: which operation makes an account, and somebody new who can log in to it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from troth.case import Values
from troth.composing.fresh import named_anew
from troth.exchange import Exchange
from troth.models.scene import Taken
from troth.principal import ANONYMOUS
from troth.prop import control
from troth.spec.operation import Operation
from troth.spec.signup import sign_up as inferred
from troth.told import password

if TYPE_CHECKING:
    from troth.target import Target
    from troth.world import World

ACCOUNT: Final = re.compile(r"regist|sign-?_?up|/(?:users?|accounts?)/?$", re.IGNORECASE)
"""Paths that speak of accounts."""
_PASSWORD: Final = re.compile(r"pass(?:word|phrase|wd)?$|^pwd$", re.IGNORECASE)

Pairs = Mapping[str, str]
"""By member of the login's body: the member of the sign-up's that has the same."""


def sign_up(target: "Target") -> tuple[Operation, Pairs] | None:
    """What anybody may send to become somebody, where what it takes is what the login takes."""
    login = target.file.session.login
    entry = target.spec.operation(login.operation) if login is not None else None
    if login is None:
        return None
    known = _known(target)
    found = inferred(target.spec, known, entry, usable=lambda each: not target.closed(each))
    pairs = found.flat if found is not None else None
    return (found.operation, pairs) if found is not None and pairs else None


def _known(target: "Target") -> Mapping[str, Any] | None:
    """How some principal logs in."""
    return next((each.login for each in target.file.principals.values() if each.login), None)


def signed_up(world: "World", operation: Operation, pairs: Pairs) -> tuple[Exchange, Any]:
    """The answer to somebody new's sign-up, and how they log in, each value with its origin.

    Raises Inconclusive.
    """
    accepted = world.accepted(operation)
    values, sources = named_anew(world, operation, accepted.values)
    control(sources, f"{operation.label} takes no name that could be new")
    values, secrets = _with_password(world, operation, values, pairs)
    case = world.target.generator.build(operation, values, purpose="sign up")
    errand = world.errand(case, ANONYMOUS, whole=True)
    answer = world.run(replace(errand, sources=(*errand.sources, *sources, *secrets)))
    control(answer.ok, f"{operation.label} signed up nobody: {answer.status}")
    body: dict[str, Any] = {**_constants(world.target, pairs)}
    for name, member in pairs.items():
        body[name] = Taken(values.body[member], f"{answer.number} $request.body#/{member}")
    return answer, body


def _constants(target: "Target", pairs: Pairs) -> dict[str, Any]:
    """What else principals send to log in, such as a grant type, which is the same for all."""
    return {name: each for name, each in (_known(target) or {}).items() if name not in pairs}


def _with_password(
    world: "World", operation: Operation, values: Values, pairs: Pairs
) -> tuple[Values, list[str]]:
    """``values`` with a password that was made up for it, where the schema lets that be."""
    target = world.target
    member = next((each for each in pairs.values() if _PASSWORD.search(each)), "")
    media = operation.body.content.get(values.media_type or "") if operation.body else None
    if not member or media is None or not isinstance(values.body, Mapping):
        return values, []
    number = f"{target.memory.next_fresh()}"
    made = password(number)
    twice = {each: made for each in values.body if _again(each, member)}
    changed = {**values.body, member: made, **twice}
    if target.validity.violations(media.schema, changed) != ():
        return values, []
    target.redactor.add(made)
    return replace(values, body=changed), [f"body#/{member} <- made {number}"] + [
        f"body#/{each} <- made {number}" for each in twice
    ]


def _again(name: str, member: str) -> bool:
    """Whether a member is there to hold the password once more."""
    return (
        name != member
        and "pass" in name.lower()
        and name
        in {
            *(
                f"{member}{each}"
                for each in ("_confirmation", "Confirmation", "_confirm", "Confirm")
            ),
            *(f"{each}{member}" for each in ("confirm_", "repeat_")),
            *(f"{each}{member.title()}" for each in ("confirm", "repeat")),
            *(f"{member}{each}" for each in ("2", "_again", "_repeat")),
        }
    )

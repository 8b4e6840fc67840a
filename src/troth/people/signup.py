"""Signing up: which operation makes an account, and somebody new who can log in to it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from troth.case import Values
from troth.composing.fresh import named_anew
from troth.exchange import Exchange
from troth.models.scene import Taken
from troth.principal import ANONYMOUS
from troth.prop import control
from troth.spec.operation import Operation
from troth.spec.schema import is_json, properties, resolve
from troth.told import password

if TYPE_CHECKING:
    from troth.target import Target
    from troth.world import World

ACCOUNT: Final = re.compile(r"regist|sign-?_?up|/(?:users?|accounts?)/?$", re.IGNORECASE)
_PASSWORD: Final = re.compile(r"pass(?:word|phrase|wd)?$|^pwd$", re.IGNORECASE)
_NAMES: Final = (
    *("email", "username", "user_name", "login", "user", "phone", "identifier", "userName"),
    *("e_mail", "mail", "emailAddress", "email_address", "name"),
)
"""What somebody logs in as; the likeliest first."""

Pairs = Mapping[str, str]
"""By member of the login's body: the member of the sign-up's that has the same."""


def sign_up(target: "Target") -> tuple[Operation, Pairs] | None:
    """What anybody may send to become somebody, where what it takes is what the login takes."""
    login = target.file.session.login
    wanted = [*_wanted(target)]
    if login is None or not wanted:
        return None
    for each in target.spec.operations:
        if each.method != "POST" or each.secured or each.named(login.operation):
            continue
        if "{" in each.path or not ACCOUNT.search(each.path) or target.closed(each):
            continue
        pairs = _pairs(wanted, _members(target, each))
        if pairs is not None:
            return each, pairs
    return None


def _wanted(target: "Target") -> Iterator[str]:
    """What a login's body has: as some principal sends it, else as the document says."""
    login = target.file.session.login
    known = next((each.login for each in target.file.principals.values() if each.login), None)
    entry = target.spec.operation(login.operation) if login is not None else None
    if known is not None:
        yield from (name for name in known if _PASSWORD.search(name) or name in _NAMES)
    elif entry is not None and entry.body is not None:
        for media in entry.body.content.values():
            members = properties(target.spec, media.schema)
            required = resolve(target.spec, media.schema).get("required", ())
            names = [each for each in required or members if each in members]
            yield from (each for each in names if _PASSWORD.search(each) or each in _NAMES)
            return


def _members(target: "Target", operation: Operation) -> set[str]:
    """What may be sent to sign up; passwords are often write-only, and meant."""
    content = operation.body.content if operation.body else {}
    schema = next((each.schema for name, each in content.items() if is_json(name)), None)
    known = properties(target.spec, schema) if schema is not None else {}
    return {name for name, each in known.items() if not resolve(target.spec, each).get("readOnly")}


def _pairs(wanted: list[str], members: set[str]) -> Pairs | None:
    """Where each of them stands in a sign-up; forms of OAuth 2 call an address `username`."""
    found: dict[str, str] = {}
    for name in wanted:
        secret = _PASSWORD.search(name) is not None
        likely = [each for each in sorted(members) if _PASSWORD.search(each)] if secret else _NAMES
        same = next((each for each in (name, *likely) if each in members), None)
        if same is None:
            return None
        found[name] = same
    names = [name for name in found if not _PASSWORD.search(name)]
    return found if names and len(names) < len(found) else None


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
    known = next((each.login for each in target.file.principals.values() if each.login), None)
    return {name: each for name, each in (known or {}).items() if name not in pairs}


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

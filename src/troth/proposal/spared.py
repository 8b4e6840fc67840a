"""Operations that harm their sender: sent as somebody who was signed up for nothing else."""

from collections.abc import Iterator
from typing import Any, Final

from troth.proposal.destructive import Danger, current_password
from troth.proposal.names import name_of
from troth.proposal.passage import Entry, Passage
from troth.proposal.session import Guess
from troth.spec.operation import Operation, Spec

CHANGED: Final = "An0ther-passw0rd"
"""What a throwaway's password becomes: nobody logs in with it."""


def token_of_its_own(found: Guess) -> str:
    """The expression for a token of somebody who is signed up for it; empty where none is had."""
    made = found.sign_up
    if made is not None and made.token:
        return f"$producer.{name_of(made.operation)}.body#{made.token}"
    if made is None or found.login is None or not found.token or found.cookie:
        return ""
    return f"$producer.{name_of(found.login)}.body#{found.token}"


def passages(spec: Spec, found: Guess, harmful: tuple[Danger, ...]) -> Iterator[Passage]:
    """`[operations]` for what ends a session, or an account, of whoever sends it."""
    every = [each for each in (found.logout, found.logout_all) if each is not None and each.secured]
    token = token_of_its_own(found)
    if token:
        every += [each.operation for each in harmful if each.mine and each.operation not in every]
    elif found.login is not None and found.token and not found.cookie:
        token = f"$producer.{name_of(found.login)}.body#{found.token}"
    if not token or not every:
        return
    for place, each in enumerate(every):
        above = (
            "What ends its sender's session or account is sent with a token of somebody else's,",
            "who was signed up for that." if found.sign_up else "of a login of its own.",
        )
        entries = (Entry("token", token), *_body(spec, found, each))
        yield Passage(("operations", name_of(each)), () if place else above, entries)
    made = found.sign_up
    if made is not None and not made.token and found.login is not None:
        sent = f"$producer.{name_of(made.operation)}.request.body#"
        user, password = ("".join(f"/{one}" for one in at) for at in (made.user, made.password))
        body = found.body(sent + user, sent + password)
        yield Passage(("operations", name_of(found.login)), entries=(Entry("body", body),))


def _body(spec: Spec, found: Guess, operation: Operation) -> Iterator[Entry]:
    """The old password and a new one, where it changes that."""
    named = current_password(spec, operation)
    made = found.sign_up
    if not named or made is None:
        return
    body: dict[str, Any] = {}
    if named["old"]:
        at = "".join(f"/{each}" for each in made.password)
        body[named["old"]] = f"$producer.{name_of(made.operation)}.request.body#{at}"
    if named["new"]:
        body[named["new"]] = CHANGED
    yield Entry("body", body)

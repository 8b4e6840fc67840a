"""Logins that may be guessed: how often that may be tried is their owner's to promise."""

from collections.abc import Iterator

from troth.proposal.names import name_of
from troth.proposal.passage import Entry, Passage
from troth.proposal.session import Guess, given


def passages(found: Guess) -> Iterator[Passage]:
    """`[limits]` with a login, as a comment: for somebody who was signed up for it."""
    made = found.sign_up
    if found.login is None or made is None or not found.password:
        return
    taken = f"$producer.{name_of(made.operation)}.request.body#"
    user, password = ("".join(f"/{one}" for one in at) for at in (made.user, made.password))
    value = {
        "operation": name_of(found.login),
        "wrong": "".join(f"/{each}" for each in found.password),
        "most": 30,
        "per": 60,
        "body": found.body(taken + user, taken + password),
        "given": given(made),
    }
    yield Passage(
        ("limits",),
        (
            "Limits that the service promises (SEC361, SEC362): take the `#` from the line where",
            "whoever guesses passwords is to be stopped after so many, in so many seconds.",
        ),
        (Entry("login", value, proposed=True),),
        bare=True,
    )

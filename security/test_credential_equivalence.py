"""SEC315: a secret that differs a little from the right one is not taken for it.

A password, an API key or an opaque token is changed: upper and lower case, a letter more, one less,
more after a NUL, a blank before or after a key or token, and of a long password only the 72 bytes
that bcrypt looks at, or another end after them. A service that compares so has fewer secrets than
it gives out, and the last is why long passphrases of two people may be one.

The control is the right secret, which logs in before and after, or is served: so nobody was locked
out in between. A changed one must do what the right one does, twice. Who has `[session] throwaway`
is asked of somebody made for it; else a principal is tried twice only, for fear of a lockout. Names
and e-mail addresses in another case are no finding, nor are full-width digits, which NIST SP
800-63B wants to be normalised, nor blanks around a password, which it lets verifiers take off. JSON
web tokens are SEC313's.
"""

from troth import applies, control, expect, prop
from troth.authority.forgery import token_of
from troth.authority.logins import Trying, trying
from troth.authority.presented import presented
from troth.authority.tokens import trial
from troth.strategies.credentials import LIKE
from troth.subjects import Subject
from troth.target import Target

REFS = ("OWASP-API2:2023", "CWE-1391", "CWE-178", "ASVS-v5.0.0-6.2.8", "ASVS-v5.0.0-6.2.9")


@prop("SEC315", severity="high", refs=REFS)
def test_credential_equivalence(target: Target, bearer: Subject) -> None:
    """Each change of one principal's secret."""
    with target.world() as world:
        if bearer.section.login is None:
            shown = presented(target.principals[bearer.label])
            jwt = shown is not None and token_of(shown.value)
            applies(shown and not jwt, "its credential is a JSON web token")
            found = trial(world, bearer.label)
            for way in LIKE:
                text = way.make(found.shown)
                if text is not None:
                    target.redactor.add(text)
                    answer = found.taken_for(text, way=way.name)
                    what = f"{way.name}, is served as the right one"
                    expect(answer is None, what, *([answer] if answer else []), root=what)
            return
        person = trying(world)
        _tried(person)
        if person.lengthen():
            _tried(person)


def _tried(person: Trying) -> None:
    for change, secret in person.changes():
        found = person.let_in(change, secret)
        what = f"a password that differs logs in: {change.said}"
        expect(found is None, what, *([found] if found else []), root=what)
    control(person.right(), "the right password does not log in any more")

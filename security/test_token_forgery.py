"""SEC313: a token that the service did not issue, or not for this, is not believed.

Tokens of principals that are JSON web tokens, in a header or a cookie, are forged as RFC 8725 says
that they are: another signature, other claims under the old one, none, `alg: none` in four
casings, a foreign key, an empty secret, a key that the token brings along, the published key as an
HMAC secret, a `kid` that leads to what everybody knows, a secret that stands in tutorials. With
`[session] signing-key` also claims that are wrong: expired, to come, for another audience or of
another issuer. And a refresh token is shown where an access token belongs.

The control is the genuine token, which is served by an operation that refuses a made-up one and
none at all; with a signing key, a token that is signed anew as it was. A forged one must be served
as the genuine one is, twice. That it is refused with another status, or with an error, is no
finding of this property. A service that does not believe it, but calls our listener both times,
does whatever a token says (RFC 8725 section 3.10, *medium*). A claim that genuine tokens do not
have is not asked for, and one that is left out is no finding: only who has the key could leave it
out.
"""

from troth import applies, control, expect, prop
from troth.authority.brought import BROUGHT, CALLED, address
from troth.authority.forgery import (
    CLAIMS,
    FORGERIES,
    GENUINE,
    Forgery,
    Keys,
    Token,
    signed_in_public,
    token_of,
)
from troth.authority.presented import presented
from troth.authority.tokens import Trial, keys, keyset, trial
from troth.subjects import Subject
from troth.target import Target

REFS = (
    "OWASP-API2:2023",
    "CWE-347",
    "CWE-345",
    "CWE-327",
    "ASVS-v5.0.0-9.1.1",
    "ASVS-v5.0.0-9.1.2",
    "ASVS-v5.0.0-9.2.1",
    "CWE-918",
    "RFC8725",
)
EMPTY = Token({}, {}, ("", "", ""))


def _opaque(_: Target, bearer: Subject) -> str:
    section = bearer.section
    texts = [section.token or "", section.api_key.value if section.api_key else ""]
    texts += section.headers.values()
    some = any(token_of(word) for text in texts for word in text.split())
    return "" if section.login or some else "no credential is a JSON web token"


@prop("SEC313", severity="critical", refs=REFS, unless=_opaque)
def test_token_forgery(target: Target, bearer: Subject) -> None:
    """Each forgery of one principal's token."""
    with target.world() as world:
        shown = presented(target.principals[bearer.label])
        token = token_of(shown.value) if shown is not None else None
        refresh = keys(target, None, bearer.label).refresh
        applies(token or refresh, "its credential is no JSON web token, and none renews it")
        found = trial(world, bearer.label)
        published = keyset(world) if signed_in_public(token) else None
        known = keys(target, published, bearer.label)
        for each in (*FORGERIES, *BROUGHT):
            if token is not None or each.name == "the refresh token":
                _refused(found, each, token or EMPTY, known)
        if token is None or not known.signing:
            return
        anew = GENUINE.make(token, known)
        control(anew, f"[session] signing-key does not suit tokens of {token.algorithm}")
        control(
            anew and found.believed(anew, way=GENUINE.name),
            "what [session] signing-key signs is not served: it is not the service's key",
        )
        for each in CLAIMS:
            _refused(found, each, token, known)


def _refused(found: Trial, forgery: Forgery, token: Token, known: Keys) -> None:
    text = forgery.make(token, known)
    if text is None:
        return
    found.world.target.redactor.add(text)
    answer = found.believed(text, way=forgery.name)
    called = _called(found, text)
    shown = [answer] if answer is not None else []
    message = f"{forgery.root}: {forgery.name}{', which the service called' if called else ''}"
    expect(answer is None, message, *shown, root=forgery.root)
    if called:
        again = forgery.make(token, known) or ""
        found.world.target.redactor.add(again)
        # A refusal tells nobody that we were called: what is served comes last.
        shown = [found.ask(found.whole(again), way=forgery.name), found.genuine]
        message = f"{CALLED}: {forgery.name}"
        expect(not _called(found, again), message, *shown, root=CALLED, severity="medium")


def _called(found: Trial, text: str) -> bool:
    """Whether our listener was asked for the key of a token."""
    where = address(text)
    return bool(where) and found.world.target.listener.heard(where.rpartition("/")[2])

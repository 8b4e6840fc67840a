"""SEC314: the published keys verify the service's own tokens, and say nothing that is private.

Who checks tokens elsewhere relies on them (RFC 7517). The genuine token of a principal is of a key
that is there by its `kid`, and verifies against it. No key has a private member, none is a secret,
none is for `none` or HMAC, and no two share a `kid`.

The control is that there are keys: at `[session] jwks`, at a path of the document that ends so, or
where they usually are. Keys that were only found there, and are not those of the principal's
tokens, may be another party's: that these do not verify them is no finding. That an answer keeps
its documented headers, for caches too, is FUZ102's.
"""

from troth import applies, expect, prop
from troth.authority.forgery import key_of, signed_in_public, token_of, verifies
from troth.authority.keyset import place
from troth.authority.presented import presented
from troth.authority.tokens import keyset
from troth.subjects import Subject
from troth.target import Target

REFS = ("OWASP-API2:2023", "CWE-522", "CWE-347", "ASVS-v5.0.0-9.1.3", "RFC7517", "RFC7518")


@prop("SEC314", severity="critical", refs=REFS)
def test_jwks(target: Target, bearer: Subject) -> None:
    """The keys by themselves, then a token of each kind against them."""
    with target.world() as world:
        shown = presented(target.principals[bearer.label])
        token = token_of(shown.value) if shown is not None else None
        applies(place(target)[1] or signed_in_public(token), "no token is of a published key")
        found = keyset(world)
        applies(found, "no keys are published")
        assert found is not None
        world.judge(found.exchange)
        if token is None or token.algorithm.startswith("HS"):
            return
        kids = {str(each.get("kid")) for each in found.keys}
        named = str(token.header.get("kid")) in kids
        if not named and not target.file.session.jwks:
            return
        what = "a token's `kid` is not among the published keys"
        expect(named or "kid" not in token.header, what, found.exchange, root=what)
        key = key_of(token, found.keys)
        what = "a token does not verify against the published key of its `kid`"
        expect(key is not None and verifies(token, key), what, found.exchange, root=what)

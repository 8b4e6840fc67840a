"""SEC345: answers with tokens are kept by no cache, a session's cookie by no script.

Every exchange of every property is looked at; each fault is one finding for the whole service.

- An answer with a token has `Cache-Control: no-store` (RFC 9111 section 5.2.2.5; *low*): what
  `[session]` gets tokens from, and what answers an `access_token`, a `refresh_token` or an
  `id_token`. It is missed where a cache may keep the answer, of a GET or by what its headers say,
  and of OAuth's own (`access_token` and `token_type`), which have to have it (RFC 6749 section
  5.1). What else answers a POST and says nothing is kept by nobody.
- The cookie of a session has `HttpOnly` (*medium*), over TLS `Secure`, which `SameSite=None` needs
  too (*low*), and says `SameSite` (*info*; RFC 6265bis). A cookie against CSRF is for scripts to
  read, and left out; so is one that is taken back.
- `X-Content-Type-Options: nosniff` is missed only of what browsers sniff: text without a type,
  `text/plain` and `application/octet-stream` (WHATWG MIME Sniffing; *info*). JSON and HTML are what
  they say.
- No header tells the version of the server or of its framework (CWE-497; *info*). Their name alone
  is no finding.

The control is that something was served.
"""

from troth import control, prop
from troth.exchange import Exchange
from troth.target import Target
from troth.world import World

REFS = ("OWASP-API8:2023", "CWE-525", "CWE-1004", "CWE-614", "CWE-497", "ASVS-v5.0.0-3.3.4")


@prop("SEC345", severity="low", refs=REFS, last=True)
def test_response_headers(target: Target) -> None:
    """Sums up what all the others have seen; where that is nothing, something is asked."""
    with target.world() as world:
        served = _served(world)
        control(served, "nothing was served")
        if served is not None:
            world.judge(served)


def _served(world: World) -> Exchange | None:
    target = world.target
    for each in target.memory.accepted.values():
        return each.exchange
    reading = (each for each in target.spec.operations if each.safe and target.asked(each))
    for operation in reading:
        if target.closed(operation) is None:
            return world.accepted(operation).exchange
    return None

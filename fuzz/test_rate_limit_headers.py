"""FUZ115: what a service tells of its rate limits is true, and who is refused hears until when.

Where the document names them (`RateLimit-Limit`, `-Remaining`, `-Reset`, or the same with `X-`),
the limit headers that it requires are there, no more requests remain than the limit allows, and
the time of renewal is a sane one. Where the service itself says that the limit is not renewed for
some seconds yet, requests that follow one another leave less and less. A 429 or 503 of which the
document says that it has `Retry-After` has it, in seconds or as an HTTP date; one that has it
has it so in any case (RFC 9110 section 10.2.3).

Every exchange of every property is looked at. The control of the falling count is that all the
requests were served within one window. No limit is exhausted here: whether they are enforced is
SEC361's. A header that the document does not require and that never comes is no finding, and
neither is a limit of which all always remains: limits are often off where a service is tested.
"""

from itertools import pairwise

from troth import control, expect, prop
from troth.checks.envelope import documented
from troth.checks.limits import TOLD, Limits, limits, promised
from troth.exchange import Exchange
from troth.spec.operation import Operation
from troth.target import Target

REFS = ("RFC6585", "RFC9110-10.2.3", "OWASP-API4:2023", "CWE-770")
SOON = 5
"""Seconds before its renewal from which on a limit is not looked at: another window may begin."""
REQUESTS = 4


def _none(target: Target, operation: Operation) -> str:  # noqa: ARG001 - as `unless` wants it
    names = any(promised(each) for each in operation.responses.values())
    return "" if names else "the document names no header about limits"


@prop("FUZ115", severity="low", refs=REFS, last=True, unless=_none)
def test_rate_limit_headers(target: Target, operation: Operation) -> None:
    """Sums up what all the others have seen; a reading operation is asked some more times."""
    with target.world() as world:
        accepted = world.accepted(operation)
        world.judge(accepted.exchange)
        told = _told(operation, accepted.exchange)
        if told is None or not _counts(target, operation):
            return
        answers = [
            world.send(target.generator.build(operation, accepted.values), purpose="to be counted")
            for _ in range(REQUESTS)
        ]
        control(all(each.ok for each in answers), "not all of the same requests were served")
        seen = [each for answer in answers if (each := _told(operation, answer)) is not None]
        if len(seen) == REQUESTS and _one_window(seen):
            what = "what remains of a limit never falls"
            falls = len({each.remaining for each in seen}) > 1
            exempt = all(each.remaining == each.limit for each in seen)
            expect(falls or exempt, what, *answers, root=what)


def _told(operation: Operation, exchange: Exchange) -> Limits | None:
    names = promised(documented(operation, exchange.status)) & TOLD
    return limits(exchange.response, names=names) if exchange.response is not None else None


def _counts(target: Target, operation: Operation) -> bool:
    """Whether the count is looked at here: in smoke at the first reading operation that tells."""
    if not operation.safe:
        return False
    telling = (
        each
        for each in target.spec.operations
        if each.safe
        and target.asked(each)
        and target.closed(each) is None
        and any(promised(response) & TOLD for response in each.responses.values())
    )
    return target.profile.examples > 1 or operation is next(telling)


def _one_window(seen: list[Limits]) -> bool:
    """Whether all were counted in one window, by the service's own word; none is used up."""
    resets = [each.reset for each in seen]
    limits_of = {each.limit for each in seen}
    return (
        len(limits_of) == 1
        and all(each.remaining for each in seen)
        and all(each is not None and SOON <= each < 1_000_000_000 for each in resets)
        and all(
            one is not None and other is not None and other <= one
            for one, other in pairwise(resets)
        )
    )

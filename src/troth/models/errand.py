"""A case on its way: who sends it, on the strength of what, and where its values came from."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from time import time
from typing import TYPE_CHECKING

from troth.case import Case
from troth.config.operations import SignSection
from troth.credential import Credential, applied
from troth.exchange import Headers, Request
from troth.principal import LoginFailed
from troth.prop import Inconclusive
from troth.signature import signed
from troth.transport.record import NotSent
from troth.transport.together import Sending, Timed, together

if TYPE_CHECKING:
    from troth.world import World


@dataclass(frozen=True, slots=True)
class Errand:
    """One request. With ``token`` or ``cookies`` it goes on the strength of these alone.

    ``sign`` is how it is signed, None where it is not, or has a signature in its headers.
    """

    case: Case
    who: str
    token: str = field(default="", repr=False)
    cookies: Headers = field(default=(), repr=False)
    sources: tuple[str, ...] = ()
    sign: SignSection | None = None
    purpose: str = ""


def request_of(world: "World", errand: Errand) -> tuple[Request, tuple[str, ...]]:
    """The request without the principal's own credential, and the places to find anew."""
    case, sources = errand.case, errand.sources
    request = Request(case.method, world.target.url(case.path), case.headers, case.body)
    if errand.sign is not None:
        request = signed(request, errand.sign, now=time())
        sources = (*sources, f"sign:{errand.sign.header}")
    if errand.cookies:
        request = applied(request, Credential(cookies=errand.cookies))
    return request, sources


def at_once(world: "World", lanes: Sequence[Sequence[Errand]]) -> list[list[Timed]]:
    """Send all lanes at once, each on its own connection; the answers in the same places.

    Nobody logs in anew in between: what is refused is refused. Raises Inconclusive when one may
    not be sent.
    """
    try:
        sendings = [[_sending(world, each) for each in lane] for lane in lanes]
        return together(world.target.recorder, sendings)
    except (NotSent, LoginFailed) as reason:
        raise Inconclusive(str(reason)) from reason


def _sending(world: "World", errand: Errand) -> Sending:
    target, case = world.target, errand.case
    principal = target.principals[errand.who]
    request, sources = request_of(world, errand)
    if errand.token:
        request = principal.bearing(request, errand.token)
    elif not errand.cookies:
        request = principal.authorize(request)
    why = errand.purpose or case.purpose or "at once"
    return Sending(
        request,
        errand.who,
        case.operation.label if case.operation else None,
        purpose=f"{world.example.step}: {why}" if world.example.step else why,
        sources=sources,
        within=partial(target.observing, world.example, case),
    )


def again(errand: Errand, purpose: str) -> Errand:
    """The very same once more."""
    return replace(errand, purpose=purpose)

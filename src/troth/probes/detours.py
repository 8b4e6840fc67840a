"""Whether a guard of addresses is walked around: by a redirect, or by another scheme."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from troth.probes.calling import KIND, PLAIN, Sent, sent
from troth.probes.climbing import UNIX
from troth.probes.listener import Door, led_to, told
from troth.probes.probing import Probe, text_of
from troth.prop import expect

SCHEMES: Final = ("https", "ftp", "gopher", "dict", "HTTP", "\thttp")
"""Those that callers speak beside the plain one, and forms of it that a comparison overlooks."""
FILE: Final = f"file:///{UNIX.name}"


def detours(probe: Probe) -> None:
    """Refute where a service that refuses a plain inner address is led there all the same.

    Raises Inconclusive where the address that stands for a public one cannot be listened at.
    """
    stand_in = probe.world.target.file.target.stand_in
    if stand_in:
        _redirected(probe, stand_in)
    if _takes_http(probe):
        _by_scheme(probe)


def _redirected(probe: Probe, host: str) -> None:
    """What stands at an address that is allowed leads on to one that is not; twice."""
    listener, shown = probe.world.target.listener, []
    for _ in range(2):
        token = listener.token()
        url, there = listener.leading_on(token, host), led_to(token)
        led = sent(probe, url, partial(listener.heard, there), told(there))
        if not (listener.heard(token) and (led.heard or led.read) and _refused(probe)):
            return
        shown.append(led.answer)
    root = f"{probe.what} makes the service follow a redirect to an inner address"
    message = f"{root}, which is refused when it is sent itself"
    expect(False, message, *shown, root=root)  # noqa: FBT003 - the refutation


def _takes_http(probe: Probe) -> bool:
    """Whether what was served may also be plain HTTP: else a plain address is refused for that."""
    scheme, found, rest = probe.spot.text.partition("://")
    if not found or scheme.lower() not in {"http", "https"}:
        return False
    return scheme == "http" or probe.send(f"http://{rest}", KIND, said="plain HTTP").ok


def _by_scheme(probe: Probe) -> None:
    for name, once in _schemes(probe):
        shown = []
        for _ in range(2):
            found = once()
            if not ((found.heard or found.read) and _refused(probe)):
                break
            shown.append(found.answer)
        else:
            root = f"{probe.what} makes the service call an inner address by another scheme"
            message = f"{root}: {name!r}, while http://{PLAIN} is refused"
            expect(False, message, *shown, root=root)  # noqa: FBT003 - the refutation


def _schemes(probe: Probe) -> "Iterator[tuple[str, partial[Sent]]]":
    for scheme in SCHEMES:
        yield scheme, partial(_knocked, probe, scheme)
    yield "file", partial(_read, probe)


def _knocked(probe: Probe, scheme: str) -> Sent:
    with Door() as door:
        url = f"{scheme}://{PLAIN}:{door.port}/troth"
        return sent(probe, url, door.knocked, told(str(door.port)))


def _read(probe: Probe) -> Sent:
    answer = probe.send(FILE, KIND)
    return Sent(answer, heard=False, read=bool(UNIX.content.search(text_of(answer))))


def _refused(probe: Probe) -> bool:
    """Whether the plain address is refused still."""
    listener = probe.world.target.listener
    return probe.send(listener.url(listener.token()), KIND).refused

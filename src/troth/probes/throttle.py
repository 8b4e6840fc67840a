"""Sends one request until the service has had enough, and looks for ways around that."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from secrets import randbelow, token_hex
from time import sleep
from typing import TYPE_CHECKING, Any, Final

from troth.case import Case
from troth.config.limits import LimitSection
from troth.exchange import Exchange
from troth.models.errand import Errand
from troth.models.scene import Scene, plain
from troth.probes.probing import content
from troth.prop import control
from troth.spec.place import at, present, with_value
from troth.told import WAITED

if TYPE_CHECKING:
    from troth.world import World

MARGIN: Final = 2
"""How many windows may begin while it is asked, and a little more."""
MOST: Final = 300
TOO_MANY: Final = frozenset({429, 423})
_ENOUGH = re.compile(
    r"too many|rate.?limit|lock(ed|out)|try again|slow down|blocked|throttl", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Limited:
    """Somebody who asks the same again and again. ``right`` is the body of a good login."""

    scene: Scene
    section: LimitSection
    errand: Errand
    right: Any = None

    def once_more(self, purpose: str, case: Case | None = None) -> Exchange:
        """The same request again; ``case`` in its place where it is to differ."""
        errand = replace(self.errand, purpose=purpose)
        if case is not None:
            errand = replace(errand, case=case)
        return self.scene.world.run(errand)

    def with_body(self, body: Any, purpose: str, *, after: int = 0) -> Exchange:
        """Another body, sent by the same, ``after`` so many seconds; a replay waits as long."""
        section = self.section.model_copy(update={"body": None})
        errand = self.scene.errand(
            self.scene.operation(self.section.operation),
            section.model_copy(update={"body": body}),
            purpose=purpose,
        )
        if after:
            sleep(after)
            errand = replace(errand, sources=(f"{WAITED}{after}", *errand.sources))
        return self.scene.world.run(errand)


def limited(world: "World", section: LimitSection) -> Limited:
    """Somebody new whom the limit concerns. Raises Inconclusive."""
    scene = Scene(world, section.given)
    body = scene.filled(section.body, scene.unique()) if section.body is not None else None
    sent = body
    if section.wrong is not None:
        control(
            present(body, section.wrong),
            f"[limits] wrong: its body has no {section.wrong}; correct the target file",
        )
        sent = with_value(body, section.wrong, scene.filled("$password"))
    asked = section.model_copy(update={"body": sent}) if sent is not None else section
    errand = scene.errand(scene.operation(section.operation), asked, purpose="as often as it may")
    return Limited(scene, section, errand, body)


def throttled(first: Exchange, answer: Exchange) -> bool:
    """Whether ``answer`` is no longer what ``first`` was, because of how often was asked."""
    if answer.status in TOO_MANY:
        return True
    if answer.response is None or content(answer) == content(first):
        return False
    slower = first.response is not None and answer.response.elapsed > 1 + 5 * first.response.elapsed
    said = answer.response.body.decode("utf-8", "replace")
    return slower or bool(_ENOUGH.search(said))


def exhaust(someone: Limited) -> tuple[list[Exchange], bool]:
    """All that was sent, and whether the service has had enough in the end."""
    sent: list[Exchange] = []
    for turn in range(min(MOST, MARGIN * someone.section.most + MARGIN)):
        answer = someone.once_more(f"request {turn + 1} of at most {someone.section.most}")
        control(answer.response and answer.status < 500, "no answer to judge")
        sent.append(answer)
        if throttled(sent[0], answer):
            return sent, True
    return sent, False


Change = Callable[[Case], Case]


def _address() -> str:
    return f"203.0.113.{1 + randbelow(254)}"


def _with(name: str, value: Callable[[], str]) -> Change:
    return lambda case: replace(case, headers=(*case.headers, (name, value())))


def _noise(case: Case) -> Case:
    mark = "&" if "?" in case.path else "?"
    return replace(case, path=f"{case.path}{mark}troth={token_hex(4)}")


def _slash(case: Case) -> Case:
    path, mark, query = case.path.partition("?")
    return replace(case, operation=None, path=f"{path}/{mark}{query}")


def _upper(case: Case) -> Case:
    path, mark, query = case.path.partition("?")
    head, _, last = path.rpartition("/")
    return replace(case, operation=None, path=f"{head}/{last.upper()}{mark}{query}")


AROUND: Final[tuple[tuple[str, Change], ...]] = (
    ("X-Forwarded-For", _with("X-Forwarded-For", _address)),
    ("a query of no meaning", _noise),
    ("X-Real-IP", _with("X-Real-IP", _address)),
    ("Forwarded", _with("Forwarded", lambda: f"for={_address()}")),
    ("True-Client-IP", _with("True-Client-IP", _address)),
    ("X-Client-IP", _with("X-Client-IP", _address)),
    ("CF-Connecting-IP", _with("CF-Connecting-IP", _address)),
    ("a key that is none", _with("X-API-Key", lambda: token_hex(16))),
    ("a trailing slash", _slash),
    ("letter case of the path", _upper),
)
"""What a request is told apart by that is its sender's to choose."""


def ways_around(
    someone: Limited, first: Exchange, most: int
) -> Iterator[tuple[str, list[Exchange]]]:
    """Ways by which the same is answered as at first, while it is refused without; 2 of 2."""
    for name, change in AROUND[:most]:
        shown = []
        for _ in range(2):
            passed = someone.once_more(f"with {name}", change(someone.errand.case))
            if passed.status != first.status or throttled(first, passed):
                break
            if not throttled(first, someone.once_more("without it")):
                break
            shown.append(passed)
        else:
            yield name, shown


def renamed(someone: Limited) -> Iterator[tuple[str, Any]]:
    """The body of a good login with its names in other letters, or with a space behind."""
    if someone.right is None or someone.section.wrong is None:
        return
    known = plain(someone.right)
    for name, value in known.items() if isinstance(known, dict) else ():
        pointer = f"/{name}"
        if pointer != someone.section.wrong and isinstance(value, str) and len(value) > 2:
            for how, other in (("letter case", value.swapcase()), ("a space", f"{value} ")):
                if other != value:
                    yield f"{how} of {name}", with_value(known, pointer, other)


def wrong_of(someone: Limited, body: Any) -> Any:
    """``body`` with the wrong member that is sent else."""
    pointer = someone.section.wrong or ""
    sent = someone.errand.case.values.body
    return with_value(body, pointer, at(sent, pointer))

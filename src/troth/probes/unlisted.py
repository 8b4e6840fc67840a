"""Routes that the document does not have: which are asked, and what nobody's route answers."""

import re
from collections.abc import Iterator
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from troth.case import Case
from troth.exchange import Exchange
from troth.principal import ANONYMOUS
from troth.probes.probing import content
from troth.prop import control, expect
from troth.strategies.surface import PATHS, SIBLINGS, tells

if TYPE_CHECKING:
    from troth.target import Target
    from troth.world import World

_VERSION = re.compile(r"/v([0-9]+)(?=/|$)")
MOST_SIBLINGS: Final = 20
"""Collections beside whose members is looked."""


def routes(target: "Target", *, few: bool) -> list[str]:
    """Paths that the document does not have, each with its like beside it to be told from."""
    known = {each.path for each in target.spec.operations}
    found = dict.fromkeys(PATHS[:11] if few else PATHS)
    collections = list(dict.fromkeys(_collections(target)))
    for name in SIBLINGS[:2] if few else SIBLINGS:
        for collection in collections[: 4 if few else MOST_SIBLINGS]:
            found[f"{collection}/{name}"] = None
    if not few:
        found.update(dict.fromkeys(_versions(target)))
    return [each for each in found if each.partition("?")[0] not in known]


def _collections(target: "Target") -> Iterator[str]:
    """Where lists stand, and whatever members stand below; the shortest first."""
    paths = {each.path.partition("/{")[0] for each in target.spec.operations}
    yield from sorted((each for each in paths if len(each) > 1), key=lambda each: (len(each), each))


def _versions(target: "Target") -> Iterator[str]:
    """Secured reads in a version before and after the documented one."""
    for each in target.spec.operations:
        found = _VERSION.search(each.path)
        if each.method == "GET" and each.secured and found and "{" not in each.path:
            number = int(found[1])
            for other in (number - 1, number + 1):
                if other >= 0:
                    yield each.path[: found.start(1)] + str(other) + each.path[found.end(1) :]


def looked_at(world: "World", path: str) -> None:
    """Refute where ``path`` is open to anybody and has data, twice, and a random one has not."""
    first = _get(world, path)
    control(first.response, "no answer to judge")
    what = _told(first)
    if not (first.ok and what):
        world.example.expected += 1
        return
    head, _, _ = path.partition("?")[0].rpartition("/")
    beside = f"{head}/troth-{token_hex(4)}"
    nobody = _get(world, beside)
    if nobody.ok and content(nobody, beside) == content(first, path):
        world.example.expected += 1
        return  # whatever is asked for there, this is answered
    second = _get(world, path)
    root = f"GET {path.partition('?')[0]} is open, though the document does not have it"
    shown = (first, second) if _told(second) == what else (first,)
    control(second.ok and _told(second) == what and not _told(nobody), "seen once, and not again")
    expect(False, f"{root}: it tells {what}", *shown, root=root)  # noqa: FBT003 - the refutation


def _told(exchange: Exchange) -> str:
    response = exchange.response
    return tells(response.body, response.media_type) if response is not None else ""


def _get(world: "World", path: str) -> Exchange:
    prefix = world.target.prefix
    case = Case(None, "GET", path, purpose="a route that is not documented")
    _ = prefix
    return world.send(case, principal=ANONYMOUS)

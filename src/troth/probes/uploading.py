"""Whether a file that is sent, with a name that climbs, comes to stand where it is served.

Names are fresh and of our own: nothing that is there already is written over.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from troth.case import Case, Fault, Values
from troth.composing.memory import Accepted
from troth.exchange import Exchange
from troth.probes.climbing import KIND
from troth.probes.probing import asked, text_of
from troth.prop import expect
from troth.spec.operation import Operation
from troth.spec.place import with_value

if TYPE_CHECKING:
    from troth.world import World

FOLDERS: Final = ("static", "public", "assets", "uploads", "files", "media", "www")
"""What is often served as it lies there."""
DEPTHS: Final = (1, 2, 3)
_NAME: Final = re.compile(r"^(file_?name|filename|name|path|key|title)$", re.IGNORECASE)
_CONTENT: Final = re.compile(r"^(content|contents|data|body|text|file)$", re.IGNORECASE)
_PART: Final = re.compile(rb'filename="[^"\r\n]*"')
Make = Callable[[str, str], Case]
"""Makes the request of a name and a content."""


def sends_files(operation: Operation) -> bool:
    """Whether the document alone says that its body may be a file: a cheap `unless`."""
    if operation.body is None or operation.method not in {"POST", "PUT"}:
        return False
    types = " ".join(operation.body.content).lower()
    named = ("filename", "file_name")
    return "multipart/" in types or any(each in str(operation.raw).lower() for each in named)


def makes(world: "World", operation: Operation, base: Accepted) -> Make | None:
    """How a file of any name and content is sent; None where no name goes with it."""
    plain = world.target.generator.build(operation, base.values)
    if (base.values.media_type or "").startswith("multipart/") and _PART.search(plain.body):
        return lambda name, content: replace(plain, body=_parts(plain.body, name, content))
    body = base.values.body
    if not isinstance(body, Mapping):
        return None
    texts = [each for each in body if isinstance(body[each], str)]
    names = [each for each in texts if _NAME.match(each)]
    contents = [each for each in texts if _CONTENT.match(each)]
    if not names or not contents:
        return None

    def made(name: str, content: str) -> Case:
        given = with_value(with_value(body, f"/{names[0]}", name), f"/{contents[0]}", content)
        values: Values = replace(base.values, body=given)
        return world.target.generator.build(operation, values)

    return made


def _parts(body: bytes, name: str, content: str) -> bytes:
    """A multipart body with another name and content of its first file."""
    found = _PART.search(body)
    assert found is not None  # who calls has looked
    head, _, rest = body[found.end() :].partition(b"\r\n\r\n")
    boundary = body.partition(b"\r\n")[0]
    after = rest[rest.find(b"\r\n" + boundary) :]
    told = f'filename="{name}"'.encode()
    return body[: found.start()] + told + head + b"\r\n\r\n" + content.encode() + after


def climbs_out(world: "World", operation: Operation, base: Accepted, make: Make) -> None:
    """Refute where a file that climbed is served at a place where a plain one is not; twice."""
    shown: list[Exchange] = []
    where = ""
    for _ in range(2):
        served = _sent(world, operation, base, make)
        if served is None or (where and served[0] != where):
            return
        where, shown = served[0], [*shown, *served[1:]]
    what = f"{operation.label}: the name of a file leads out of where files are kept"
    message = f"{what}: it is served at /{where}/"
    expect(False, message, *shown, root=what)  # noqa: FBT003 - the refutation


def _sent(
    world: "World", operation: Operation, base: Accepted, make: Make
) -> tuple[str, Exchange, Exchange] | None:
    """The folder in which a fresh file is served that climbed there, what put it, and what read."""
    name, mark = f"troth-{token_hex(6)}.txt", token_hex(12)
    sent: list[tuple[str, Exchange]] = []
    for number, climbing in enumerate(_names(name)):
        answer = _put(world, operation, base, make(climbing, f"{mark}-{number}-"))
        if answer.response is None or answer.status >= 500:
            return None
        sent.append((f"{mark}-{number}-", answer))
        if len(sent) == len(DEPTHS) and all(each.refused for _, each in sent):
            return None  # Names that climb are refused.
    for folder in ("", *FOLDERS):
        read = _read(world, base, folder, name)
        put = [each for content, each in sent if read.ok and content in text_of(read)]
        if put and not _meant(world, operation, base, make, folder):
            return folder, put[0], read
    return None


def _names(name: str) -> Iterator[str]:
    for folder in FOLDERS:
        yield from (f"{'../' * depth}{folder}/{name}" for depth in DEPTHS)


def _meant(world: "World", operation: Operation, base: Accepted, make: Make, folder: str) -> bool:
    """Whether a file with a plain name is served there as well."""
    name, mark = f"troth-{token_hex(6)}.txt", token_hex(12)
    _put(world, operation, base, make(name, mark))
    return mark in text_of(_read(world, base, folder, name))


def _put(world: "World", operation: Operation, base: Accepted, case: Case) -> Exchange:
    fault = Fault("body", "", KIND, f"{KIND} in the name of a file")
    return asked(world, replace(case, fault=fault, operation=operation), base)


def _read(world: "World", base: Accepted, folder: str, name: str) -> Exchange:
    path = f"/{folder}/{name}" if folder else f"/{name}"
    case = Case(None, "GET", path, purpose="is it served?")
    return world.send(case, principal=base.principal)

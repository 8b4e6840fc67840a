"""Whether a text that names a file leads to one outside: by what stands in a file that all have."""

import re
from dataclasses import dataclass
from typing import Final

from troth.probes.probing import Probe, text_of
from troth.prop import expect

KIND: Final = "a path upwards"
"""As FUZ104 calls it, whose finding a server error is."""
_UP: Final = "../" * 10


@dataclass(frozen=True, slots=True)
class File:
    """A file that stands everywhere, and how its content is known."""

    name: str
    content: re.Pattern[str]


UNIX: Final = File("etc/passwd", re.compile(r"root:[^:\n]*:0:0:[^:\n]*:/"))
WINDOWS: Final = File(
    "windows/win.ini", re.compile(r"\[fonts\][\s\S]*\[extensions\]", re.IGNORECASE)
)
# The name alone, and what of it a service may cut off, decode or forget.
FORMS: Final = (
    lambda name: _UP + name,
    lambda name: f"/{name}",
    lambda name: "....//" * 10 + name,
    lambda name: (_UP + name).replace("../", "%2e%2e%2f"),
    lambda name: f"file:///{name}",
    lambda name: (_UP + name).replace("/", "\\"),
    lambda name: (_UP + name).replace("../", "%252e%252e%252f"),
    lambda name: _UP + name + "\x00.png",
)
# What is sent in a place that is likely to name a file.
_LIKELY = re.compile(
    r"path|file|dir(ectory)?$|folder|template|page|doc(ument)?|image|attachment|download|upload"
    r"|include|log|theme|lang(uage)?|locale|layout|view|report|asset|avatar|icon|key$|name$",
    re.IGNORECASE,
)


def likely(name: str) -> bool:
    """Whether a place of that name may hold the name of a file."""
    return bool(_LIKELY.search(name))


def climbs(probe: Probe, way: int, file: File = UNIX) -> None:
    """Refute where ``file`` comes back twice, and not for what was served."""
    value = FORMS[way](file.name)
    shown = []
    for _ in range(2):
        answer = probe.send(value, KIND)
        if not file.content.search(text_of(answer)):
            return
        shown.append(answer)
    if file.content.search(text_of(probe.again())):
        return
    what = f"{probe.what} leads to files outside"
    message = f"{what}: /{file.name} came back"
    expect(False, message, *shown, root=what)  # noqa: FBT003 - the refutation

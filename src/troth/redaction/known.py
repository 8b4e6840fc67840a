"""A known secret, wherever it stands and however it is escaped or encoded."""

import base64
import html
import re
import sys
from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from html.entities import codepoint2name
from typing import Final
from urllib.parse import unquote

from troth.redaction.mark import placed

SHORTEST: Final = 4
"""Known values shorter than this are not searched: they would hit by chance on every line, and
hide nothing that four guesses do not find. The nets below still cover them where they stand."""
LEAD: Final = 12
"""Characters by which one of very many needles is recognised, which none is shorter than."""

_ESCAPES = re.compile(
    r"(?P<percent>(?:%(?:25)*[0-9a-fA-F]{2})++)"
    r"|(?P<unicode>(?:\\u[0-9a-fA-F]{4})++)"
    r"|\\(?P<short>[\"'\\/bfnrt])"
    r"|(?P<entity>&(?:amp;)*(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});)"
)
_SHORT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_SHORT_OF = {plain: short for short, plain in _SHORT.items()} | {each: each for each in "\"'\\/"}
_ENTITIES = {chr(point): (name,) for point, name in codepoint2name.items()} | {"'": ("apos",)}
_RAW_BYTES = {0xDC00 + byte: chr(byte) for byte in range(0x80, 0x100)}
_SEAMS = re.compile('["\n]+')
_STANDARD = str.maketrans("-_", "+/")
# As long as the forms of the shortest needle are at least.
_HEX = re.compile(rf"[0-9a-f]{{{2 * SHORTEST},}}")
_BASE64 = re.compile(rf"[A-Za-z0-9+/]{{{SHORTEST},}}")


@dataclass(frozen=True, slots=True)
class Needle:
    """One thing to look for: a secret, or its hex or base64 form (``kind``)."""

    text: str
    kind: str
    number: int
    crosses: bool = False
    """Whether it may stand across a quotation mark or the end of a line."""

    @property
    def mark(self) -> str:
        """What takes its place."""
        return placed(self.number)


class Ranked(tuple[Needle, ...]):
    """Needles, longest first, so that a secret that contains another one goes as a whole; before
    all, those that cross.
    """

    __slots__ = ()

    def and_these(self, found: Iterable[Needle]) -> "Ranked":
        """With more of them."""
        every = list(self)
        for each in found:
            insort(every, each, key=_rank)
        return Ranked(every)

    def fitting(self, views: str) -> tuple[Needle, ...]:
        """Without those that are longer than anything in ``views``, which most tokens are."""
        longest = max(map(len, _SEAMS.split(views)))
        crossing = bisect_left(self, (True, -sys.maxsize), key=_rank)
        return self[:crossing] + self[bisect_left(self, (True, -longest), key=_rank) :]


def _rank(needle: Needle) -> tuple[bool, int]:
    return not needle.crosses, -len(needle.text)


def needles(secret: str, number: int) -> list[Needle]:
    """Everything to look for so as to find ``secret``."""
    raw = secret.encode("utf-8", "surrogatepass")
    crosses = _SEAMS.search(secret) is not None
    found = [Needle(secret, "raw", number, crosses), Needle(raw.hex(), "hex", number)]
    for shift in range(3):
        # The characters that do not depend on what stands before and after the secret.
        text = base64.b64encode(b"\0" * shift + raw).decode("ascii")
        end = (shift + len(raw)) * 8 // 6
        found.append(Needle(text[-(-shift * 8 // 6) : end], "base64", number))
    return found


def _unescape(match: re.Match[str]) -> str:
    if match["percent"]:
        return unquote(re.sub("%(?:25)+", "%", match["percent"]), errors="surrogateescape")
    if match["unicode"]:
        units = re.findall("[0-9a-fA-F]{4}", match["unicode"])
        text = b"".join(int(unit, 16).to_bytes(2, "big") for unit in units)
        return text.decode("utf-16-be", "surrogatepass")
    if match["short"]:
        return _SHORT.get(match["short"], match["short"])
    return html.unescape(re.sub("&(?:amp;)+", "&", match["entity"]))


def _views(text: str) -> str:
    """The text, followed by what it says once its escapes are undone."""
    views = [text]
    plain = text
    if "%" in text or "\\" in text or "&" in text:
        for _ in range(3):
            undone = _ESCAPES.sub(_unescape, plain)
            if undone == plain:
                break
            plain = undone
            views.append(plain)
    if "+" in plain:
        views.append(plain.replace("+", " "))
    if not plain.isascii():
        # UTF-8 read as Latin-1 (header values), and Latin-1 bytes in a body.
        views.append(plain.encode("latin-1", "replace").decode("utf-8", "replace"))
        views.append(plain.translate(_RAW_BYTES))
    return "\n".join(views)


def _hexadecimal(digits: str) -> str:
    return "".join(f"[{each}{each.upper()}]" if each.isalpha() else each for each in digits)


def _character(char: str, kind: str) -> str:
    """A pattern for one character of a needle in every escape that `_views` undoes."""
    point = ord(char)
    encoded = char.encode("utf-8", "surrogatepass")
    units = char.encode("utf-16-be", "surrogatepass").hex()
    entities = [f"#0*{point}", f"#[xX]0*{_hexadecimal(f'{point:x}')}", *_ENTITIES.get(char, ())]
    forms = [
        re.escape(char),
        "".join(f"%(?:25)*{_hexadecimal(f'{byte:02x}')}" for byte in encoded),
        "".join(rf"\\+u{_hexadecimal(units[i : i + 4])}" for i in range(0, len(units), 4)),
        f"&(?:amp;)*(?:{'|'.join(entities)});",
    ]
    if char in _SHORT_OF:
        forms.append(r"\\+" + re.escape(_SHORT_OF[char]))
    if char == " ":
        forms.append(r"\+")
    if kind == "base64" and char in "+/":
        forms.append("-" if char == "+" else "_")
    if kind == "hex" and char.isalpha():
        forms.append(char.upper())
    if point > 127:
        forms.append(re.escape(encoded.decode("latin-1")))
        if point < 256:
            forms += [f"%(?:25)*{_hexadecimal(f'{point:02x}')}", chr(0xDC00 + point)]
    return f"(?:{'|'.join(forms)})"


@lru_cache(maxsize=256)
def _loose(needle: Needle) -> re.Pattern[str]:
    """Finds the needle however each of its characters is escaped."""
    return re.compile("".join(_character(char, needle.kind) for char in needle.text))


def present(needles: tuple[Needle, ...], *texts: str) -> tuple[Needle, ...]:
    """Those of ``needles`` that occur in any of ``texts``, in their order."""
    if not needles:
        return ()
    # A plain `in` for each beats one regular expression with thousands of alternatives, the more
    # so in what is left of a text when all is gone that no hex and no base64 of a needle is in.
    views = "\n".join(map(_views, texts))
    looked = {"raw": views}
    if isinstance(needles, Ranked):
        needles = needles.fitting(views)
    if len(needles) > 1:
        looked["hex"] = "\n".join(_HEX.findall(views.lower()))
        looked["base64"] = "\n".join(_BASE64.findall(views.translate(_STANDARD)))
    else:
        looked |= {"hex": views.lower(), "base64": views.translate(_STANDARD)}
    return tuple(each for each in needles if each.text in looked[each.kind])


def among(needles: Iterable[Needle], text: str) -> Needle | None:
    """The first of very many ``needles`` that occurs in a very long ``text``, by one walk through
    it: what begins like a needle is compared with it.
    """
    leads: dict[str, dict[str, list[Needle]]] = {"raw": {}, "hex": {}, "base64": {}}
    for each in needles:
        leads[each.kind].setdefault(each.text[:LEAD], []).append(each)
    views = _views(text)
    hexes = "\n".join(_HEX.findall(views.lower()))
    sixes = "\n".join(_BASE64.findall(views.translate(_STANDARD)))
    for kind, where in (("raw", views), ("hex", hexes), ("base64", sixes)):
        begun = leads[kind]
        for at in range(len(where) - LEAD + 1) if begun else ():
            lead = where[at : at + LEAD]
            if lead in begun:
                for each in begun[lead]:
                    if where.startswith(each.text, at):
                        return each
    return None


def covered(needles: tuple[Needle, ...], text: str) -> str:
    """``text`` with every occurrence of ``needles`` replaced by its mark."""
    for needle in present(needles, text):
        if needle.kind == "raw":
            text = text.replace(needle.text, needle.mark)
        if present((needle,), text):
            text = _loose(needle).sub(needle.mark, text)
            if present((needle,), text):
                # Escaped in a way that can be read but not located: nothing of it is kept.
                return needle.mark
    return text


def without_tail(needles: tuple[Needle, ...], text: str) -> str:
    """``text``, which was cut somewhere, without the first part of a secret at its end."""
    for needle in needles:
        end = text[-len(needle.text) :]
        if needle.text[:SHORTEST] not in end:
            continue
        for size in range(len(end), SHORTEST - 1, -1):
            if text.endswith(needle.text[:size]):
                return text[:-size] + needle.mark
    return text

"""Whether XML that is sent may name entities from elsewhere, or make much of little."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from troth.case import Case, Fault
from troth.composing.memory import Accepted
from troth.exchange import Exchange
from troth.probes.climbing import UNIX
from troth.probes.listener import told
from troth.probes.probing import asked, patience, text_of
from troth.prop import applies, expect
from troth.spec.operation import Operation
from troth.spec.schema import resolve

if TYPE_CHECKING:
    from troth.world import World

KIND: Final = "an XML body"
_FOLD: Final = 10
"""Each entity names the one before so often: four of them make ten thousand."""


def in_xml(operation: Operation) -> str:
    """The media type of XML that the document has for its body; empty where it has none."""
    names = operation.body.content if operation.body is not None else {}
    return next((each for each in names if each.lower().partition(";")[0].endswith("xml")), "")


def resolves(world: "World", operation: Operation, base: Accepted) -> None:
    """Refute where an entity brings what stands elsewhere, calls us, or grows beyond measure."""
    plain = _asked(world, operation, base)
    applies(plain.ok, f"XML is answered {plain.status}")
    listener = world.target.listener
    what = f"{operation.label}: XML that is sent"
    for name, make in _doctypes():
        shown: list[Exchange] = []
        for _ in range(2):
            token = listener.token()
            doctype, reference = make(listener.url(token))
            answer = _asked(world, operation, base, doctype, reference)
            text = text_of(answer)
            called = listener.heard(token, patience(world.target) if "http" in doctype else 0)
            read = told(token) in text or (
                bool(UNIX.content.search(text)) and not UNIX.content.search(text_of(plain))
            )
            grown = name == "grows" and "troth" * _FOLD**4 in text
            if not (called or read or grown):
                break
            shown.append(answer)
        else:
            root = f"{what} {'grows beyond measure' if name == 'grows' else 'reads elsewhere'}"
            expect(False, f"{root}, by {name}", *shown, root=root)  # noqa: FBT003


def _doctypes() -> Iterator[tuple[str, Any]]:
    """What stands before the document, and what is put into its texts."""
    yield (
        "an external entity",
        lambda url: (f'<!DOCTYPE r [<!ENTITY e SYSTEM "{url}">]>', "&e;"),
    )
    yield (
        "an entity of a file",
        lambda _: (f'<!DOCTYPE r [<!ENTITY e SYSTEM "file:///{UNIX.name}">]>', "&e;"),
    )
    yield (
        "a parameter entity",
        lambda url: (f'<!DOCTYPE r [<!ENTITY % e SYSTEM "{url}"> %e;]>', ""),
    )
    yield "an external DTD", lambda url: (f'<!DOCTYPE r SYSTEM "{url}">', "")
    folds = '<!ENTITY e0 "troth">' + "".join(
        f'<!ENTITY e{turn} "{f"&e{turn - 1};" * _FOLD}">' for turn in range(1, 5)
    )
    yield "grows", lambda _: (f"<!DOCTYPE r [{folds}]>", "&e4;")


def _asked(
    world: "World", operation: Operation, base: Accepted, doctype: str = "", reference: str = ""
) -> Exchange:
    media_type = in_xml(operation) or "application/xml"
    plain = world.target.generator.build(operation, base.values)
    media = operation.body.content.get(media_type) if operation.body is not None else None
    schema: Mapping[str, Any] = resolve(world.target.spec, media.schema) if media else {}
    root = str((schema.get("xml") or {}).get("name") or schema.get("title") or "root")
    whole = base.values.body
    if isinstance(whole, str):
        root, inner = _rooted(whole), _named(whole, reference)
    else:
        inner = _element(root, base, reference)
    # A doctype names the element that stands outermost.
    doctype = doctype.replace("<!DOCTYPE r", f"<!DOCTYPE {root}", 1)
    body = f'<?xml version="1.0" encoding="UTF-8"?>{doctype}{inner}'
    headers = tuple(each for each in plain.headers if each[0].lower() != "content-type")
    case: Case = replace(
        plain,
        headers=(*headers, ("Content-Type", media_type)),
        body=body.encode(),
        fault=Fault("media-type", "", KIND, KIND),
    )
    return asked(world, case, base)


_PROLOG = re.compile(r"\A\s*(?:<\?xml[^>]*\?>|<!--.*?-->|<!DOCTYPE[^>\[]*>|\s)*", re.DOTALL)
_ROOT = re.compile(r"<([\w:.-]+)")
_TEXT = re.compile(r">([^<>&]*[^<>&\s][^<>&]*)</")


def _rooted(text: str) -> str:
    """The name of the outermost element."""
    found = _ROOT.search(_PROLOG.sub("", text))
    return found[1] if found else "root"


def _named(text: str, reference: str) -> str:
    """XML without what stands before it; ``reference``, where there is one, for its texts."""
    bare = _PROLOG.sub("", text)
    return _TEXT.sub(f">{reference}</", bare) if reference else bare


def _element(name: str, base: Accepted, reference: str) -> str:
    def of(name: str, value: Any) -> str:
        if isinstance(value, Mapping):
            inner = "".join(of(str(key), each) for key, each in value.items())
        elif isinstance(value, list):
            return "".join(of(name, each) for each in value)
        elif isinstance(value, bool):
            inner = str(value).lower()
        elif isinstance(value, str):
            inner = reference or escape(value)
        else:
            inner = "" if value is None else str(value)
        return f"<{name}>{inner}</{name}>"

    return of(name, base.values.body)

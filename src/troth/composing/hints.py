"""What a refusal says of the request: which member is missing or wrong, and what it may be.

Pure. Read are the shapes of RFC 9457 with `errors`, of FastAPI, Rails, Django REST framework,
Laravel, Spring and Express validators, and sentences that quote a name. It is advice for the next
request, no verdict: what is misread costs one request.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from troth.exchange import Exchange

Kind = Literal["missing", "taken", "one of", "wrong"]
MOST: Final = 12

_MISSING: Final = re.compile(
    r"required|missing|(?:can.?t|cannot|must not|may not|should not) be (?:blank|empty|null)|"
    r"must be (?:provided|present|given|set|specified)|not (?:provided|present|given)|is needed",
    re.IGNORECASE,
)
_TAKEN: Final = re.compile(
    r"already|taken|in use|duplicate|not unique|must be unique|unique constraint|exists\b(?! not)",
    re.IGNORECASE,
)
_ABSENT: Final = re.compile(r"(?:not|n.t|no longer|never) (?:already )?exist", re.IGNORECASE)
_ONE_OF: Final = re.compile(
    r"(?:one of|any of|either|in|among|allowed(?: values)?(?: are)?|valid (?:values|options|"
    r"choices)(?: are)?|permitted(?: values)?(?: are)?|expected|"
    r"enum(?:eration)?(?: members?)?)\s*[:=]?\s*(?P<list>[\[({]?\s*[\"'`]?[\w.-]+[\"'`]?"
    r"(?:(?:\s*,\s*(?:or\s+|and\s+)?|\s*\|\s*|\s+or\s+)[\"'`]?[\w.-]+[\"'`]?)+)",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[\w.-]+")
_QUOTED: Final = re.compile(r"[\"'`]([A-Za-z_][\w.\[\]/-]{0,60})[\"'`]")
_PLAIN: Final = re.compile(
    r"\b(?:field|parameter|property|param|attribute|argument|key|member)s?\s*:?\s+"
    r"([A-Za-z_][\w.]{0,60})|"
    r"^\s*([A-Za-z_][\w.]{0,60})(?:\s+field)?\s+(?:is|was|has|must|can|may|should|already|not)\b",
    re.IGNORECASE,
)
_PLACES: Final = ("body", "query", "path", "header", "headers", "cookie", "form")
_NAMES: Final = (
    "loc",
    "pointer",
    "field",
    "param",
    "path",
    "property",
    "name",
    "attribute",
    "propertyName",
    "instancePath",
    "source",
    "parameter",
    "dataPath",
    "key",
)
_SAYS: Final = (
    "msg",
    "message",
    "detail",
    "error",
    "reason",
    "description",
    "title",
    "defaultMessage",
    "errorMessage",
    "code",
    "type",
)
_LISTS: Final = (
    "errors",
    "detail",
    "details",
    "violations",
    "fieldErrors",
    "invalid_params",
    "invalidParams",
    "invalid-params",
    "issues",
    "messages",
    "validationErrors",
    "error",
)
_NO_FIELDS: Final = frozenset(
    """
    error errors message messages detail details title type status code statuscode timestamp path
    instance success ok trace traceid requestid reason description request name url id
    """.split()  # noqa: SIM905 - read as a list
)


@dataclass(frozen=True, slots=True)
class Hint:
    """One complaint. ``place`` is `body`, `query` … or empty where it is not said; ``name`` the
    steps to the member, joined by `/`; ``options`` the values that it may have.
    """

    kind: Kind
    name: str
    place: str = ""
    options: tuple[str, ...] = ()
    said: str = ""


def hints(exchange: Exchange) -> tuple[Hint, ...]:
    """What a refusal complains about, in its order, each once; nothing where it says nothing."""
    if exchange.response is None:
        return ()
    text = exchange.response.body[:65_536].decode("utf-8", "replace")
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        answer = "" if text.lstrip().startswith("<") else text
    found: dict[tuple[str, str, str], Hint] = {}
    for each in _read(answer, 0):
        found.setdefault((each.kind, each.place, each.name), each)
    return tuple(found.values())[:MOST]


def taken(exchange: Exchange) -> bool:
    """Whether a refusal says that something of that name exists, whatever its status."""
    return any(each.kind == "taken" for each in hints(exchange))


def _read(value: Any, depth: int) -> Iterator[Hint]:
    if isinstance(value, str):
        yield from _sentence(value)
    elif isinstance(value, list) and depth < 4:
        for each in value[:MOST]:
            yield from _read(each, depth + 1)
    elif isinstance(value, Mapping) and depth < 4:
        yield from _object(value, depth)


def _object(value: Mapping[str, Any], depth: int) -> Iterator[Hint]:
    named = next((value[key] for key in _NAMES if _names(key, value.get(key))), None)
    said = next((value[key] for key in _SAYS if isinstance(value.get(key), str)), "")
    if named is not None and said:
        place, name = _placed(named)
        options = _options(value, said)
        yield _hint(said + f" {value.get('type', '')}", place, name, options)
        return
    for key in _LISTS:
        yield from _read(value.get(key), depth + 1)
    fields = {
        key: each
        for key, each in value.items()
        if key.lower() not in _NO_FIELDS or isinstance(each, list)
    }
    for key, each in fields.items():
        # `{"email": ["is taken"]}`: Rails, Django, Laravel.
        words = [each] if isinstance(each, str) else each
        if key not in _LISTS and isinstance(words, list) and words and isinstance(words[0], str):
            if key in {"non_field_errors", "base", "_schema", "__all__"}:
                yield from _sentence(words[0])
            else:
                place, name = _placed(key)
                yield _hint(words[0], place, name, _options({}, words[0]))
        elif key not in _LISTS and isinstance(each, Mapping) and depth < 3:
            yield from _object(each, depth + 1)
    for key in ("message", "title", "reason", "msg"):
        if isinstance(value.get(key), str):
            yield from _sentence(value[key])


def _names(key: str, value: Any) -> bool:
    if key == "loc":
        return isinstance(value, list) and bool(value)
    if key == "source":
        return isinstance(value, Mapping) and any(isinstance(each, str) for each in value.values())
    if key == "path" and isinstance(value, list):
        return bool(value) and all(isinstance(each, str | int) for each in value)
    # The path of a request is no name of a member.
    return isinstance(value, str) and bool(value) and not (key == "path" and value.startswith("/"))


def _placed(named: Any) -> tuple[str, str]:
    """Place and name, from a list of steps, a pointer, or a name with dots."""
    if isinstance(named, Mapping):  # JSON:API: `source`
        if isinstance(named.get("parameter"), str):
            return "query", named["parameter"]
        named = next(each for each in named.values() if isinstance(each, str))
    if isinstance(named, list):
        steps = [str(each) for each in named]
    else:
        text = str(named).removeprefix("#")
        steps = [each for each in re.split(r"[/.\[\]]+", text.removeprefix("$")) if each]
    place = steps[0] if steps and steps[0] in _PLACES and len(steps) > 1 else ""
    steps = steps[1:] if place else steps
    return {"headers": "header", "form": "body"}.get(place, place), "/".join(steps)


def _options(value: Mapping[str, Any], said: str) -> tuple[str, ...]:
    context = value.get("ctx")
    given = context if isinstance(context, Mapping) else value
    for key in ("allowedValues", "allowed_values", "options", "choices", "enum", "permitted"):
        if isinstance(given.get(key), list) and given[key]:
            return tuple(str(each) for each in given[key])
    params = value.get("params")
    if isinstance(params, Mapping) and isinstance(params.get("allowedValues"), list):
        return tuple(str(each) for each in params["allowedValues"])
    found = _ONE_OF.search(said)
    if found is None:
        return ()
    return tuple(each for each in _WORD.findall(found["list"]) if each not in {"or", "and"})


def _hint(said: str, place: str, name: str, options: tuple[str, ...] = ()) -> Hint:
    kind: Kind = "wrong"
    if options:
        kind = "one of"
    elif _TAKEN.search(said) and not _ABSENT.search(said):
        kind = "taken"
    elif _MISSING.search(said):
        kind = "missing"
    return Hint(kind, name, place, options, said.strip()[:200])


def _sentence(said: str) -> Iterator[Hint]:
    options = _options({}, said)
    quoted = [each for each in _QUOTED.findall(said) if each not in options]
    plain = _PLAIN.search(said)
    name = quoted[0] if quoted else next(filter(None, plain.groups()), "") if plain else ""
    hint = _hint(said, "", _placed(name)[1], options)
    # Without a name only that something is taken is of use.
    if hint.kind == "taken" or (hint.name and hint.kind != "wrong"):
        yield hint

"""Reads names: `orderIds` is order + id, `categories` are many of category, `UserOut` is a user."""

import re
from functools import lru_cache
from typing import Final

_MANY: Final = 1 << 16  # a large document says the same few thousand names a million times

# The last words of names that refer to something, and what the thing itself calls that property.
IDENTIFIERS = ("id", "uuid", "guid", "pk", "oid", "uid", "identifier")
KEYS = ("key", "slug", "ref", "code", "token", "handle", "name", "number", "no", "nr", "sku")
_REFERRING = frozenset({*IDENTIFIERS, "key", "slug", "ref", "code", "token"})

# First words that say that a name, for all its ending, refers to nothing that exists.
_NOT_THINGS = frozenset(
    """
    idempotency correlation request trace span external nonce csrf xsrf
    page cursor continuation next prev previous sync after before starting ending
    country currency postal zip language lang locale region state status error http exit
    area dial color colour reason result response primary partition sort public private
    """.split()  # noqa: SIM905 - read as a list
)
_SCHEMA_SUFFIXES = frozenset(
    """
    out read response dto model schema resource public view detail details full base summary
    create created update input request in payload body data result entity item object info
    """.split()  # noqa: SIM905 - read as a list
)
_VERSION = re.compile(r"v[0-9]+(?:[._-]?[0-9a-z]+)*", re.IGNORECASE)


@lru_cache(_MANY)
def words(name: str) -> tuple[str, ...]:
    """The lower-case words of a name in snake, kebab, camel or Pascal case; ids are one word."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    spaced = re.sub(r"\bI Ds\b", "Ids", spaced)
    return tuple(each.lower() for each in re.split(r"[^A-Za-z0-9]+", spaced) if each)


def same(name: str, other: str) -> bool:
    """Whether both are one name, however it is written."""
    return "".join(words(name)) == "".join(words(other))


@lru_cache(_MANY)
def singular(word: str) -> str:
    """The singular of an English word, roughly: two words that may be one thing come out equal."""
    irregular = {"people": "person", "children": "child", "men": "man", "women": "woman"}
    word = word.lower()
    if word in irregular:
        return irregular[word]
    if len(word) < 4 or word.endswith(("ss", "us", "is", "news")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if re.search(r"(?:ss|sh|ch|x|z)es$", word):
        return word[:-2]
    if word.endswith("uses"):  # statuses, but also houses and causes
        return word[:-2] if word.endswith(("tuses", "ruses", "nuses")) else word[:-1]
    return word.removesuffix("s")


@lru_cache(_MANY)
def thing(name: str) -> str:
    """The kind of thing that a collection or schema is called after: ``order-items`` is orderitem.

    >>> thing("orderItems"), thing("UserOut")
    ('orderitem', 'userout')
    """
    parts = words(name)
    return "".join([*parts[:-1], singular(parts[-1])]) if parts else ""


@lru_cache(_MANY)
def schema_thing(name: str) -> str:
    """The kind of thing that a component describes: ``UserOut`` and ``user_response`` are user."""
    parts = list(words(name))
    while len(parts) > 1 and parts[-1] in _SCHEMA_SUFFIXES:
        parts.pop()
    return "".join([*parts[:-1], singular(parts[-1])]) if parts else ""


@lru_cache(_MANY)
def referring(name: str) -> tuple[tuple[str, ...], str] | None:
    """Words of the thing and the identifying word of ``order_ids`` or ``X-Tenant-Id``; else None.

    The words are empty for a name such as ``id``, which says nothing of the thing.
    """
    parts = list(words(name))
    if parts and parts[0] == "x":
        parts = parts[1:]
    if not parts:
        return None
    last = parts[-1]
    if last not in _REFERRING:
        last = singular(last) if last not in {"is", "us"} else last
        last = last.removesuffix("s") if last in {"ids", "pks"} else last
    if last in _REFERRING:
        return tuple(parts[:-1]), last
    glued = re.fullmatch(r"([a-z]{3,})(id|uuid|guid)", last)  # `userid`
    if glued and len(parts) == 1 and glued[1] + glued[2] not in {"valid", "paid", "grid", "void"}:
        return (glued[1],), glued[2]
    return None


def things(owner: tuple[str, ...]) -> tuple[str, ...]:
    """Kinds of things that the words before the id may mean: all of them, then fewer and fewer.

    ``source_bank_account`` may be a bank account, or an account.
    """
    return tuple("".join([*owner[at:-1], singular(owner[-1])]) for at in range(len(owner)))


@lru_cache(_MANY)
def distinctive(name: str) -> bool:
    """Whether equal names mean equal values: ``refresh_token`` and ``user_id``, not ``code``."""
    found = referring(name)
    return found is not None and bool(found[0]) and not _NOT_THINGS & set(found[0])


def version(segment: str) -> bool:
    """Whether a path segment is a version such as ``v1``."""
    return bool(_VERSION.fullmatch(segment))

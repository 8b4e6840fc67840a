"""Whether text that is sent is read as a part of a query.

It is told by how answers differ, never by what is echoed.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from secrets import choice, randbelow
from typing import TYPE_CHECKING, Final

from troth.exchange import Exchange
from troth.probes.probing import Probe, Spot, Yardstick, content, quick, text_of, yardstick
from troth.probes.probing import asked as answered
from troth.prop import expect
from troth.spec.operation import Operation

if TYPE_CHECKING:
    from troth.world import World

# What databases and their drivers say of a statement that does not parse.
_DATABASE = re.compile(
    r"SQL syntax|SQLSTATE|\bORA-\d{5}|sqlite3?\.|SQLITE_ERROR|OperationalError|ProgrammingError"
    r"|psycopg|PG::|PSQLException|syntax error at or near|unterminated quoted string"
    r"|Unclosed quotation mark|unrecognized token|near \"[^\"]*\": syntax|MySqlException"
    r"|SequelizeDatabaseError|JdbcSQL|SQLGrammarException|ER_PARSE_ERROR|MongoServerError",
    re.IGNORECASE,
)
KIND: Final = "quotes and comments"
"""As FUZ104 calls it, whose finding a server error is: it is one, however many quotes there are."""
QUOTES: Final = ("'", '"')
SHAPES: Final = (("'", "", "'"), ("')", "(", "'"), ('"', "", '"'))
"""How a literal is left, what opens the comparison, and what its literals are quoted with."""
WILDCARDS: Final = ("%", "*", "_", "?")
_LETTERS: Final = "bcdfghjkmnpqrstvwxz"


def _numbers() -> tuple[int, int]:
    first = 1000 + randbelow(4000)
    return first, first + 1 + randbelow(4000)


def _nobody(length: int = 12) -> str:
    return "".join(choice(_LETTERS) for _ in range(length))


def broken(exchange: Exchange) -> bool:
    """Whether the statement did not even parse."""
    return exchange.status >= 500 or bool(_DATABASE.search(text_of(exchange)))


class Asked(Probe):
    """A place that may reach a query."""

    def quoted(self, value: object, said: str) -> Exchange:
        """The answer to ``value`` in that place."""
        return self.send(value, KIND, said=said)

    def served(self) -> Yardstick:
        """What the request says that was served, asked twice."""
        return yardstick(self.again(), self.again(), self.spot.text)

    def found(self, how: str, *shown: Exchange) -> None:
        """Refute: the place reaches a query."""
        what = f"{self.what} is read as a part of a query"
        expect(False, f"{what}: {how}", *shown, root=what)  # noqa: FBT003 - the refutation


def by_parity(asked: Asked) -> None:
    """An odd number of quotes breaks the statement, an even one does not: one to four of them.

    What cannot hold quotes at all, or breaks at the first one, is broken by two as well. Where both
    kinds at once are taken, neither breaks it.
    """
    value = asked.spot.text
    both = asked.quoted(f"{value}{''.join(QUOTES)}", "quotes of both kinds")
    if both.response and not broken(both) and both.status not in {400, 422}:
        return
    for quote in QUOTES:
        one = asked.quoted(f"{value}{quote}", "a quote")
        if not broken(one):
            continue
        two = asked.quoted(f"{value}{quote * 2}", "two quotes")
        if broken(two) or not two.response:
            continue
        three = asked.quoted(f"{value}{quote * 3}", "three quotes")
        four = asked.quoted(f"{value}{quote * 4}", "four quotes")
        if broken(three) and not broken(four) and four.response:
            asked.found(f"one quote breaks it ({one.status}), two do not", two, four, three)


def screened(asked: Asked) -> bool:
    """Whether a quote is refused for what it is: then nothing behind it is read."""
    value = asked.spot.text
    one = asked.quoted(f"{value}'", "a quote")
    two = asked.quoted(f"{value}''", "two quotes")
    refused = one.status in {400, 422} and content(one, f"{value}'") == content(two, f"{value}''")
    return refused or not one.response


def by_truth(asked: Asked, served: Yardstick) -> None:
    """What is added and true changes nothing, what is added and false does; twice each."""
    value = asked.spot.text
    for close, opened, quote in SHAPES:
        shown: list[Exchange] = []
        for _ in range(2):
            number, other = _numbers()
            head = f"{value}{close} AND {opened}{quote}{number}{quote} LIKE {quote}"
            yes, no = f"{head}{number}", f"{head}{other}"
            true = asked.quoted(yes, "a comparison that is true")
            if not (true.ok and served.like(true, yes, value)):
                break
            false = asked.quoted(no, "a comparison that is false")
            refused = false.status in {400, 422} or not false.response
            if refused or served.like(false, no, value):
                break
            shown += [false, true]
        else:
            asked.found("what is added to it decides what is answered", *shown)


def by_arithmetic(asked: Asked, served: Yardstick) -> None:
    """What comes to the number that was served is served, what comes to one less is not; twice."""
    value = asked.spot.text
    if not re.fullmatch(r"[0-9]{1,15}", value):
        return
    shown: list[Exchange] = []
    for _ in range(2):
        number = 1 + randbelow(900)
        # Who reads the first number only reads another one.
        same, less = f"{int(value) + number}-{number}", f"{int(value) + number}-{number + 1}"
        one, other = asked.quoted(same, "a subtraction"), asked.quoted(less, "a subtraction")
        if not (one.ok and served.like(one, same, value)) or served.like(other, less, value):
            return
        shown += [other, one]
    asked.found("a subtraction is done in it", *shown)


def by_alternative(asked: Asked) -> None:
    """`OR` something true brings what `OR` something false does not; twice each."""
    for close, opened, quote in SHAPES:
        shown: list[Exchange] = []
        for _ in range(2):
            nobody, (number, other) = _nobody(), _numbers()
            head = f"{nobody}{close} OR {opened}{quote}{number}{quote} LIKE {quote}"
            yes, no = f"{head}{number}", f"{head}{other}"
            none = asked.quoted(nobody, "what nobody has")
            false = asked.quoted(no, "an alternative that is false")
            true = asked.quoted(yes, "an alternative that is true")
            differs = content(true, yes) != content(false, no)
            if not (true.ok and differs and content(false, no) == content(none, nobody)):
                break
            shown += [false, true]
        else:
            asked.found("an alternative that is true brings what is not asked for", *shown)


def by_operator(asked: Asked) -> None:
    """`name[$ne]` of a query, or `{"$ne": …}` of a body, brings what an equal one does not."""
    shown: list[Exchange] = []
    for _ in range(2):
        nobody = _nobody()
        none = asked.quoted(nobody, "what nobody has")
        equal = _operated(asked, "$eq", nobody)
        other = _operated(asked, "$ne", nobody)
        if not other.ok or content(other, nobody) == content(equal, nobody):
            return
        if asked.spot.place.location == "body" and (none.ok or equal.ok):
            return
        if asked.spot.place.location == "query" and content(equal, nobody) != content(none, nobody):
            return
        shown += [equal, other]
    asked.found("an operator of the database is obeyed in it", *shown)


def _operated(asked: Asked, operator: str, value: str) -> Exchange:
    if asked.spot.place.location == "body":
        return asked.quoted({operator: value}, "an operator")
    # As PHP, Rails and Express's qs write a member of an object in a query.
    base, spot = asked.base, asked.spot
    left = {key: each for key, each in base.values.query.items() if key != spot.place.name}
    values = replace(base.values, query={**left, f"{spot.place.name}[{operator}]": value})
    case = asked.world.target.generator.build(asked.operation, values, purpose="an operator")
    return answered(asked.world, case, base)


def wildcards(value: str) -> tuple[str, ...]:
    """Those that are not its last letter anyhow, as `_` is of many a token in base64url."""
    return tuple(each for each in WILDCARDS if not value.endswith(each))


def by_wildcard(asked: Asked, served: Yardstick) -> None:
    """The last letter of an id, replaced by a wildcard, still finds the thing; by a letter not."""
    value = asked.spot.text
    if len(value) < 3 or not asked.base.exchange.ok:
        return
    head = value[:-1]
    for wildcard in wildcards(value):
        shown: list[Exchange] = []
        for letter in ("z", "y") if value[-1] not in "zy" else ("x", "w"):
            wild = asked.quoted(head + wildcard, "a wildcard")
            if not (wild.ok and served.like(wild, head + wildcard, value)):
                break
            wrong = asked.quoted(head + letter, "another id")
            if not wrong.refused:
                break
            shown += [wrong, wild]
        else:
            asked.found("a wildcard stands for any letter of an id", *shown)


Way = Callable[[Asked], None]


def ways(world: "World", operation: Operation, each: Spot) -> Iterator[Way]:
    """All ways in which one place is asked, the cheapest first."""
    yield by_parity
    if operation.safe and each.place.location == "path" and each.text:
        yield lambda asked: by_wildcard(asked, asked.served())
    if not operation.safe or quick(world.target):
        return

    def deep(asked: Asked) -> None:
        if screened(asked):
            return
        if asked.spot.text:
            served = asked.served()
            by_truth(asked, served)
            by_arithmetic(asked, served)
        by_alternative(asked)

    yield deep
    if each.place.location == "query":
        yield by_operator

"""Whether text that is sent is evaluated: a product that was not sent comes back."""

from collections.abc import Callable
from dataclasses import dataclass
from secrets import randbelow
from typing import Final

from troth.probes.probing import Probe, text_of
from troth.prop import expect

Form = Callable[[int, int, str], str]


@dataclass(frozen=True, slots=True)
class Tongue:
    """What may evaluate a text, and texts that it would multiply two numbers for.

    ``kind`` is what FUZ104 calls such a value, whose finding a server error is.
    """

    what: str
    kind: str
    forms: tuple[Form, ...]


TEMPLATE: Final = Tongue(
    "a template",
    "a template",
    (
        # All at once: each engine reads its own.
        lambda a, b, v: (
            f"{v}{{{{{a}*{b}}}}} ${{{a}*{b}}} #{{{a}*{b}}} <%= {a}*{b} %> @({a}*{b}) *{{{a}*{b}}}"
        ),
        # One that does not know the others may refuse them.
        lambda a, b, v: f"{v}{{{{{a}*{b}}}}}",
        lambda a, b, v: f"{v}${{{a}*{b}}}",
        lambda a, b, v: f"{v}<%= {a}*{b} %>",
        lambda a, b, v: f"{v}#{{{a}*{b}}}",
        lambda a, b, v: f"{v}{{{a}*{b}}}",
    ),
)
COMMAND: Final = Tongue(
    "a command",
    "quotes and comments",
    (
        # Outside of quotes and between double ones it is the first that is done, between single
        # ones the second.
        lambda a, b, v: f"{v}$(expr {a} \\* {b})';expr {a} \\* {b};'",
        lambda a, b, v: f"{v};echo $(({a}*{b}));#",
        lambda a, b, v: f"{v}$(expr {a} \\* {b})",
        lambda a, b, v: f"{v}|expr {a} \\* {b}",
        lambda a, b, v: f"{v}&&expr {a} \\* {b}",
        lambda a, b, v: f"{v}`expr {a} \\* {b}`",
        lambda a, b, v: f"{v}';expr {a} \\* {b};'",
        lambda a, b, v: f'{v}";expr {a} \\* {b};"',
        lambda a, b, v: f"{v}\nexpr {a} \\* {b}\n",
    ),
)


def _factors() -> tuple[int, int]:
    # Seven or eight digits, which stand in no answer by chance.
    return 2003 + randbelow(7000), 2003 + randbelow(7000)


def evaluates(probe: Probe, tongue: Tongue, form: Form) -> None:
    """Refute where a product comes back twice, for other factors each time, that was not sent.

    Where the bare multiplication, in words, is answered as well, somebody calculates on purpose.
    """
    shown = []
    for _ in range(2):
        one, other = _factors()
        answer = probe.send(form(one, other, probe.spot.text), tongue.kind)
        if str(one * other) not in text_of(answer).replace(",", ""):
            return
        shown.append(answer)
    one, other = _factors()
    asked = f"what is {one} times {other}, {one} * {other}?"
    plain = probe.send(asked, "a question")
    if str(one * other) in text_of(plain).replace(",", ""):
        return
    what = f"{probe.what} is evaluated as {tongue.what}"
    expect(False, what, *shown, root=what)  # noqa: FBT003 - the refutation

"""Logs somebody in with secrets that differ a little from the right one."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from troth.authority.likewise import CHANGED, CHANGES, Change, changed
from troth.case import Fault
from troth.config.asks import GivenSection
from troth.exchange import Exchange
from troth.models.scene import Taken
from troth.people.person import Person, person
from troth.prop import Inapplicable, Inconclusive
from troth.spec.place import with_value

if TYPE_CHECKING:
    from troth.world import World

CAREFUL: Final = ("case", "suffix")
FORGIVEN = frozenset({"blank-before", "blank-after"})
"""What NIST SP 800-63B, 3.1.1.2, lets verifiers take off what was mistyped."""
"""What is tried where somebody might be locked out."""
_SECRET: Final = ("pass", "pin", "secret", "code", "key", "pwd")


@dataclass
class Trying:
    """Somebody who logs in, and the secret members of the login by pointer."""

    person: Person
    secrets: Mapping[str, Taken]
    long: bool = False
    tried: set[str] = field(default_factory=set)

    def changes(self) -> Iterator[tuple[Change, tuple[str, Taken]]]:
        """What is to be tried: little of a principal who may be locked out."""
        careful = not self.person.disposable
        for each in CHANGES:
            if each.name in FORGIVEN:
                continue
            if each.long == self.long and (not careful or each.name in CAREFUL):
                yield from ((each, secret) for secret in self.secrets.items())

    def right(self) -> bool:
        """Whether the right secret logs in."""
        return self._granted(self.person.try_to_log_in(self.person.body))

    def let_in(self, change: Change, secret: tuple[str, Taken]) -> Exchange | None:
        """The answer that let in whoever has the secret changed so, twice; else None.

        Raises Inapplicable where logins are limited, and Inconclusive.
        """
        pointer, right = secret
        text = changed(change.name, str(right.value))
        if text is None:
            return None
        someone = self.person
        someone.world.target.redactor.add(text)
        source = f"{CHANGED} {change.name} {right.source}" if right.source else ""
        body = with_value(deepcopy(someone.body), pointer, Taken(text, source))
        answer = None
        for _ in range(2):
            section = GivenSection(body=body)
            ready = someone.scene.errand(
                someone.steps.entry, section, purpose=f"log in with {change.said}"
            )
            fault = Fault("body", pointer, "a password that differs", change.said)
            answer = someone.world.run(replace(ready, case=replace(ready.case, fault=fault)))
            if answer.status == 429:
                raise Inapplicable("the service limits how often somebody may try to log in")
            if not self._granted(answer):
                return None
        return answer

    def lengthen(self) -> bool:
        """Give a disposable person a password longer than bcrypt looks at, if the service takes
        it.
        """
        someone, step = self.person, self.person.section.password
        if not someone.disposable or step is None:
            return False
        operation = someone.scene.operation(step.operation)
        told: Any = deepcopy(someone.world.target.told(operation).body)
        for each in step.login.values():
            pointer = each.partition("#")[2]
            if not each.startswith("$request.body#") or not isinstance(told, Mapping):
                return False
            told = with_value(told, pointer, someone.scene.password(long=True))
        token = someone.log_in().access[-1]
        answer = someone.world.run(
            someone.with_token(operation, token, "a long password", body=told)
        )
        if not answer.ok:
            return False
        changes = {name: someone.scene.taken(answer, each) for name, each in step.login.items()}
        someone.body = {**someone.body, **changes}
        self.secrets = _secrets(someone.body)
        self.long = True
        return self.right()

    def _granted(self, answer: Exchange) -> bool:
        if not answer.ok:
            return False
        try:
            self.person.granted(answer)
        except Inconclusive:
            return False
        return True


def trying(world: "World") -> Trying:
    """Somebody whose right secret logs in. Raises Inapplicable, Inconclusive."""
    found = person(world)
    known = _secrets(found.body)
    if not known:
        raise Inapplicable("the login has no secret member")
    made = Trying(found, known)
    if not made.right():
        raise Inconclusive("the right password does not log in")
    return made


def _secrets(body: Mapping[str, Any], at: str = "") -> dict[str, Taken]:
    found: dict[str, Taken] = {}
    for name, value in body.items():
        if isinstance(value, Mapping):
            found |= _secrets(value, f"{at}/{name}")
        elif any(word in str(name).lower() for word in _SECRET):
            taken = value if isinstance(value, Taken) else Taken(value)
            if isinstance(taken.value, str) and taken.value:
                found[f"{at}/{name}"] = taken
    return found

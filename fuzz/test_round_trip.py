"""FUZ116: what was created reads back equal, and what was updated too; zero and empty survive.

A service that loses what it accepted has lost it for good: nobody is told. The body of each
write is compared with what its reader shows, in the members that both describe.

Control: a member counts only where two plain values of it came back as they were sent; for an
empty value that becomes null or absent, one. Not a finding: trimmed, folded, composed, reordered
or rounded values, times in another zone, null that becomes something, defaults that are added,
what is only written or only read, what changes between two readings, and members that the
service sets by itself. What is accepted but not yet done (202) is not asked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from troth import applies, control, expect, prop
from troth.case import Case
from troth.composing.fresh import spelled
from troth.exchange import Exchange
from troth.models.likeness import alike, lost
from troth.models.resource import One, json_type, made, members, path_of
from troth.models.rows import look
from troth.prop import Inconclusive
from troth.spec.families import Write, is_asynchronous
from troth.spec.schema import branches, resolve
from troth.target import Target
from troth.world import World

CONDITIONS = frozenset(
    {"if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range"}
)


@prop("FUZ116", severity="high", refs=("CWE-221", "CWE-704"), phases=("boundary", "random"))
@given(data=st.data())
def test_round_trip(target: Target, write: Write, data: st.DataObject) -> None:
    """One write, one reading, and another where they differ."""
    with target.world() as world:
        known = members(world, write.operation)
        applies(known, "it takes no JSON object")
        applies(not is_asynchronous(write.operation), "it promises only that it will be done")
        applies(target.told(write.operation).body is None, "the target file says its only body")
        case = _unconditional(world, data.draw(world.valid(write.operation), label="case"))
        case, answer = _served(world, write, _telling(world, case, known))
        sent = case.values.body
        control(isinstance(sent, Mapping), "no object was sent")
        seen, shown = _read(world, write, case, answer)
        references = {each.strip("/").split("/")[0] for each in target.references(write.operation)}
        compared = [
            name
            for name in known
            if name in sent and name not in references and f"/{name}" not in write.family.volatile
        ]
        shared = [name for name in compared if name in shown or lost(sent[name], None)]
        applies(known.keys() & shown.keys(), "what is sent is not shown")
        control(shared, "nothing that is shown was sent")
        expect(True, "it was read back")  # noqa: FBT003 - the control held
        for name in shared:
            value, read = sent[name], shown.get(name)
            if alike(value, read):
                continue
            gone = lost(value, read)
            plain = list(_survivors(world, write, case, name, 1 if gone else 2))
            if len(plain) < (1 if gone else 2):
                continue  # The service sets it, or writes it otherwise.
            _, again, late = _written(world, write, case)
            what = "an empty value reads back as nothing" if gone else "a value is lost"
            expect(
                alike(value, late.get(name)),
                f"{write.label}: /{name} was sent as {_short(value)} and reads back as "
                f"{_short(late.get(name))}",
                answer,
                seen,
                again,
                root=f"{write.label}: {what} at /{name}",
                telling=(f"/{name}",),
            )


def _unconditional(world: World, case: Case) -> Case:
    """The case without optional conditions: a tag that was made up holds for nothing."""
    assert case.operation is not None
    needed = {each.name for each in case.operation.parameters if each.required}
    kept = {
        name: value
        for name, value in case.values.headers.items()
        if name in needed or name.lower() not in CONDITIONS
    }
    if len(kept) == len(case.values.headers):
        return case
    return world.case(case.operation, replace(case.values, headers=kept))


def _telling(world: World, case: Case, known: Mapping[str, Any]) -> Case:
    """The case with some text, where it has nothing that is shown and nothing was compared yet."""
    body = case.values.body
    if case.operation is None or world.example.tally.conclusive or not isinstance(body, Mapping):
        return case
    if known.keys() & body.keys():
        return case
    return world.case(case.operation, spelled(world, case.operation, case.values))


def _served(world: World, write: Write, case: Case) -> tuple[Case, Exchange]:
    """The write and its answer; where nothing could be written before, one that is served stands
    for one that is refused: a name that was given away, a state that takes no more, a rule that
    the document does not know.
    """
    answer = world.send(case)
    if not 400 <= answer.status < 500 or world.example.tally.conclusive:
        return case, answer
    found = world.reach(write.operation, fresh=True)
    return replace(case, values=found.values), found.exchange


def _written(world: World, write: Write, case: Case) -> tuple[Exchange, Exchange, dict[str, Any]]:
    """The write, the reading, and the thing that it shows."""
    answer = world.send(case)
    return answer, *_read(world, write, case, answer)


def _read(
    world: World, write: Write, case: Case, answer: Exchange
) -> tuple[Exchange, dict[str, Any]]:
    """The reading, and the thing that it shows."""
    control(answer.ok and answer.status != 202, f"{write.label} answered {answer.status}")
    who = answer.principal
    if write.operation is write.family.create:
        one = made(write.family, case.values, who, answer)
    else:
        path = path_of(write.operation, answer)
        own = path.get(write.family.parameter, "")
        one = One(write.family, who, str(own), answer, path, None, write.operation.path)
    seen, shown = look(world, one)
    control(shown is not None, "it is not there when it is read back")
    return seen, dict(shown or {})


def _survivors(world: World, write: Write, case: Case, name: str, wanted: int) -> Iterator[Any]:
    """Plain values of a member that are read back as they were sent, others than the case's."""
    key = (write.label, name)
    memory, value = world.target.memory.survivors, case.values.body[name]
    if key not in memory:
        found: list[Any] = []
        for plain in _plain(world, write, case, name):
            body = {**case.values.body, name: plain}
            other = replace(case.values, body=body)
            try:
                _, _, shown = _written(world, write, world.case(write.operation, other))
            except Inconclusive:
                continue  # Refused: perhaps it must be unique, or fit to others.
            if shown.get(name) == plain:
                found.append(plain)
            if len(found) > 2:
                break
        memory[key] = tuple(found)
    yield from [each for each in memory[key] if each != value][:wanted]


def _plain(world: World, write: Write, case: Case, name: str) -> Iterator[Any]:
    """Values of a member that are as plain as can be, and valid."""
    target = world.target
    assert write.operation.body is not None
    media = write.operation.body.content[json_type(write.operation) or ""]
    schema = members(world, write.operation)[name]
    own = resolve(target.spec, schema)
    given = [each[name] for each in media.examples if isinstance(each, Mapping) and name in each]
    given += [own["example"]] if "example" in own else []
    for branch in branches(target.spec, schema):
        listed = [branch.get("examples"), branch.get("enum")]
        given += [value for values in listed if isinstance(values, list) for value in values]
    number = target.memory.next_fresh()
    given += [f"Plain {number}", f"plain{number}", "alpha", "beta", 1, 2, 3, 10, 20, True]
    given += [["alpha"], ["beta"], {"alpha": "one"}]
    tried: list[Any] = []
    for value in given:
        if not value or value == case.values.body[name] or value in tried:
            continue
        if target.validity.violations(media.schema, {**case.values.body, name: value}) == ():
            tried.append(value)
            yield value
        if len(tried) > 4:
            return


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 60 else f"{text[:40]}… ({len(text)} characters)"

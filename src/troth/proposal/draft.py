"""Puts the proposal for one service together, as the text of a target file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from troth.proposal import (
    destructive,
    gates,
    lifecycles,
    limits,
    pages,
    principals,
    resources,
    session,
    spared,
    streams,
)
from troth.proposal.looks import Look
from troth.proposal.passage import Entry, Passage, written
from troth.target import Target


@dataclass(frozen=True, slots=True)
class Told:
    """What was said beside the document: on the command line, or in files of other tools.

    ``principals`` is the name of a file of Web Fuzzing Commons, which takes the table's place.
    ``sections`` are principals as `[principals]` has them, ``operations`` tables by operation.
    """

    name: str
    base_url: str
    spec: str | None = None
    users: Sequence[str] = ()
    principals: str = ""
    sections: Mapping[str, Any] = field(default_factory=dict)
    operations: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    login: Mapping[str, Any] | None = None
    said: tuple[str, ...] = ()
    exclude: Sequence[str] = ()
    where: str = ""
    """What the document says of its address, where that is not where it is."""
    include: bool = False
    """Whether operations that would end the run are left in."""


def draft(target: Target, told: Told, looks: Mapping[str, Look], environ: Mapping[str, str]) -> str:
    """The text of the proposed file."""
    return written(list(_passages(target, told, looks, environ)))


def _passages(
    target: Target, told: Told, looks: Mapping[str, Look], environ: Mapping[str, str]
) -> Iterator[Passage]:
    spec = target.spec
    found = session.guess(spec)
    yield Passage(above=tuple(_head(target, told)))
    if told.principals:
        yield Passage(
            above=("Who may call, as this document of Web Fuzzing Commons says.",),
            entries=(Entry("principals", told.principals),),
        )
    yield _target(target, told)
    refused = any(each.status == 401 for each in looks.values())
    if told.sections:
        entries = tuple(
            Entry(name, each, proposed=not principals.filled(each, environ))
            for name, each in told.sections.items()
        )
        above = ("Who may call; a variable that is not set is the reason for a `#`.",)
        yield Passage(("principals",), above, entries, bare=True)
    elif not told.principals:
        who = principals.passage(spec, found, told.users, environ, refused=refused)
        if who is not None:
            yield who
    if told.login is not None:
        own = (Entry("login", dict(told.login)),)
        yield Passage(("session",), ("How a login becomes a credential.",), own)
    else:
        yield from session.passages(spec, found)
    for name, values in told.operations.items():
        yield Passage(("operations", name), entries=tuple(Entry(*each) for each in values.items()))
    harmful = destructive.dangers(spec)
    yield from spared.passages(spec, found, harmful)
    yield from resources.passages(spec, target.families, target.graph)
    lists = {each.label: (each, target.paging(each)) for each in target.collections}
    yield from pages.passages(lists, looks)
    yield from lifecycles.passages(spec, target.families)
    yield from streams.passages(spec)
    yield from gates.passages(spec)
    yield from limits.passages(found)


def _head(target: Target, told: Told) -> Iterator[str]:
    spec = target.spec
    yield f"{spec.title} {spec.version}".strip() + f", {len(spec.operations)} operations."
    yield "Proposed by `troth init` from its document: what holds was read there, what is a"
    yield "comment is a guess, or wants to be filled in. `troth check --target FILE` says what is"
    yield "missing, and what one more line would let troth ask."
    yield from told.said
    if spec.broken:
        yield f"{len(spec.broken)} operations are described so badly that they are not asked."


def _target(target: Target, told: Told) -> Passage:
    entries = [Entry("name", told.name), Entry("base-url", told.base_url, told.where)]
    if told.spec is not None:
        entries.append(Entry("spec", told.spec))
    found = destructive.dangers(target.spec)
    if spared.token_of_its_own(session.guess(target.spec)):
        found = tuple(each for each in found if not each.mine)
    found = () if told.include else found
    above = []
    if found:
        above.append("Left out, for it would end the run:")
        above += [f"  {each.operation.label} {each.why}" for each in found]
    left = [*told.exclude, *destructive.excluded(found)]
    if left:
        entries.append(Entry("exclude", list(dict.fromkeys(left))))
    entries.append(
        Entry("writes", value=True, note="off loopback: that writes may be sent", proposed=True)
    )
    return Passage(("target",), tuple(above), tuple(entries))

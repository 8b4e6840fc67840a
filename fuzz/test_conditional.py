"""FUZ119: entity tags and conditions are kept as RFC 9110, section 13, says.

Of what is served with an `ETag`: asked again with `If-None-Match` and that tag, alone, in a list,
marked as weak, or `*`, the answer is 304 with the tag and without a body; with another tag it is
served. Where 304 is documented beside `Last-Modified`, `If-Modified-Since` is answered with it.

Of a write that documents `If-Match`, and whose thing is read with a tag: with the current tag it is
served, and if that changed what is read, the tag has changed too; with a tag that has become stale
it is refused with 412, and nothing has changed after that; a tag marked as weak is not the strong
one (section 8.8.3.2).

The control is the same request without a condition, which was served. Where tags are served and
nobody documents `If-Match`, writes are not judged; a tag that is another one at every reading, or
that the service marks as weak, does not show whether `If-Match` holds. Tags that are not quoted,
and a 304 with a body or without the tag, are found in every exchange.
"""

from dataclasses import replace

from troth import applies, control, expect, prop
from troth.case import Case
from troth.checks.conditional import opaque, strong
from troth.composing.memory import Accepted
from troth.composing.references import Resolver
from troth.composing.templates import shared_values
from troth.exchange import Exchange
from troth.readback import reader_of
from troth.spec.operation import Operation
from troth.target import Target
from troth.world import World

REFS = ("RFC9110-13", "RFC9110-8.8", "CWE-362", "CWE-367")
OTHER = '"troth-another-one"'


def _none(target: Target, operation: Operation) -> str:  # noqa: ARG001 - as `unless` wants it
    named = {each.name.lower() for each in operation.parameters if each.location == "header"}
    written = operation.method != "GET" and "if-match" not in named
    return "the document names no If-Match" if written else ""


@prop("FUZ119", severity="medium", refs=REFS, unless=_none)
def test_conditional(target: Target, operation: Operation) -> None:
    """A reading operation under If-None-Match, a writing one under If-Match."""
    with target.world() as world:
        if operation.method == "GET":
            _read(world, operation)
        else:
            _write(world, operation)


def _read(world: World, operation: Operation) -> None:
    accepted = world.accepted(operation)
    served = accepted.exchange.response
    tagged = served is not None and served.header("etag")
    dated = served is not None and "304" in operation.responses and served.header("last-modified")
    applies(tagged or dated, "it is served without an ETag")
    base = world.target.generator.build(operation, accepted.values)
    first = world.send(base, purpose="without a condition")
    control(first.ok, "it is not served again")
    world.judge(first)
    if tagged:
        tag = _tag(first)
        control(tag, "it is served without an ETag this time")
        _not_modified(world, base, first, tag)
    elif dated:
        since = first.response.header("last-modified") if first.response else None
        control(since, "it is served without Last-Modified this time")
        answer = world.send(_under(base, "If-Modified-Since", str(since)))
        what = "a documented 304 is not answered to If-Modified-Since"
        expect(answer.status == 304, what, first, answer, root=what)


def _not_modified(world: World, base: Case, first: Exchange, tag: str) -> None:
    ways = {
        "the tag itself": tag,
        "a list with the tag": f"{OTHER}, {tag}",
        "the tag marked as weak": f"W/{opaque(tag)}",
        "`*`": "*",
    }
    for kind, value in ways.items():
        answer = world.send(_under(base, "If-None-Match", value))
        control(answer.response and answer.status < 500, "no answer to judge")
        now = _tag(answer) or tag
        applies(now == tag or answer.status == 304, "its ETag changes by itself")
        what = f"If-None-Match with {kind} is not answered 304"
        expect(answer.status == 304, f"{what}, but {answer.status}", first, answer, root=what)
        world.judge(answer)
    answer = world.send(_under(base, "If-None-Match", OTHER))
    what = "If-None-Match with another tag is not served"
    expect(answer.ok, f"{what}: {answer.status}", first, answer, root=what)


def _write(world: World, operation: Operation) -> None:
    reader = reader_of(world, operation)
    applies(reader, "nothing reads what it writes")
    assert reader is not None
    accepted = world.accepted(operation)
    applies(not accepted.values.token, "it is sent with a token of its own")
    if operation.method == "DELETE":
        # What was served with it is gone.
        above = (operation.label,)
        there = Resolver(world, operation, accepted.principal, fresh=True, above=above)
        accepted = replace(accepted, values=replace(accepted.values, path=there.path({})))
    read = _reading(world, operation, reader, accepted)
    before = world.send(read, principal=accepted.principal)
    control(before.ok, "what it writes is not read by who writes it")
    tag = _tag(before)
    applies(tag, "what it writes is read without an ETag")
    applies(strong(tag), "its tags are weak: none of them fits If-Match")
    write = world.target.generator.build(operation, accepted.values)
    stale = OTHER
    if operation.method != "DELETE":
        done = world.send(_under(write, "If-Match", tag))
        what = "If-Match with the current tag is refused with 412"
        expect(done.status != 412, what, before, done, root=what)
        control(done.ok, f"the write is answered {done.status}")
        after = world.send(read, principal=accepted.principal)
        control(after.ok and _tag(after), "it is not read again")
        changed = _body(after) != _body(before)
        what = "an ETag stays although what it stands for has changed"
        expect(_tag(after) != tag or not changed, what, before, done, after, root=what)
        stale = tag if _tag(after) != tag else OTHER
        before = after
    weak = {"marked as weak": f"W/{_tag(before)}"} if operation.method != "DELETE" else {}
    for kind, value in {"that is stale": stale, **weak}.items():
        refused = world.send(_under(write, "If-Match", value))
        control(refused.response and refused.status < 500, "no answer to judge")
        control(refused.status not in {401, 403, 429}, f"answered {refused.status} before looking")
        what = f"If-Match with a tag {kind} is not refused with 412"
        expect(refused.status == 412, f"{what}, but {refused.status}", refused, root=what)
        now = world.send(read, principal=accepted.principal)
        what = "a write that was refused with 412 has an effect"
        expect(_tag(now) == _tag(before), what, before, refused, now, root=what)


def _reading(world: World, operation: Operation, reader: Operation, accepted: Accepted) -> Case:
    own = {name: str(value) for name, value in accepted.values.path.items()}
    values = world.accepted(reader).values
    path = {**values.path, **shared_values(reader.path, operation.path, own)}
    return world.target.generator.build(reader, replace(values, path=path), purpose="its tag")


def _under(base: Case, name: str, value: str) -> Case:
    kept = tuple(pair for pair in base.headers if pair[0].lower() != name.lower())
    return replace(base, headers=(*kept, (name, value)), purpose=f"{name}: {value}")


def _tag(exchange: Exchange) -> str:
    return (exchange.response.header("etag") if exchange.response is not None else None) or ""


def _body(exchange: Exchange) -> bytes:
    return exchange.response.body if exchange.response is not None else b""

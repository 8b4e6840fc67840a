"""Gives a request real ids: calls the operations that produce what it refers to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from troth.composing.answers import declined
from troth.composing.faults import parameter_of
from troth.composing.memory import Pass, Thing, plain
from troth.composing.templates import shared_values, template_parameters, typed_as
from troth.exchange import Exchange
from troth.expression import ExpressionError, evaluate, identifier
from troth.people.senders import sends
from troth.people.spare import current_password, ends_caller, sets_password, spare
from troth.principal import ANONYMOUS
from troth.prop import Inconclusive
from troth.session import LoginFailed
from troth.spec.graph import Producer, Reference
from troth.spec.operation import Operation
from troth.told import PRODUCER, lookup, one_time_code, secret_of
from troth.transport.record import NotSent

if TYPE_CHECKING:
    from troth.world import World


@dataclass
class Resolver:
    """Resolves the references of one operation, as one principal.

    ``fresh`` makes the thing itself anew and keeps its parents; ``above`` are the operations on
    whose behalf this happens, so that nothing needs itself. What the target file takes from one
    operation comes from one answer of it: ``answers``. The token of the operation is its own
    one: somebody else's may be used up.
    """

    world: "World"
    operation: Operation
    who: str
    fresh: bool
    above: tuple[str, ...]
    used: bool = False
    answers: dict[str, Thing] = field(default_factory=dict)
    drawn: dict[str, Any] = field(default_factory=dict)
    _path: dict[str, str] = field(default_factory=dict)
    _pass: Pass | None = None

    def __post_init__(self) -> None:
        latest = self.world.target.memory.passes.get(self.operation.label, [])[-1:]
        if latest and not self.fresh and not latest[0].refused and latest[0].who == self.who:
            # What is spent in it is replaced when a case is sent.
            self._pass = latest[0]
            self.answers, self.drawn = self._pass.answers, self._pass.drawn
            self.used = bool(self.answers)

    def path(self, fixed: Mapping[str, str]) -> dict[str, str]:
        """Values of the path parameters that refer to things, outermost first.

        Raises Inconclusive when a reference has producers but none gave a value.
        """
        self._path = dict(fixed)
        told = self.world.target.told(self.operation).path
        names = [name for _, name in template_parameters(self.operation.path)]
        references = self.world.target.graph.of(self.operation.label)
        for name in names:
            reference = Reference(self.operation.label, "path", name)
            if name in self._path or name in told:
                continue
            if reference not in references:
                shown = self._shown(name)
                if shown:
                    self._path[name] = shown
                continue
            last = name == names[-1]
            value = self._produced(references[reference], fresh=self.fresh and last)
            if value is None and self._has_example(name):
                continue
            if value is None:
                tried = ", ".join(each.operation for each in references[reference])
                raise Inconclusive(
                    f"no `{name}` for {self.operation.label}: tried {tried}; "
                    f'name a value in [operations."{self.operation.label}"] path'
                )
            self._path[name] = str(value)
        if self.operation.method == "DELETE":
            self._spare_named([each for each in names if each not in self._path | told])
        return dict(self._path)

    def _spare_named(self, names: list[str]) -> None:
        """That no example of the document, which stands for these, names one of the run's own."""
        for who, section in self.world.target.file.principals.items():
            own = {str(each) for each in (section.login or {}).values()}
            for each in (parameter_of(self.operation, "path", name) for name in names):
                if each is not None and each.examples and str(each.examples[0]) in own:
                    raise Inconclusive(
                        f"{self.operation.label} would delete `{who}`, as whom the run logs in, by "
                        f"the document's example; name another `{each.name}` in [operations] path"
                    )

    def _shown(self, name: str) -> str:
        """What an answer has shown under that name; empty where the document knows better.

        A write gets only what the run has made: what is merely shown may be somebody's own.
        """
        memory = self.world.target.memory
        if self._has_example(name) or plain(name) not in self.world.target.wanted:
            return ""
        known = [memory.seen.get((who, plain(name))) for who in (self.who, *self._alike())]
        safe = self.operation.safe
        return next((each[0] for each in known if each and (safe or each[1])), "")

    def _alike(self) -> list[str]:
        """Whoever else is asked: what one was shown may be there for all."""
        return [each for each in self.world.target.principals if each != self.who]

    def _has_example(self, name: str) -> bool:
        parameter = parameter_of(self.operation, "path", name)
        return parameter is not None and bool(parameter.examples)

    def parameters(self, location: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Real ids for the parameters of ``location`` that are ``given`` a value already."""
        found: dict[str, Any] = {}
        for reference, producers in self.world.target.graph.of(self.operation.label).items():
            if reference.location == location and reference.name in given:
                value = self._produced(producers, fresh=False)
                if value is not None:
                    found[reference.name] = str(value)
        return found

    def body(self, body: Any) -> dict[str, Any]:
        """Real ids for the places of the body that refer to things, by JSON pointer."""
        found: dict[str, Any] = {}
        for reference, producers in self.world.target.graph.of(self.operation.label).items():
            if reference.location != "body" or not isinstance(body, Mapping):
                continue
            name = reference.name.split("/")[1] if "/" in reference.name else ""
            if name not in body and not self.required(reference.name):
                continue
            value = self._produced(producers, fresh=self.fresh and self.consumes(reference.name))
            if value is not None:
                found[reference.name] = typed_as(value, body, reference.name)
        member = current_password(self.world.target, self.operation)
        if member and self._pass is not None and f"/{member}" in self._pass.drawn:
            found[f"/{member}"] = self._pass.drawn[f"/{member}"]
        return found

    def required(self, pointer: str) -> bool:
        """Whether the top-level property at ``pointer`` must be in the body."""
        return pointer in self.world.target.required_members(self.operation)

    def consumes(self, pointer: str) -> bool:
        """Whether using the value may use it up: tokens and codes are often good for once."""
        last = pointer.rsplit("/", 1)[-1].lower()
        return last.endswith(("token", "code", "key"))

    def told(self, values: Any) -> Any:
        """Configured values: ``$producer.…`` looked up, ``$totp(…)`` computed.

        Raises Inconclusive where that comes to nothing.
        """
        if isinstance(values, Mapping):
            return {name: self.told(value) for name, value in values.items()}
        if isinstance(values, list | tuple):
            return [self.told(value) for value in values]
        if not isinstance(values, str):
            return values
        secret = secret_of(values)
        if secret is None and not values.startswith(PRODUCER):
            return values
        value = self._looked_up(values) if secret is None else self._code(secret)
        self.drawn[values] = value
        self.world.target.memory.drawn.setdefault(values, set()).add(str(value))
        return value

    def token(self) -> str:
        """The token that the operation is sent with; empty where it needs none of its own."""
        text = self.world.target.told(self.operation).token
        if self._pass is not None:
            return self._pass.token
        if text is None:
            return self._spared()
        token = self.told(text)
        if not isinstance(token, str) or not token or not token.isprintable():
            raise Inconclusive(f"the token of {self.operation.label}: no text stands there")
        self._pass = Pass(token, self.who, self.answers, self.drawn)
        self.world.target.memory.passes.setdefault(self.operation.label, []).append(self._pass)
        return token

    def _spared(self) -> str:
        """The token of somebody to spare, where the operation would end who sends it."""
        target = self.world.target
        ended = ends_caller(target, self.operation)
        if self.who == ANONYMOUS or not ended:
            return ""
        if self.who in target.newcomers and sets_password(self.operation):
            return ""  # They signed up for no less, and it may be theirs alone to set.
        one = spare(self.world, self.operation, above=self.above)
        member = current_password(target, self.operation)
        drawn = {f"/{member}": one.password} if member else {}
        answers = {**one.answers, **self.answers}
        self._pass = Pass(one.token, self.who, answers, drawn)
        if ended in {"account", "password"}:
            target.memory.once.add(self.operation.label)  # They are good for one request.
        target.memory.passes.setdefault(self.operation.label, []).append(self._pass)
        return one.token

    def prepare(self, path: Mapping[str, str]) -> None:
        """Get all that the target file says of the operation, and keep it for what follows.

        Raises Inconclusive.
        """
        told = self.world.target.told(self.operation)
        self.after({**path, **self.told(told.path)})
        self.told([self.token(), told.query, told.headers, told.body])
        if self._pass is None and self.drawn:
            self._pass = Pass("", self.who, self.answers, self.drawn)
            self.world.target.memory.passes.setdefault(self.operation.label, []).append(self._pass)

    def after(self, path: Mapping[str, str]) -> None:
        """Call what must have succeeded before, on the same things. Raises Inconclusive."""
        for name in self.world.target.told(self.operation).after:
            operation = self.world.target.spec.operation(name)
            if operation is None:
                raise Inconclusive(f"`after` names no operation of the document: {name}")
            self._answer(operation, name, path)

    def _code(self, secret: str) -> str:
        value = self.told(secret)
        try:
            code = one_time_code(str(value))
        except ValueError:
            place = secret if secret.startswith(PRODUCER) else "$totp(…)"
            raise Inconclusive(f"what stands at `{place}` is no base32 secret") from None
        self.world.target.redactor.code(code)
        return code

    def _looked_up(self, text: str) -> Any:
        found = lookup(text)
        if found is None:
            raise Inconclusive(f"`{text}` is neither $producer.<operation>.body#/… nor .header.…")
        producer = self.world.target.spec.operation(found.operation)
        if producer is None:
            raise Inconclusive(f"`{text}` names no operation of the document")
        exchange = self._answer(producer, text, self._path).exchange
        try:
            if found.expression.lower().endswith("location"):
                return identifier(found.expression, exchange)
            value = evaluate(found.expression, exchange)
        except ExpressionError as error:
            raise Inconclusive(f"`{text}` gave nothing: {error}") from None
        if value is None or value == "":
            raise Inconclusive(f"`{text}` gave nothing")
        return value

    def _answer(self, producer: Operation, text: str, path: Mapping[str, str]) -> Thing:
        """The one answer of ``producer`` that this request is made from."""
        known = self.answers.get(producer.label)
        if known is not None:
            self.world.example.provenance.extend(known.history)
            return known
        target = self.world.target
        reason = target.closed(producer)
        if producer.label in self.above or reason:
            raise Inconclusive(f"`{text}` gave nothing: {reason or 'it would need itself'}")
        token = lookup(target.told(self.operation).token or "")
        own = token is not None and producer.named(token.operation)
        shared = shared_values(producer.path, self.operation.path, path)
        self.used = True
        # What the target file says of the producer comes first; then the same principal, whose
        # things they are; then anybody.
        whose = producer.security or producer.label in target.enrolling
        ways = [self.who, ""] if self.who != ANONYMOUS and whose else [""]
        fresh, why = self.fresh or own, ""
        for who in ways:
            try:
                thing = produce(self.world, producer, shared, who, fresh=fresh, above=self.above)
            except Inconclusive as reason:
                why = why or str(reason)
            else:
                self.answers[producer.label] = thing
                return thing
        raise Inconclusive(f"`{text}` gave nothing: {why}")

    def _produced(self, producers: tuple[Producer, ...], *, fresh: bool) -> Any:
        deletes = self.operation.method == "DELETE"
        # What one gets oneself is one's own; what another one is asked for may be hidden.
        producers = tuple(sorted(producers, key=self._others))
        makers = [each for each in producers if not each.operation.startswith("GET ")]
        # What a list shows may be the run's own account: it is deleted only when nothing else is.
        for producer in [*makers, *producers] if deletes else producers:
            value = self._value(producer, fresh=fresh)
            if value is not None and value != "":
                return value
        return None

    def _others(self, producer: Producer) -> bool:
        """Whether only others may call it."""
        operation = self.world.target.spec.operation(producer.operation)
        return operation is not None and not sends(self.world.target, self.who, operation)

    def _value(self, producer: Producer, *, fresh: bool) -> Any:
        target = self.world.target
        operation = target.spec.operation(producer.operation)
        if operation is None or operation.label in self.above or target.closed(operation):
            return None
        shared = shared_values(operation.path, self.operation.path, self._path)
        # Nobody else is going to be tried for an operation that one alone may send: what another
        # one has made will do for him then.
        alone = self.who == ANONYMOUS or target.senders(self.operation) == [self.who]
        for who in (self.who, "") if alone else (self.who,):
            try:
                thing = produce(self.world, operation, shared, who, fresh=fresh, above=self.above)
                if producer.value.startswith("$request") and declined(thing.exchange):
                    continue  # What was asked for was not made: another one may be called so.
                value = identifier(producer.value, thing.exchange, path_values=thing.path)
            except (Inconclusive, ExpressionError):
                continue  # The next producer is asked; `path` says so when there is none left.
            self.used = True
            return value
        return None


def produce(
    world: "World",
    operation: Operation,
    fixed: Mapping[str, str],
    who: str,
    *,
    fresh: bool,
    above: tuple[str, ...],
) -> Thing:
    """The answer of ``operation``: of an earlier call, unless a ``fresh`` one is wanted."""
    memory, target = world.target.memory, world.target
    own = _enrolment(world, operation, who, fresh=fresh)
    if own is not None:
        world.example.provenance.append(own)
        return Thing(own, {}, (own,))
    # Whose credential does not do for it can not call it, on whosever behalf.
    senders = target.senders(operation)
    principal = who if sends(target, who, operation) else None
    key = (operation.label, principal or "", tuple(sorted(fixed.items())))
    known = memory.things.get(key)
    if known is not None and known.lasts and not fresh:
        world.example.provenance.extend(known.history)
        return known
    hopeless = memory.hopeless(operation.label, [principal] if principal else senders)
    if hopeless and not fresh:
        raise Inconclusive(hopeless)
    accepted = world.reach(operation, fixed=fixed, principal=principal, above=above)
    path = {**accepted.values.path, **fixed}
    thing = Thing(accepted.exchange, path, (*accepted.history, accepted.exchange))
    if not fresh:
        memory.things[key] = thing
    world.example.provenance.extend(thing.history)
    return thing


def _enrolment(world: "World", operation: Operation, who: str, *, fresh: bool) -> Exchange | None:
    """What a newcomer was answered to signing up, where ``operation`` is that: the account that it
    made is his own. A ``fresh`` one is somebody else's of the same name.
    """
    target, memory = world.target, world.target.memory
    if who not in target.newcomers or operation.label not in target.enrolling:
        return None
    if fresh and who in memory.enrolled:
        target.principals[who].anew()
        memory.part(who)
    try:
        target.principals[who].credential()
    except (LoginFailed, NotSent) as reason:
        raise Inconclusive(str(reason)) from reason
    return memory.enrolled.get(who, {}).get(operation.label)

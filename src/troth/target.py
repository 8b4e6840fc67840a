"""A target that is open: its document, its principals, and what a session learns about it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from time import monotonic
from typing import Any

from troth.attained import Ledger
from troth.authority.roles import Matrix
from troth.case import Case
from troth.checks.correlation import correlation_of
from troth.checks.envelope import Shape
from troth.checks.published_keys import private
from troth.composing.memory import Memory, telling
from troth.config.asks import AskSection, GivenSection
from troth.config.file import TargetFile
from troth.config.operations import OperationSection, SignSection
from troth.config.policy import PolicySection
from troth.errors import Unmakable
from troth.evidence.protocol import Writer
from troth.exchange import Exchange
from troth.expression import ExpressionError, evaluate
from troth.gate import closed
from troth.launch import Launched
from troth.logs.source import Source
from troth.observe import Observer
from troth.people.senders import senders
from troth.principal import Principal
from troth.probes.listener import Listener
from troth.profile import Profile
from troth.prop import Example, Inconclusive, Tally
from troth.redaction import Redactor
from troth.spec.families import Collection, Family, collections, families
from troth.spec.graph import Graph
from troth.spec.lifecycles import Lifecycle, lifecycles
from troth.spec.operation import BrokenOperation, Operation, Socket, Spec
from troth.spec.paging import Pages, paging
from troth.spec.running import Running, streams, works
from troth.spec.schema import resolve
from troth.spec.schemathesis import Generator
from troth.spec.second import Judge
from troth.spec.validity import Validity
from troth.spec.workflows import Workflow, workflows
from troth.told import leaves, lookup, secret_of
from troth.transport.record import Recorder
from troth.transport.request import origin
from troth.world import World


@dataclass(repr=False)
class Target:
    """The service under test for the length of a session. Made by `troth.opening.open_target`."""

    name: str
    base_url: str
    prefix: str
    file: TargetFile
    spec: Spec
    graph: Graph
    generator: Generator
    second: Judge
    validity: Validity
    shapes: tuple[Shape, ...]
    recorder: Recorder
    principals: Mapping[str, Principal]
    redactor: Redactor
    profile: Profile
    environ: Mapping[str, str]
    launched: Launched | None = None
    salt: str = ""
    memory: Memory = field(default_factory=Memory)
    tally: Tally | None = None
    deadline: float | None = None
    sending: tuple[Example, Case] | None = None
    only: tuple[str, ...] = ()
    policy: PolicySection = field(default_factory=PolicySection)
    seed: int | None = None
    writer: Writer | None = None
    restart: Callable[[], str] | None = None
    """Stops the service and starts it again, and says why that could not be; None where the target
    file does not say that it may be."""
    logs: Source | None = None
    """Where its log lines are read; None where there is nothing to read."""
    log_began: int = 0
    """Where in that the run began."""
    newcomers: tuple[str, ...] = ()
    """Principals who sign up when they are wanted: in pairs, a victim and a stranger."""
    enrolling: frozenset[str] = frozenset()
    """The operations by which they do."""
    _boundary: dict[tuple[str, bool], tuple[list[Case], Iterator[Case]]] = field(
        default_factory=dict
    )
    _told: dict[str, OperationSection] = field(default_factory=dict)
    _closing: list[Callable[[], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.families: tuple[Family, ...] = families(self.spec, self.file.resources)
        self.collections: tuple[Collection, ...] = collections(self.spec, self.families)
        self._pages = {
            each.label: paging(self.spec, each.listing, self.told(each.listing.operation))
            for each in self.collections
        }
        self.lifecycles: tuple[Lifecycle, ...] = lifecycles(
            self.spec, self.families, self.file.lifecycles
        )
        self.streams: tuple[Running, ...] = streams(self.spec, self.file.streams)
        self.works: tuple[Running, ...] = works(self.spec, self.file.background)
        self.workflows: tuple[Workflow, ...] = workflows(self.spec, self.file.workflows)
        shakes = (each.handshake for each in self.spec.sockets)
        known = {each.label: each for each in (*self.spec.operations, *shakes)}
        self.correlation = correlation_of(self.spec, self.file.target.correlation)
        self.formats = Validity(self.spec, formats=True, answers=True)
        self.observer = Observer(self, known=known)
        self._secret_places = self._secret_lookups()
        keys = (
            each.key.lower() for each in self.spec.schemes.values() if each.location == "header"
        )
        self.roles = Matrix(self.file.principals, frozenset(keys))
        self.recorder.subscribe(self._learn_secrets)
        self.recorder.subscribe(self.roles)
        self.ledger = Ledger(self)
        self.recorder.subscribe(self.ledger)

    def __repr__(self) -> str:
        return f"Target({self.name!r})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: FBT001 - IPython's protocol
        """Hypothesis prints the arguments of a failing test: not all that hangs on this one."""
        printer.text("target" if cycle else repr(self))

    @cached_property
    def wanted(self) -> frozenset[str]:
        """Plain names of the path parameters that no operation is known to produce."""
        return telling({each.name for each in self.graph.unproduced})

    @cached_property
    def listener(self) -> Listener:
        """Our own, which the service must not be brought to call; it listens once it is wanted."""
        stand_in = self.file.target.stand_in or ""
        try:
            made = Listener(also=stand_in)
        except OSError as error:
            raise Inconclusive(
                f"[target] stand-in: nobody can listen at {stand_in or 'a port of 127.0.0.1'} "
                f"({error.strerror}); name another address of this machine, or take it out"
            ) from None
        self.on_close(made.close)
        return made

    def begin(self, writer: Writer | None) -> None:
        """From now on give every exchange to ``writer``, and then to the checks."""
        if writer is not None:
            self.writer = writer
            self.recorder.subscribe(writer.write)
            self.on_close(writer.close)
        self.recorder.subscribe(self.observer)

    def facts(self) -> dict[str, Any]:
        """What the header and the manifest say about this target; JSON-able, without secrets."""
        return {
            "name": self.name,
            "base_url": self.base_url,
            "operations": sum(1 for each in self.spec.operations if self.asked(each)),
            "sockets": [each.label for each in self.spec.sockets if self.asked(each)],
            "broken": len(self.spec.broken),
            "drift": [
                f"{key}: the document has {', '.join(sorted(places))}, no answer had"
                for key, places in sorted(self.memory.absent.items())
                if places
            ],
            "document": {
                "title": self.spec.title,
                "version": self.spec.version,
                "openapi": self.spec.openapi,
                "digest": self.spec.digest,
                "source": self.redactor.text(self.spec.source),
            },
            "profile": self.profile.name,
            "seed": "none, derandomised" if self.seed is None else str(self.seed),
            "roles": self.roles.cells,
            "attained": self.ledger.told(),
            "slowed": str(self.memory.pace) if self.memory.pace.refused else "",
            "exchanges": self.recorder.count,
            "failed": (self.writer.failed if self.writer else None) or "",
        }

    @property
    def may_write(self) -> bool:
        """Whether what writes may be sent to it at all."""
        return self.file.target.writes or origin(self.base_url).loopback

    def asked(self, operation: Operation | Socket | BrokenOperation) -> bool:
        """Whether ``--operation`` leaves it in."""
        named = (
            operation.label.__eq__ if isinstance(operation, BrokenOperation) else operation.named
        )
        return not self.only or any(named(name) for name in self.only)

    def paging(self, collection: Collection) -> Pages | None:
        """How the list is cut into pages; None where the target file says that it is not."""
        return self._pages[collection.label]

    def terminal(self, operation: Operation) -> tuple[str, ...]:
        """The types of events after which, as the target file says, its stream is at its end."""
        streams = self.file.streams.values()
        return next((each.terminal for each in streams if operation.named(each.operation)), ())

    def requires(self, property: str) -> bool:
        """Whether the policy lets no inconclusive of this property pass."""
        return property in self.policy.require or "*" in self.policy.require

    def _learn_secrets(self, exchange: Exchange) -> None:
        for expression in self._secret_places.get(exchange.operation or "", ()):
            with suppress(ExpressionError):
                self.redactor.add(str(evaluate(expression, exchange)))
        self.redactor.add(*private(exchange))
        for principal in self.principals.values():
            if principal.name == exchange.principal:
                self.redactor.add(*sorted(principal.secrets))

    def _secret_lookups(self) -> dict[str, set[str]]:
        """Where in which answers stand tokens, and secrets of one-time codes."""
        found: dict[str, set[str]] = {}
        for name, *places in self._session_secrets():
            step = self.spec.operation(name)
            if step is not None:
                found.setdefault(step.label, set()).update(each for each in places if each)
        for bearer in self._bearers():
            taken = lookup(bearer)
            maker = self.spec.operation(taken.operation) if taken else None
            if taken is not None and maker is not None:
                found.setdefault(maker.label, set()).add(taken.expression)
        for section in self.file.operations.values():
            values = (section.path, section.query, section.headers, section.body, section.send)
            texts = [secret_of(each) for _, each in leaves(values) if isinstance(each, str)]
            for text in (section.token, *texts):
                place = lookup(text or "")
                producer = self.spec.operation(place.operation) if place else None
                if place is not None and producer is not None:
                    found.setdefault(producer.label, set()).add(place.expression)
        return found

    def _session_secrets(self) -> Iterator[tuple[str, str | None, str | None]]:
        """The operations that answer tokens, and where these stand."""
        session = self.file.session
        if session.login is not None:
            token, refresh = session.login.token, session.login.refresh
            yield session.login.operation, token, refresh
            if session.refresh is not None:
                again = session.refresh
                yield again.operation, again.token or token, again.refresh or refresh

    def _bearers(self) -> Iterator[str]:
        """The tokens that requests of the target file are sent with."""
        asks: list[AskSection | GivenSection | None] = []
        for power in self.file.authority.values():
            asks += [power.power, power.loss, power.restored, *power.given.values()]
        for thing in self.file.shared.values():
            asks += [thing.write, thing.read, *thing.given.values()]
        for quota in self.file.quotas.values():
            asks += [quota.make, *quota.given.values()]
        for limit in self.file.limits.values():
            asks += [limit, *limit.given.values()]
        for hook in self.file.webhooks.values():
            asks += [*hook.state, *hook.given.values()]
        yield from (each.token for each in asks if each is not None and each.token)

    def world(self) -> World:
        """One example of the property that is running. Raises RuntimeError outside of a test."""
        if self.tally is None:
            raise RuntimeError("target.world() belongs inside a test declared with @prop")
        return World(self, self.tally)

    def url(self, path: str) -> str:
        """The absolute URL of a path of the document."""
        return f"{self.base_url}{self.prefix}{path}"

    def overdue(self) -> bool:
        """Whether the budget of the running test is spent."""
        return self.deadline is not None and monotonic() > self.deadline

    @contextmanager
    def observing(self, example: Example, case: Case) -> Iterator[None]:
        """Within it, recorded exchanges belong to ``case``."""
        before, self.sending = self.sending, (example, case)
        try:
            yield
        finally:
            self.sending = before

    def told(self, operation: Operation | Socket) -> OperationSection:
        """What the target file says about ``operation``; for the session's own operations, what
        ``[session]`` and the principal's ``login`` say.
        """
        known = self._told.get(operation.label)
        if known is None:
            named = (each for name, each in self.file.operations.items() if operation.named(name))
            known = next(named, None) or OperationSection()
            if known.body is None:
                known = known.model_copy(update={"body": self._session_body(operation)})
            self._told[operation.label] = known
        return known

    def _session_body(self, operation: Operation | Socket) -> dict[str, Any] | None:
        """The body of a login or a refresh, None for every other operation."""
        session = self.file.session
        if session.login and operation.named(session.login.operation):
            logins = [each.login for each in self.file.principals.values() if each.login]
            return dict(logins[0]) if logins else None
        if session.refresh and operation.named(session.refresh.operation) and session.login:
            token = (session.login.refresh or "").removeprefix("$response")
            producer = f"$producer.{session.login.operation}{token}"
            return {
                name: producer if value == "$refresh" else value
                for name, value in session.refresh.body.items()
            }
        return None

    def signature(self, case: Case, *, whole: bool) -> SignSection | None:
        """How ``case`` is to be signed; None where it is not, or its fault is that very header.

        A signature that is the credential is put on a ``whole`` request only.
        """
        if case.operation is None:
            return None
        sign, fault = self.told(case.operation).sign, case.fault
        if sign is None or not (whole or not self.signature_is_credential(case.operation)):
            return None
        own = fault is not None and (fault.location, fault.name.lower())
        return None if own == ("header", sign.header.lower()) else sign

    def signature_is_credential(self, operation: Operation) -> bool:
        """Whether the document wants an API key in the very header that carries a signature."""
        sign = self.told(operation).sign
        schemes = [self.spec.schemes.get(each) for way in operation.security for each in way]
        return sign is not None and any(
            each.location == "header" and each.key.lower() == sign.header.lower()
            for each in schemes
            if each is not None
        )

    def senders(self, operation: Operation) -> list[str]:
        """Principals to try for ``operation``, the likeliest first; see `troth.people.senders`."""
        return senders(self, operation)

    def sender(self, operation: Operation | None) -> str:
        """Who sends ``operation``: whoever was served before, else the likeliest."""
        if operation is None:
            return next(iter(self.principals))
        known = self.memory.accepted.get(operation.label)
        return known.principal if known else self.senders(operation)[0]

    def closed(self, operation: Operation | Socket) -> str | None:
        """Why ``operation`` is not to be sent, or None: excluded, or behind a closed gate."""
        for name in self.file.target.exclude:
            if operation.named(name):
                return "excluded in [target] exclude"
        asked = operation.handshake if isinstance(operation, Socket) else operation
        return closed(self.file.gates, asked, self.environ, started_here=self.launched is not None)

    def boundary(
        self, operation: Operation, *, valid: bool, most: int | None = None
    ) -> Sequence[Case]:
        """The first ``most`` deterministic cases of ``operation``, all by default; each is made
        once a session, and only when it is asked for.
        """
        key = (operation.label, valid)
        if key not in self._boundary:
            self._boundary[key] = ([], self.generator.boundary(operation, valid=valid))
        made, more = self._boundary[key]
        wanted = None if most is None else max(0, most - len(made))
        try:
            made.extend(islice(more, wanted))
        except Unmakable as error:
            raise Inconclusive(str(error)) from error
        return made if most is None else made[:most]

    def references(self, operation: Operation) -> set[str]:
        """The names and pointers in ``operation`` that refer to things."""
        return {each.name for each in self.graph.of(operation.label)}

    def required_members(self, operation: Operation) -> set[str]:
        """JSON pointers of the members that the body of ``operation`` must have."""
        found: set[str] = set()
        for media in (operation.body.content if operation.body else {}).values():
            schema: Mapping[str, Any] = resolve(self.spec, media.schema)
            found |= {f"/{name}" for name in schema.get("required", ())}
        return found

    def on_close(self, step: Callable[[], None]) -> None:
        """Run ``step`` when the target is closed; the last one first."""
        self._closing.append(step)

    def close(self) -> None:
        """Close the connection and stop what was started."""
        while self._closing:
            self._closing.pop()()

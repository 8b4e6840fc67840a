"""What a document says about one operation, as plain immutable data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Schema = Mapping[str, Any] | bool
"""A JSON Schema as it stands in the document; ``$ref``s inside it are kept (they may recurse)."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter; ``location`` is ``path``, ``query``, ``header`` or ``cookie``."""

    name: str
    location: str
    required: bool
    schema: Schema
    examples: tuple[Any, ...] = ()
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Media:
    """One media type of a body: its schema and the document's examples of it.

    Of a stream, ``item_schema`` describes each item, and ``event_order`` is a regular expression
    over the types of its events (`x-event-order`), such as ``init (message)* done``; after an event
    of one of ``event_break`` (`x-event-break`), which may come anywhere, nothing more comes.
    """

    schema: Schema
    examples: tuple[Any, ...] = ()
    item_schema: Schema | None = None
    event_order: str = ""
    event_break: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Body:
    """A request body: media types in the document's order."""

    required: bool
    content: Mapping[str, Media]


@dataclass(frozen=True, slots=True)
class Link:
    """An OpenAPI link: values of this response feed ``parameters`` of another operation."""

    name: str
    operation: str
    parameters: Mapping[str, str]
    body: Any = None


@dataclass(frozen=True, slots=True)
class ResponseSpec:
    """One documented response; ``status`` is as written: ``200``, ``4XX``, ``default``."""

    status: str
    content: Mapping[str, Media]
    headers: Mapping[str, Mapping[str, Any]]
    links: tuple[Link, ...] = ()
    description: str = ""

    def media(self, media_type: str) -> Media | None:
        """The documented media type that covers this one: exact, then ranges; None where none."""
        plain = {name.split(";")[0].strip().lower(): each for name, each in self.content.items()}
        for name in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
            if media_type and name in plain:
                return plain[name]
        return None

    def header(self, name: str) -> Mapping[str, Any] | None:
        """What the document says of the header ``name`` (any case); None where it names none."""
        return next((each for key, each in self.headers.items() if key.lower() == name), None)


@dataclass(frozen=True, slots=True)
class Operation:
    """Method and path template, and all the document promises about them.

    ``security`` is a tuple of alternatives, each a tuple of scheme names that are needed
    together; ``()`` means public, and an empty alternative means that anonymous is allowed too.
    """

    label: str
    method: str
    path: str
    id: str | None
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    body: Body | None
    responses: Mapping[str, ResponseSpec]
    security: tuple[tuple[str, ...], ...]
    deprecated: bool
    summary: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def secured(self) -> bool:
        """Whether the document demands a credential."""
        return bool(self.security) and () not in self.security

    @property
    def safe(self) -> bool:
        """Whether the method is safe in the sense of RFC 9110 section 9.2.1."""
        return self.method in {"GET", "HEAD", "OPTIONS", "QUERY"}

    @property
    def place(self) -> str:
        """Its path without the slash that some frameworks put at the end of each."""
        return self.path.rstrip("/")

    @property
    def single(self) -> bool:
        """Whether its path ends with the id of one thing."""
        return self.place.endswith("}")

    def named(self, name: str) -> bool:
        """Whether ``name`` means this operation: its operationId or ``METHOD /path``."""
        return name == self.id or " ".join(name.split()) == self.label


@dataclass(frozen=True, slots=True)
class Socket:
    """A WebSocket, as `x-websocket` of a path item describes it; frames are JSON with a `type`.

    Its ``handshake`` is an operation of method GET and label ``WS /path``, whose responses are
    the 101 and the documented refusals. ``sends`` is what a client may send, by type.
    ``order`` is a regular expression over the types that are received, and ``anytime`` are those
    that come between others too. None of ``receives`` and ``closes``: the document does not say.
    """

    handshake: Operation
    sends: Mapping[str, Schema]
    receives: Mapping[str, Schema] | None
    order: str = ""
    anytime: tuple[str, ...] = ()
    closes: Mapping[int, str] | None = None
    refusals: Mapping[str, str] | None = None

    @property
    def label(self) -> str:
        """``WS /path``."""
        return self.handshake.label

    def named(self, name: str) -> bool:
        """Whether ``name`` means it: its operationId or ``WS /path``."""
        return self.handshake.named(name)


@dataclass(frozen=True, slots=True)
class BrokenOperation:
    """An operation that the document does not describe soundly: where, and what is wrong."""

    label: str
    pointer: str
    message: str


@dataclass(frozen=True, slots=True)
class Scheme:
    """A security scheme: ``kind`` as in OpenAPI (``http``, ``apiKey``, ``oauth2`` …)."""

    name: str
    kind: str
    location: str = ""  # apiKey: query, header, cookie
    key: str = ""  # apiKey: the parameter's name
    scheme: str = ""  # http: bearer, basic …
    prefix: str = ""  # apiKey: what its description says that precedes the key, such as `Token `
    flows: Mapping[str, str] = field(default_factory=dict)  # oauth2: token address by flow

    def __str__(self) -> str:
        if self.kind == "apiKey":
            return f"{self.name}: {self.location} {self.key}"
        return f"{self.name}: {self.scheme or self.kind}"


@dataclass(frozen=True, slots=True)
class Spec:
    """A loaded document. ``digest`` is SHA-256 over its canonical JSON, in hex."""

    title: str
    version: str
    openapi: str
    digest: str
    source: str
    document: Mapping[str, Any] = field(repr=False, compare=False)
    operations: tuple[Operation, ...]
    broken: tuple[BrokenOperation, ...]
    schemes: Mapping[str, Scheme]
    base_path: str = ""
    """The path of the first server URL, without a trailing slash: put before every path."""
    sockets: tuple[Socket, ...] = ()

    def operation(self, name: str) -> Operation | None:
        """The operation of that operationId or label, or None; a slash at the end is all one."""
        exact = next((each for each in self.operations if each.named(name)), None)
        if exact is not None:
            return exact
        method, _, path = name.strip().partition(" ")
        place = (method, path.strip().rstrip("/"))
        return next((each for each in self.operations if (each.method, each.place) == place), None)

    def socket(self, name: str) -> Socket | None:
        """The WebSocket of that operationId or label, or None."""
        return next((each for each in self.sockets if each.named(name)), None)

"""``[target]``: where the service is, how it is started, what may be sent to it."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from troth.config.section import Section


class Logs(Section):
    """Where the service's log lines can be read: one of these. `"stdout"` alone will do."""

    file: str | None = Field(
        default=None, description="File that the service appends to; relative to this one's folder."
    )
    stdout: bool = Field(
        default=False, description="Whether to read what the started service prints."
    )
    command: tuple[str, ...] | None = Field(
        default=None,
        min_length=1,
        description="Command that prints the log and goes on printing, such as "
        '`["docker", "logs", "-f", "--tail", "0", "x"]`. No shell is involved.',
    )
    otlp: Annotated[bool, Field(strict=True)] | Annotated[int, Field(gt=1, lt=65536)] = Field(
        default=False,
        description="Whether troth listens on loopback for records over OTLP/HTTP, or at which "
        "port; `{otlp}` in [target.env] is the address.",
    )


def _short(value: Any) -> Any:
    return {"stdout": True} if value == "stdout" else value


class TargetSection(Section):
    """The service under test. One of `base-url`, `app` and `start` says where it is."""

    name: str = Field(default="target", description="What reports and evidence call it.")
    base_url: str | None = Field(default=None, description="Address of a running service.")
    app: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_][\w.]*$",
        description="ASGI application `module:name`, served by troth with uvicorn.",
    )
    start: tuple[str, ...] | None = Field(
        default=None,
        description="Command that starts the service on 127.0.0.1; `{port}` becomes a free port, "
        "`{python}` the interpreter that runs troth. No shell is involved.",
    )
    folder: str | None = Field(
        default=None,
        description="Folder in which `app` or `start` runs, relative to this file's folder, which "
        "is the default.",
    )
    env: dict[str, str] = Field(
        default_factory=dict,
        repr=False,
        description="Environment of what troth starts; `${ENV}` and `{port}` expand, and "
        "`{scratch}` is a fresh folder that goes when the run is over, `{otlp}` where `logs` has "
        "records sent to.",
    )
    invent: tuple[str, ...] = Field(
        default=(),
        description="Environment variables that troth fills with fresh random secrets for the "
        "service it starts, unless they are set already.",
    )
    ready: str = Field(
        default="",
        description="Path that answers 2xx when a started service is ready; without it, a "
        "connection is enough.",
    )
    start_timeout: float = Field(
        default=30.0, gt=0, allow_inf_nan=False, description="Seconds to wait for `ready`."
    )
    spec: str | None = Field(
        default=None,
        description="URL, path on the service (with a leading `/`), or file of the document.",
    )
    verify: bool | str = Field(
        default=True,
        description="Whose certificates the service may show: `false` for anybody's, as of a test "
        "machine, or a file of certificates in PEM. By default those that this machine trusts.",
    )
    http2: bool = Field(
        default=False,
        description="Whether HTTP/2 is spoken: over TLS where the service chooses it, without TLS "
        "by prior knowledge. WebSockets stay with HTTP/1.1.",
    )
    socket: str | None = Field(
        default=None,
        description="Unix socket that the service listens on; `base-url` then says the host and "
        "path of requests alone.",
    )
    writes: bool = Field(
        default=False, description="Off loopback, whether writes may be sent at all."
    )
    remote_refs: bool = Field(
        default=False, description="Whether `$ref`s to other hosts are followed."
    )
    exclude: tuple[str, ...] = Field(default=(), description="Operations that are never sent.")
    correlation: str | None = Field(
        default=None,
        pattern=r"^[-!#$%&'*+.^_`|~0-9A-Za-z]+$",
        description="Header by which every answer is found in the log, such as `X-Request-ID`; "
        "without it, what the document says of the known ones.",
    )
    personal: tuple[Annotated[str, Field(pattern=r"^/.")], ...] = Field(
        default=(),
        description="Members of request bodies that are personal data and may not be in the log: "
        "JSON pointers, or their ends, such as `/email`; parameters of queries by the last name. "
        "What the document marks with `x-pii` or `x-sensitive` is as well.",
    )
    origins: tuple[Annotated[str, Field(pattern=r"^https?://[^/?#\s@]+$")], ...] = Field(
        default=(),
        description="Origins whose pages may call it, such as `https://app.example.com`; without "
        "them, only what no service should allow is judged.",
    )
    behind_proxy: bool | None = Field(
        default=None,
        description="Whether something stands before the service and says in `X-Forwarded-For` "
        "who asks; where nothing does, who says it himself is not believed.",
    )
    restart: bool = Field(
        default=False,
        description="Whether what the service was told survives a restart of what troth started: "
        "it is then stopped and started once, on the same port.",
    )
    outgoing: Literal["public"] | None = Field(
        default=None,
        description="Where the service may send requests of its own: `public` is not to its own "
        "machine or network; by default what the document says of addresses.",
    )
    stand_in: str | None = Field(
        default=None,
        pattern=r"^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost)$",
        description="Address of this machine, such as `127.0.0.2`, that the service is configured "
        "to allow where it refuses 127.0.0.1: it stands for a public one, from which a redirect "
        "leads within.",
    )
    timeout: float = Field(
        default=10.0, gt=0, allow_inf_nan=False, description="Seconds a request may take."
    )
    max_body: int = Field(default=4_194_304, gt=0, description="Bytes of a response that are read.")
    logs: Annotated[
        Logs | None,
        BeforeValidator(_short, json_schema_input_type=Logs | Literal["stdout"] | None),
    ] = Field(default=None, description="Where its log lines can be read; `stdout` for short.")

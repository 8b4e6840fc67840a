"""``[target]``: where the service is, how it is started, what may be sent to it."""

from pydantic import Field

from troth.config.section import Section


class Logs(Section):
    """Where the service's log lines can be read."""

    file: str | None = None
    stdout: bool = False


class TargetSection(Section):
    """The service under test. One of ``base-url``, ``app`` and ``start`` says where it is."""

    name: str = "target"
    base_url: str | None = Field(None, description="Address of a running service.")
    app: str | None = Field(None, description="ASGI application `module:name`, served by troth.")
    start: tuple[str, ...] | None = Field(
        None, description="Command that starts the service; `{port}` becomes a free port."
    )
    env: dict[str, str] = Field(
        default_factory=dict, description="Environment of what troth starts; `${ENV}` expands."
    )
    invent: tuple[str, ...] = Field(
        (),
        description="Environment variables that troth fills with fresh random secrets for the "
        "service it starts, unless they are set already.",
    )
    ready: str = Field("", description="Path that answers 2xx when a started service is ready.")
    start_timeout: float = Field(30.0, gt=0, description="Seconds to wait for `ready`.")
    spec: str | None = Field(None, description="URL, path on the service, or file.")
    writes: bool = Field(False, description="Off loopback, whether writes may be sent at all.")
    remote_refs: bool = Field(False, description="Whether `$ref`s to other hosts are followed.")
    exclude: tuple[str, ...] = Field((), description="Operations that are never sent.")
    timeout: float = Field(10.0, gt=0, description="Seconds a request may take.")
    max_body: int = Field(1_048_576, gt=0, description="Bytes of a response that are read.")
    logs: Logs | None = None

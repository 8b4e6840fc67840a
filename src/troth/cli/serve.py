"""``troth serve``: the embedded reference service, to look at and to try a configuration on."""

import os
import secrets
import shlex
import socket

import click
import uvicorn

from troth.errors import UsageError
from troth.reference import Settings, create_app
from troth.reference.settings import PREFIX


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port; 0 takes a free one.")
@click.option("--database-url", help="SQLAlchemy URL; default: a SQLite file that goes at the end.")
def serve(host: str, port: int, database_url: str | None) -> None:
    """Start the reference service and say who may log in."""
    bound = _bound(host, port)
    invented = _invented()
    if database_url is not None:
        os.environ[f"{PREFIX}DATABASE_URL"] = database_url
    os.environ.setdefault(f"{PREFIX}SEED", "true")
    config = uvicorn.Config(create_app(Settings()), log_config=None, server_header=False)
    name = f"[{host}]" if ":" in host else host
    click.echo(f"http://{name}:{bound.getsockname()[1]}")
    click.echo("Logins, by the variable that holds the password:")
    for variable in _logins():
        value = invented.get(variable)
        known = "as it is set" if value is None else f"export {variable}={shlex.quote(value)}"
        click.echo(f"  {variable}: {known}")
    with bound:
        uvicorn.Server(config).run(sockets=[bound])


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Without the protocol, uvicorn leaves Nagle's algorithm on: 44 ms a request instead of 1.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(128)
    except OSError as error:
        bound.close()
        raise UsageError(
            f"cannot listen on {host} port {port}: {error.strerror}; choose another with --port"
        ) from error
    return bound


def _logins() -> tuple[str, ...]:
    fields = (name for name in Settings.model_fields if name.startswith("password_"))
    return tuple(f"{PREFIX}{name.upper()}" for name in fields)


def _invented() -> dict[str, str]:
    """Passwords for the logins that have none: made up, set, and shown once."""
    made = {name: secrets.token_urlsafe(18) for name in _logins() if not os.environ.get(name)}
    os.environ.update(made)
    return made

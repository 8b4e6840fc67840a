"""``troth serve``: the embedded reference service, to look at and to try a configuration on."""

import os
import secrets
import shlex
import socket

import click

from troth.errors import UsageError
from troth.reference.app import create_app
from troth.reference.server import bind, server
from troth.reference.settings import PREFIX, Settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port; 0 takes a free one.")
@click.option("--database-url", help="SQLAlchemy URL; default: a SQLite file that goes at the end.")
def serve(host: str, port: int, database_url: str | None) -> None:
    """Start the reference service and say who may log in, and with which keys."""
    bound = _bound(host, port)
    invented = _invented()
    if database_url is not None:
        os.environ[f"{PREFIX}DATABASE_URL"] = database_url
    os.environ.setdefault(f"{PREFIX}SEED", "true")
    serving = server(create_app(Settings()))
    name = f"[{host}]" if ":" in host else host
    click.echo(f"http://{name}:{bound.getsockname()[1]}")
    click.echo("Logins, API keys and the webhook's secret, by the variable that holds each:")
    for variable in _secrets():
        value = invented.get(variable)
        known = "as it is set" if value is None else f"export {variable}={shlex.quote(value)}"
        click.echo(f"  {variable}: {known}")
    with bound:
        serving.run(sockets=[bound])


def _bound(host: str, port: int) -> socket.socket:
    try:
        bound = bind(host, port)
        # Listening from here on: what is taken is found before anything is printed.
        bound.listen(128)
    except OSError as error:
        raise UsageError(
            f"cannot listen on {host} port {port}: {error.strerror}; choose another with --port"
        ) from error
    return bound


def _secrets() -> tuple[str, ...]:
    """The variables of what a caller must know."""
    fields = (
        name
        for name in Settings.model_fields
        if name.startswith(("password_", "key_")) or name == "stripe_webhook_secret"
    )
    return tuple(f"{PREFIX}{name.upper()}" for name in fields)


def _invented() -> dict[str, str]:
    """Those that are not set: made up, set, and shown once."""
    made = {name: secrets.token_urlsafe(18) for name in _secrets() if not os.environ.get(name)}
    os.environ.update(made)
    return made

"""The start of the reference service as a process of its own: command line, settings, schema."""

import argparse
import gc
import logging

from pydantic import ValidationError

from troth.reference.app import create_app
from troth.reference.logs import configure, log
from troth.reference.server import serve
from troth.reference.settings import Settings
from troth.reference.storage.schema import SchemaError


def main() -> None:
    """Read the command line and the environment, and serve."""
    parser = argparse.ArgumentParser(prog="python -m troth.reference")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one; see the log")
    given = parser.parse_args()
    # Before anything can go wrong, that it be said as everything is.
    configure("INFO")
    try:
        settings = Settings()
    except ValidationError as error:
        # Which settings, and never their values: they may be secrets.
        wrong = [".".join(map(str, each["loc"])) for each in error.errors(include_input=False)]
        log(logging.CRITICAL, "settings.invalid", settings=wrong)
        raise SystemExit(2) from None
    configure(settings.log_level)
    try:
        app = create_app(settings)
    except SchemaError as error:
        log(logging.CRITICAL, "schema.refused", reason=str(error))
        raise SystemExit(1) from error
    # What the service is made of stays: the collector need not look through it at every turn.
    gc.freeze()
    gc.enable()
    serve(app, given.host, given.port)

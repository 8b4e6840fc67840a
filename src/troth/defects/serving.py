"""The reference application with one defect planted."""

import logging
import os

from fastapi import FastAPI

from troth.defects.catalogue import defect
from troth.reference.app import create_app
from troth.reference.logs import configure
from troth.reference.server import serve
from troth.reference.settings import Settings


def planted(name: str) -> FastAPI:
    """The application, its document made before anything is planted. Raises UsageError.

    The settings are read from the environment, upon which those of the defect are put. No name
    is the clean application.
    """
    chosen = defect(name) if name else None
    if chosen is not None:
        os.environ.update(chosen.env)
    app = create_app(Settings())
    if chosen is not None:
        app.openapi()
        chosen.plant(app)
    return app


def run(name: str, host: str, port: int) -> None:
    """Serve it until SIGTERM or SIGINT. Raises UsageError."""
    configure("INFO")
    configure(Settings().log_level)
    logging.captureWarnings(capture=True)
    serve(planted(name), host, port)

"""The reference application with one defect planted."""

import hashlib
import json
import logging
import os
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts as routes

from troth.defects.catalogue import defect
from troth.reference.app import create_app
from troth.reference.logs import configure
from troth.reference.server import serve
from troth.reference.settings import Settings


def planted(name: str, known: Path | None = None) -> FastAPI:
    """The application, its document made before anything is planted. Raises UsageError.

    The settings are read from the environment, upon which those of the defect are put. No name
    is the clean application. In the folder ``known`` lie the documents of those before it: to make
    one takes as long as all else.
    """
    chosen = defect(name) if name else None
    if chosen is not None:
        os.environ.update(chosen.env)
    app = create_app(Settings())
    if known is not None:
        _described(app, known)
    if chosen is not None:
        app.openapi()
        chosen.plant(app)
    return app


def _described(app: FastAPI, known: Path) -> None:
    """Has ``app`` answer the document that an application of the same routes has made."""
    settings: Settings = app.state.platform.settings
    parts = [f"{each.path_format} {sorted(each.methods or ())}" for each in routes(app.routes)]
    parts += [str(bool(settings.cors_origins)), str(settings.server_timing)]
    file = known / f"{hashlib.sha256(repr(parts).encode()).hexdigest()}.json"
    if not file.exists():
        fresh = file.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(app.openapi()), "utf-8")
        fresh.rename(file)
    document = json.loads(file.read_text("utf-8"))
    app.openapi = lambda: document  # type: ignore[method-assign]


def run(name: str, host: str, port: int, *, known: Path | None = None) -> None:
    """Serve it until SIGTERM or SIGINT. Raises UsageError."""
    configure("INFO")
    configure(Settings().log_level)
    logging.captureWarnings(capture=True)
    serve(planted(name, known), host, port)

"""Loads an OpenAPI 3 document from wherever it is, as a `Spec`."""

import hashlib
import json
from typing import Any

from troth.errors import UsageError
from troth.spec.document import recognise
from troth.spec.fetch import Fetch
from troth.spec.fetch import fetch as over_http
from troth.spec.operation import Spec
from troth.spec.read import base_path, read, schemes
from troth.spec.references import bundle
from troth.spec.sound import Ground
from troth.spec.source import Source, find, reader
from troth.spec.websocket import sockets


def load(
    source: Any,
    *,
    base_url: str | None = None,
    remote_refs: bool = False,
    fetch: Fetch = over_http,
) -> Spec:
    """The document that ``source`` means: OpenAPI 3.0, 3.1 or 3.2, JSON or YAML.

    ``source`` is an http(s) URL, a file, a dict, an ASGI application or ``module:name`` of one,
    or a path on the service at ``base_url``. References to other hosts are followed with
    ``remote_refs`` only. Raises UsageError when there is no such document; an operation that it
    describes badly is in ``broken``, and the others load.
    """
    return read_document(
        find(source, base_url=base_url, fetch=fetch), remote_refs=remote_refs, fetch=fetch
    )


def read_document(source: Source, *, remote_refs: bool = False, fetch: Fetch = over_http) -> Spec:
    """The `Spec` of a document that was found. Raises UsageError."""
    version = recognise(source.document, source.name)
    follow = reader(source.home, remote_refs=remote_refs, fetch=fetch)
    bundled = bundle({**source.document, "openapi": version}, source.home, follow)
    ground = Ground(bundled.document, bundled.failures)
    operations, broken = read(ground, version)
    found, unsound = sockets(ground)
    broken += unsound
    if not operations and not broken and not found:
        raise UsageError(
            f"{source.name}: /paths describes no operation; put a method such as `get` below a path"
        )
    try:
        text = json.dumps(bundled.document, sort_keys=True, separators=(",", ":"), default=str)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{source.name} can not be written as JSON: {error}") from error
    info = bundled.document.get("info")
    info = info if isinstance(info, dict) else {}
    return Spec(
        title=str(info.get("title") or "untitled"),
        version=str(info.get("version") or ""),
        openapi=version,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        source=source.name,
        document=bundled.document,
        operations=operations,
        broken=broken,
        schemes=schemes(ground),
        base_path=base_path(bundled.document, source.home),
        sockets=found,
    )

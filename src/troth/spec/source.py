"""Where a document comes from: an address, a file, data at hand, or an ASGI application."""

import asyncio
import importlib
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from troth.errors import UsageError
from troth.spec.application import ask
from troth.spec.document import parse, plain
from troth.spec.fetch import Fetch, Unfetched

_APPLICATION = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")
WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class Source:
    """A document as it was found. ``home`` is its URI, empty when it has none."""

    name: str
    home: str
    document: Any


def find(source: Any, *, base_url: str | None, fetch: Fetch) -> Source:
    """The document that ``source`` means. Raises UsageError when there is none to be read."""
    if isinstance(source, Mapping):
        return Source("the given document", "", plain(source, "the given document"))
    if callable(source):
        return Source(
            "the given application", "", from_application(source, "the given application")
        )
    if not isinstance(source, str | Path):
        raise UsageError(
            f"`{source!r:.60}` names no document; give a URL, a file, `module:name` or a dict"
        )
    text = str(source)
    if text.lower().startswith(WEB):
        return Source(text, text, read_url(text, fetch))
    path = Path(text).expanduser()
    if path.is_file():
        home = path.resolve().as_uri()
        return Source(text, home, read_file(path, text))
    if base_url and text.startswith("/"):
        url = urljoin(base_url, text)
        return Source(url, url, read_url(url, fetch))
    if _APPLICATION.fullmatch(text):
        return Source(text, "", from_application(text, f"`{text}`"))
    if path.is_dir():
        raise UsageError(f"`{text}` is a folder; name the document in it")
    raise UsageError(
        f"file not found: `{text}`; name an OpenAPI document by its URL, its path"
        + (" on the service (with a leading `/`)" if base_url else "")
        + ", or an ASGI application as `module:name`"
    )


def read_url(url: str, fetch: Fetch) -> Any:
    """The JSON or YAML that is served at ``url``. Raises UsageError."""
    try:
        response = fetch(url)
    except Unfetched as error:
        raise UsageError(
            f"{url} can not be reached: {error}; check the address, and that the service runs"
        ) from error
    if not 200 <= response.status < 300:
        remedy = (
            "the document needs a credential: save it to a file and name that"
            if response.status in {401, 403}
            else "check the address of the document"
        )
        raise UsageError(f"{url} answered {response.status}; {remedy}")
    if response.truncated:
        raise UsageError(f"{url} is larger than what is read of a response; save it to a file")
    return parse(response.body, url)


def read_file(path: Path, name: str) -> Any:
    """The JSON or YAML in a file. Raises UsageError."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise UsageError(f"file `{name}` can not be read: {error.strerror or error}") from error
    return parse(text, f"file `{name}`")


def reader(home: str, *, remote_refs: bool, fetch: Fetch) -> Callable[[str], Any]:
    """Reads what the document at ``home`` refers to: other hosts only with ``remote_refs``."""

    def read(uri: str) -> Any:
        address = urlsplit(uri)
        if address.scheme in {"http", "https"}:
            own = urlsplit(home)
            if (own.scheme, own.netloc) != (address.scheme, address.netloc) and not remote_refs:
                raise UsageError(
                    f"{uri} is on another host; set `remote-refs = true` in [target] to follow it, "
                    "or bundle the document"
                )
            return read_url(uri, fetch)
        if address.scheme == "file" and home.startswith("file:"):
            path = Path(unquote(address.path))
            if not path.is_file():
                raise UsageError(
                    f"file not found: `{path.name}`; put it there or bundle the document"
                )
            return read_file(path, path.name)
        raise UsageError(
            f"`{uri}` is not beside the document ({home or 'which has no address of its own'}); "
            "load it from its file or URL, or bundle it"
        )

    return read


def from_application(source: Any, name: str) -> Any:
    """The document of an ASGI application, given as such or as ``module:name``."""
    with _importing_here():
        app = _imported(source) if isinstance(source, str) else source
        if not callable(app):
            raise UsageError(f"{name} is no ASGI application; name one as `module:application`")
        own = getattr(app, "openapi", None)
        if callable(own):
            try:
                made = own()
            except Exception as error:
                raise UsageError(f"{name}: its openapi() failed: {error!r}; mend it") from error
            if isinstance(made, Mapping):
                return plain(made, name)
        # A thread of its own: the caller may be inside an event loop.
        with ThreadPoolExecutor(1) as pool:
            response = pool.submit(asyncio.run, ask(app, "/openapi.json", name)).result()
    if response.status != 200:
        raise UsageError(
            f"{name} answered {response.status} to /openapi.json; "
            "start it and name the address of its document in `[target] spec`"
        )
    return parse(response.body, f"/openapi.json of {name}")


def _imported(text: str) -> Any:
    module, _, attribute = text.partition(":")
    try:
        found: Any = importlib.import_module(module)
    except ImportError as error:
        raise UsageError(
            f"`{text}`: module `{module}` can not be imported: {error}; run troth where it can be, "
            "or name the document's URL"
        ) from error
    except Exception as error:
        raise UsageError(f"`{text}`: importing `{module}` failed: {error!r}") from error
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise UsageError(f"`{text}`: module `{module}` has no `{attribute}`")
        found = getattr(found, part)
    return found


@contextmanager
def _importing_here() -> Iterator[None]:
    """Modules of the working directory can be imported, as uvicorn allows."""
    here = str(Path.cwd())
    if here in sys.path:
        yield
        return
    sys.path.insert(0, here)
    try:
        yield
    finally:
        if here in sys.path:
            sys.path.remove(here)

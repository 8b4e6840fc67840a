"""``troth init``: a first target file for a service that nobody has described yet."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import click
from hypothesis import settings

from troth.config.auth_document import auth_document
from troth.errors import UsageError
from troth.exchange import Exchange, Request
from troth.opening import open_target
from troth.principal import ANONYMOUS
from troth.profile import active, register
from troth.proposal.destructive import dangers
from troth.proposal.draft import Told, draft
from troth.proposal.looks import Look, looks
from troth.proposal.neighbour import Neighbour, neighbour, read
from troth.proposal.passage import line
from troth.proposal.principals import wanted_by
from troth.proposal.session import guess
from troth.proposal.spared import token_of_its_own
from troth.spec.load import load
from troth.spec.operation import Operation
from troth.spec.read import base_path
from troth.target import Target
from troth.transport.http import Wire
from troth.transport.record import NotSent

NAME = "troth.toml"
NEIGHBOUR = "schemathesis.toml"


@dataclass(frozen=True)
class Wanted:
    """The options of the command."""

    source: str
    output: str
    force: bool
    yes: bool
    base_url: str | None
    users: tuple[str, ...]
    auth: Path | None
    schemathesis: Path | None


@click.command()
@click.argument("source", metavar="URL|FILE")
@click.option("--output", "-o", default=NAME, show_default=True, help="Where to; `-` for stdout.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@click.option("--yes", "-y", is_flag=True, help="Ask nothing.")
@click.option("--base-url", metavar="URL", help="Of a document in a file: where the service is.")
@click.option("--user", "users", multiple=True, metavar="NAME", help="Somebody who may log in.")
@click.option(
    "--auth",
    type=click.Path(path_type=Path),
    help="Auth document of Web Fuzzing Commons: who may call.",
)
@click.option(
    "--schemathesis",
    type=click.Path(path_type=Path),
    help=f"File whose auth and parameters are taken over (default: {NEIGHBOUR}, if it is there).",
)
def init(
    *,
    source: str,
    output: str,
    base_url: str | None,
    users: tuple[str, ...],
    auth: Path | None,
    schemathesis: Path | None,
    force: bool,
    yes: bool,
) -> None:
    """Write a first target file for the service at URL, or of the document in FILE.

    Reads the document and sends a few GETs without a credential; writes nothing to the service.
    """
    wanted = Wanted(source, output, force, yes, base_url, users, auth, schemathesis)
    path = None if output == "-" else Path(output)
    if path is not None and path.exists() and not force:
        raise UsageError(
            f"{path} is there already; name another with --output, or write over it with --force"
        )
    register()
    settings.load_profile("smoke")
    with _opened(wanted) as (target, reached):
        seen = looks(target.spec, _getter(target)) if reached else {}
        told = _asked(_told(wanted, target, reached=reached), target, wanted)
        text = draft(target, told, seen, os.environ)
        _say(target, seen, reached=reached)
    if path is None:
        click.echo(text, nl=False)
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}; name another --output") from None
    lacking = [each for each in wanted_by(text) if not os.environ.get(each)]
    export = f"export {' '.join(f'{each}=…' for each in lacking)}; " if lacking else ""
    click.echo(f"{path} is written; next: {export}troth check --target {path}", err=True)


@contextmanager
def _opened(wanted: Wanted) -> Iterator[tuple[Target, bool]]:
    """The target as it is without a file of its own, and whether it answers."""
    options: dict[str, Any] = dict.fromkeys(("target", "target_url", "budget", "evidence"))
    options["operation"] = []
    with TemporaryDirectory(prefix="troth-") as folder:
        reached = True
        if "://" in wanted.source:
            options["target_url"] = wanted.source
        else:
            document = Path(wanted.source).resolve()
            if not document.is_file():
                raise UsageError(
                    f"there is no file {wanted.source}; name a document, or a URL as http://host"
                )
            base = wanted.base_url or _server(document)
            reached = _answers(base)
            file = Path(folder) / NAME
            lines = (line("base-url", base), line("spec", str(document)))
            file.write_text("\n".join(("[target]", *lines)), encoding="utf-8")
            options["target"] = str(file)
        target = open_target(options, profile=active(), asked=reached)
        try:
            yield target, reached
        finally:
            target.close()


def _server(document: Path) -> str:
    """The address of the first server that a document names. Raises UsageError."""
    servers = load(str(document)).document.get("servers")
    first = servers[0] if isinstance(servers, list) and servers else {}
    parts = urlsplit(str(first.get("url") or "")) if isinstance(first, Mapping) else urlsplit("")
    if parts.scheme in {"http", "https"} and parts.hostname and "{" not in parts.netloc:
        return f"{parts.scheme}://{parts.netloc}"
    raise UsageError(f"{document.name} does not say where the service is; add --base-url URL")


def _answers(base_url: str) -> bool:
    wire = Wire()
    try:
        return wire.alive(base_url, timeout=5.0)
    finally:
        wire.close()


def _getter(target: Target) -> Callable[[Operation], Exchange | None]:
    def get(operation: Operation) -> Exchange | None:
        request = Request("GET", target.url(operation.path), (("Accept", "*/*"),))
        try:
            return target.principals[ANONYMOUS].send(
                request, operation=operation.label, purpose="a first look"
            )
        except NotSent:
            return None

    return get


def _told(wanted: Wanted, target: Target, *, reached: bool) -> Told:
    spec = target.spec
    base, where = _address(target)
    source = spec.source.removeprefix(base) if spec.source.startswith(base) else spec.source
    if "://" not in wanted.source:
        here = Path(wanted.output).parent if wanted.output != "-" else Path()
        source = os.path.relpath(Path(wanted.source).resolve(), here.resolve())
    name = "-".join(each for each in spec.title.lower().split() if each.isalnum()) or "target"
    said = () if reached else (f"Nothing answered at {base} when this was written.",)
    told = Told(name, base, source, wanted.users, said=said, where=where if reached else "")
    found = _neighbour(wanted, target)
    if found is not None:
        left = f" Not taken over: {', '.join(found.unsaid)}." if found.unsaid else ""
        told = replace(
            told,
            sections=found.principals,
            operations=found.operations,
            login=found.login,
            exclude=found.exclude,
            said=(*told.said, f"Credentials and parameters are those of {NEIGHBOUR}.{left}"),
        )
    if wanted.auth is not None:
        try:
            known = auth_document(wanted.auth.read_bytes(), wanted.auth)
        except OSError as error:
            raise UsageError(
                f"cannot read {wanted.auth}: {error.strerror}; correct --auth"
            ) from None
        here = Path(wanted.output).parent if wanted.output != "-" else Path()
        file = os.path.relpath(wanted.auth.resolve(), here.resolve())
        told = replace(told, principals=file, sections={}, login=known.login)
    return told


def _address(target: Target) -> tuple[str, str]:
    """Where the service is, and what the document says of that, if it says otherwise."""
    servers = target.spec.document.get("servers")
    first = servers[0] if isinstance(servers, list) and servers else {}
    url = str(first.get("url") or "") if isinstance(first, Mapping) else ""
    said = urlsplit(url)
    elsewhere = bool(said.netloc) and f"{said.scheme}://{said.netloc}" != target.base_url
    below = base_path(target.spec.document, target.spec.source)
    if target.prefix == below or urlsplit(target.base_url).path.strip("/"):
        return target.base_url, f"the document's `servers` say {url}" if elsewhere else ""
    found = "what it describes is below this" if target.prefix else "what it describes is here"
    told = f"the document's `servers` say {url}" if url else "the document names no base path"
    return target.base_url + target.prefix, f"{told}; {found}"


def _neighbour(wanted: Wanted, target: Target) -> Neighbour | None:
    """What a schemathesis.toml says: the one that is named, else the one that is here."""
    path = wanted.schemathesis or Path(NEIGHBOUR)
    if wanted.schemathesis is None and not path.is_file():
        return None
    return neighbour(read(path), target.spec)


def _asked(told: Told, target: Target, wanted: Wanted) -> Told:
    """With what the user answers, where there is somebody to ask."""
    if wanted.yes or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return told
    found = guess(target.spec)
    if found.login is not None and not (told.users or told.principals or told.sections):
        answer = click.prompt(
            f"Who may log in by {found.login.label}? Names, with spaces between them",
            default="",
            show_default=False,
            err=True,
        )
        told = replace(told, users=tuple(answer.split()))
    harmful = [
        each
        for each in dangers(target.spec)
        if not (each.mine and token_of_its_own(guess(target.spec)))
    ]
    if harmful:
        for each in harmful:
            click.echo(f"{each.operation.label} {each.why}.", err=True)
        keep = not click.confirm("Leave these out?", default=True, err=True)
        told = replace(told, include=keep)
    return told


def _say(target: Target, seen: Mapping[str, Look], *, reached: bool) -> None:
    spec = target.spec
    click.echo(
        f"{spec.title} at {target.base_url}: {len(spec.operations)} operations, "
        f"{len(target.families)} kinds of things, {len(target.collections)} lists",
        err=True,
    )
    if not reached:
        click.echo("nothing answers there: only the document was read", err=True)
    elif seen:
        good = sum(200 <= each.status < 300 for each in seen.values())
        click.echo(
            f"{good} of {len(seen)} operations answered a GET without a credential", err=True
        )

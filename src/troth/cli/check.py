"""``troth check``: who can log in, what a target file lets troth ask, what a line more adds."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from troth.cli.options import opened, target_options
from troth.cli.suites import asked
from troth.exchange import Exchange, Request
from troth.principal import ANONYMOUS, Principal
from troth.prop import Property
from troth.proposal.names import TOKENISH
from troth.proposal.resources import unknown
from troth.proposal.unlock import OWNERSHIP, blocked, line_for
from troth.runner.parametrise import parameters, subject
from troth.session import LoginFailed
from troth.spec.harmless import harmless
from troth.target import Target
from troth.told import leaves
from troth.transport.record import NotSent

PROFILE = "ci"
"""Whose questions are shown: smoke leaves out what is told by other ones."""
MOST_LISTED = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """What one property is asked of, and why not of more; ``line`` would help, if there is one."""

    suite: str
    property: Property
    count: int
    reason: str
    line: str


@dataclass(frozen=True, slots=True)
class Login:
    """What came of one principal."""

    name: str
    how: str
    good: bool
    said: str


@click.command()
@target_options
@click.option("--offline", is_flag=True, help="Send nothing but what reads the document.")
def check(target: str | None, target_url: str | None, *, offline: bool) -> None:
    """Validate a target file, log everybody in, and say what can and can not be asked.

    Exit code 2: the file or the document is faulty, or nothing answers. 1: somebody can not log
    in. 0: neither.
    """
    with opened(target, target_url, profile=PROFILE) as service:
        text = service.redactor.text
        console = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
        _document(console, service)
        people = [] if offline else [_login(service, each) for each in _people(service)]
        if people:
            _logins(console, people, text)
        elif any(each.secured for each in service.spec.operations) and not offline:
            console.print(
                "[yellow]nobody is named in \\[principals]: only what is public is reached[/]"
            )
        rows = list(_rows(service))
        console.print(_properties(rows))
    if not all(each.good for each in people):
        click.get_current_context().exit(1)


def _document(console: Console, service: Target) -> None:
    spec = service.spec
    secured = sum(each.secured for each in spec.operations)
    console.print(
        f"{escape(service.name)} at {service.base_url}{_spoken(service)}: {escape(spec.title)} "
        f"(OpenAPI {spec.openapi}), {len(spec.operations)} operations, {secured} of them ask for a "
        f"credential; {len(service.families)} kinds of things, {len(service.collections)} lists"
    )
    for broken in spec.broken[:MOST_LISTED]:
        console.print(
            f"[red]broken[/] {escape(f'{broken.label}: {broken.pointer}: {broken.message}')}"
        )
    shut = Counter(
        reason for each in spec.operations if (reason := service.closed(each)) is not None
    )
    for reason, count in shut.most_common(MOST_LISTED):
        console.print(f"[yellow]not sent[/] {count} operations: {escape(reason)}")
    for each in unknown(spec, service.graph)[:MOST_LISTED]:
        operation = spec.operation(each.operation)
        if operation is None or each.name in service.told(operation).path:
            continue
        said = f"nothing makes `{each.name}` of {each.operation}: "
        said += f'[operations."{each.operation}"] path = {{ {each.name} = "…" }}'
        console.print(f"[yellow]no id[/] {escape(said)}", soft_wrap=True)


def _spoken(service: Target) -> str:
    """The version of HTTP of the last answer, when there was one."""
    spoken = service.recorder.spoken
    return f" in {spoken}" if spoken else ""


def _people(service: Target) -> Iterator[Principal]:
    yield from (service.principals[name] for name in service.file.principals if name != ANONYMOUS)


def _login(service: Target, principal: Principal) -> Login:
    section = service.file.principals[principal.name]
    ways = ("token", "basic", "api_key", "login")
    how = next((each.replace("_", "-") for each in ways if getattr(section, each)), "headers")
    try:
        principal.credential()
    except LoginFailed as failure:
        remedy = _found(service.recorder.recent) if "no token" in str(failure) else ""
        return Login(principal.name, how, good=False, said=f"{failure}{remedy}")
    except NotSent as reason:
        return Login(principal.name, how, good=False, said=str(reason))
    for operation in service.spec.operations:
        suits = principal.name in service.senders(operation)
        if operation.secured and suits and harmless(operation) and not service.closed(operation):
            return _shown(service, principal, how, operation.label, operation.path)
    good = "logged in" if how == "login" else "taken as it is: no GET shows whether it is good"
    return Login(principal.name, how, good=True, said=good)


def _shown(service: Target, principal: Principal, how: str, label: str, path: str) -> Login:
    """Whether a credential is good, as a GET shows that asks for one."""
    request = Request("GET", service.url(path), (("Accept", "*/*"),))
    try:
        exchange = principal.send(request, operation=label, purpose="does the credential do?")
    except (LoginFailed, NotSent) as reason:
        return Login(principal.name, how, good=False, said=str(reason))
    said = f"{label} answered {exchange.status or exchange.breakage}"
    if exchange.status == 401:
        return Login(principal.name, how, good=False, said=f"{said}: the credential is not good")
    return Login(principal.name, how, good=True, said=said)


def _found(recent: tuple[Exchange, ...]) -> str:
    """Where the last answer may have had the token."""
    response = recent[-1].response if recent else None
    try:
        body: Any = json.loads(response.body) if response is not None else None
    except ValueError:
        return ""
    places = [
        at for at, value in leaves(body) if isinstance(value, str) and TOKENISH.fullmatch(value)
    ]
    if not places:
        return ""
    return f'; it may be [session] login.token = "$response.body#{places[0]}"'


def _logins(console: Console, people: list[Login], text: Callable[[str], str]) -> None:
    """A line for each, in one piece however narrow the terminal is: it may hold one of TOML."""
    names = max(len(each.name) for each in people)
    for each in people:
        mark = "[green]good[/]" if each.good else "[red]bad [/]"
        head = f"{escape(each.name.ljust(names))}  {each.how:7}"
        console.print(f"{head}  {mark}  {escape(text(each.said))}", soft_wrap=True)


def _rows(service: Target) -> Iterator[Asked]:
    for suite, declared, arguments in asked():
        name = subject(arguments)
        reason = blocked(service, declared.id)
        if name is None or reason:
            line = line_for(service, declared.id, name or "") if reason else ""
            yield Asked(suite, declared, 0 if reason else 1, reason, line)
            continue
        open_, reasons = 0, Counter[str]()
        for each in parameters(declared, service, name):
            marks = getattr(each, "marks", ())
            skipped = next((mark.kwargs["reason"] for mark in marks if mark.name == "skip"), None)
            open_ += skipped is None
            if skipped is not None:
                reasons[skipped] += 1
        reason = reasons.most_common(1)[0][0] if reasons and not open_ else ""
        helpful = not open_ and (declared.id not in OWNERSHIP or "principals" in reason)
        line = line_for(service, declared.id, name) if helpful else ""
        yield Asked(suite, declared, open_, reason, line)


def _properties(rows: list[Asked]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("property", "asked of", "why not, and the line that would help"):
        table.add_column(name, overflow="fold")
    for suite in dict.fromkeys(each.suite for each in rows):
        own = [each for each in rows if each.suite == suite]
        good = [each for each in own if each.count]
        table.add_row(f"[bold]{suite}[/]", f"{len(good)} of {len(own)}", "")
        for each in sorted(own, key=lambda one: one.property.id):
            title = f"  {each.property.id} {each.property.slug}"
            if each.count:
                table.add_row(title, f"[green]{each.count}[/]", "")
                continue
            said = escape(each.reason.removeprefix("not applicable: "))
            if each.line:
                said += f"\n[cyan]{escape(each.line)}[/]"
            table.add_row(title, "[yellow]·[/]", said)
    return table

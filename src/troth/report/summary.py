"""The end of a run on the terminal: verdicts a property, findings by root cause, next steps."""

import re
from collections import Counter
from collections.abc import Container, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from troth.curl import curl
from troth.evidence.findings import VerdictRow
from troth.exchange import Exchange
from troth.finding import Finding, script
from troth.redaction import Redactor
from troth.report.attained import Attained, attained, missed
from troth.report.outcome import Judgement, Outcome
from troth.verdict import Verdict

COLOURS = {
    Verdict.PASS: "green",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.FAIL: "red",
    Verdict.ERROR: "magenta",
}
Key = tuple[str, str | None]
"""A row: property and operation."""

MOST_OPERATIONS = 6
MOST_ROWS = 40
MOST_REASONS = 12
MOST_NAMES = 4
LONGEST = 1500


def header(facts: Mapping[str, Any]) -> list[str]:
    """What is tested, how hard, from which seed."""
    document = facts["document"]
    sockets = len(facts.get("sockets", ()))
    beside = f", {sockets} WebSocket{'s' if sockets > 1 else ''}" if sockets else ""
    beside += f", {facts['broken']} broken" if facts["broken"] else ""
    return [
        f"troth: {facts['name']} at {facts['base_url']}",
        (
            f"document: {document['title']} {document['version']} (OpenAPI {document['openapi']}), "
            f"sha256 {document['digest'][:12]}, {facts['operations']} operations{beside}"
        ),
        f"profile: {facts['profile']}, seed: {facts['seed']}",
    ]


def summary(
    outcome: Outcome,
    judgement: Judgement,
    directory: Path | None,
    *,
    distributed: bool,
    width: int,
    colour: bool,
) -> str:
    """All of it as text, with terminal colours when ``colour``.

    Of a ``distributed`` run the header could not be printed before: only workers know it.
    """
    out = StringIO()
    console = Console(file=out, width=width, force_terminal=colour, highlight=False)
    excused = outcome.excused(judgement.waived)
    if distributed and "document" in outcome.facts:
        for line in header(outcome.facts):
            console.print(escape(line), soft_wrap=True)
    console.print(_properties(outcome, excused))
    troubled = _operations(outcome, excused)
    if troubled is not None:
        console.print(troubled)
    for finding in outcome.findings:
        _finding(console, finding, judgement.waived.get(finding.fingerprint, ""))
    _inconclusives(console, outcome)
    if outcome.gated:
        gates = Counter(reason for reason in outcome.gated.values())
        for reason, count in gates.most_common(MOST_REASONS):
            console.print(f"gated: {count} tests: {escape(reason)}", soft_wrap=True)
    _missed(console, attained(outcome))
    _totals(console, outcome, judgement, directory)
    if outcome.facts.get("slowed"):
        console.print(f"[yellow]slowed[/] {escape(outcome.facts['slowed'])}", soft_wrap=True)
    for note in judgement.notes:
        console.print(f"[yellow]note[/] {escape(note)}", soft_wrap=True)
    for reason in judgement.reasons:
        console.print(f"[red]red because[/] {escape(reason)}", soft_wrap=True)
    return out.getvalue().rstrip("\n")


def _properties(outcome: Outcome, excused: Container[Key]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    waived = ("waived",) if any(key in excused for key in outcome.rows) else ()
    for name in ("property", "pass", "inconclusive", "fail", "error", *waived, "exchanges"):
        table.add_column(name, justify="left" if name == "property" else "right")
    for property_id in sorted({name for name, _ in outcome.rows}):
        rows = [row for (name, _), row in outcome.rows.items() if name == property_id]
        open_ = [row for row in rows if (row.property, row.operation) not in excused]
        counts = Counter(row.verdict for row in open_)
        cells = [
            f"[{COLOURS[verdict]}]{counts[verdict]}[/]" if counts[verdict] else "·"
            for verdict in Verdict
        ]
        cells += [str(len(rows) - len(open_) or "·") for _ in waived]
        slug = outcome.slugs.get(property_id, "")
        title = f"{property_id} {slug}".rstrip()
        table.add_row(title, *cells, str(sum(row.exchanges for row in rows)))
    return table


def _operations(outcome: Outcome, excused: Container[Key]) -> Table | None:
    """Operation × verdict, for the operations that did not pass everything."""
    worst: dict[str, list[VerdictRow]] = {}
    for key, row in outcome.rows.items():
        if row.verdict is not Verdict.PASS and row.operation and key not in excused:
            worst.setdefault(row.operation, []).append(row)
    if not worst:
        return None
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("operation", "verdict", "of", "exchanges"):
        table.add_column(name, justify="right" if name == "exchanges" else "left", overflow="fold")
    ordered = sorted(worst.items(), key=lambda each: -max(row.verdict for row in each[1]))
    for operation, rows in ordered[:MOST_ROWS]:
        verdict = max(row.verdict for row in rows)
        names = sorted(row.property for row in rows if row.verdict is verdict)
        ids = ", ".join(names) if len(names) <= MOST_NAMES else f"{len(names)} properties"
        sent = sum(row.exchanges for row in outcome.rows.values() if row.operation == operation)
        table.add_row(escape(operation), f"[{COLOURS[verdict]}]{verdict}[/]", ids, str(sent))
    if len(ordered) > MOST_ROWS:
        table.add_row(f"… and {len(ordered) - MOST_ROWS} more operations, in findings.json")
    return table


def _finding(console: Console, finding: Finding, waived: str) -> None:
    witness = finding.witness
    console.print()
    console.print(
        f"[{'yellow' if waived else 'bold red'}]{finding.property}[/] {finding.severity}  "
        f"{escape(finding.message)}",
        soft_wrap=True,
    )
    if waived:
        console.print(f"  [yellow]{escape(waived)}[/]", soft_wrap=True)
    where = ", ".join(finding.operations[:MOST_OPERATIONS])
    more = len(finding.operations) - MOST_OPERATIONS
    if where:
        console.print(
            f"  on {escape(where)}{f' and {more} more' if more > 0 else ''}", soft_wrap=True
        )
    for line in script(finding.history):
        console.print(f"    {escape(line)}", soft_wrap=True)
    if witness is not None:
        console.print(f"  {escape(request_line(witness))}", soft_wrap=True)
        # The history in a finding is redacted already: this only lays out the line.
        line = curl(witness, redactor=Redactor())
        if len(line) > LONGEST:
            line = f"{line[:80]} … {len(line)} characters: the whole line is in findings.json"
        console.print(f"  {escape(line)}", soft_wrap=True)
    console.print(f"  [dim]seen {finding.seen}×, troth replay {finding.fingerprint}[/]")


def request_line(exchange: Exchange) -> str:
    """The smallest failing request in a line, and what it was answered."""
    request = exchange.request
    body = request.body[:200].decode("utf-8", "replace")
    path = re.sub(r"^[a-z]+://[^/]+", "", request.url)
    sent = f"{request.method} {path[:200]} {body}".rstrip()
    answer = str(exchange.breakage) if exchange.response is None else str(exchange.status)
    return f"{sent} -> {answer}, as {exchange.principal}"


def _inconclusives(console: Console, outcome: Outcome) -> None:
    reasons: dict[tuple[Verdict, str], list[str]] = {}
    for row in outcome.rows.values():
        if row.verdict in {Verdict.INCONCLUSIVE, Verdict.ERROR}:
            reasons.setdefault((row.verdict, row.reason), []).append(
                f"{row.property} {row.operation or ''}".strip()
            )
    ordered = sorted(reasons.items(), key=lambda each: (-each[0][0], -len(each[1])))
    if ordered:
        console.print()
    for (verdict, reason), places in ordered[:MOST_REASONS]:
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        console.print(
            f"[{COLOURS[verdict]}]{verdict}[/] {escape(reason)}  [dim]{escape(places[0])}{more}[/]",
            soft_wrap=True,
        )
    if len(ordered) > MOST_REASONS:
        console.print(f"… and {len(ordered) - MOST_REASONS} more reasons, in findings.json")


def _missed(console: Console, rows: tuple[Attained, ...]) -> None:
    """What nobody was served, why, and the line of the target file that would help."""
    found = missed(rows)
    if found:
        console.print()
    for each in found[:MOST_REASONS]:
        said = f"{each.operation}: {each.reason[:LONGEST]}"
        console.print(f"[yellow]not reached[/] {escape(said)}", soft_wrap=True)
        if each.line:
            console.print(f"    [cyan]{escape(each.line)}[/]", soft_wrap=True)
    if len(found) > MOST_REASONS:
        console.print(f"… and {len(found) - MOST_REASONS} more operations, in reached.json")


def _totals(
    console: Console, outcome: Outcome, judgement: Judgement, directory: Path | None
) -> None:
    reached, asked = outcome.reached()
    waived = sum(each.fingerprint in judgement.waived for each in outcome.findings)
    console.print()
    sent = outcome.facts.get("exchanges", outcome.exchanges)
    parts = [f"{sent} exchanges", f"{len(outcome.findings)} findings"]
    parts[1] += f", {waived} of them waived" if waived else ""
    if asked:
        parts.insert(0, f"{reached} of {asked} operations reached a documented success")
    if outcome.cut_short:
        parts.append(f"{outcome.cut_short} tests cut short by --budget")
    if directory is not None:
        parts.append(f"evidence in {directory}")
    console.print(", ".join(parts), soft_wrap=True)

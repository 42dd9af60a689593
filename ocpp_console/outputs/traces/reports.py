"""An inspection as people and programs read it: words for a terminal, Markdown, HTML, JSON, JUnit. Without secrets."""

import html
import json
from collections.abc import Callable
from xml.sax.saxutils import escape, quoteattr

from ocpp_console.model.finding_words import explain
from ocpp_console.outputs.traces.inspection import Inspection, Tally
from ocpp_console.outputs.traces.row_writers import markdown
from ocpp_console.outputs.traces.shapes import time_text
from ocpp_console.protocol.findings import Severity
from ocpp_console.visible import visible

_LISTED = 20
"""Lines that could not be read, and rows of a table, that are shown in words."""

_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin:1rem 0}td,th{border:1px solid #8888;padding:.2rem .6rem;text-align:left}"
    "td.n{text-align:right}h3{margin-bottom:0}.critical{color:#b00}.warning{color:#a60}.info{color:#06a}"
    "code{overflow-wrap:anywhere}@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}}"
)


def facts_about(inspection: Inspection) -> list[tuple[str, str]]:
    """What is said of the trace as a whole, name and value."""
    trace, fleet = inspection.trace, inspection.rows.fleet
    period = f"{time_text(inspection.first_at)} to {time_text(inspection.last_at)}" if inspection.facts else "nothing"
    told = [
        ("file", f"{trace.name}, {trace.size:,} bytes"),
        ("time", period),
        (
            "messages",
            f"{sum(each.count for each in inspection.exchanges.values()):,} calls in {inspection.facts:,} facts",
        ),
        ("sessions", str(len(fleet.transactions))),
        ("unanswered", str(inspection.open)),
    ]
    if trace.unread:
        told.append(("not readable", f"{trace.unread:,} lines"))
    if trace.frames_guessed:
        told.append(("sender inferred", f"{trace.frames_guessed:,} frames, for the trace does not say"))
    return told


Table = tuple[str, tuple[str, ...], list[tuple[str, ...]]]
"""Title, names of the columns, rows; raw texts."""


def tables(inspection: Inspection) -> list[Table]:
    """Stations, messages, and lines that could not be read."""
    stations: list[tuple[str, ...]] = [
        (
            each.identity,
            each.version,
            " ".join(filter(None, (each.vendor, each.model))),
            each.firmware,
            f"{each.messages:,}",
        )
        for each in list(inspection.rows.fleet.stations.values())[:_LISTED]
    ]
    messages: list[tuple[str, ...]] = [
        (who, action, f"{each.count:,}", f"{each.errors:,}", f"{each.mean:.1f} ms", f"{each.slowest / 1000:.1f} ms")
        for (who, action), each in sorted(inspection.exchanges.items(), key=lambda item: -item[1].count)
    ]
    problems: list[tuple[str, ...]] = [
        (f"{problem.file} {problem.line}".strip(), problem.text, problem.excerpt[:60])
        for problem in inspection.trace.problems[:_LISTED]
    ]
    return [
        ("Stations", ("station", "OCPP", "model", "firmware", "messages"), stations),
        ("Messages", ("from", "action", "calls", "wrong", "mean", "slowest"), messages),
        ("Lines that could not be read", ("line", "why", "begins"), problems),
    ]


def as_text(inspection: Inspection) -> str:
    """Words for a terminal."""
    lines = [f"{name + ':':<17}{visible(value, 200)}" for name, value in facts_about(inspection)]
    for title, names, rows in tables(inspection):
        if rows:
            lines += ["", title, *_columns([names, *rows])]
    lines += ["", "Findings"]
    for tally in inspection.findings:
        lines += ["", *_finding_in_words(tally)]
    if not inspection.found:
        lines.append("  none")
    return "\n".join(lines) + "\n"


def _columns(rows: list[tuple[str, ...]]) -> list[str]:
    """Rows under each other."""
    shown = [[visible(cell, 60) for cell in row] for row in rows]
    widths = [max(len(row[at]) for row in shown) for at in range(len(shown[0]))]
    return [
        "  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in shown
    ]


def _finding_in_words(tally: Tally) -> list[str]:
    """A finding with what it means, what to do, and where it was found first."""
    words = explain(tally.code)
    lines = [
        f"  {tally.severity.name.lower():<8} {tally.code}: {words.title}  {tally.count:,} ×, {_at_stations(tally)}",
        *(f"      {line}" for line in (words.means, words.advice) if line),
    ]
    for example in tally.examples:
        where = f"{example.action} {example.path}".strip()
        lines.append(
            f"      {time_text(example.at)[:19]}  {visible(f'{example.station} {where}: {example.text}', 200)}"
        )
    return lines


def _at_stations(tally: Tally) -> str:
    """At how many stations, or at which."""
    count = len(tally.stations)
    return f"at {count} stations" if count != 1 else f"at {visible(next(iter(tally.stations)), 48) or 'no station'}"


def as_markdown(inspection: Inspection) -> str:
    """For an issue or a mail."""
    lines = [f"# {markdown(inspection.trace.name)}", ""]
    lines += [f"- {name}: {markdown(value)}" for name, value in facts_about(inspection)]
    lines += ["", "## Findings", ""]
    for tally in inspection.findings:
        title = f"{tally.severity.name.lower()}: {tally.code}, {tally.count:,} ×, {_at_stations(tally)}"
        words = explain(tally.code)
        lines += [f"### {markdown(title)}", "", markdown(f"{words.title}. {words.means} {words.advice}", 1_000), ""]
        lines += [
            f"- {time_text(each.at)[:19]} {markdown(each.station)} {markdown(f'{each.action} {each.path}'.strip())}: "
            f"{markdown(each.text)}"
            for each in tally.examples
        ]
        lines.append("")
    if not inspection.found:
        lines += ["None.", ""]
    for title, names, rows in tables(inspection):
        if rows:
            lines += [f"## {title}", "", f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
            lines += [f"| {' | '.join(map(markdown, row))} |" for row in rows]
            lines.append("")
    return "\n".join(lines)


def _safe(text: str) -> str:
    """A text inside HTML."""
    return html.escape(visible(text, 1_000), quote=True)


def as_html(inspection: Inspection) -> str:
    """One page without scripts and without anything from elsewhere."""
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{_safe(inspection.trace.name)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{_safe(inspection.trace.name)}</h1>",
        _html_table(("", ""), facts_about(inspection)),
        "<h2>Findings</h2>",
    ]
    parts += [_html_finding(tally) for tally in inspection.findings] or ["<p>None.</p>"]
    for title, names, rows in tables(inspection):
        if rows:
            parts += [f"<h2>{_safe(title)}</h2>", _html_table(names, rows)]
    return "\n".join((*parts, "</body></html>\n"))


def _html_table(names: tuple[str, ...], rows: "list[tuple[str, ...]] | list[tuple[str, str]]") -> str:
    """A table."""
    head = "".join(f"<th>{_safe(name)}</th>" for name in names) if any(names) else ""
    body = "".join(f"<tr>{''.join(f'<td>{_safe(cell)}</td>' for cell in row)}</tr>\n" for row in rows)
    return f"<table>{f'<tr>{head}</tr>' if head else ''}\n{body}</table>"


def _html_finding(tally: Tally) -> str:
    """A finding with its first messages."""
    word = tally.severity.name.lower()
    examples = "".join(
        f"<li>{time_text(each.at)[:19]} {_safe(each.station)} {_safe(each.action)} <code>{_safe(each.path)}</code> "
        f"{_safe(each.text)}</li>"
        for each in tally.examples
    )
    title = f'<span class="{word}">{word}</span> {_safe(tally.code)}'
    words = explain(tally.code)
    about = f"<p>{_safe(f'{words.title}. {words.means} {words.advice}')}</p>"
    return f"<h3>{title}, {tally.count:,} ×, {_safe(_at_stations(tally))}</h3>{about}<ul>{examples}</ul>"


def as_json(inspection: Inspection) -> str:
    """For programs: everything, in ASCII."""
    return json.dumps(inspection.told(), indent=2) + "\n"


def as_junit(inspection: Inspection, fail_on: Severity = Severity.WARNING) -> str:
    """For the pages of a CI: each code a test, failed from a severity on; lines that could not be read are one more."""
    cases = [_case(tally, fail_on) for tally in inspection.findings]
    trace = inspection.trace
    if trace.unread:
        first = "; ".join(f"line {each.line}: {each.text}" for each in trace.problems[:_LISTED])
        cases.append(
            f"  <testcase name={_attribute('every line can be read')}><skipped message={_attribute(first)}/></testcase>"
        )
    if not cases:
        cases = [f"  <testcase name={_attribute('no findings')}/>"]
    failed = sum(tally.severity >= fail_on for tally in inspection.findings)
    head = f'<testsuite name={_attribute(trace.name)} tests="{len(cases)}" failures="{failed}">'
    return "\n".join(('<?xml version="1.0" encoding="UTF-8"?>', head, *cases, "</testsuite>\n"))


def _case(tally: Tally, fail_on: Severity) -> str:
    """One code."""
    told = "\n".join(
        f"{time_text(each.at)} {each.station} {each.action} {each.path} {each.text}" for each in tally.examples
    )
    lines = escape("\n".join(visible(line, 500) for line in told.splitlines()))
    message = _attribute(f"{tally.severity.name.lower()}, {tally.count} times, {_at_stations(tally)}")
    inside = (
        f"<failure message={message}>{lines}</failure>"
        if tally.severity >= fail_on
        else f"<system-out>{lines}</system-out>"
    )
    return f"  <testcase name={_attribute(tally.code)} classname={_attribute('findings')}>{inside}</testcase>"


def _attribute(text: str) -> str:
    """A text as the value of an attribute, with its quotes."""
    return quoteattr(visible(text, 1_000))


REPORTS: dict[str, Callable[[Inspection], str]] = {
    "text": as_text,
    "md": as_markdown,
    "html": as_html,
    "json": as_json,
    "junit": as_junit,
}
"""What a report may look like; JUnit also wants to know from which severity on a finding fails."""

"""An inspection in every form: Markdown and HTML here, the others beside. Without secrets, and nothing is markup."""

import html
from collections.abc import Callable, Sequence

from ocpp_console.model.finding_words import explain
from ocpp_console.outputs.traces.inspection import Inspection, Tally
from ocpp_console.outputs.traces.report_json import as_json
from ocpp_console.outputs.traces.report_junit import as_junit
from ocpp_console.outputs.traces.report_parts import Manner, at_stations, facts_about, not_told, tables
from ocpp_console.outputs.traces.report_text import as_text
from ocpp_console.outputs.traces.row_writers import markdown
from ocpp_console.outputs.traces.shapes import time_text
from ocpp_console.visible import visible

_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin:1rem 0}td,th{border:1px solid #8888;padding:.2rem .6rem;text-align:left}"
    "td.n{text-align:right}h3{margin-bottom:0}.critical{color:#b00}.warning{color:#a60}.info{color:#06a}"
    "code{overflow-wrap:anywhere}@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}}"
)


def as_markdown(inspection: Inspection, manner: Manner) -> str:
    """For an issue or a mail."""
    lines = [f"# {markdown(inspection.name)}", ""]
    lines += [f"- {name}: {markdown(value)}" for name, value in facts_about(inspection, manner)]
    lines += ["", "## Findings", ""]
    for tally in inspection.findings:
        title = f"{tally.severity.name.lower()}: {tally.code}, {tally.count:,} ×, {at_stations(tally)}"
        words = explain(tally.code)
        lines += [f"### {markdown(title)}", "", markdown(f"{words.title}. {words.means} {words.advice}", 1_000), ""]
        lines += [
            f"- {time_text(each.at)[:19]} {markdown(' '.join(filter(None, (each.station, each.action, each.path))))}: "
            f"{markdown(each.text)}"
            for each in tally.examples
        ]
        lines += [*([f"- {rest}"] if (rest := not_told(tally)) else []), ""]
    if not inspection.found:
        lines += ["None.", ""]
    for table in tables(inspection, manner):
        lines += [f"## {table.title}", "", f"| {' | '.join(table.names)} |", f"|{'---|' * len(table.names)}"]
        lines += [f"| {' | '.join(map(markdown, row))} |" for row in table.rows]
        lines += ["", *([table.more, ""] if table.more else [])]
    return "\n".join(lines)


def _safe(text: str) -> str:
    """A text inside HTML."""
    return html.escape(visible(text, 1_000), quote=True)


def as_html(inspection: Inspection, manner: Manner) -> str:
    """One page without scripts and without anything from elsewhere."""
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{_safe(inspection.name)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{_safe(inspection.name)}</h1>",
        _html_table(("", ""), facts_about(inspection, manner)),
        "<h2>Findings</h2>",
    ]
    parts += [_html_finding(tally) for tally in inspection.findings] or ["<p>None.</p>"]
    for table in tables(inspection, manner):
        parts += [f"<h2>{_safe(table.title)}</h2>", _html_table(table.names, table.rows)]
        parts += [f"<p>{_safe(table.more)}</p>"] if table.more else []
    return "\n".join((*parts, "</body></html>\n"))


def _html_table(names: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
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
    ) + (f"<li>{rest}</li>" if (rest := not_told(tally)) else "")
    title = f'<span class="{word}">{word}</span> {_safe(tally.code)}'
    words = explain(tally.code)
    about = f"<p>{_safe(f'{words.title}. {words.means} {words.advice}')}</p>"
    return f"<h3>{title}, {tally.count:,} ×, {_safe(at_stations(tally))}</h3>{about}<ul>{examples}</ul>"


REPORTS: dict[str, Callable[[Inspection, Manner], str]] = {
    "text": as_text,
    "md": as_markdown,
    "html": as_html,
    "json": as_json,
    "junit": as_junit,
}
"""What a report may look like."""

"""Findings as a report for a mail or an issue: what is wrong with a station, what it means, what to do, since when."""

from collections.abc import Iterable, Mapping

from ocpp_console.model.finding_words import explain
from ocpp_console.model.found import Found
from ocpp_console.model.station import Station
from ocpp_console.model.times import time_text
from ocpp_console.outputs.traces.redaction import text_without_secrets
from ocpp_console.outputs.traces.row_writers import markdown
from ocpp_console.protocol.findings import Severity

KEPT_EXAMPLES = 5
"""Messages of which each finding tells."""


def as_markdown(found: Iterable[Found], at: int, known: Mapping[str, Station] | None = None) -> str:
    """A report of these findings, station by station, in the order given; `at` is now (µs). Passwords are masked.

    `known` are the stations, of which make, serial number, firmware and version are told.
    """
    stations: dict[str, list[Found]] = {}
    for each in found:
        stations.setdefault(each.station, []).append(each)
    title = f"Findings: {markdown(next(iter(stations)))}" if len(stations) == 1 else "Findings"
    lines = [f"# {title}", "", f"Written {time_text(at)}. Times are UTC, by the console's clock.", ""]
    for station, listed in stations.items():
        if len(stations) > 1:
            lines += [f"## {markdown(station)}", ""]
        if known is not None and station in known:
            lines += [_device(known[station]), ""]
        lines += [_summary(listed), ""]
        for each in listed:
            lines += _finding(each)
    if not stations:
        lines += ["None.", ""]
    return "\n".join(lines)


def _device(station: Station) -> str:
    """What a vendor asks first: make, serial number, firmware, version of OCPP; as far as it was told."""
    told = [" ".join(filter(None, (station.vendor, station.model)))]
    told += [
        f"{name} {value}"
        for name, value in (("serial number", station.serial), ("firmware", station.firmware))
        if value
    ]
    return markdown(", ".join(filter(None, [*told, f"OCPP {station.version}" * bool(station.version)])), 500)


def _summary(listed: list[Found]) -> str:
    """How many of each severity."""
    counts = [(severity, sum(each.severity is severity for each in listed)) for severity in reversed(Severity)]
    return ", ".join(f"{count} {severity.name.lower()}" for severity, count in counts if count)


def _finding(found: Found) -> list[str]:
    """One code: how often and since when, what it means, what to do, the newest messages."""
    words = explain(found.code)
    span = time_text(found.first_at)
    if found.last_at != found.first_at:
        span += f" to {time_text(found.last_at)}"
    lines = [
        f"### {found.severity.name.lower()}: {markdown(words.title)} ({markdown(found.code)})",
        "",
        f"{found.count:,} ×, {span}",
        "",
        markdown(words.means, 1_000),
        "",
        f"To do: {markdown(words.advice, 1_000)}",
        "",
    ]
    for each in list(found.latest)[: -KEPT_EXAMPLES - 1 : -1]:
        place = markdown(f"{each.action} {each.path}".strip())
        row = f" (row {each.seq})" if each.seq else ""
        lines.append(
            f"- {time_text(each.at)} {place}{': ' * bool(place)}{markdown(text_without_secrets(each.text))}{row}"
        )
    return [*lines, ""]

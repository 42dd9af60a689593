"""An inspection for programs: everything that is known, as one JSON document."""

import json
from typing import Any

from ocpp_console.model.finding_words import explain
from ocpp_console.outputs.traces.inspection import Inspection, Tally
from ocpp_console.outputs.traces.report_parts import Manner, failed, verdict
from ocpp_console.outputs.traces.shapes import time_text


def as_json(inspection: Inspection, manner: Manner) -> str:
    """The document, in ASCII. Nothing is left out of it but what was not remembered."""
    return json.dumps(told(inspection, manner), indent=2) + "\n"


def told(inspection: Inspection, manner: Manner) -> dict[str, Any]:
    """Everything as JSON has it; times are ISO 8601, latencies milliseconds."""
    trace = inspection.trace
    return {
        "file": inspection.name,
        "bytes": trace.size,
        "facts": inspection.facts,
        "from": time_text(inspection.first_at),
        "to": time_text(inspection.last_at),
        "unread": trace.unread,
        "problems": [problem._asdict() for problem in inspection.problems],
        "sides_guessed": trace.frames_guessed,
        "times_inferred": trace.undated,
        "stations": _stations(inspection),
        "sessions": len(inspection.rows.fleet.transactions),
        "unanswered": inspection.open,
        "messages": _messages(inspection),
        "other": {inspection.called(action): count for action, count in inspection.events.items()},
        "check": verdict(inspection, manner),
        "failed": [tally.code for tally in failed(inspection, manner)],
        "findings": [_finding(tally) for tally in inspection.findings],
    }


def _stations(inspection: Inspection) -> list[dict[str, Any]]:
    """Who took part."""
    return [
        {
            "station": each.identity,
            "version": each.version,
            "vendor": each.vendor,
            "model": each.model,
            "firmware": each.firmware,
            "messages": each.messages,
            "connections": each.connections,
        }
        for each in inspection.stations
    ]


def _messages(inspection: Inspection) -> list[dict[str, Any]]:
    """What was said how often, the most frequent first."""
    return [
        {
            "from": who,
            "action": inspection.called(action),
            "count": each.count,
            "wrong": each.errors,
            "mean_ms": round(each.mean, 3),
            "slowest_ms": each.slowest / 1000,
        }
        for (who, action), each in sorted(inspection.exchanges.items(), key=lambda item: -item[1].count)
    ]


def _finding(tally: Tally) -> dict[str, Any]:
    """One code with its words and first messages."""
    words = explain(tally.code)
    return {
        "code": tally.code,
        "severity": tally.severity.name.lower(),
        "count": tally.count,
        "title": words.title,
        "means": words.means,
        "advice": words.advice,
        "stations": sorted(tally.stations),
        "examples": [example._asdict() | {"at": time_text(example.at)} for example in tally.examples],
    }

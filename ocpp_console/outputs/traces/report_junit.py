"""An inspection as JUnit XML, in the shape that CI servers agree on: testsuites, testsuite, testcase."""

import re
from xml.sax.saxutils import escape, quoteattr

from ocpp_console.model.finding_words import explain
from ocpp_console.outputs.traces.inspection import Inspection, Tally
from ocpp_console.outputs.traces.report_parts import LISTED, Manner, at_stations, failed, not_told
from ocpp_console.outputs.traces.shapes import time_text
from ocpp_console.visible import visible

_NOT_XML = re.compile("[\ufffe\uffff]")
"""Characters that no XML document may hold and `visible` leaves (XML 1.0, 2.2)."""


def as_junit(inspection: Inspection, manner: Manner) -> str:
    """Each code is a test, failed from the severity on that fails; lines that could not be read are one skipped.

    So the count of failures is 0 exactly when the command ends with 0.
    """
    trace = inspection.trace
    cases = [_case(tally, tally.severity >= manner.fail_on) for tally in inspection.findings]
    if trace.unread:
        first = "; ".join(f"line {each.line}: {each.text}" for each in inspection.problems[:LISTED])
        message = _attribute(f"{trace.unread:,} could not be read: {first}")
        cases.append(
            f'    <testcase name="every line can be read" classname="trace" time="0">'
            f"<skipped message={message}/></testcase>"
        )
    cases = cases or ['    <testcase name="no findings" classname="findings" time="0"/>']
    failures, skipped = len(failed(inspection, manner)), int(bool(trace.unread))
    counts = f'tests="{len(cases)}" failures="{failures}" errors="0" skipped="{skipped}" time="0"'
    begun = f' timestamp="{time_text(inspection.first_at)[:19]}"' if inspection.facts else ""
    return "\n".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<testsuites name="ocpp-console" {counts}>'.replace(f' skipped="{skipped}"', ""),
            f"  <testsuite name={_attribute(inspection.name)} {counts}{begun}>",
            *cases,
            "  </testsuite>",
            "</testsuites>\n",
        )
    )


def _case(tally: Tally, fails: bool) -> str:
    """One code."""
    words = explain(tally.code)
    told = [f"{words.title}. {words.means} {words.advice}".strip()]
    told += [f"{time_text(each.at)} {each.station} {each.action} {each.path} {each.text}" for each in tally.examples]
    lines = escape("\n".join(_harmless(line, 500) for line in (*told, not_told(tally)) if line))
    severity = tally.severity.name.lower()
    message = _attribute(f"{severity}, {tally.count:,} times, {at_stations(tally)}")
    inside = (
        f'<failure message={message} type="{severity}">{lines}</failure>'
        if fails
        else f"<system-out>{lines}</system-out>"
    )
    return f'    <testcase name={_attribute(tally.code)} classname="findings" time="0">{inside}</testcase>'


def _harmless(text: str, limit: int) -> str:
    """A text that may stand in XML once its markup is escaped."""
    return _NOT_XML.sub("\ufffd", visible(text, limit))


def _attribute(text: str) -> str:
    """A text as the value of an attribute, with its quotes."""
    return quoteattr(_harmless(text, 1_000))

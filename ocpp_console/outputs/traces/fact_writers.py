"""Formats of which each line is a fact: Open OCPP Trace, facts, DebugKit, plain text."""

import json
from collections.abc import Callable
from typing import IO

from ocpp_console.events import Fact, FrameReceived, FrameSent, StationConnected
from ocpp_console.narration import said_of
from ocpp_console.outputs.traces import facts_json
from ocpp_console.outputs.traces.open_ocpp_trace import Records
from ocpp_console.outputs.traces.shapes import time_text
from ocpp_console.protocol import json_text
from ocpp_console.visible import visible

_LONGEST = 1 << 30
"""Characters of a line of text: frames are not cut."""


class TraceWriter:
    """Open OCPP Trace v1.1, and beside it a file with what that format has no place for."""

    def __init__(self, out: IO[str], beside: Callable[[], IO[str] | None], versions: dict[int, str]) -> None:
        """`beside` opens the other file when it is first needed; it gives None when there can be none.

        `versions` is what is known of connections whose beginning is not among the facts; it may grow.
        """
        self._out = out
        self._open_beside = beside
        self._beside: IO[str] | None = None
        self._records = Records(versions)
        self._place = 0
        self.left_out = 0
        """Facts for which there was no place."""

    def write(self, fact: Fact) -> None:
        """One line here or there."""
        self._place += 1
        record = self._records.record_of(fact, self._place)
        if record is not None:
            self._out.write(json.dumps(record, separators=(",", ":")) + "\n")
            return
        self._beside = self._beside or self._open_beside()
        if self._beside is None:
            self.left_out += 1
        else:
            self._beside.write(facts_json.line_of(fact, self._place) + "\n")

    def end(self) -> None:
        """Every line is complete already."""


class FactsWriter:
    """Facts as JSON lines: nothing is lost."""

    left_out = 0

    def __init__(self, out: IO[str], beside: Callable[[], IO[str] | None], versions: dict[int, str]) -> None:
        """No second file is needed."""
        self._out = out

    def write(self, fact: Fact) -> None:
        """One line."""
        self._out.write(facts_json.line_of(fact) + "\n")

    def end(self) -> None:
        """Every line is complete already."""


class DebugKitWriter:
    """One JSON document as OCPP DebugKit reads it: frames that are JSON arrays, nothing else."""

    def __init__(self, out: IO[str], beside: Callable[[], IO[str] | None], versions: dict[int, str]) -> None:
        """The beginning is written with the first frame, which tells station and version."""
        self._out = out
        self._versions = versions
        self._begun = False
        self.left_out = 0
        """Facts that are no frames, and frames that are no JSON arrays."""

    def write(self, fact: Fact) -> None:
        """One event."""
        if isinstance(fact, StationConnected):
            self._versions[fact.seq] = fact.version
        message = _array(fact.raw) if isinstance(fact, FrameReceived | FrameSent) else None
        if message is None or not isinstance(fact, FrameReceived | FrameSent):
            self.left_out += 1
            return
        direction = "CS_TO_CSMS" if isinstance(fact, FrameReceived) else "CSMS_TO_CS"
        event = {"timestamp": time_text(fact.at), "direction": direction, "stationId": fact.station, "message": message}
        self._out.write(",\n" if self._begun else self._beginning(fact))
        self._begun = True
        self._out.write(json.dumps(event, separators=(",", ":")))

    def _beginning(self, fact: FrameReceived | FrameSent) -> str:
        """Everything before the first event."""
        version = self._versions.get(fact.connection, "1.6")
        told = {"stationId": fact.station, "ocppVersion": version, "source": "ocpp-console", "description": ""}
        return f'{{"traceId":"{fact.seq}","metadata":{json.dumps(told)},"events":[\n'

    def end(self) -> None:
        """Close the document, also one without events."""
        self._out.write("\n]}\n" if self._begun else '{"traceId":"0","metadata":{},"events":[]}\n')


def _array(raw: bytes) -> object:
    """The JSON array in a frame; None when it is none."""
    try:
        value = json_text.read(raw)[0]
    except json_text.NotJsonError:
        return None
    return value if isinstance(value, list) else None


class TextWriter:
    """Plain text, safe to print: frames as `CP1: receive message [2,…`, which is read back, events in words."""

    left_out = 0

    def __init__(self, out: IO[str], beside: Callable[[], IO[str] | None], versions: dict[int, str]) -> None:
        """No second file is needed."""
        self._out = out

    def write(self, fact: Fact) -> None:
        """One line."""
        station = visible(getattr(fact, "station", ""), 64).replace(":", "·").replace(" ", "␠") or "-"
        if isinstance(fact, FrameReceived | FrameSent):
            verb = "receive message" if isinstance(fact, FrameReceived) else "send"
            said = f"{verb} {fact.raw.decode('utf-8', 'backslashreplace')}"
        else:
            said = f"({said_of(fact)})"
        self._out.write(f"{time_text(fact.at)} {station}: {visible(said, _LONGEST)}\n")

    def end(self) -> None:
        """Every line is complete already."""

"""What one line or element of a trace says, in whatever shape it was written: an `Entry`."""

import json
import re
from typing import Any, NamedTuple

from ocpp_console.outputs.traces import facts_json, open_ocpp_trace
from ocpp_console.outputs.traces.shapes import Entry, NotAnEntryError, Placed, encode, time_of

_LOG_LINE = re.compile(
    r"(?P<before>.*?)(?P<station>[^\s:]+): "
    r"(?P<verb>receive message|received?|send|sent)(?: message)?:? ?(?P<frame>\[.*)"
)
"""As the Python package ocpp writes them: `INFO:ocpp:CP1: receive message [2,…`."""

_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?")

_DIRECTIONS = {"CS_TO_CSMS": "station", "CSMS_TO_CS": "console", "CP_TO_CSMS": "station", "CSMS_TO_CP": "console"}


def entry_of_line(text: str) -> Placed:
    """The entry in a line: JSON of a known shape, or a log line with a frame in it.

    Raises:
        NotAnEntryError: it is neither; the text says what it is.
    """
    bare = text.strip().rstrip(",")
    if bare[:1] in ("{", "["):
        try:
            value = json.loads(bare)
        except json.JSONDecodeError as error:
            if (logged := _logged(text)) is not None:
                return Placed(logged)
            raise NotAnEntryError(f"no JSON: {error.msg[0].lower()}{error.msg[1:]} at character {error.pos}") from None
        except (ValueError, RecursionError):
            raise NotAnEntryError("JSON that no reader takes: a number or a nesting without end") from None
        return entry_of(value, bare)
    logged = _logged(text)
    if logged is None:
        raise NotAnEntryError("neither JSON nor a log line with a frame")
    return Placed(logged)


def entry_of(value: Any, text: str) -> Placed:
    """The entry in a JSON value, whose text is `text`.

    Raises:
        NotAnEntryError: its shape is none that is known.
    """
    if isinstance(value, list):
        return Placed(Entry(text.encode("utf-8", "surrogateescape")))
    if not isinstance(value, dict):
        raise NotAnEntryError("neither a message nor an object")
    if isinstance(kind := value.get("kind"), str) and kind in facts_json.KINDS:
        return Placed(facts_json.fact_of(value), _place(value))
    if "messageType" in value:
        version = value.get("ocppVersion")
        place = _place(open_ocpp_trace.own_of(value))
        return Placed(open_ocpp_trace.entry_of(value), place, version if isinstance(version, str) else "")
    if "message" in value:
        return Placed(_debugkit(value))
    raise NotAnEntryError("an object of no known kind: neither `messageType` nor `message` nor `kind` is in it")


def _place(fields: dict[str, Any]) -> int:
    """The place we wrote into a line of our own."""
    place = fields.get("place")
    return place if type(place) is int else 0


def _debugkit(value: dict[str, Any]) -> Entry:
    """An event of OCPP DebugKit: `{timestamp, direction, message}`."""
    message = value["message"]
    raw = message if isinstance(message, str) else encode(message)
    side = _DIRECTIONS.get(str(value.get("direction")).upper(), "")
    station = value.get("stationId") or value.get("chargePointId") or ""
    version = value.get("ocppVersion") or ""
    named = (station if isinstance(station, str) else "", version if isinstance(version, str) else "")
    return Entry(raw.encode("utf-8", "surrogatepass"), time_of(value.get("timestamp")), *named, side)


class _Logged(NamedTuple):
    """What the expression of a log line finds."""

    before: str
    station: str
    verb: str
    frame: str


def _logged(text: str) -> Entry | None:
    """The frame in a log line; None when there is none. `receive` is what the station sent, if a CSMS wrote the log."""
    found = _LOG_LINE.search(text)
    if found is None:
        return None
    line = _Logged(found["before"], found["station"], found["verb"], found["frame"])
    time = _TIME.search(line.before)
    station = line.station.rpartition(":")[2]
    heard = line.verb.startswith("rec")
    raw = line.frame.rstrip().encode("utf-8", "surrogateescape")
    return Entry(raw, _log_time(time[0]) if time else None, station, "", "heard" if heard else "said")


def _log_time(text: str) -> int | None:
    """A time of a log line: with a comma before its fraction in Python's own logs, in UTC when it names no zone."""
    return time_of(text.replace(",", "."))

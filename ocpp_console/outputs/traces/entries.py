"""What one line or element of a trace says, in whatever shape it was written: an `Entry`."""

import json
from typing import Any

from ocpp_console.outputs.traces import facts_json, open_ocpp_trace
from ocpp_console.outputs.traces.log_lines import depth_of, logged
from ocpp_console.outputs.traces.shapes import Entry, NotAnEntryError, Placed, UnfinishedError, encode, time_of

_LONGEST_BEGINNING = 256 * 1024
"""Characters of the first line of something that may go on."""


_DIRECTIONS = {"CS_TO_CSMS": "station", "CSMS_TO_CS": "console", "CP_TO_CSMS": "station", "CSMS_TO_CP": "console"}


def entries_of_line(text: str) -> list[Placed]:
    """What a line holds: JSON of a known shape, or a log line with a frame in it, now and then with two.

    Raises:
        UnfinishedError: it begins something that may go on in the next line.
        NotAnEntryError: it is neither; the text says what it is.
    """
    bare = text.strip().rstrip(",")
    if bare[:1] not in ("{", "["):
        return [Placed(entry) for entry in logged(text)]
    try:
        value = json.loads(bare)
    except json.JSONDecodeError as error:
        return _no_json(text, bare, error)
    except (ValueError, RecursionError):
        raise NotAnEntryError("JSON that no reader takes: a number or a nesting without end") from None
    return [entry_of(value, bare)]


def _no_json(text: str, bare: str, error: json.JSONDecodeError) -> list[Placed]:
    """A line that begins as JSON does and is none: `[INFO] CP1: send [3,…`, or the first line of several."""
    try:
        return [Placed(entry) for entry in logged(text)]
    except UnfinishedError:
        raise
    except NotAnEntryError:
        words = f"no JSON: {error.msg[0].lower()}{error.msg[1:]} at character {error.pos}"
        depth = depth_of(bare) if len(bare) < _LONGEST_BEGINNING else 0
        raise (UnfinishedError(words, depth) if depth > 0 else NotAnEntryError(words)) from None


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

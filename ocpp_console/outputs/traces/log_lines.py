"""Frames in logs of other programs: of the Python package ocpp, evcc, SteVe, and whatever prints one in a line."""

import json
import re
from collections.abc import Iterator

from ocpp_console.outputs.traces.shapes import Entry, NotAnEntryError, UnfinishedError, time_of

_PLAIN = re.compile(r": (?P<verb>receive message|received?|send|sent)(?: message)?:? ?(?P<frame>\[.*)", re.DOTALL)
"""As the Python package ocpp writes them: `INFO:ocpp:CP1: receive message [2,…`."""

_FRAME = re.compile(r'(?<![\w"\]}])\[\s*[2-6]\s*,\s*(?="|-?\d+\s*,\s*["{])')
"""Where a frame begins in any other line: a message type and an id; `[2, 3, 4]` in prose is a list of numbers."""

_STATION = re.compile(
    r"chargeBoxId=([^\s,\]]+)|(?:recv|received?|send|sent)(?:\s+(?:JSON\s+)?message)?(?:\s+(?:to|from))?\s+([^\s:\[\]]+):\s*$"
)
"""Who it is about: SteVe has `[chargeBoxId=CP1, …] Received: [2,…`, evcc `recv CP1: [2,…` or `message to CP1: [3,…`."""

_HEARD = r"\b(?:recv|receiv(?:e|ed|es|ing)|incoming|inbound|rx)\b|<<|<-|←"
_SAID = r"\b(?:send|sent|sends|sending|outgoing|outbound|tx)\b|>>|->|→"
_VERB = re.compile(rf"(?i)(?P<heard>{_HEARD})|(?P<said>{_SAID})")
"""Whether whoever wrote the log heard it or said it; the last word before the frame counts."""

_SHORTENED = re.compile(r"[<>] (?:TEXT|BINARY|CONT) '")
"""The Python package websockets logs a frame beside the package ocpp, cut in the middle."""

_TIME = re.compile(r"\d{4}[-/]\d\d[-/]\d\d[T \t]\s*\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?")

_TOKENS = re.compile(r'"(?:[^"\\\n]|\\.)*"?|[\[\]{}]')
_DEPTHS = {"[": 1, "{": 1, "]": -1, "}": -1}

_decode = json.JSONDecoder().raw_decode


def depth_of(text: str) -> int:
    """How many brackets of a JSON text are open at its end."""
    return sum(_DEPTHS.get(token[0], 0) for token in _TOKENS.findall(text))


def begins_anew(text: str) -> bool:
    """A line of a log begins here: it has a time in front."""
    return _TIME.match(text.lstrip("[( \t")) is not None


def logged(text: str) -> list[Entry]:
    """The frames in a log line; most have one.

    Raises:
        UnfinishedError: the line begins a frame that may go on in the next one.
        NotAnEntryError: there is none.
    """
    if _SHORTENED.search(text):
        raise NotAnEntryError("a frame as the package websockets logs it, which cuts frames")
    found = _PLAIN.search(text)
    before = text[: found.start()] if found else ""
    station = before.rpartition(":")[2].split()[-1:]
    if found is not None and station and not before[-1:].isspace():
        time, station_name = _TIME.search(before), station[0]
        side = "heard" if found["verb"].startswith("rec") else "said"
        entry = _entry(found["frame"].rstrip(), time, station_name, side)
        if (depth := depth_of(found["frame"])) > 0:
            raise UnfinishedError("a frame that breaks off", depth, entry)
        return [entry]
    entries = list(_anywhere(text))
    if not entries:
        raise NotAnEntryError("neither JSON nor a log line with a frame")
    return entries


def _anywhere(text: str) -> Iterator[Entry]:
    """The frames that stand anywhere in a line, with what stands before the first one."""
    found = _FRAME.search(text)
    before = text[: found.start()] if found else ""
    station, side, time = _told(before)
    while found is not None:
        try:
            _, end = _decode(text, found.start())
        except (ValueError, RecursionError):
            if (depth := depth_of(text[found.start() :])) > 0:
                raise UnfinishedError("a frame that breaks off", depth) from None
            raise NotAnEntryError("a frame that is no JSON") from None
        yield _entry(text[found.start() : end], time, station, side)
        found, side = _FRAME.search(text, end), ""


def _told(before: str) -> tuple[str, str, "re.Match[str] | None"]:
    """Station, side and time as the words before a frame tell them."""
    about = _STATION.search(before)
    verbs = list(_VERB.finditer(before))
    side = "" if not verbs else "heard" if verbs[-1]["heard"] else "said"
    return (about[1] or about[2]) if about else "", side, _TIME.search(before)


def _entry(frame: str, time: "re.Match[str] | None", station: str, side: str) -> Entry:
    """The entry of a frame. Times have a comma before the fraction in Python's logs, a blank or tab before the hour."""
    at = None if time is None else time_of(re.sub(r"\s+", " ", time[0].replace(",", ".").replace("/", "-")))
    return Entry(frame.encode("utf-8", "surrogateescape"), at, station, "", side)

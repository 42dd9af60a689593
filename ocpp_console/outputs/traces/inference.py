"""What a trace does not tell, inferred from what it does: which side spoke, which version, when."""

from collections import OrderedDict
from typing import Any

from ocpp_console.outputs.traces.shapes import Entry
from ocpp_console.protocol.actions import ACTIONS
from ocpp_console.protocol.frames import Call, CallError, CallResult, Frame

_REMEMBERED = 5_000
_OTHER = {"station": "console", "console": "station"}
_BY = {"station": "station", "csms": "console"}


class Inference:
    """Remembers the open calls of a trace, so that answers find their side. Bounded."""

    def __init__(self) -> None:
        """Nothing was seen yet; a log of one side is taken for one of the central system until it tells otherwise."""
        self._callers: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._heard = ""
        self.guessed = 0
        """Frames whose side was not told."""

    def side_of(self, entry: Entry, frame: Frame) -> str:
        """Who sent a frame: "station" or "console"."""
        side = entry.side
        if side in ("heard", "said"):
            side = self._side_in_a_log(side, frame)
        elif not side:
            self.guessed += 1
            side = self._guess(entry.station, frame)
        self._remember(entry.station, frame, side)
        return side

    def _side_in_a_log(self, verb: str, frame: Frame) -> str:
        """In the log of one side: whose log it is shows the first call that only one side makes."""
        by = _caller(frame) if not self._heard else ""
        if by:
            self._heard = by if verb == "heard" else _OTHER[by]
        heard = self._heard or "station"
        return heard if verb == "heard" else _OTHER[heard]

    def _guess(self, station: str, frame: Frame) -> str:
        """By the action of a call, by the open call of an answer; else the station, who speaks most."""
        if isinstance(frame, CallResult | CallError):
            return _OTHER.get(self._callers.get((station, repr(frame.id)), ""), "station")
        return _caller(frame) or "station"

    def _remember(self, station: str, frame: Frame, side: str) -> None:
        """Note an open call, and that it was answered."""
        if isinstance(frame, Call):
            self._callers[station, repr(frame.id)] = side
            if len(self._callers) > _REMEMBERED:
                self._callers.popitem(last=False)
        elif isinstance(frame, CallResult | CallError):
            self._callers.pop((station, repr(frame.id)), None)


def _caller(frame: Frame) -> str:
    """Who alone may call this; empty when both may or nobody knows it."""
    known = ACTIONS.get(frame.action) if isinstance(frame, Call) else None
    return _BY.get(known.by, "") if known else ""


def version_of(frame: Frame) -> str:
    """The version a call belongs to: its action exists in one only, or its payload has a shape of its own; else empty.

    What 2.0.1 and 2.1 have in common counts as 2.0.1.
    """
    if not isinstance(frame, Call):
        return ""
    known = ACTIONS.get(frame.action)
    if known is None:
        return ""
    if "1.6" not in known.versions:
        return "2.0.1" if "2.0.1" in known.versions else "2.1"
    if len(known.versions) == 1:
        return "1.6"
    return _by_shape(frame.payload if isinstance(frame.payload, dict) else {})


_SHAPES = {
    "chargingStation": "2.0.1",
    "connectorStatus": "2.0.1",
    "idToken": "2.0.1",
    "evseId": "2.0.1",
    "chargePointVendor": "1.6",
    "errorCode": "1.6",
    "idTag": "1.6",
}
"""Properties by which payloads of actions that all versions have are told apart."""


def _by_shape(payload: dict[str, Any]) -> str:
    """The version by a property that only one has."""
    return next((version for name, version in _SHAPES.items() if name in payload), "")

"""What has another value in the new run: transactionIds that the central system gives, and times that are moved."""

from ocpp_console.clock import iso
from ocpp_console.model.times import parse_time
from ocpp_console.protocol.frames import Call, CallResult, JsonValue

TIME_FIELDS = frozenset({"timestamp", "currentTime", "generatedAt", "generationTime", "startTime"})
"""Fields of a station's call that say when something happened."""


class Identifiers:
    """Recorded values and those of this run, for one station."""

    def __init__(self, shift: int = 0) -> None:
        """`shift` is added to every time the station says, in µs; 0 leaves them as they are."""
        self._transactions: dict[int, int] = {}
        self._shift = shift

    def learn(self, call: Call, recorded: JsonValue, live: JsonValue) -> None:
        """Take note of the transactionId that a StartTransaction got then (1.6), and the one it got now."""
        if call.action != "StartTransaction" or not (isinstance(recorded, dict) and isinstance(live, dict)):
            return
        then, now = recorded.get("transactionId"), live.get("transactionId")
        if isinstance(then, int) and isinstance(now, int):
            self._transactions[then] = now

    def payload(self, recorded: JsonValue) -> JsonValue:
        """The payload with the values of this run; the same object when nothing changes."""
        if isinstance(recorded, dict):
            inner = {name: self._value(name, value) for name, value in recorded.items()}
            return inner if any(inner[name] is not value for name, value in recorded.items()) else recorded
        if isinstance(recorded, list):
            items = [self.payload(item) for item in recorded]
            return items if any(new is not old for new, old in zip(items, recorded, strict=True)) else recorded
        return recorded

    def _value(self, name: str, value: JsonValue) -> JsonValue:
        """One property."""
        if name == "transactionId" and type(value) is int:
            return self._transactions.get(value, value)
        if self._shift and name in TIME_FIELDS and isinstance(value, str):
            moment = parse_time(value)
            return value if moment is None else iso(moment + self._shift)
        return self.payload(value)


def answer_payload(frame: object) -> JsonValue:
    """The payload of a CALLRESULT; {} of anything else."""
    return frame.payload if isinstance(frame, CallResult) else {}

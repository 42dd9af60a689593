"""Reports that come in parts, put together as far as they came: how many parts, which are missing, what is in them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ocpp_console.model.reading import mapping, whole
from ocpp_console.model.rows import Message
from ocpp_console.protocol.frames import Call, JsonValue, Send, parse

HOLDS: dict[str, tuple[str, str]] = {
    "NotifyReport": ("reportData", "variable"),
    "NotifyMonitoringReport": ("monitor", "monitored variable"),
    "ReportChargingProfiles": ("chargingProfile", "profile"),
    "NotifyDisplayMessages": ("messageInfo", "message"),
    "NotifyCustomerInformation": ("data", "character"),
    "ReportDERControl": ("", "control"),
    "NotifyEvent": ("eventData", "event"),
}
"""Actions whose messages are parts of one report: the property with the contents, and what one of them is."""


@dataclass(slots=True)
class Assembly:
    """One report as far as it came."""

    action: str
    parts: int = 0
    """Messages."""
    items: list[JsonValue] = field(default_factory=list)
    """Their contents, in the order of `seqNo` where there is one."""
    missing: list[int] = field(default_factory=list)
    """Numbers of parts that never came. Stations that count from 1 miss none."""
    complete: bool = False
    """The last part came (`tbc` false or left out, which means false) and none is missing."""
    numbered: bool = False

    @property
    def text(self) -> str:
        """As one line: `NotifyReport: 3 parts, 120 variables, complete`."""
        noun = HOLDS[self.action][1]
        count = len(self.items)
        parts = f"{self.parts} part{'' if self.parts == 1 else 's'}"
        told = f"{self.action}: {parts}, {count} {noun}{'' if count == 1 else 's'}"
        if self.missing:
            shown = ", ".join(map(str, self.missing[:6])) + ("…" if len(self.missing) > 6 else "")
            return f"{told}, part {shown} never came"
        return f"{told}, complete" if self.complete else f"{told}, more is announced"


def assemble(messages: Sequence[Message]) -> list[Assembly]:
    """The reports among the messages that followed a command, by action."""
    by_action: dict[str, list[dict[str, JsonValue]]] = {}
    for message in messages:
        if message.action in HOLDS:
            frame = parse(message.raw, message.version)
            payload = mapping(frame.payload) if isinstance(frame, Call | Send) else {}
            by_action.setdefault(message.action, []).append(payload)
    return [_assemble(action, payloads) for action, payloads in by_action.items()]


def _assemble(action: str, payloads: list[dict[str, JsonValue]]) -> Assembly:
    made = Assembly(action, len(payloads))
    numbers = [whole(payload.get("seqNo")) for payload in payloads]
    known = {number for number in numbers if number is not None}
    made.numbered = bool(known)
    ordered = sorted(zip(numbers, payloads, strict=True), key=lambda pair: -1 if pair[0] is None else pair[0])
    for _, payload in ordered:
        made.items += _items(action, payload)
    # Some stations count from 1, some say no number at all: neither is a gap.
    made.missing = sorted(set(range(1, max(known, default=0))) - known)
    last = ordered[-1][1] if known else payloads[-1]
    made.complete = last.get("tbc") is not True and not made.missing
    return made


def _items(action: str, payload: dict[str, JsonValue]) -> list[JsonValue]:
    name = HOLDS[action][0]
    if not name:  # ReportDERControl has a list for each kind of control
        return [item for value in payload.values() if isinstance(value, list) for item in value]
    value = payload.get(name)
    if isinstance(value, str | list):
        return list(value)
    return [] if value is None else [value]

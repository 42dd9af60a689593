"""Reports that come in parts, put together as far as they came: how many parts, which are missing, what is in them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ocpp_console.model.reading import mapping, whole
from ocpp_console.model.rows import Message
from ocpp_console.model.times import SECOND
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


REPORT_PATIENCE = 10 * SECOND
"""How long after a part without a word about further ones another part is taken for one of the same report.

The schemas say that `tbc` left out means false; stations leave it out of every part all the same.
"""


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
    """The last part came and none is missing: it said so, or said nothing and no other came for a while."""
    announced: bool = False
    """The last part says that more follows."""
    numbered: bool = False

    @property
    def content(self) -> JsonValue:
        """What it holds as one value: a list, or the text when it is made of characters."""
        if self.items and all(type(item) is str and len(item) == 1 for item in self.items):
            return "".join(map(str, self.items))
        return list(self.items)

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
        if self.complete:
            return f"{told}, complete"
        return f"{told}, more is announced" if self.announced else f"{told}, no part said that it is the last"


def payload_of(message: Message) -> dict[str, JsonValue]:
    """What a part of a report says."""
    frame = parse(message.raw, message.version)
    return mapping(frame.payload) if isinstance(frame, Call | Send) else {}


def announces_more(message: Message) -> bool:
    """The part says that another follows."""
    return payload_of(message).get("tbc") is True


def assemble(messages: Sequence[Message], now: int) -> list[Assembly]:
    """The reports among the messages that followed a command, by action, as they stand at a time (µs)."""
    by_action: dict[str, list[Message]] = {}
    for message in messages:
        if message.action in HOLDS:
            by_action.setdefault(message.action, []).append(message)
    return [
        _assemble(action, [payload_of(part) for part in parts], now - parts[-1].at > REPORT_PATIENCE)
        for action, parts in by_action.items()
    ]


def _assemble(action: str, payloads: list[dict[str, JsonValue]], silent: bool) -> Assembly:
    """`silent`: nothing came for a while after the last of the parts."""
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
    made.announced = last.get("tbc") is True
    ended = last.get("tbc") is False or (silent and not made.announced)
    made.complete = ended and not made.missing
    return made


def _items(action: str, payload: dict[str, JsonValue]) -> list[JsonValue]:
    name = HOLDS[action][0]
    if not name:  # ReportDERControl has a list for each kind of control
        return [item for value in payload.values() if isinstance(value, list) for item in value]
    value = payload.get(name)
    if isinstance(value, str | list):
        return list(value)
    return [] if value is None else [value]

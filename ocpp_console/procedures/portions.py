"""Long lists cut into messages that a station takes: so many items, so many bytes."""

import json
from collections.abc import Sequence

from ocpp_console.model.station import Station
from ocpp_console.model.variables import VariableName
from ocpp_console.protocol.frames import JsonValue

ENVELOPE = 120
"""Bytes of a frame around its list: message id, action, the name of the list."""


def portions(
    items: Sequence[dict[str, JsonValue]], most: int, most_bytes: int | None = None
) -> list[list[dict[str, JsonValue]]]:
    """`items` in order, at most `most` in a message and at most `most_bytes` of it; one item always fits."""
    parts: list[list[dict[str, JsonValue]]] = []
    size = 0
    for item in items:
        length = len(json.dumps(item, separators=(",", ":"))) + 1
        full = not parts or len(parts[-1]) >= max(1, most)
        if full or (most_bytes is not None and size + length > most_bytes):
            parts.append([])
            size = ENVELOPE
        parts[-1].append(item)
        size += length
    return parts


def message_limits(station: Station, action: str) -> tuple[int | None, int | None]:
    """Most items and most bytes of one message of a 2.x action, as the station told; else the items set by hand.

    2.0.1 names the action as the instance of ItemsPerMessage (part 2, referenced components, DeviceDataCtrlr); some
    stations have it in the variable's name.
    """
    found: list[int | None] = []
    for limit in ("ItemsPerMessage", "BytesPerMessage"):
        spelled = (
            VariableName("DeviceDataCtrlr", limit, instance=action),
            VariableName("DeviceDataCtrlr", f"{limit}{action}"),
        )
        numbers = [number for name in spelled if (number := station.variables.number_of(name)) is not None]
        found.append(numbers[0] if numbers else None)
    return (station.settings.limits.get(action) if found[0] is None else found[0]), found[1]

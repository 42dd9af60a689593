"""The one word of an answer that matters: its status, wherever the action keeps it."""

from ocpp_console.model.reading import entries, mapping, text
from ocpp_console.protocol.frames import JsonValue

_NESTED = ("idTagInfo", "idTokenInfo", "idTokenInfoResponse")
"""Objects whose `status` is the verdict when the answer has none of its own."""

_LISTED = {
    "GetVariables": ("getVariableResult", "attributeStatus"),
    "SetVariables": ("setVariableResult", "attributeStatus"),
    "SetVariableMonitoring": ("setMonitoringResult", "status"),
    "ClearVariableMonitoring": ("clearMonitoringResult", "status"),
    "ClearTariffs": ("clearTariffsResult", "status"),
}
"""Answers with one status per item: the list, and the property in it."""


def verdict_of(action: str, payload: JsonValue) -> str:
    """The status word of a CALLRESULT; empty when it has none. Mixed lists read `Accepted 2, Rejected 1`."""
    if not payload or type(payload) is not dict:
        return ""
    status = payload.get("status")
    if status is not None:
        return text(status)
    for name in _NESTED:
        if name in payload:
            return text(mapping(payload[name]).get("status"))
    listed = _LISTED.get(action)
    return _verdict_of_list(payload, *listed) if listed else ""


def _verdict_of_list(payload: dict[str, JsonValue], name: str, key: str) -> str:
    """The common word of a list of results, or how often each word comes."""
    counts: dict[str, int] = {}
    for entry in entries(payload.get(name)):
        word = text(entry.get(key))
        counts[word] = counts.get(word, 0) + 1
    if len(counts) == 1:
        return next(iter(counts))
    return ", ".join(f"{word or 'none'} {count}" for word, count in counts.items())

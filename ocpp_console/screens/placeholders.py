"""What `{names}` in saved commands stand for at a station, and which values become names when a command is saved."""

from ocpp_console.model.fleet import Fleet
from ocpp_console.model.saved_commands import UNKNOWN, Values, moment_of, unfilled, without_secrets
from ocpp_console.model.station import Station
from ocpp_console.protocol.findings import Finding, Severity
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.screens.known_values import source_of

EXPLAINED = "{connectorId}, {evseId}, {idTag}, {transactionId}, {requestId}, {location}, {now}, {now+5min}, {station}"
"""What the prompt names as examples; every property the console knows values for can be used."""

_ALWAYS_DIFFERENT: dict[str, str] = {
    "transactionId": "{transactionId}",
    "requestId": "{requestId}",
    "remoteStartId": "{remoteStartId}",
    "retrieveDate": "{now}",
    "retrieveDateTime": "{now}",
}
"""Properties whose value is good once: they are saved as what they stand for."""


def values_for(station: Station, fleet: Fleet, action: str, now: int) -> Values:
    """The placeholders' values at a station at the time `now` (µs)."""

    def value(name: str) -> JsonValue:
        if name == "station":
            return station.identity
        if (moment := moment_of(name, now)) is not None:
            return moment
        source = source_of(action, "idToken.idToken" if name == "idTag" and station.version != "1.6" else name)
        known = source(station, fleet) if source is not None else ()
        return known[0].value if known else UNKNOWN

    return value


def templated(payload: JsonValue) -> JsonValue:
    """The payload with names in place of values that are good once, and of secrets: those are kept nowhere."""
    return _named(without_secrets(payload))


def _named(payload: JsonValue) -> JsonValue:
    """Names in place of values that are good once."""
    if isinstance(payload, dict):
        return {name: _ALWAYS_DIFFERENT.get(name) or _named(value) for name, value in payload.items()}
    return [_named(item) for item in payload] if isinstance(payload, list) else payload


def left_open(payload: JsonValue) -> tuple[Finding, ...]:
    """The names in braces that are left in a payload, as violations."""
    return tuple(Finding("PLACEHOLDER", Severity.WARNING, f"{{{name}}} is not filled in") for name in unfilled(payload))

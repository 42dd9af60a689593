"""Why a station may have refused a command: what the field knows, held against the state just seen."""

from collections.abc import Callable
from typing import NamedTuple

from ocpp_console.glyphs import verdict_words
from ocpp_console.model.reading import mapping, text, whole
from ocpp_console.model.refusal_words import usual_words
from ocpp_console.model.station import Connector, Station
from ocpp_console.protocol.frames import JsonValue

Fits = Callable[[Station, dict[str, JsonValue]], bool]
"""Whether a hint fits this station and the payload that was sent."""


class _Hint(NamedTuple):
    """One sentence and when it may be true."""

    actions: frozenset[str]
    """Empty for every action."""
    verdicts: frozenset[str]
    fits: Fits | None
    """None when nothing the console has seen can tell; such hints come last."""
    text: str


def hint(action: str, verdict: str, station: Station, payload: JsonValue = None) -> str:
    """What may be behind an answer, most likely reason first, as one or more sentences; empty when it needs none."""
    asked, words = mapping(payload), verdict_words(verdict)
    seen: list[str] = []
    possible: list[str] = []
    for entry in _HINTS:
        if not entry.verdicts.isdisjoint(words) and (not entry.actions or action in entry.actions):
            if entry.fits is None:
                possible.append(entry.text)
            elif entry.fits(station, asked):
                seen.append(entry.text)
    usual = [told for word in words if (told := usual_words(action, word))]
    return " ".join((seen or possible or usual)[:3])


def _connectors(station: Station, asked: dict[str, JsonValue]) -> list[Connector]:
    """The connectors a command was about: the one named, or all."""
    number, evse = whole(asked.get("connectorId")), whole(asked.get("evseId"))
    return [
        connector
        for connector in station.connectors.values()
        if (not number or connector.number == number) and (not evse or connector.evse == evse)
    ]


def _status_is(*words: str) -> Fits:
    """A connector the command was about is in one of these states, and none is free."""

    def fits(station: Station, asked: dict[str, JsonValue]) -> bool:
        concerned = [
            connector.status for connector in _connectors(station, asked) if connector.number or connector.evse
        ]
        return bool(concerned) and all(status in words for status in concerned)

    return fits


def _several_connectors_none_named(station: Station, asked: dict[str, JsonValue]) -> bool:
    """The station has more than one connector and the command named none."""
    count = sum(1 for connector in station.connectors.values() if connector.number)
    return count > 1 and not asked.get("connectorId") and not asked.get("evseId")


def _held_back(station: Station, asked: dict[str, JsonValue]) -> bool:
    """We have not accepted the station's boot."""
    return station.registration in ("Pending", "Rejected")


def _tag_not_hexadecimal(station: Station, asked: dict[str, JsonValue]) -> bool:
    """The tag of a remote start is not written in hexadecimal digits."""
    token = asked.get("idTag")
    if token is None:
        token = mapping(asked.get("idToken")).get("idToken")
    return bool(text(token)) and any(character not in "0123456789abcdefABCDEF" for character in text(token))


def _for_connector_in_trigger(station: Station, asked: dict[str, JsonValue]) -> bool:
    """A trigger that names a connector."""
    return "connectorId" in asked or "evse" in asked


def _stack_level_above_zero(station: Station, asked: dict[str, JsonValue]) -> bool:
    """A charging profile with a stack level above 0."""
    profile = mapping(asked.get("csChargingProfiles") or asked.get("chargingProfile"))
    return bool(whole(profile.get("stackLevel")))


def _station_maximum_not_absolute(station: Station, asked: dict[str, JsonValue]) -> bool:
    """A station-wide maximum that is not of the Absolute kind."""
    profile = mapping(asked.get("csChargingProfiles") or asked.get("chargingProfile"))
    purpose = text(profile.get("chargingProfilePurpose"))
    maximum = purpose in ("ChargePointMaxProfile", "ChargingStationMaxProfile")
    return maximum and text(profile.get("chargingProfileKind")) != "Absolute"


_START = frozenset({"RemoteStartTransaction", "RequestStartTransaction"})
_STOP = frozenset({"RemoteStopTransaction", "RequestStopTransaction"})
_TRIGGER = frozenset({"TriggerMessage", "ExtendedTriggerMessage"})
_PROFILE = frozenset({"SetChargingProfile"})
_CONFIGURE = frozenset({"ChangeConfiguration", "SetVariables"})
_FIRMWARE = frozenset({"UpdateFirmware", "SignedUpdateFirmware"})
_REFUSED = frozenset({"Rejected"})
_UNABLE = frozenset({"NotImplemented", "NotSupported", "Unsupported"})

_HINTS: tuple[_Hint, ...] = (
    _Hint(
        frozenset(),
        frozenset({"Rejected", "SecurityError"}),
        _held_back,
        "The station is held in Pending or Rejected: it may refuse commands until its boot is accepted.",
    ),
    # Starting.
    _Hint(
        _START,
        _REFUSED,
        _status_is("Finishing"),
        "The connector is still Finishing: many stations start again only after the cable was unplugged.",
    ),
    _Hint(
        _START,
        _REFUSED,
        _status_is("Charging", "SuspendedEV", "SuspendedEVSE", "Occupied"),
        "The connector is in use: the session there has to end first.",
    ),
    _Hint(_START, _REFUSED, _status_is("Faulted"), "The connector is Faulted: clear the fault first."),
    _Hint(
        _START,
        _REFUSED,
        _status_is("Unavailable"),
        "The connector is Unavailable: set it to Operative first (ChangeAvailability).",
    ),
    _Hint(_START, _REFUSED, _status_is("Reserved"), "The connector is Reserved, perhaps for another tag."),
    _Hint(
        _START,
        _REFUSED,
        _several_connectors_none_named,
        "The station has more than one connector: name the one to start.",
    ),
    _Hint(
        _START,
        _REFUSED,
        _status_is("Available"),
        "No cable is plugged in yet: some stations start only once the connector is Preparing or Occupied.",
    ),
    _Hint(_START, _REFUSED, _tag_not_hexadecimal, "Some stations take only tags in hexadecimal digits."),
    _Hint(
        _START,
        _REFUSED,
        None,
        "With AuthorizeRemoteTxRequests = true the tag must be in the station's own list or be accepted by Authorize.",
    ),
    _Hint(_START, _REFUSED, None, "A session with this tag may be open already."),
    # Stopping.
    _Hint(_STOP, _REFUSED, None, "The station runs no session with this id: look for its id in the last messages."),
    # Trigger.
    _Hint(
        _TRIGGER,
        frozenset({"Rejected", "NotImplemented"}),
        _for_connector_in_trigger,
        "Some stations answer this trigger only without a connector.",
    ),
    _Hint(_TRIGGER, frozenset({"NotImplemented"}), None, "The station cannot be asked for this message."),
    # Charging profiles.
    _Hint(
        _PROFILE,
        frozenset({"Rejected", "NotSupported"}),
        _station_maximum_not_absolute,
        "A profile for the whole station must be of the kind Absolute at some makers.",
    ),
    _Hint(
        _PROFILE,
        _REFUSED,
        _stack_level_above_zero,
        "Try stack level 0: some stations know no other, some refuse the maximum they state.",
    ),
    _Hint(
        _PROFILE, _REFUSED, None, "Try the other unit (A or W) or purpose; smart charging may be off in its settings."
    ),
    # Configuration.
    _Hint(_CONFIGURE, _REFUSED, None, "The key may be read-only, or one item of a list may not be supported."),
    _Hint(_CONFIGURE, frozenset({"NotSupported", "UnknownVariable", "UnknownComponent"}), None, "It has no such key."),
    _Hint(
        frozenset({"ChangeConfiguration", "SetVariables", "Reset"}),
        frozenset({"RebootRequired"}),
        None,
        "It takes effect after a reset.",
    ),
    # Transfers.
    _Hint(
        _FIRMWARE | {"GetDiagnostics", "GetLog"},
        _REFUSED,
        None,
        "Makers differ in the URL they take: scheme (ftp, http, https), user and password, file name or folder.",
    ),
    _Hint(_FIRMWARE, frozenset({"InvalidCertificate"}), None, "The station does not trust the signing certificate."),
    _Hint(_FIRMWARE, frozenset({"RevokedCertificate"}), None, "The signing certificate was revoked."),
    # The rest.
    _Hint(
        frozenset({"Reset", "ChangeAvailability"}),
        frozenset({"Scheduled"}),
        None,
        "It will do so when the running session has ended.",
    ),
    _Hint(
        frozenset({"UnlockConnector"}),
        frozenset({"NotSupported", "UnlockFailed", "UnknownConnector", "OngoingAuthorizedTransaction"}),
        None,
        "A fixed cable has no lock; with a session running, end it first.",
    ),
    _Hint(
        frozenset({"Reset"}),
        _REFUSED,
        None,
        "It may be busy with a session or an update: try the other type of reset.",
    ),
    _Hint(
        frozenset({"SendLocalList"}),
        frozenset({"VersionMismatch"}),
        None,
        "Its list has another version: send the full list.",
    ),
    _Hint(frozenset(), _UNABLE, None, "The station does not have this function, or it is switched off there."),
)
"""By action and answer; several may fit. Reasons that the state seen confirms are told instead of possible ones."""

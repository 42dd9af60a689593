"""What the console knows that a field may want: tags, connectors, transactions, times, ids, variables."""

import re
from collections.abc import Callable, Sequence
from functools import partial

from ocpp_console.clock import hms, iso, now_us
from ocpp_console.model.fleet import Fleet
from ocpp_console.model.id_tags import IdTag, Policy, UnknownTag
from ocpp_console.model.reading import whole
from ocpp_console.model.station import Connector, Station
from ocpp_console.model.transactions import Transaction
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.screens import remembered
from ocpp_console.screens.command_remarks import taken
from ocpp_console.widgets.payload_lines import Choice, Known

FALLBACK_TAG = "00000000"
"""Proposed when nobody swiped a tag, the list is empty and every tag is accepted; hexadecimal, for chargers that
refuse anything else as an idTag."""

FREE_STATUSES = ("Preparing", "Occupied", "Available", "Finishing")
"""Where a session is likely to start, the likeliest first: a cable is in, or the connector is free."""

MINUTE = 60_000_000
LATER = ((0, "now"), (5, "in 5 minutes"), (60, "in an hour"), (24 * 60, "tomorrow"))
"""Minutes from now."""

TOKEN_TYPES = ("ISO14443", "ISO15693", "eMAID", "Central", "KeyCode", "Local", "MacAddress", "NoAuthorization")
"""The kinds of idToken in 2.0.1; 2.1 takes others as well."""

COMPONENTS = (
    "OCPPCommCtrlr",
    "AuthCtrlr",
    "TxCtrlr",
    "SampledDataCtrlr",
    "AlignedDataCtrlr",
    "DeviceDataCtrlr",
    "SecurityCtrlr",
    "ClockCtrlr",
    "LocalAuthListCtrlr",
    "SmartChargingCtrlr",
    "ChargingStation",
    "EVSE",
    "Connector",
)
"""Standard components of the 2.x device model that nearly every station has."""

CONFIGURATION_KEYS = (
    "HeartbeatInterval",
    "MeterValueSampleInterval",
    "MeterValuesSampledData",
    "AuthorizeRemoteTxRequests",
    "ConnectionTimeOut",
    "LocalAuthorizeOffline",
    "LocalPreAuthorize",
    "NumberOfConnectors",
    "StopTransactionOnInvalidId",
    "StopTxnSampledData",
    "SupportedFeatureProfiles",
    "UnlockConnectorOnEVSideDisconnect",
    "WebSocketPingInterval",
)
"""Standard configuration keys of 1.6 (§9) that are read and written most in commissioning."""


def tags(station: Station, fleet: Fleet) -> list[Choice]:
    """Every tag worth proposing: listed ones that may charge, then unknown ones that may, then the others.

    Among equals those swiped at this station come first, the last swiped before others.
    """
    return [choice for _, choice in _ranked_tags(station, fleet)]


def _ranked_tags(station: Station, fleet: Fleet) -> list[tuple[bool, Choice]]:
    """Each tag once, and whether it would be accepted now."""
    here, now, known = station.identity, now_us(), fleet.id_tags
    seen = []
    for tag in known.all():
        usable = known.verdict(tag.token, "", now).accepted
        seen.append((2 * usable, tag.last_station == here, tag.last_used, Choice(tag.token, _tag_note(tag))))
    for swiped in known.unknown:
        usable = known.verdict(swiped.token, swiped.type, now).accepted
        seen.append((int(usable), swiped.station == here, swiped.at, Choice(swiped.token, _swipe_note(swiped))))
    choices: dict[str, tuple[bool, Choice]] = {}
    for rank, _, _, choice in sorted(seen, key=lambda entry: entry[:3], reverse=True):
        choices.setdefault(str(choice.value).casefold(), (rank > 0, choice))
    return list(choices.values())


def _swipe_note(tag: UnknownTag) -> str:
    return f"unknown, {hms(tag.at)} at {tag.station}"


def _tag_note(tag: IdTag) -> str:
    return tag.note if tag.status == "Accepted" else f"{tag.status}  {tag.note}".rstrip()


def first_tag(station: Station, fleet: Fleet) -> str:
    """The tag to fill in: the first that may charge; none that was just refused."""
    for usable, choice in _ranked_tags(station, fleet):
        if usable:
            return str(choice.value)
    return FALLBACK_TAG if fleet.id_tags.policy is Policy.ACCEPT_ALL else ""


def plugs(station: Station) -> list[Connector]:
    """The connectors a cable goes into: without number 0 of 1.6, which is the station itself."""
    return [connector for connector in station.connectors.values() if connector.number or connector.evse]


def likeliest(station: Station) -> Connector | None:
    """The connector that somebody is likely to be at."""
    return min(plugs(station), key=_rank, default=None)


def free_plug(station: Station, fleet: Fleet) -> Connector | None:
    """The connector a session would start on: the likeliest without one, else the likeliest."""
    running = fleet.transactions.running(station.identity)
    free = [plug for plug in plugs(station) if not any(taken(each, plug.evse, plug.number) for each in running)]
    return min(free, key=_rank, default=likeliest(station))


def _rank(plug: Connector) -> int:
    return FREE_STATUSES.index(plug.status) if plug.status in FREE_STATUSES else len(FREE_STATUSES)


def _connector_note(connector: Connector) -> str:
    since = f"{connector.status} since {hms(connector.at)}" if connector.status else "no status yet"
    return f"{since}  {connector.error_code}".rstrip()


def connectors(station: Station, fleet: Fleet) -> list[Choice]:
    """Connector numbers seen, with their last status; 0 is the whole station in 1.6."""
    seen = {connector.number: Choice(connector.number, _connector_note(connector)) for connector in plugs(station)}
    whole_station = [Choice(0, "the whole station")] if station.version == "1.6" else []
    return [seen[number] for number in sorted(seen)] + whole_station


def evses(station: Station, fleet: Fleet) -> list[Choice]:
    """EVSE numbers seen, with the status of their first connector."""
    seen: dict[int, Choice] = {}
    for connector in plugs(station):
        if connector.evse:
            seen.setdefault(connector.evse, Choice(connector.evse, _connector_note(connector)))
    return list(seen.values())


def transactions(station: Station, fleet: Fleet) -> list[Choice]:
    """Open transactions: running ones before orphans, the newest first."""
    newest_first: Sequence[Transaction] = fleet.transactions.open(station.identity)[::-1]
    ordered = sorted(newest_first, key=lambda transaction: transaction.orphan)
    return [Choice(transaction_id(transaction), _transaction_note(transaction)) for transaction in ordered]


def transaction_id(transaction: Transaction) -> JsonValue:
    """The id as it goes on the wire: a whole number in 1.6, text in 2.x."""
    number = whole(transaction.id) if transaction.version == "1.6" else None
    return transaction.id if number is None else number


def _transaction_note(transaction: Transaction) -> str:
    if transaction.orphan:
        return f"orphan, its start was never seen  {transaction.id_tag}".rstrip()
    place = transaction.evse or transaction.connector
    energy = transaction.energy_wh
    kwh = "" if energy is None else f"  {energy / 1000:.2f} kWh"
    return f"connector {place}  {transaction.id_tag}  since {hms(transaction.started_at)}{kwh}"


def times(station: Station, fleet: Fleet) -> list[Choice]:
    """Times worth choosing for something that should begin: now, soon."""
    return [Choice(iso(now_us() + wait * MINUTE), note) for wait, note in LATER]


def ends(station: Station, fleet: Fleet) -> list[Choice]:
    """Times worth choosing for something that should end: in an hour, later, sooner."""
    minutes = ((60, "in an hour"), (5, "in 5 minutes"), (24 * 60, "tomorrow"), (7 * 24 * 60, "in a week"))
    return [Choice(iso(now_us() + wait * MINUTE), note) for wait, note in minutes]


def components(station: Station, fleet: Fleet) -> list[Choice]:
    """Components the station reported, else standard ones."""
    reported = dict.fromkeys(variable.name.component for variable in station.variables if variable.name.component)
    return [Choice(name, "reported") for name in reported] or [Choice(name) for name in COMPONENTS]


def variables(station: Station, fleet: Fleet) -> list[Choice]:
    """Variables the station reported, with the component they belong to."""
    reported: dict[str, str] = {}
    for variable in station.variables:
        if variable.name.component:
            reported.setdefault(variable.name.variable, f"of {variable.name.component}")
    return [Choice(name, note) for name, note in sorted(reported.items())] or [Choice("HeartbeatInterval")]


def configuration_keys(station: Station, fleet: Fleet) -> list[Choice]:
    """Keys the station reported, else standard ones."""
    reported = sorted(variable.name.variable for variable in station.variables if not variable.name.component)
    return [Choice(name, "reported") for name in reported] or [Choice(name) for name in CONFIGURATION_KEYS]


def request_ids(station: Station, fleet: Fleet) -> list[Choice]:
    """The next number of ours."""
    return [Choice(fleet.commands.next_number(), "not used before")]


def reservations(station: Station, fleet: Fleet) -> list[Choice]:
    """Reservations that hold, then those that are over."""
    known = sorted(fleet.arrangements.of(station.identity).reservations, key=lambda each: -each.at)
    return [Choice(each.id, f"connector {each.place}, {each.token}, {each.state_at(now_us()).value}") for each in known]


def new_reservation(station: Station, fleet: Fleet) -> list[Choice]:
    """A number no reservation of this station has."""
    return [Choice(fleet.arrangements.of(station.identity).reservations.next_id(), "not used before")]


def profiles(station: Station, fleet: Fleet) -> list[Choice]:
    """Charging profiles that the station has, as far as known."""
    known = fleet.arrangements.of(station.identity).charging.profiles
    return [Choice(id, f"{each.profile.purpose} at {each.place}, {each.source}") for id, each in known.items()]


def new_profile(station: Station, fleet: Fleet) -> list[Choice]:
    """A number no charging profile of this station has."""
    return [Choice(fleet.arrangements.of(station.identity).charging.next_id(), "not used before")]


def schedule_ids(station: Station, fleet: Fleet) -> list[Choice]:
    """Schedules are numbered within their profile."""
    return [Choice(number) for number in (1, 2, 3)]


def new_display_message(station: Station, fleet: Fleet) -> list[Choice]:
    """A number no display message of this station has."""
    taken = [choice.value for choice in remembered.display_messages(station, fleet) if isinstance(choice.value, int)]
    return [Choice(max(taken, default=0) + 1, "not used before")]


def next_list_version(station: Station, fleet: Fleet) -> list[Choice]:
    """One above the version of the local list as it was told last."""
    held = fleet.arrangements.of(station.identity).local_list.stated
    return [Choice(max(held or 0, 0) + 1, f"it has {held}" if held is not None else "its version was not asked yet")]


def groups(station: Station, fleet: Fleet) -> list[Choice]:
    """Groups of tags in the list."""
    return [Choice(group) for group in dict.fromkeys(tag.parent for tag in fleet.id_tags.all() if tag.parent)]


def token_types(station: Station, fleet: Fleet) -> list[Choice]:
    """The kind of the tag that is filled in, then the other kinds."""
    listed = fleet.id_tags.get(first_tag(station, fleet))
    first = (listed.type if listed else "") or "ISO14443"
    return [Choice(kind) for kind in dict.fromkeys((first, *TOKEN_TYPES))]


def next_control(station: Station, fleet: Fleet) -> list[Choice]:
    """A name no DER control has."""
    taken = {choice.value for choice in remembered.controls(station, fleet)}
    return [Choice(next(name for number in range(1, 10_000) if (name := f"control-{number}") not in taken))]


Source = Callable[[Station, Fleet], Sequence[Choice]]

SOURCES: dict[str, Source] = {
    "idTag": tags,
    "parentIdTag": groups,
    "idToken.idToken": tags,
    "groupIdToken.idToken": groups,
    "idToken.type": token_types,
    "connectorId": connectors,
    "evseId": evses,
    "evse.id": evses,
    "transactionId": transactions,
    "requestId": request_ids,
    "remoteStartId": request_ids,
    "location": remembered.locations,
    "remoteLocation": remembered.locations,
    "retrieveDate": times,
    "retrieveDateTime": times,
    "expiryDate": ends,
    "expiryDateTime": ends,
    "reservationId": reservations,
    "chargingProfileId": profiles,
    "listVersion": next_list_version,
    "versionNumber": next_list_version,
    "vendorId": remembered.vendors,
    "messageId": remembered.message_ids,
    "checksum": remembered.checksums,
    "tariffId": remembered.tariffs,
    "tariffIds": remembered.tariffs,
    "controlId": remembered.controls,
    "timestamp": times,
    "chargingSchedule.id": schedule_ids,
    "component.name": components,
    "variable.name": variables,
    "key": configuration_keys,
    **{
        f"certificateHashData.{part}": partial(remembered.certificate_part, part)
        for part in ("hashAlgorithm", "issuerNameHash", "issuerKeyHash", "serialNumber")
    },
}
"""By the end of a field's path: who knows values for it, the likeliest first. Holds for every command."""

OWN_SOURCES: dict[tuple[str, str], Source] = {
    ("ReserveNow", "reservationId"): new_reservation,
    ("ReserveNow", "id"): new_reservation,
    ("SetChargingProfile", "csChargingProfiles.chargingProfileId"): new_profile,
    ("SetChargingProfile", "chargingProfile.id"): new_profile,
    ("RemoteStartTransaction", "chargingProfile.chargingProfileId"): new_profile,
    ("RequestStartTransaction", "chargingProfile.id"): new_profile,
    ("ClearChargingProfile", "id"): profiles,
    ("SetDisplayMessage", "message.id"): new_display_message,
    ("ClearDisplayMessage", "id"): remembered.display_messages,
    ("GetDisplayMessages", "id"): remembered.display_messages,
    ("ClearVariableMonitoring", "id"): remembered.monitors,
    ("AdjustPeriodicEventStream", "id"): remembered.streams,
    ("SetDERControl", "controlId"): next_control,
}
"""Where a property means something else in one command, or only there: (action, end of the path)."""

_POSITION = re.compile(r"\[\d+\]")


def source_of(action: str, path: str) -> Source | None:
    """Who knows values for a field of a command."""
    ending = _POSITION.sub("", path)
    while ending:
        source = OWN_SOURCES.get((action, ending)) or SOURCES.get(ending)
        if source is not None:
            return source
        ending = ending.partition(".")[2]
    return None


def known_values(station: Station, fleet: Fleet, action: str = "") -> Known:
    """The choices for the fields of a command to `station`."""

    def known(path: str) -> Sequence[Choice]:
        source = source_of(action, path)
        return source(station, fleet) if source is not None else ()

    return known

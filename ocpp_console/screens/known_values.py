"""What the console knows that a field may want: tags, connectors, transactions, locations, times."""

from collections.abc import Callable, Sequence

from ocpp_console.clock import hms, iso, now_us
from ocpp_console.model.fleet import Fleet
from ocpp_console.model.id_tags import IdTag, Policy, UnknownTag
from ocpp_console.model.reading import whole
from ocpp_console.model.station import Connector, Station
from ocpp_console.model.transactions import Transaction
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.widgets.payload_form import Choice, Known

FALLBACK_TAG = "00000000"
"""Proposed when nobody swiped a tag, the list is empty and every tag is accepted; hexadecimal, for chargers that
refuse anything else as an idTag."""

FREE_STATUSES = ("Preparing", "Occupied", "Available", "Finishing")
"""Where a session is likely to start, the likeliest first: a cable is in, or the connector is free."""

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
    """Every tag worth proposing: the last swiped ones first, those swiped at this station before others."""
    here = station.identity
    seen = [(tag.station == here, tag.at, Choice(tag.token, _swipe_note(tag))) for tag in fleet.id_tags.unknown]
    seen += [(t.last_station == here, t.last_used, Choice(t.token, _tag_note(t))) for t in fleet.id_tags.all()]
    ordered = sorted(seen, key=lambda entry: entry[:2], reverse=True)
    choices: dict[str, Choice] = {}
    for _, _, choice in ordered:
        choices.setdefault(choice.value.lower(), choice)
    return list(choices.values())


def _swipe_note(tag: UnknownTag) -> str:
    return f"unknown, {hms(tag.at)} at {tag.station}"


def _tag_note(tag: IdTag) -> str:
    return tag.note if tag.status == "Accepted" else f"{tag.status}  {tag.note}".rstrip()


def first_tag(station: Station, fleet: Fleet) -> str:
    """The tag to fill in: the last swiped or used, else the first accepted one of the list."""
    usable = {tag.token.lower() for tag in fleet.id_tags.all() if tag.status == "Accepted"}
    unknown = {tag.token.lower() for tag in fleet.id_tags.unknown}
    for choice in tags(station, fleet):
        if choice.value.lower() in usable or choice.value.lower() in unknown:
            return str(choice.value)
    return FALLBACK_TAG if fleet.id_tags.policy is Policy.ACCEPT_ALL else ""


def plugs(station: Station) -> list[Connector]:
    """The connectors a cable goes into: without number 0 of 1.6, which is the station itself."""
    return [connector for connector in station.connectors.values() if connector.number or connector.evse]


def likeliest(station: Station) -> Connector | None:
    """The connector a session would start on."""
    ranks = {status: rank for rank, status in enumerate(FREE_STATUSES)}
    return min(plugs(station), key=lambda plug: ranks.get(plug.status, len(ranks)), default=None)


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


def locations(station: Station, fleet: Fleet) -> list[Choice]:
    """URLs that were used in commands before, newest first."""
    found: dict[str, Choice] = {}
    for command in fleet.commands.newest(200):
        payload = command.payload if isinstance(command.payload, dict) else {}
        for part in (payload, payload.get("firmware"), payload.get("log")):
            url = (part.get("location") or part.get("remoteLocation")) if isinstance(part, dict) else None
            if isinstance(url, str) and url:
                found.setdefault(url, Choice(url, f"used for {command.station}"))
    return list(found.values())


def times(station: Station, fleet: Fleet) -> list[Choice]:
    """Times worth choosing: at once, in five minutes, in an hour."""
    minutes = ((0, "at once"), (5, "in 5 minutes"), (60, "in an hour"))
    return [Choice(iso(now_us() + wait * 60_000_000), note) for wait, note in minutes]


def components(station: Station, fleet: Fleet) -> list[Choice]:
    """Standard component names."""
    return [Choice(name) for name in COMPONENTS]


def configuration_keys(station: Station, fleet: Fleet) -> list[Choice]:
    """Standard configuration keys."""
    return [Choice(name) for name in CONFIGURATION_KEYS]


Source = Callable[[Station, Fleet], Sequence[Choice]]

SOURCES: tuple[tuple[str, Source], ...] = (
    ("idTag", tags),
    ("parentIdTag", tags),
    ("idToken.idToken", tags),
    ("connectorId", connectors),
    ("evseId", evses),
    ("evse.id", evses),
    ("transactionId", transactions),
    ("location", locations),
    ("remoteLocation", locations),
    ("retrieveDate", times),
    ("retrieveDateTime", times),
    ("component.name", components),
    ("key", configuration_keys),
)
"""By the end of a field's path: who knows values for it. Holds for every command, also those sent by name."""


def known_values(station: Station, fleet: Fleet) -> Known:
    """The choices for the fields of a command to `station`."""

    def known(path: str) -> Sequence[Choice]:
        for ending, source in SOURCES:
            if path == ending or path.endswith("." + ending) or (path.endswith("]") and path.split("[")[0] == ending):
                return source(station, fleet)
        return ()

    return known

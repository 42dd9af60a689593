"""What earlier commands and their answers left behind that a later command may want: ids, certificates, vendors."""

from collections.abc import Iterator

from ocpp_console.model.commands import NUMBERS, Command, Progress
from ocpp_console.model.fleet import Fleet
from ocpp_console.model.reading import entries, mapping, text
from ocpp_console.model.station import Station
from ocpp_console.protocol.frames import Call, CallResult, JsonValue, parse
from ocpp_console.widgets.payload_lines import Choice

Payload = dict[str, JsonValue]

MOST_LOOKED_AT = 200
"""Commands in which URLs are looked for."""


def _inner(payload: JsonValue) -> Iterator[Payload]:
    """The objects one step inside, where profiles, tariffs and messages keep their ids."""
    for value in mapping(payload).values():
        yield from entries(value)


def commands_of(station: Station, fleet: Fleet, *actions: str) -> Iterator[Command]:
    """The commands to a station, newest first; only those of `actions` if any are named."""
    for command in reversed(fleet.commands.of(station.identity)):
        if not actions or command.action in actions:
            yield command


def answer_of(command: Command) -> Payload:
    """The answer's payload; empty when there is none."""
    message = command.message
    if command.progress is not Progress.ANSWERED or message is None or message.answer_raw is None:
        return {}
    frame = parse(message.answer_raw, message.version)
    return mapping(frame.payload) if isinstance(frame, CallResult) else {}


def reports_of(command: Command) -> Iterator[Payload]:
    """What the station sent later because of a command."""
    for message in command.followers:
        frame = parse(message.raw, message.version)
        if isinstance(frame, Call):
            yield mapping(frame.payload)


def last_payload(station: Station, fleet: Fleet, action: str) -> Payload | None:
    """What the operator sent last with this action to this station, else to any; None when nothing was."""
    chosen = (*fleet.commands.chosen(station.identity), *fleet.commands.chosen())
    newest = next((command for command in chosen if command.action == action), None)
    return newest.payload if newest is not None and isinstance(newest.payload, dict) else None


def renewed(payload: Payload, fleet: Fleet) -> Payload:
    """The same payload with a number of its own where it carries one that ties reports to it."""
    number = fleet.commands.next_number()
    return {name: number if name in NUMBERS else value for name, value in payload.items()}


def numbers_in(payload: JsonValue) -> set[JsonValue]:
    """The numbers of a payload that tie reports to it."""
    return {number for name in NUMBERS if type(number := mapping(payload).get(name)) is int}


def _distinct(choices: Iterator[Choice]) -> list[Choice]:
    found: dict[str, Choice] = {}
    for choice in choices:
        if choice.value not in (None, "") and not isinstance(choice.value, dict | list):
            found.setdefault(repr(choice.value), choice)
    return list(found.values())


def certificates(station: Station, fleet: Fleet) -> list[tuple[Payload, str]]:
    """The hash data of the last GetInstalledCertificateIds, each with what kind of certificate it is."""
    found: list[tuple[Payload, str]] = []
    for command in commands_of(station, fleet, "GetInstalledCertificateIds"):
        answer = answer_of(command)
        kind = text(mapping(command.payload).get("certificateType"))
        found += [(entry, kind) for entry in entries(answer.get("certificateHashData"))]  # 1.6
        for chain in entries(answer.get("certificateHashDataChain")):  # 2.x
            found.append((mapping(chain.get("certificateHashData")), text(chain.get("certificateType"))))
        if found:
            break
    return found


def certificate_part(name: str, station: Station, fleet: Fleet) -> list[Choice]:
    """One of the four values of each certificate the station reported; choosing it brings the other three."""
    known = certificates(station, fleet)
    return [
        Choice(data.get(name), f"{kind} {text(data.get('serialNumber'))}", data) for data, kind in known if name in data
    ]


def vendors(station: Station, fleet: Fleet) -> list[Choice]:
    """Vendor ids that were used in data transfers, then the maker as the station calls itself."""

    def all() -> Iterator[Choice]:
        for command in commands_of(station, fleet, "DataTransfer"):
            yield Choice(mapping(command.payload).get("vendorId"), "used before")
        yield Choice(station.vendor, "the maker, as the station calls itself")

    return _distinct(all())


def message_ids(station: Station, fleet: Fleet) -> list[Choice]:
    """Message ids of earlier data transfers."""
    sent = commands_of(station, fleet, "DataTransfer")
    return _distinct(Choice(mapping(command.payload).get("messageId"), "used before") for command in sent)


def locations(station: Station, fleet: Fleet) -> list[Choice]:
    """URLs that were used in commands before, newest first."""

    def all() -> Iterator[Choice]:
        for command in fleet.commands.chosen()[:MOST_LOOKED_AT]:
            for part in (mapping(command.payload), *_inner(command.payload)):
                url = part.get("location") or part.get("remoteLocation")
                if isinstance(url, str):
                    yield Choice(url, f"used for {command.station}")

    return _distinct(all())


def checksums(station: Station, fleet: Fleet) -> list[Choice]:
    """Images that the station was told to publish."""
    sent = commands_of(station, fleet, "PublishFirmware")
    return _distinct(Choice(mapping(c.payload).get("checksum"), text(mapping(c.payload).get("location"))) for c in sent)


def display_messages(station: Station, fleet: Fleet) -> list[Choice]:
    """Messages that were set on its display, or that it reported."""

    def all() -> Iterator[Choice]:
        for command in commands_of(station, fleet, "SetDisplayMessage", "GetDisplayMessages"):
            for payload in (mapping(command.payload), *reports_of(command)):
                for message in (*entries(payload.get("messageInfo")), mapping(payload.get("message"))):
                    yield Choice(message.get("id"), text(mapping(message.get("message")).get("content")))

    return _distinct(all())


def monitors(station: Station, fleet: Fleet) -> list[Choice]:
    """Monitors that the station set, or that it reported."""

    def all() -> Iterator[Choice]:
        for command in commands_of(station, fleet, "SetVariableMonitoring", "GetMonitoringReport"):
            for result in entries(answer_of(command).get("setMonitoringResult")):
                yield Choice(result.get("id"), _variable(result))
            for payload in reports_of(command):
                for entry in entries(payload.get("monitor")):
                    for monitor in entries(entry.get("variableMonitoring")):
                        yield Choice(monitor.get("id"), _variable(entry))

    return _distinct(all())


def _variable(entry: Payload) -> str:
    return f"{text(mapping(entry.get('component')).get('name'))}.{text(mapping(entry.get('variable')).get('name'))}"


def tariffs(station: Station, fleet: Fleet) -> list[Choice]:
    """Tariffs that were sent to it, or that it reported."""

    def all() -> Iterator[Choice]:
        for command in commands_of(station, fleet, "SetDefaultTariff", "ChangeTransactionTariff", "GetTariffs"):
            yield Choice(mapping(mapping(command.payload).get("tariff")).get("tariffId"), command.action)
            for entry in entries(answer_of(command).get("tariffAssignments")):
                yield Choice(entry.get("tariffId"), text(entry.get("tariffKind")))

    return _distinct(all())


def controls(station: Station, fleet: Fleet) -> list[Choice]:
    """DER controls that were set."""
    sent = commands_of(station, fleet, "SetDERControl")
    return _distinct(
        Choice(mapping(c.payload).get("controlId"), text(mapping(c.payload).get("controlType"))) for c in sent
    )


def streams(station: Station, fleet: Fleet) -> list[Choice]:
    """Periodic event streams that the station said it has open."""

    def all() -> Iterator[Choice]:
        for command in commands_of(station, fleet, "GetPeriodicEventStream"):
            for entry in entries(answer_of(command).get("constantStreamData")):
                yield Choice(entry.get("id"), f"monitor {text(entry.get('variableMonitoringId'))}")

    return _distinct(all())

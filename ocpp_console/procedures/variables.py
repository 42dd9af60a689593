"""Reading what a station can be configured with: everything, or some of it, in parts that it takes.

Values are not returned: they are in `station.variables`, where every answer is folded whoever asked for it.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ocpp_console.model.commands import Command, Progress
from ocpp_console.model.configurations import Setting
from ocpp_console.model.reading import entries, text
from ocpp_console.model.standard_variables import STANDARD_KEYS, STANDARD_VARIABLES
from ocpp_console.model.station import Station
from ocpp_console.model.variables import ACTUAL, Report, VariableName, Variables
from ocpp_console.procedures.link import Answer, StationLink, ask
from ocpp_console.procedures.portions import message_limits, portions
from ocpp_console.protocol.frames import JsonValue

FULL, CONFIGURATION, SUMMARY = "FullInventory", "ConfigurationInventory", "SummaryInventory"
CRITERIA = ("Active", "Available", "Enabled", "Problem")
"""2.x ComponentCriterionEnumType."""
BASES = (FULL, CONFIGURATION, SUMMARY)
"""2.x ReportBaseEnumType."""

ITEMS_A_TIME = 10
"""Keys or variables in one request while the station has not said how many it takes."""

MAX_KEYS = VariableName("", "GetConfigurationMaxKeys")


class Step(NamedTuple):
    """How far a procedure has come."""

    done: int
    total: int
    """0 while nobody knows."""
    text: str


Tell = Callable[[Step], None]
"""Takes the steps of a procedure as they happen."""


class Patience(NamedTuple):
    """Seconds to wait for the parts of a report."""

    first: float = 30.0
    further: float = 10.0
    after_last: float = 1.5
    """When the last part did not say in so many words that it is the last."""


class Reading(NamedTuple):
    """What came of a reading."""

    told: int
    """How many variables the station told."""
    whole: bool
    """All there are, as far as anybody can tell."""
    notes: tuple[str, ...] = ()
    """What was odd or is missing, as sentences."""


class _Listing(NamedTuple):
    """What came of asking a station to list everything."""

    first: Command
    whole: bool
    notes: list[str]


def _quiet(step: Step) -> None:
    """Tell nobody."""


async def read_all(
    link: StationLink, tell: Tell = _quiet, base: str = FULL, patience: Patience | None = None
) -> Reading:
    """Read everything the station lists; where it cannot list, ask for what the standard names.

    `base` is the 2.x report that is asked for first. Raises `CallRefused` when the station cannot be asked at all.
    """
    variables = link.station.variables
    tell(Step(0, 0, "asked for everything"))
    if link.station.version == "1.6":
        listing = await _list_keys(link, tell)
    else:
        listing = await _list_variables(link, base, tell, patience or Patience())
    since = listing.first.at
    count = sum(any(each.at >= since for each in variable.attributes.values()) for variable in variables)
    if count:
        station = link.station
        variables.finish_read(since, station.last_seen, whole=listing.whole, booted_at=station.booted_at)
    return Reading(count, listing.whole, tuple(listing.notes))


async def read_some(link: StationLink, settings: Sequence[Setting], tell: Tell = _quiet) -> list[str]:
    """Read these values again, in parts that the station takes; returns what went wrong, as sentences."""
    notes: list[str] = []
    queue, done, total = list(settings), 0, len(settings)
    while queue:
        size = _portion(link.station, queue)
        part, queue = queue[:size], queue[size:]
        more = f" and {size - 1} more" if size > 1 else ""
        tell(Step(done, total, f"asked for {part[0]}{more}"))
        if not await _read_part(link, part, notes):
            break
        done += size
        tell(Step(done, total, "told"))
    return notes


async def read_report(
    link: StationLink, wanted: dict[str, JsonValue], tell: Tell = _quiet, patience: Patience | None = None
) -> Reading:
    """GetReport: the variables that meet a criterion, or those of some components; `wanted` is the rest of its payload.

    Components beyond what one message may hold are asked for in further ones. Raises `CallRefused` when the station
    cannot be asked at all.
    """
    told, notes = 0, list[str]()
    for part in _report_parts(link.station, wanted):
        reading = await _read_report_part(link, part, tell, patience)
        told, notes = told + reading.told, [*notes, *reading.notes]
    return Reading(told, False, tuple(notes))


def _report_parts(station: Station, wanted: dict[str, JsonValue]) -> list[dict[str, JsonValue]]:
    """The payloads that ask for all of it."""
    most, most_bytes = message_limits(station, "GetReport")
    components = wanted.get("componentVariable")
    if most is None or not isinstance(components, list) or len(components) <= most:
        return [wanted]
    items = [item for item in components if isinstance(item, dict)]
    parts: list[dict[str, JsonValue]] = []
    for part in portions(items, most, most_bytes):
        listed: list[JsonValue] = [*part]
        parts.append({**wanted, "componentVariable": listed})
    return parts


async def _read_report_part(
    link: StationLink, wanted: dict[str, JsonValue], tell: Tell, patience: Patience | None
) -> Reading:
    """One GetReport and its report."""
    variables, number = link.station.variables, link.next_number()
    report = variables.report(number)
    tell(Step(0, 0, "asked for a part"))
    answer = await ask(link, "GetReport", {"requestId": number, **wanted})
    status = text(answer.payload.get("status"))
    if status != "Accepted":
        words = (answer.trouble or status or "an answer without a status").rstrip(".")
        return Reading(0, False, (f"{words}. {answer.command.text}".rstrip(),))
    missing = await _assembled(link, report, tell, patience or Patience())
    since = answer.command.at
    count = sum(any(each.at >= since for each in variable.attributes.values()) for variable in variables)
    return Reading(count, False, tuple(missing))


# parts


def _portion(station: Station, queue: Sequence[Setting]) -> int:
    """How many of the next settings fit into one request."""
    if station.version == "1.6":
        most = station.variables.number_of(MAX_KEYS) or station.settings.limits.get("GetConfiguration")
        return min(most or ITEMS_A_TIME, len(queue))
    most, most_bytes = message_limits(station, "GetVariables")
    most = most or ITEMS_A_TIME
    return len(portions([wire_of(setting) for setting in queue[:most]], most, most_bytes)[0])


async def _read_part(link: StationLink, part: Sequence[Setting], notes: list[str]) -> bool:
    """One request; one that is refused as a whole is tried again in halves. False when it makes no sense to go on."""
    if link.station.version == "1.6":
        keys: list[JsonValue] = [setting.name.variable for setting in part]
        answer = await ask(link, "GetConfiguration", {"key": keys}, check=False)
    else:
        data: list[JsonValue] = [wire_of(setting) for setting in part]
        answer = await ask(link, "GetVariables", {"getVariableData": data}, check=False)
    if answer.arrived:
        return True
    if not _refused(answer):
        notes.append(answer.trouble)
        return False  # a station that does not answer is left alone
    if len(part) == 1:
        notes.append(f"{part[0]}: {answer.trouble}")
        return True
    middle = len(part) // 2
    return await _read_part(link, part[:middle], notes) and await _read_part(link, part[middle:], notes)


def wire_of(setting: Setting) -> dict[str, JsonValue]:
    """A setting as GetVariables and SetVariables name it."""
    name = setting.name
    component: dict[str, JsonValue] = {"name": name.component}
    if name.component_instance:
        component["instance"] = name.component_instance
    if name.evse:
        component["evse"] = {"id": name.evse} | ({"connectorId": name.connector} if name.connector else {})
    variable: dict[str, JsonValue] = {"name": name.variable}
    if name.instance:
        variable["instance"] = name.instance
    kind: dict[str, JsonValue] = {} if setting.kind == ACTUAL else {"attributeType": setting.kind}
    return {**kind, "component": component, "variable": variable}


def _refused(answer: Answer) -> bool:
    """The station answered with a CALLERROR: it is there, and asking otherwise may help."""
    return answer.command.progress is Progress.REFUSED


# 1.6


async def _list_keys(link: StationLink, tell: Tell) -> _Listing:
    """GetConfiguration for all, then by name what it may have left out."""
    variables = link.station.variables
    answer = await ask(link, "GetConfiguration", {})
    if not answer.arrived and not _refused(answer):
        return _Listing(answer.command, False, [answer.trouble])
    told = len(entries(answer.payload.get("configurationKey")))
    most = variables.number_of(MAX_KEYS)
    tell(Step(told, told, "told at once"))
    if told and told != most:
        return _Listing(answer.command, True, [])
    notes = [answer.trouble] if answer.trouble else []
    if most is None:
        notes += await read_some(link, [Setting(MAX_KEYS)], tell)
    names = [VariableName("", key.name) for key in STANDARD_KEYS.values()]
    notes += await read_some(link, _missing(variables, names, answer.command.at), tell)
    reason = f"lists {told} keys, as many as it may name at once" if told else "listed none of its keys"
    notes.append(f"The station {reason}: the standard ones were asked for by name, others may be missing.")
    return _Listing(answer.command, False, notes)


def _missing(variables: Variables, names: Sequence[VariableName], since: int) -> list[Setting]:
    """These variables and those known from before, but for the ones told since then, each once."""
    known = [variable.name for variable in variables]
    told = {variable.name.folded for variable in variables if variable.actual.at >= since}
    return [
        Setting(name) for folded, name in {name.folded: name for name in (*names, *known)}.items() if folded not in told
    ]


# 2.x


async def _list_variables(link: StationLink, base: str, tell: Tell, patience: Patience) -> _Listing:
    """GetBaseReport and its parts; where there is none, GetVariables for what is known and what is standard."""
    notes: list[str] = []
    first: Command | None = None
    for each in (FULL, CONFIGURATION) if base == FULL else (base,):
        number = link.next_number()
        report = link.station.variables.report(number)
        answer = await ask(link, "GetBaseReport", {"requestId": number, "reportBase": each})
        first = first or answer.command
        status = text(answer.payload.get("status"))
        if not answer.arrived and not _refused(answer):
            return _Listing(first, False, [*notes, answer.trouble])
        if status == "Accepted":
            missing = await _assembled(link, report, tell, patience)
            if report.messages:
                return _Listing(first, each == FULL and not missing, notes + missing)
            notes.append(f"The station accepted {each} and sent no report.")
            break
        notes.append(f"{each}: {answer.trouble or status or 'an answer without a status'}.")
    assert first is not None
    names = [VariableName(component, name, instance=instance) for component, name, instance in STANDARD_VARIABLES]
    settings = _missing(link.station.variables, names, first.at)
    settings.sort(key=lambda setting: setting.name.component != "DeviceDataCtrlr")  # the limits of a message first
    notes += await read_some(link, settings, tell)
    notes.append("Without a report the standard variables were asked for by name, others may be missing.")
    return _Listing(first, False, notes)


async def _assembled(link: StationLink, report: Report, tell: Tell, patience: Patience) -> list[str]:
    """Wait until a report is complete, or nothing more comes; what is missing, as sentences.

    Parts may come in any order, without number 0, without `tbc`, or never: every part that came counts.
    """
    while not (report.complete and report.said_so):
        seen = report.messages
        tell(Step(seen, 0, f"{seen} parts of the report" if seen != 1 else "1 part of the report"))
        wait = patience.after_last if report.complete else patience.further if seen else patience.first
        if not await link.until(lambda seen=seen: report.messages != seen, wait):  # type: ignore[misc]
            break
    if not report.messages or report.complete:
        return []
    if report.final is None:
        return ["The last part of the report never came; what came is kept."]
    gaps = ", ".join(str(number) for number in report.missing[:10])
    return [f"Parts of the report never came: {gaps}. What came is kept."]

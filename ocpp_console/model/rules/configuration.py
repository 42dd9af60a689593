"""Rules about configuration and reports: values that were accepted and not kept, parts that are missing."""

from ocpp_console.model.reading import entries, text, whole
from ocpp_console.model.report_parts import HOLDS
from ocpp_console.model.rows import Message
from ocpp_console.model.rules.trail import ReportTrail
from ocpp_console.model.secrets import secret
from ocpp_console.model.site import Site
from ocpp_console.model.station import Station
from ocpp_console.model.variable_folds import name_of
from ocpp_console.model.variables import State, VariableName
from ocpp_console.protocol.findings import Finding, Severity
from ocpp_console.protocol.frames import JsonValue

Payload = dict[str, JsonValue]

MOST_REPORTS = 16
"""Reports of one station that are followed at a time."""


def ignored_16(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """GetConfiguration, once folded: a key reads back otherwise than it was accepted."""
    names = [VariableName("", text(item.get("key")).strip()) for item in entries(payload.get("configurationKey"))]
    return _ignored(station, names)


def ignored_2x(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """GetVariables and NotifyReport, once folded: the same of variables."""
    items = entries(payload.get("getVariableResult")) or entries(payload.get("reportData"))
    return _ignored(station, [name_of(item) for item in items])


def _ignored(station: Station, names: list[VariableName]) -> Finding | None:
    """The first of these that was accepted and is something else, told once for each name and connection."""
    for name in names:
        variable = station.variables.find(name)
        if variable is None or secret(variable.name.variable):
            continue  # passwords are write-only: what is read back is empty or a mask
        for attribute in variable.attributes.values():
            if attribute.wanted is None or attribute.state(variable.data_type, station.booted_at) is not State.DIFFERS:
                continue
            if station.trail.once(f"CONFIGURATION_IGNORED {variable.name}"[:200]):
                said, wanted = f"{attribute.value!a:.40}", f"{attribute.wanted!a:.40}"
                told = f"{str(variable.name)!a:.60} was set to {wanted}, accepted, and reads back {said}"
                return Finding("CONFIGURATION_IGNORED", Severity.WARNING, told)
    return None


def parts(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """A report in parts: one that comes after the last, or after a gap."""
    if message.action not in HOLDS or message.action == "NotifyEvent":
        return None
    request, part = payload.get("requestId"), whole(payload.get("seqNo"))
    if type(request) is not int:
        return None
    reports, key = station.trail.reports, (message.action, request)
    report = reports.get(key)
    if report is None or part == 0 or report.connection != message.connection:
        if len(reports) >= MOST_REPORTS:
            del reports[next(iter(reports))]
        report = reports[key] = ReportTrail(message.connection)
    odd = _part(report, part)
    report.part = part if part is not None else report.part
    report.ended = payload.get("tbc") is not True
    return odd


def _part(report: ReportTrail, part: int | None) -> Finding | None:
    """What is odd about a part, given the one before."""
    before = report.part
    if report.ended and not report.told:
        report.told = True
        return Finding("TBC_MISSING", Severity.WARNING, "a part of a report, after one that did not say `tbc`", "tbc")
    if part is not None and before is not None and part > before + 1:
        return Finding("SEQ_NO_GAP", Severity.WARNING, f"part {part} of a report after part {before}", "seqNo")
    return None


def unfinished(station: Station, connection: int) -> tuple[Finding, ...]:
    """The connection ended, and a report that was sent on it never did."""
    reports = station.trail.reports
    ended = [(action, request) for (action, request), report in reports.items() if report.connection == connection]
    found = tuple(
        Finding("REPORT_UNFINISHED", Severity.WARNING, f"{action} {request}: the last part said that more follows")
        for action, request in ended
        if not reports[action, request].ended
    )
    for key in ended:
        del reports[key]
    return found

"""Setting variables: written in parts that the station takes, read back, and compared with what was wanted."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ocpp_console.model.configurations import Setting
from ocpp_console.model.reading import entries, mapping, text
from ocpp_console.model.secrets import masked
from ocpp_console.model.station import Station
from ocpp_console.model.variable_folds import name_of
from ocpp_console.model.variable_values import same_value
from ocpp_console.model.variables import ACTUAL, Attribute
from ocpp_console.procedures.link import Answer, CallRefused, StationLink, ask
from ocpp_console.procedures.portions import message_limits, portions
from ocpp_console.procedures.variables import ITEMS_A_TIME, Step, Tell, read_some, wire_of
from ocpp_console.protocol.frames import JsonValue


class Outcome(StrEnum):
    """What became of one change."""

    WAITING = "waiting"
    SET = "set and read back"
    UNREAD = "accepted, not read back"
    DIFFERS = "reads back otherwise"
    REBOOT = "after a reboot"
    REFUSED = "refused"
    NO_ANSWER = "no answer"
    NOT_SENT = "not sent"


@dataclass(slots=True)
class Change:
    """One value to be written, and what became of it."""

    setting: Setting
    value: str
    before: str | None = None
    """What it was; None when nobody knows."""
    outcome: Outcome = Outcome.WAITING
    text: str = ""
    """More about the outcome, as a sentence."""

    @property
    def taken(self) -> bool:
        """The station accepted it, at once or after a reboot."""
        return self.outcome in (Outcome.SET, Outcome.UNREAD, Outcome.DIFFERS, Outcome.REBOOT)

    def ended(self, outcome: Outcome, text: str = "") -> None:
        """It is over."""
        self.outcome, self.text = outcome, text


def _quiet(step: Step) -> None:
    """Tell nobody."""


async def write(link: StationLink, changes: Sequence[Change], tell: Tell = _quiet) -> None:
    """Write the changes in their order, read back what was accepted, and note in each what became of it.

    Never raises but when cancelled: what was not sent by then says so. After a station gave no answer, nothing more is
    sent to it.
    """
    try:
        await _send(link, changes, tell)
        await _read_back(link, changes, tell)
    except CallRefused as refused:
        _give_up(changes, refused.text)
    except asyncio.CancelledError:
        _give_up(changes, "Cancelled before it was sent or read back.")
        raise


def _give_up(changes: Sequence[Change], why: str) -> None:
    """What waits is not sent any more."""
    for change in changes:
        if change.outcome is Outcome.WAITING:
            change.ended(Outcome.NOT_SENT, why)


async def _send(link: StationLink, changes: Sequence[Change], tell: Tell) -> None:
    """Write all of them."""
    done = 0
    while done < len(changes):
        part = changes[done : done + _portion(link.station, changes[done:])]
        tell(Step(done, len(changes), f"writing {part[0].setting}"))
        try:
            answer = await ask(link, *_request(link.station, part))
        except CallRefused as refused:
            if not refused.findings:
                raise
            _end_all(part, Outcome.NOT_SENT, f"{refused.text} {refused.findings[0].text}")
            done += len(part)
            continue
        _note(part, answer, link.station)
        done += len(part)
        if not answer.arrived and part[0].outcome is Outcome.NO_ANSWER:
            _give_up(changes, "The station gave no answer to the change before.")
            return


def _portion(station: Station, changes: Sequence[Change]) -> int:
    """How many of the next changes fit into one request; 1.6 takes one at a time."""
    if station.version == "1.6":
        return 1
    most, most_bytes = message_limits(station, "SetVariables")
    most = most or ITEMS_A_TIME
    return len(portions([_data(change) for change in changes[:most]], most, most_bytes)[0])


def _request(station: Station, part: Sequence[Change]) -> tuple[str, dict[str, JsonValue]]:
    """The action and the payload that write some changes."""
    if station.version == "1.6":
        return "ChangeConfiguration", {"key": part[0].setting.name.variable, "value": part[0].value}
    data: list[JsonValue] = [_data(change) for change in part]
    return "SetVariables", {"setVariableData": data}


def _data(change: Change) -> dict[str, JsonValue]:
    """A change as SetVariableData."""
    return {"attributeValue": change.value, **wire_of(change.setting)}


def _note(part: Sequence[Change], answer: Answer, station: Station) -> None:
    """What a station's answer means for the changes it is about."""
    if not answer.arrived:
        refused = answer.command.progress.value == "refused"
        _end_all(part, Outcome.REFUSED if refused else Outcome.NO_ANSWER, answer.trouble)
        return
    if station.version == "1.6":
        _judge(part[0], text(answer.payload.get("status")), answer.command.text)
        return
    results = entries(answer.payload.get("setVariableResult"))
    told = {_told(result): result for result in results}
    for index, change in enumerate(part):
        result = told.get(change.setting.folded) or (results[index] if index < len(results) else {})
        info = mapping(result.get("attributeStatusInfo"))
        words = " ".join(filter(None, (text(info.get("reasonCode")), text(info.get("additionalInfo")))))
        _judge(change, text(result.get("attributeStatus")), words)


def _told(result: dict[str, JsonValue]) -> Setting:
    """Which setting a result is about."""
    return Setting(name_of(result).folded, text(result.get("attributeType")) or ACTUAL)


def _end_all(part: Sequence[Change], outcome: Outcome, text: str) -> None:
    """The same for all of a part."""
    for change in part:
        change.ended(outcome, text)


def _judge(change: Change, status: str, words: str) -> None:
    """A station's status for one change; an accepted one waits to be read back."""
    if status == "RebootRequired":
        change.ended(Outcome.REBOOT, words or "It holds after the next reboot of the station.")
    elif status == "Accepted":
        change.ended(Outcome.UNREAD, words)
    else:
        change.ended(Outcome.REFUSED, f"{status or 'an answer without a status'}. {words}".rstrip())


async def _read_back(link: StationLink, changes: Sequence[Change], tell: Tell) -> None:
    """Ask for what was accepted and compare."""
    variables = link.station.variables
    accepted = [change for change in changes if change.outcome in (Outcome.UNREAD, Outcome.REBOOT)]
    readable = [
        change for change in accepted if (found := _attribute(link, change)) and found.mutability != "WriteOnly"
    ]
    if not readable:
        return
    tell(Step(len(changes), len(changes), "reading back"))
    notes = await read_some(link, [change.setting for change in readable], tell)
    for change in readable:
        attribute, variable = _attribute(link, change), variables.find(change.setting.name)
        if attribute is None or variable is None or attribute.at <= attribute.written_at or attribute.value is None:
            change.text = change.text or " ".join(notes[:1]) or "It cannot be read."
        elif change.outcome is Outcome.REBOOT:
            continue
        elif same_value(attribute.value, change.value, variable.data_type):
            change.ended(Outcome.SET)
        else:
            shown = masked(change.setting.name.variable, attribute.value)
            change.ended(Outcome.DIFFERS, f"The station accepted it and tells {shown or 'an empty value'}.")


def _attribute(link: StationLink, change: Change) -> Attribute | None:
    """What the table holds for a change."""
    variable = link.station.variables.find(change.setting.name)
    return variable.attributes.get(change.setting.kind) if variable is not None else None

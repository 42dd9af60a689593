"""The local authorization list of a station brought in step with the idTags: version first, in parts, verified."""

import json
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from ocpp_console.model.arrangements import AllArrangements
from ocpp_console.model.id_tags import IdTag
from ocpp_console.model.local_lists import LocalList, removal_of, too_long, wanted_entries, wanted_texts
from ocpp_console.model.reading import mapping, text, whole
from ocpp_console.model.stated import most_entries, stated_number, stated_off
from ocpp_console.model.station import Station
from ocpp_console.procedures.link import Answer, CallRefused, StationLink, ask
from ocpp_console.protocol.frames import JsonValue

USUAL_PART = 100
"""Tags in one message when the station states no limit of its own."""

NOT_SUPPORTED = -1
"""1.6 §5.10: the version of a station that keeps no list."""

_HEAD_BYTES = 200
"""What a SendLocalList takes beside its entries."""


class Mode(StrEnum):
    """How to bring it in step."""

    AUTO = "what changed, or the full list where that is not known"
    FULL = "full"
    DIFFERENTIAL = "what changed"


class ListOutcome(NamedTuple):
    """What came of it at one station."""

    station: str
    done: bool
    text: str
    """A sentence."""


class _Refused(Exception):
    """The station would not; `text` says what it said."""

    def __init__(self, text: str, verdict: str = "") -> None:
        super().__init__(text)
        self.text, self.verdict = text, verdict


async def synchronise(
    link: StationLink, tags: Sequence[IdTag], arrangements: AllArrangements, mode: Mode
) -> ListOutcome:
    """Ask for the version, send what has to be sent, ask for the version again.

    What the station holds is taken from `arrangements`, which every answer brings up to date while this runs.
    """
    identity = ""
    try:
        station = link.station
        identity = station.identity
        _within(station, tags)
        version = await _version(link, none_is_empty=mode is Mode.FULL)
        known = arrangements.of(identity).local_list
        full = mode is Mode.FULL or not known.known or known.sent != version
        if mode is Mode.DIFFERENTIAL and full:
            was = f"it was sent version {known.sent}" if known.sent is not None else "it was never sent a list"
            raise _Refused(f"Its list has version {version}, {was}: send the full list.")
        try:
            sent = await _send(link, tags, known, version, full)
        except _Refused as refused:
            # What the station holds is not what we think: begin anew, where that was left open.
            if refused.verdict != "VersionMismatch" or full or mode is not Mode.AUTO:
                raise
            sent = await _send(link, tags, known, version, True)
        return ListOutcome(identity, True, sent + _left_out(tags, station))
    except (_Refused, CallRefused) as refused:
        return ListOutcome(identity, False, refused.text)


async def read_version(link: StationLink) -> ListOutcome:
    """Ask which version its list has, and nothing else."""
    try:
        return ListOutcome(link.station.identity, True, f"It says version {await _version(link)}.")
    except (_Refused, CallRefused) as refused:
        return ListOutcome("", False, refused.text)


def _within(station: Station, tags: Sequence[IdTag]) -> None:
    """Refuse what can be known to fail before anything is sent."""
    if stated_off(station, "list_enabled"):
        name = "LocalAuthListEnabled" if station.version == "1.6" else "LocalAuthListCtrlr.Enabled"
        raise _Refused(f"It states that its local list is switched off ({name} = false).")
    most, count = most_entries(station), len(wanted_entries(tags, station.version, station.identity))
    if most is not None and count > most:
        raise _Refused(f"It states room for {most} tags; the list has {count}. Nothing was sent.")


async def _version(link: StationLink, *, none_is_empty: bool = False) -> int:
    """The version of its list. -1 means that it keeps none; some say so of one that was never sent: `none_is_empty`."""
    answer = await ask(link, "GetLocalListVersion", {})
    said = answer.payload.get("listVersion")
    version = whole(said if said is not None else answer.payload.get("versionNumber"))
    if version is None:
        raise _Refused(f"GetLocalListVersion: {answer.trouble or 'the answer names no version.'}")
    if version == NOT_SUPPORTED and none_is_empty:
        return 0
    if version == NOT_SUPPORTED:
        raise _Refused("It keeps no local list (version -1), or the list is switched off; the full list can be tried.")
    return version


async def _send(link: StationLink, tags: Sequence[IdTag], known: LocalList, version: int, full: bool) -> str:
    """Send the list or what changed, and check the version afterwards; returns what was done."""
    station = link.station
    entries = full_entries(tags, station) if full else changed_entries(tags, known, station)
    if not entries and not full:
        return f"Nothing to send: version {version} is in step."
    parts = split(entries, station) or [[]]
    number = max(version, known.sent or 0)
    for index, part in enumerate(parts):
        number += 1
        kind = "Full" if full and not index else "Differential"
        answer = await ask(link, "SendLocalList", payload(station.version, number, kind, part))
        if not answer.arrived or answer.command.verdict != "Accepted":
            where = f"part {index + 1} of {len(parts)}: " if len(parts) > 1 else ""
            raise _Refused(f"{where}{_refusal(answer)}", answer.command.verdict)
    found = await _version(link)
    what = f"{'full list' if full else 'changes'}: {len(entries)} {'entry' if len(entries) == 1 else 'entries'}"
    what += f" in {len(parts)} parts" if len(parts) > 1 else ""
    if found != number:
        raise _Refused(f"Accepted ({what}), but it says version {found} instead of {number}.")
    return f"Version {number}, {what}."


def full_entries(tags: Iterable[IdTag], station: Station) -> list[JsonValue]:
    """Everything."""
    return list(wanted_entries(tags, station.version, station.identity).values())


def changed_entries(tags: Iterable[IdTag], known: LocalList, station: Station) -> list[JsonValue]:
    """What is new, what changed, and what goes."""
    tags, version = list(tags), station.version
    wanted = wanted_entries(tags, version, station.identity)
    drift = known.drift(wanted_texts(tags, version, station.identity))
    added: list[JsonValue] = [wanted[token] for token in (*drift.added, *drift.changed)]
    return added + [
        removal_of(known.spelled.get(token, token), known.contents[token], version) for token in drift.removed
    ]


def payload(version: str, number: int, kind: str, part: list[JsonValue]) -> dict[str, JsonValue]:
    """A SendLocalList of this version; an empty full list clears the station's."""
    name = "listVersion" if version == "1.6" else "versionNumber"
    return {name: number, "updateType": kind} | ({"localAuthorizationList": part} if part else {})


def split(entries: Sequence[JsonValue], station: Station) -> list[list[JsonValue]]:
    """Entries in parts that one message of this station may hold."""
    items = stated_number(station, "list_items") or station.settings.limits.get("SendLocalList") or USUAL_PART
    most_bytes = stated_number(station, "list_bytes")
    parts: list[list[JsonValue]] = []
    size = 0
    for entry in entries:
        length = len(json.dumps(entry, separators=(",", ":"))) + 1
        too_big = most_bytes is not None and size + length + _HEAD_BYTES > most_bytes
        if not parts or len(parts[-1]) >= items or (too_big and parts[-1]):
            parts.append([])
            size = 0
        parts[-1].append(entry)
        size += length
    return parts


def _refusal(answer: Answer) -> str:
    """The station's word with its reason, as a sentence."""
    if answer.trouble:
        return answer.trouble
    info = mapping(answer.payload.get("statusInfo"))
    reason = " ".join(part for part in (text(info.get("reasonCode")), text(info.get("additionalInfo"))) if part)
    hint = f" {answer.command.text}" if answer.command.text else ""
    return f"{answer.command.verdict or 'No status'}{f' ({reason})' if reason else ''}.{hint}"


def _left_out(tags: Sequence[IdTag], station: Station) -> str:
    """Tags that this version cannot hold."""
    long = too_long(tags, station.version)
    if not long:
        return ""
    return f" Left out, too long for OCPP {station.version}: {', '.join(long[:3])}{' …' if len(long) > 3 else ''}."

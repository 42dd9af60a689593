"""Charging limits: set a profile and see what the station makes of it, limit at once, read what it has, clear."""

from typing import NamedTuple

from ocpp_console.model.charging import read_profile
from ocpp_console.model.charging_book import ChargingBook
from ocpp_console.model.charging_hints import charging_hints
from ocpp_console.model.fleet import Fleet
from ocpp_console.model.profile_draft import Draft
from ocpp_console.model.reading import mapping, text
from ocpp_console.model.report_parts import announces_more, payload_of
from ocpp_console.model.stated import rate_units
from ocpp_console.model.station import Station
from ocpp_console.model.transactions import Transaction
from ocpp_console.procedures.link import Answer, CallRefused, StationLink, ask
from ocpp_console.protocol.frames import JsonValue

COMPOSITE_SECONDS = 24 * 3600
"""How far ahead a composite schedule is asked for."""

LONGEST_REPORT_SECONDS = 30.0
"""How long the messages of a profile report may take."""


OPEN_ENDED_SECONDS = 1.5
"""How long another message is waited for after one that does not say whether more follows."""


class Outcome(NamedTuple):
    """What came of it at one station."""

    station: str
    done: bool
    text: str
    """A sentence."""
    hints: tuple[str, ...] = ()
    """Why it may have refused."""


def session_at(fleet: Fleet, station: str, place: int) -> Transaction | None:
    """The session that runs at a connector or EVSE; the newest when several are said to."""
    running = [each for each in fleet.transactions.running(station) if (each.evse or each.connector) == place]
    return running[-1] if running and place else None


def limit_now(station: Station, book: ChargingBook, place: int, limit: str, session: Transaction | None) -> Draft:
    """One period from now on: for the running session, for every session at the place, or for the station (place 0).

    It takes the place of the profile that rules now, so that a lower stack level does not make it void.
    """
    if not place:
        purpose = "ChargePointMaxProfile" if station.version == "1.6" else "ChargingStationMaxProfile"
    else:
        purpose = "TxProfile" if session is not None else "TxDefaultProfile"
    same = [known for known in book.profiles.values() if known.place == place and known.profile.purpose == purpose]
    ruling = max(same, key=lambda known: known.profile.level, default=None)
    units = rate_units(station)
    return Draft(
        place,
        ruling.profile.id if ruling is not None else book.next_id(),
        purpose=purpose,
        level=ruling.profile.level if ruling is not None else 0,
        unit=units[0] if len(units) == 1 else "A",
        periods=limit,
        transaction=session.id if session is not None and purpose == "TxProfile" else "",
    )


async def set_profile(link: StationLink, draft: Draft, now: int) -> Outcome:
    """Send a profile, and after it was accepted ask for the composite schedule that follows from it."""
    try:
        station = link.station
        payload = draft.payload(station.version, now)
        answer = await ask(link, "SetChargingProfile", payload)
        if answer.arrived and answer.command.verdict == "Accepted":
            return Outcome(station.identity, True, "Accepted. " + await _followed(link, draft))
    except CallRefused as refused:
        return _not_sent(link, refused)
    profile = read_profile(payload.get("csChargingProfiles") or payload.get("chargingProfile"))
    hints = tuple(charging_hints(profile, station)) if profile is not None and not _silent(answer) else ()
    return Outcome(station.identity, False, _refusal(answer), hints)


async def _followed(link: StationLink, draft: Draft) -> str:
    """The composite schedule after a profile was accepted; that it cannot be asked for changes nothing about that."""
    try:
        return await _composite(link, draft.place, draft.unit)
    except CallRefused as refused:
        return refused.text


async def read(link: StationLink, place: int, unit: str, request: int) -> Outcome:
    """Ask which profiles there are (2.x) and for the composite schedule of a place."""
    try:
        words = await _profiles(link, request) if link.station.version != "1.6" else ""
        return Outcome(link.station.identity, True, words + await _composite(link, place, unit))
    except CallRefused as refused:
        return _not_sent(link, refused)


async def clear(link: StationLink, place: int | None, id: int | None = None) -> Outcome:
    """Clear one profile by its id, those of a place, or all (`place` None)."""
    try:
        station = link.station
        answer = await ask(link, "ClearChargingProfile", clear_payload(station.version, place, id))
    except CallRefused as refused:
        return _not_sent(link, refused)
    if answer.command.verdict == "Unknown":
        return Outcome(station.identity, True, "The station says there was nothing to clear.")
    return Outcome(station.identity, answer.command.verdict == "Accepted", _refusal(answer))


def clear_payload(version: str, place: int | None, id: int | None) -> dict[str, JsonValue]:
    """The ClearChargingProfile of this version."""
    if version == "1.6":
        return {"id": id} if id is not None else {"connectorId": place} if place is not None else {}
    if id is not None:
        return {"chargingProfileId": id}
    return {"chargingProfileCriteria": {"evseId": place} if place is not None else {}}


async def _profiles(link: StationLink, request: int) -> str:
    """All profiles of a 2.x station; waits for the reports."""
    answer = await ask(link, "GetChargingProfiles", {"requestId": request, "chargingProfile": {}})
    if answer.command.verdict == "NoProfiles":
        return "It has no profile. "
    if not answer.arrived or answer.command.verdict != "Accepted":
        return f"Profiles: {_refusal(answer)} "
    followers = answer.command.followers

    while not followers or payload_of(followers[-1]).get("tbc") is not False:
        seen = len(followers)
        open_ended = bool(followers) and not announces_more(followers[-1])
        wait = OPEN_ENDED_SECONDS if open_ended else LONGEST_REPORT_SECONDS
        if not await link.until(lambda seen=seen: len(followers) > seen, wait):  # type: ignore[misc]
            break
    if not followers or announces_more(followers[-1]):
        return f"The report of its profiles is not complete ({len(followers)} messages). "
    return f"Profiles reported in {len(followers)} {'message' if len(followers) == 1 else 'messages'}. "


async def _composite(link: StationLink, place: int, unit: str) -> str:
    """The course of the limit as the station works it out; the fold keeps it, this tells what was said."""
    name = "connectorId" if link.station.version == "1.6" else "evseId"
    wanted = {name: place, "duration": COMPOSITE_SECONDS, "chargingRateUnit": unit}
    answer = await ask(link, "GetCompositeSchedule", wanted)
    if not answer.arrived:
        return f"Composite schedule: {answer.trouble}"
    if answer.command.verdict != "Accepted":
        return f"It gives no composite schedule ({answer.command.verdict or 'no status'})."
    schedule = mapping(answer.payload.get("chargingSchedule") or answer.payload.get("schedule"))
    return "Its composite schedule is drawn." if schedule else "It answered Accepted, without a schedule in the answer."


def _silent(answer: Answer) -> bool:
    """There was no answer at all, so that no property of the profile can be blamed."""
    return not answer.arrived and not answer.command.verdict


def _refusal(answer: Answer) -> str:
    """The station's word with its reason, as a sentence."""
    if answer.trouble:
        return answer.trouble
    info = mapping(answer.payload.get("statusInfo"))
    reason = " ".join(part for part in (text(info.get("reasonCode")), text(info.get("additionalInfo"))) if part)
    return f"{answer.command.verdict or 'No status'}{f' ({reason})' if reason else ''}."


def _not_sent(link: StationLink, refused: CallRefused) -> Outcome:
    """It did not even leave: offline, read-only, or against the schema."""
    found = "; ".join(f"{finding.path}: {finding.text}" for finding in refused.findings[:3])
    try:
        identity = link.station.identity
    except CallRefused:
        identity = ""
    return Outcome(identity, False, f"{refused.text} {found}".rstrip())

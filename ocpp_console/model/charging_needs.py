"""What cars ask for and plan (2.x K15 to K18): read from what stations report, kept with the session in words."""

from typing import NamedTuple

from ocpp_console.model.profile_draft import Draft
from ocpp_console.model.reading import entries, mapping, number, text, whole
from ocpp_console.model.rows import Message
from ocpp_console.model.site import Site
from ocpp_console.model.station import Station
from ocpp_console.model.times import parse_time, time_text
from ocpp_console.model.transactions import Transaction
from ocpp_console.protocol.findings import Finding
from ocpp_console.protocol.frames import JsonValue

Payload = dict[str, JsonValue]

MARGIN = 1.2
"""How much more than what is needed on average a car gets, so that it is ready before it leaves."""
HOUR = 3_600_000_000
USUAL_VOLTS, USUAL_VOLTS_DC = 230.0, 400.0
_PHASES = {"AC_single_phase": 1, "AC_two_phase": 2, "AC_three_phase": 3}


class Needs(NamedTuple):
    """A NotifyEVChargingNeeds, as far as it can be read."""

    transfer: str
    """requestedEnergyTransfer, in OCPP's words."""
    phases: int
    """0 for direct current."""
    energy: float | None
    """Wh."""
    departure: int | None
    """µs."""
    least_amps: float | None
    most_amps: float | None
    """Of each phase."""
    most_watts: float | None
    volts: float | None

    @property
    def direct(self) -> bool:
        """Direct current."""
        return self.transfer.startswith("DC")

    @property
    def words(self) -> str:
        """`AC_three_phase, 22.0 kWh until 2026-11-21T06:30:00Z, 6 to 16 A`."""
        energy = f"{self.energy / 1000:.1f} kWh" if self.energy is not None else "no amount of energy said"
        until = f" until {time_text(self.departure)}" if self.departure is not None else ""
        least = f"{self.least_amps:g} to " if self.least_amps else "at most "
        amps = f", {least}{self.most_amps:g} A" if self.most_amps is not None else ""
        watts = f", at most {self.most_watts / 1000:.1f} kW" if self.most_watts is not None else ""
        return f"{self.transfer or 'unknown transfer'}, {energy}{until}{amps}{watts}"


class NeedsTold(NamedTuple):
    """Needs that came for a session, for whoever makes profiles of them."""

    station: str
    evse: int
    session: str
    needs: Needs
    message: Message
    """Its row; the answer comes before any profile."""


def read_needs(payload: Payload) -> Needs:
    """The needs of a payload; what is missing or odd is unknown."""
    asked = mapping(payload.get("chargingNeeds"))
    transfer = text(asked.get("requestedEnergyTransfer"))
    ac, dc = mapping(asked.get("acChargingParameters")), mapping(asked.get("dcChargingParameters"))
    v2x = mapping(asked.get("v2xChargingParameters"))
    energies = (ac.get("energyAmount"), dc.get("energyAmount"), v2x.get("evTargetEnergyRequest"))
    return Needs(
        transfer,
        0 if transfer.startswith("DC") else _PHASES.get(transfer, 3),
        _first(*energies),
        parse_time(asked.get("departureTime")),
        _first(ac.get("evMinCurrent"), v2x.get("minChargeCurrent")),
        _first(ac.get("evMaxCurrent"), dc.get("evMaxCurrent"), v2x.get("maxChargeCurrent")),
        _first(dc.get("evMaxPower"), v2x.get("maxChargePower")),
        _first(ac.get("evMaxVoltage"), dc.get("evMaxVoltage"), v2x.get("maxVoltage")),
    )


def _first(*values: JsonValue) -> float | None:
    """The first that is a number above nothing."""
    numbers = (number(value) for value in values)
    return next((found for found in numbers if found is not None and found > 0), None)


def profile_of(needs: Needs, session: Transaction, id: int, units: tuple[str, ...], now: int) -> Draft | None:
    """A TxProfile of one limit: what brings the energy by the departure, between the least and the most the car takes.

    `units` are those the station states, none when it states nothing. None when the needs name no limit at all.
    """
    watts = _limit_watts(needs, now)
    if watts is None:
        return None
    unit = "W" if needs.direct else "A"
    if units and unit not in units:
        unit = units[0]
    limit = watts if unit == "W" else watts / _volts(needs)
    phases = f" x{needs.phases}" if needs.phases else ""
    place = session.evse or session.connector
    periods = f"{max(round(limit, 1), 0.1):g}" if unit == "A" else f"{max(round(limit), 1)}"
    return Draft(place, id, purpose="TxProfile", unit=unit, periods=periods + phases, transaction=session.id)


def names_limit(needs: Needs, now: int) -> bool:
    """A profile can be made of them."""
    return _limit_watts(needs, now) is not None


def _volts(needs: Needs) -> float:
    """Watts of one ampere: of direct current, or on all phases (what cars say there may be the voltage between two)."""
    return (needs.volts or USUAL_VOLTS_DC) if needs.direct else USUAL_VOLTS * max(needs.phases, 1)


def _limit_watts(needs: Needs, now: int) -> float | None:
    """The limit in watts, None when nothing says one."""
    of_amps = None if needs.most_amps is None else needs.most_amps * _volts(needs)
    most = min((limit for limit in (of_amps, needs.most_watts) if limit is not None), default=None)
    if needs.energy is None or needs.departure is None or needs.departure <= now:
        return most
    wanted = MARGIN * needs.energy * HOUR / (needs.departure - now)
    least = (needs.least_amps or (0.0 if needs.direct else 6.0)) * _volts(needs)  # IEC 61851: below 6 A nothing flows
    return max(min(wanted, most) if most is not None else wanted, least)


def session_at(site: Site, station: str, evse: int) -> Transaction | None:
    """The session that runs at an EVSE; the newest when several are said to."""
    running = [each for each in site.transactions.running(station) if (each.evse or each.connector) == evse]
    return running[-1] if running else None


def needs_called(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """NotifyEVChargingNeeds (K15)."""
    evse = whole(payload.get("evseId")) or 0
    session = session_at(site, station.identity, evse)
    if session is not None:
        needs = read_needs(payload)
        session.needs = needs.words
        site.arrangements.needs.append(NeedsTold(station.identity, evse, session.id, needs, message))
        site.measured(session)
    return None


def plan_called(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """NotifyEVChargingSchedule (K16, K17): what the car makes of its limits."""
    session = session_at(site, station.identity, whole(payload.get("evseId")) or 0)
    if session is not None:
        schedule = mapping(payload.get("chargingSchedule"))
        unit, periods = text(schedule.get("chargingRateUnit")), entries(schedule.get("chargingSchedulePeriod"))
        limits = [found for each in periods if (found := number(each.get("limit"))) is not None]
        most = f", at most {max(limits):g} {unit}".rstrip() if limits else ""
        session.plan = f"plans {len(periods)} {'period' if len(periods) == 1 else 'periods'}{most}"
        site.measured(session)
    return None


def priority_called(site: Site, station: Station, message: Message, payload: Payload) -> Finding | None:
    """NotifyPriorityCharging (2.1 K21): somebody at the station wants power at once, or no more."""
    session = site.transactions.get(station.identity, text(payload.get("transactionId")))
    if session is not None:
        session.plan = f"priority charging {'on' if payload.get('activated') is True else 'off'}"
        site.measured(session)
    return None

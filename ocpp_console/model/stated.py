"""What a station states about itself in its variables, as far as charging limits and local lists go by it."""

from typing import NamedTuple

from ocpp_console.model.station import Station
from ocpp_console.model.variables import VariableName


class _Source(NamedTuple):
    """Where one thing is stated: a key of 1.6, a variable of 2.x."""

    key: str
    component: str = ""
    variable: str = ""
    instance: str = ""


STATED: dict[str, _Source] = {
    "max_stack_level": _Source("ChargeProfileMaxStackLevel", "SmartChargingCtrlr", "ProfileStackLevel"),
    "rate_units": _Source("ChargingScheduleAllowedChargingRateUnit", "SmartChargingCtrlr", "RateUnit"),
    "max_periods": _Source("ChargingScheduleMaxPeriods", "SmartChargingCtrlr", "PeriodsPerSchedule"),
    "smart_charging": _Source("", "SmartChargingCtrlr", "Enabled"),
    "list_length": _Source("LocalAuthListMaxLength"),
    "list_items": _Source("SendLocalListMaxLength", "LocalAuthListCtrlr", "ItemsPerMessage"),
    "list_bytes": _Source("", "LocalAuthListCtrlr", "BytesPerMessage"),
    "cost_enabled": _Source("", "TariffCostCtrlr", "Enabled", "Cost"),
    "list_enabled": _Source("LocalAuthListEnabled", "LocalAuthListCtrlr", "Enabled"),
}
"""By the name used here (1.6 §9, 2.x part 2 appendix 3)."""


def _name(station: Station, what: str) -> VariableName | None:
    source = STATED[what]
    if station.version == "1.6":
        return VariableName("", source.key) if source.key else None
    return VariableName(source.component, source.variable, instance=source.instance) if source.component else None


def stated(station: Station, what: str) -> str:
    """The text that a station states for one of `STATED`; empty when it was not read yet, or does not exist."""
    name = _name(station, what)
    variable = station.variables.find(name) if name is not None else None
    return (variable.actual.value or "").strip() if variable is not None else ""


def stated_number(station: Station, what: str) -> int | None:
    """The same as a whole number; None when it is none."""
    text = stated(station, what)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def stated_off(station: Station, what: str) -> bool:
    """The station says that this is switched off."""
    return stated(station, what).casefold() in ("false", "0")


def most_entries(station: Station) -> int | None:
    """How many tags its local list can hold; in 2.x that is the maximum of a variable, not its value."""
    if station.version == "1.6":
        return stated_number(station, "list_length")
    variable = station.variables.find(VariableName("LocalAuthListCtrlr", "Entries"))
    return round(variable.maximum) if variable is not None and variable.maximum is not None else None


def rate_units(station: Station) -> tuple[str, ...]:
    """`A`, `W` or both: the units it takes, empty when it does not say.

    1.6 §9.4.2 has the words Current and Power; stations write A, W and blanks as well.
    """
    words = {word.strip().casefold() for word in stated(station, "rate_units").split(",")}
    found = [unit for unit, names in (("A", {"a", "current"}), ("W", {"w", "power"})) if words & names]
    return tuple(found)

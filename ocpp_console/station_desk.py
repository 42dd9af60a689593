"""Where the operator sets things for a station: checked, in force at once, and saved."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ocpp_console.csms import passwords
from ocpp_console.model.fleet import Fleet
from ocpp_console.model.station_settings import StationSettings, trouble_with


class SettingRefused(Exception):
    """These settings cannot be; `text` says why."""

    def __init__(self, text: str) -> None:
        """`text` is a sentence for the operator."""
        super().__init__(text)
        self.text = text


class StationDesk:
    """The settings of stations, for whoever changes them. Stations that never connected may have some."""

    def __init__(self, fleet: Fleet, keep: Callable[[str], None]) -> None:
        """`keep` saves what is set for one station."""
        self._fleet = fleet
        self._keep = keep

    def of(self, station: str) -> StationSettings:
        """What is set for a station."""
        return self._fleet.station_settings.of(station)

    def change(self, station: str, *, password: str | None = None, **changes: Any) -> StationSettings:
        """Set some things; the others stay. `password` is the plain text, empty to ask for none; None leaves it.

        Raises:
            SettingRefused: they cannot hold together, and nothing was changed.
        """
        return self.replace(station, replace(self.of(station), **changes), password=password)

    def replace(self, station: str, settings: StationSettings, *, password: str | None = None) -> StationSettings:
        """Set everything anew. Raises `SettingRefused` like `change`."""
        if password is not None:
            settings = replace(settings, password=passwords.hashed(password) if password else "")
        if trouble := trouble_with(settings):
            raise SettingRefused(trouble)
        self._fleet.set_up(station, settings)
        self._keep(station)
        return settings

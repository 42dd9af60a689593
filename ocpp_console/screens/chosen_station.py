"""Which station the operator chose last: pages that show one station at a time begin with it."""

from typing import Any, Protocol, cast

from textual.app import App


class KeepsStation(Protocol):
    """The app, as far as this matters."""

    chosen_station: str


def choose(app: App[Any], station: str) -> None:
    """The cursor is, or was when the page was left, on a station."""
    if station:
        cast(KeepsStation, app).chosen_station = station


def chosen(app: App[Any]) -> str:
    """Its identity; empty while none was chosen. It may be gone."""
    return getattr(app, "chosen_station", "")

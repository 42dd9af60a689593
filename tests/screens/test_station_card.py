import pytest

from ocpp_console.model.station import Connection, Connector, Station
from ocpp_console.screens.station_card import clock, connectors, describe, heartbeat

SECOND = 1_000_000
NOW = 1_795_183_401 * SECOND


def text(pieces: list[tuple[str, str]]) -> str:
    return "".join(piece for piece, _ in pieces)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "no timestamp"),
        (0.4, "right"),
        (-40, "40 s behind"),
        (7 * 3600 + 3, "local time sent as UTC?"),
        (-(5 * 3600 + 1800), "local time sent as UTC?"),
        (3 * 3600 + 400, "3.1 h ahead"),
        (-50 * 365 * 86400, "behind"),
    ],
)
def test_a_drift_of_whole_quarters_of_an_hour_is_a_time_zone(seconds: float | None, words: str) -> None:
    said = text(clock(None if seconds is None else int(seconds * SECOND)))
    assert words in said
    assert ("local time" in said) == ("local time" in words)


def online(**fields: int) -> Station:
    station = Station("AC-07", version="1.6", interval=300, last_seen=NOW)
    station.connection = Connection(1, "1.6", "ocpp1.6", ("ocpp1.6",), "/AC-07", "10.0.0.9:1", False, NOW)
    for name, value in fields.items():
        setattr(station, name, value)
    return station


def test_a_kept_heartbeat_a_late_one_and_silence_are_told_apart() -> None:
    kept = online(last_heartbeat=NOW, heartbeat_gap=300 * SECOND)
    assert text(heartbeat(kept, NOW)).startswith("✓")
    late = online(last_heartbeat=NOW, heartbeat_gap=900 * SECOND)
    assert text(heartbeat(late, NOW)).startswith("!")
    silent = online(last_heartbeat=NOW - 900 * SECOND, last_seen=NOW - 900 * SECOND)
    assert "silent for 900 s" in text(heartbeat(silent, NOW))


def test_other_messages_count_as_a_sign_of_life() -> None:
    busy = online(last_heartbeat=NOW - 900 * SECOND)
    assert "silent" not in text(heartbeat(busy, NOW))


def test_the_card_of_a_station_that_left_says_how() -> None:
    gone = Station("AC-07", gone_reason="the line broke")
    said = "\n".join(
        "".join(part if isinstance(part, str) else part[0] for part in line) for line in describe(gone, NOW)
    )
    assert "○ offline" in said
    assert "the line broke" in said


def test_a_connector_tells_its_error_and_what_it_was_before() -> None:
    station = online()
    station.connectors[0, 1] = Connector(0, 1, "Faulted", "GroundFailure", "relay", "E7", NOW, "", "Charging")
    [line] = connectors(station)
    said = "".join(part if isinstance(part, str) else part[0] for part in line)
    for part in ("▲ Faulted", "GroundFailure E7 relay", "before: Charging"):
        assert part in said

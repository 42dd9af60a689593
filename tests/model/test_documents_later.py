"""What a snapshot takes is the state of that moment, whenever its document is made."""

from ocpp_console.model.meter_values import Latest, read_moments
from ocpp_console.model.station import Station
from ocpp_console.model.transactions import Transaction

AT = 1_795_183_401_000_000


def moments(value: str, latest: Latest) -> list[object]:
    sampled = [{"value": value, "unit": "Wh"}, {"value": "11000", "measurand": "Power.Active.Import", "unit": "W"}]
    read = read_moments([{"timestamp": "2026-11-20T14:03:21Z", "sampledValue": sampled}], AT, latest)
    return list(read)


def test_a_session_goes_on_after_it_was_taken() -> None:
    session = Transaction("CP", "7", "1.6", at=1)
    session.measure(moments("1000", session.latest))  # type: ignore[arg-type]
    taken, expected = session.document_later(), session.to_document()
    session.measure(moments("2000", session.latest))  # type: ignore[arg-type]
    session.stopped_at = 5
    assert taken() == expected
    assert session.to_document() != expected


def test_a_station_changes_after_it_was_taken() -> None:
    station = Station("CP")
    connector = station.connector(0, 1)
    assert connector is not None
    connector.latest = Latest()
    moments("1000", connector.latest)
    taken, expected = station.document_later(), station.to_document()
    connector.status = "Charging"
    moments("2000", connector.latest)
    station.connector(0, 2)
    station.security_events.append((1, "Reset", ""))
    station.vendor = "ACME"
    assert taken() == expected
    assert station.to_document() != expected

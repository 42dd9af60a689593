"""A report of findings says what is wrong, what to do and where, whatever stations write."""

import traffic
from rule_traces import TRACES
from tape import NOON, tape

from ocpp_console.model.finding_words import catalogue
from ocpp_console.outputs.finding_report import KEPT_EXAMPLES, as_markdown
from ocpp_console.outputs.traces.row_writers import markdown


def test_every_code_is_told_with_its_words_and_newest_messages() -> None:
    t = tape()
    for fires, _ in TRACES.values():
        t.version = "1.6"
        t.connect("CP")
        fires(t)
    listed = t.fleet.found.shown("CP")
    text = as_markdown(listed, NOON)
    assert text.count("\nTo do: ") == len(listed) > 60
    for found in listed:
        assert f"{found.count:,} ×" in text
        assert markdown(catalogue()[found.code].title) in text
    assert all(part.count("\n- ") <= KEPT_EXAMPLES for part in text.split("\n### "))


def test_the_station_is_named_as_its_vendor_knows_it_and_messages_by_their_action() -> None:
    t = tape()
    t.hear(traffic.boot(chargePointModel=7, chargePointSerialNumber="SN|1"))
    text = as_markdown(t.fleet.found.shown(), NOON, t.fleet.stations)
    assert "serial number SN\\|1, " in text
    assert "OCPP 1.6" in text
    assert "BootNotification chargePointModel: " in text


def test_of_several_stations_each_has_its_part_and_none_is_said_as_such() -> None:
    t = tape()
    for station in ("CP 1", "CP 2"):
        t.connect(station)
        TRACES["UNREADABLE"][0](t)
    text = as_markdown(t.fleet.found.shown(), NOON)
    assert text.count("\n## CP ") == 2
    assert "None." in as_markdown([], NOON)


def test_secrets_and_markup_of_stations_are_harmless() -> None:
    t = tape(station="<img>\x1b[2J")
    t.hear(b'[2,"1","<script>",{}]')
    t.gone("ftp://me:geheim12@host", "station", 1002)
    text = as_markdown(t.fleet.found, NOON)
    assert "geheim" not in text
    assert "<script>" not in text
    assert "\x1b" not in text

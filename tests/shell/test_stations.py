"""`stations`, and how a running console is found: real consoles on loopback."""

import socket

import pytest

from ocpp_console.reloading import Reloading
from ocpp_console.settings import load
from ocpp_console.shell.printing import facts, table


async def test_all_stations_are_a_table(shell):
    await (await shell.charger("AC-07")).status(1, "Charging")
    offline = await shell.charger("DC-01", "2.0.1")
    await offline.status(1, "Available")
    await offline.leave()
    await shell.engine.until("DC-01", lambda: not shell.engine.fleet.stations["DC-01"].online, 5)
    code, out, err = await shell.run("stations")
    assert (code, err) == (0, "")
    head, first, second = out.splitlines()
    assert head.split()[:3] == ["station", "state", "OCPP"]
    assert first.split()[:3] == ["AC-07", "online", "1.6"]
    assert "1 Charging" in first
    assert second.split()[:3] == ["DC-01", "offline", "2.0.1"]
    assert "1/1 Available" in second
    assert [each["id"] for each in (await shell.run("stations", "--online", "--json")).document] == ["AC-07"]
    assert [each["id"] for each in (await shell.run("stations", "--offline", "--json")).document] == ["DC-01"]


async def test_one_station_is_told_in_full(shell):
    await shell.charger("AC-07")
    ran = await shell.run("stations", "AC-07")
    assert ran.code == 0
    assert "vendor              ACME\n" in ran.out
    assert (await shell.run("stations", "AC-07", "--json")).document["model"] == "One"
    missing = await shell.run("stations", "AC-08")
    assert (missing.code, missing.out) == (7, "")
    assert "No station AC-08" in missing.err


async def test_what_a_charger_says_of_itself_cannot_drive_the_terminal(shell):
    charger = await shell.charger("AC-07", boot=False)
    await charger.boot(vendor="\x1b[2JACME", model="[/]")
    for words in (["stations"], ["stations", "AC-07"]):
        ran = await shell.run(*words)
        assert "\x1b" not in ran.out
        assert "␛[2JACME" in ran.out


async def test_no_station_and_two_wishes_at_once_are_said(shell):
    assert (await shell.run("stations")).err == "ocpp-console: No charger is known yet.\n"
    assert (await shell.run("stations", "--json")).document == []
    assert (await shell.run("stations", "--online", "--offline")).code == 2


async def test_a_console_of_this_machine_is_found_by_itself(shell, monkeypatch):
    monkeypatch.delenv("OCPP_CONSOLE_API")
    assert (await shell.run("stations")).code == 0


async def test_without_a_console_it_says_how_to_start_one(shell, monkeypatch):
    monkeypatch.delenv("OCPP_CONSOLE_API")
    await shell.engine.stop()
    ran = await shell.run("stations")
    assert ran.code == 3
    assert "Start one with --api" in ran.err


async def test_a_wrong_token_and_a_wrong_place_end_with_3_and_a_sentence(shell):
    wrong = await shell.run("stations", "--token", "something-else")
    assert wrong.code == 3
    assert "The token is wrong" in wrong.err
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    gone = await shell.run("stations", "--api", str(port))
    assert gone.code == 3
    assert f"http://127.0.0.1:{port} cannot be reached: Connection refused" in gone.err
    charger_port = await shell.run("stations", "--api", f"http://127.0.0.1:{shell.engine.port}/")
    assert charger_port.code != 0
    assert "Traceback" not in charger_port.err


@pytest.mark.parametrize("place", ["http://", "ftp://x:1", "http://x:port", "http://[::1"])
async def test_a_place_that_is_none_is_refused(shell, place):
    ran = await shell.run("stations", "--api", place)
    assert ran.code == 2
    assert "must be a URL such as" in ran.err


async def test_the_token_of_this_user_goes_to_this_machine_alone(shell, monkeypatch):
    from ocpp_console.shell.declaring import Given
    from ocpp_console.shell.running_console import place_of

    monkeypatch.delenv("OCPP_CONSOLE_API_TOKEN")
    monkeypatch.delenv("OCPP_CONSOLE_API")
    assert place_of(Given("stations", {"api": "example.org:9180"}, {})).token == ""
    assert place_of(Given("stations", {"api": "https://example.org/api/"}, {})).url == "https://example.org"


def test_tables_fit_the_columns_there_are():
    rows = [("AC-07", "online", "x" * 90), ("a-much-longer-identity-than-usual", "offline", "y" * 10)]
    for columns in (80, 40):
        text = table(("station", "state", "words"), rows, columns)
        assert max(map(len, text.splitlines())) <= columns
        assert "online" in text
    assert "x" * 90 in table(("station", "state", "words"), rows, 1000)


def test_what_tells_rows_apart_is_cut_last():
    head, rows = ("title", "code", "last"), [("Wrong format", "SCHEMA_FORMAT", "2026-11-28 22:32:14")]
    shown = table(head, rows, 32, keep=("code",)).splitlines()
    assert shown == ["title    code           last", "Wrong …  SCHEMA_FORMAT  2026-11…"]
    assert max(map(len, table(head, rows, 24, keep=("code",)).splitlines())) <= 24


def test_facts_leave_out_what_is_empty():
    assert facts([("vendor", "ACME"), ("serial", ""), ("x", None)]) == "vendor  ACME"


async def test_files_are_read_again_and_what_came_of_it_is_told(house, tmp_path):
    file = tmp_path / "config.toml"
    shell = await house()
    nothing = await shell.run("reload")
    assert (nothing.code, nothing.err) == (1, "ocpp-console: This console has no files to read again.\n")
    shell.engine.services.append(Reloading(shell.engine, lambda: load({}, {}, file, required=True)[0]))
    file.write_text("read_only = true\npath = '/x'\n")
    ran = await shell.run("reload")
    changed, waiting = [line for line in ran.out.splitlines() if "read_only" in line or "path" in line]
    assert (ran.code, changed) == (0, "read_only is now true.")
    assert waiting.startswith("Changed, but only after a restart: ")
    await shell.charger("CP1")
    assert "read-only" in (await shell.run("call", "CP1", "Reset", '{"type": "Soft"}')).err
    file.write_text("read_only = 7")
    ran = await shell.run("reload", "--json")
    assert (ran.code, ran.document["usable"]) == (1, False)
    assert "read_only" in ran.document["told"][0]
    assert shell.engine.settings.read_only

"""A restart shows yesterday at once: stations, sessions, tags and the log, whatever way the last run ended."""

import signal
from pathlib import Path

import pytest
from charger import NOW, Charger
from console_process import CTRL_Q, Screen, command, free_port, headless


def live_a_day(port: int) -> None:
    """One station boots, charges 1.5 kWh and reports a fault; another boots only."""
    with Charger(port, "AC-07") as charger, Charger(port, "DC-09", "2.0.1") as other:
        charger.boot("Yesterday", "Wallbox")
        other.boot("Daybefore", "Tower")
        charger.status(1, "Charging")
        charger.call("Authorize", {"idTag": "NIGHT-TAG"})
        number = charger.start(1, "DAY-TAG", 1_000)
        sampled = {"value": "2000", "measurand": "Energy.Active.Import.Register", "unit": "Wh"}
        values = [{"timestamp": NOW, "sampledValue": [sampled]}]
        charger.call("MeterValues", {"connectorId": 1, "transactionId": number, "meterValue": values})
        charger.stop(number, 2_500, reason="EVDisconnected")
        charger.status(1, "Faulted", errorCode="GroundFailure")


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_the_next_start_shows_everything_at_once(tmp_path: Path, end: signal.Signals) -> None:
    database, port = tmp_path / "log.db", free_port()
    with headless(port, database) as first:
        live_a_day(port)
        first.send_signal(end)
        first.wait()
    with Screen(command(port, "--db", str(database)), 130, 40) as screen:
        screen.sees("AC-07", "DC-09", "offline, seen", "0 online", "2 off", "StopTransaction", "DAY-TAG")
        screen.sees(*["● connected", "○ gone"][: 1 + (end is signal.SIGTERM)])
        screen.press(b"3", "Transactions 1", "0 running", "DAY-TAG", "1.50", "EVDisconnected")
        screen.press(b"1", "Stations")
        screen.press(b"\r", "Yesterday Wallbox", "Faulted", "GroundFailure")
        screen.press(b"2", "MeterValues", "BootNotification", "Authorize")
        with Charger(port, "AC-07") as again:
            again.boot("Yesterday", "Wallbox")
            assert again.start(1, "DAY-TAG", 2_500) > 1
            screen.press(b"3", "Transactions 2", "1 running")
        screen.press(CTRL_Q)
        assert screen.wait() == 0


def test_tags_and_the_policy_set_on_the_screen_are_kept(tmp_path: Path) -> None:
    database, port = tmp_path / "log.db", free_port()
    words = command(port, "--db", str(database))
    with Screen(words, 130, 40) as screen:
        with Charger(port, "AC-07") as charger:
            screen.press(b"4", "idTags 0  every tag is accepted")
            screen.press(b"p", "idTags 0  known tags only")
            assert charger.call("Authorize", {"idTag": "GUEST"})["idTagInfo"]["status"] == "Invalid"
            screen.sees("GUEST", "i accepts")
            screen.press(b"i", "accepted at AC-07")
        screen.press(CTRL_Q)
        assert screen.wait() == 0
    with Screen(words, 130, 40) as screen, Charger(port, "AC-07") as charger:
        screen.sees("known tags only", "GUEST", "accepted at")
        assert charger.call("Authorize", {"idTag": "GUEST"})["idTagInfo"]["status"] == "Accepted"
        assert charger.call("Authorize", {"idTag": "STRANGER"})["idTagInfo"]["status"] == "Invalid"
        screen.press(CTRL_Q)
        assert screen.wait() == 0

"""`wait`: returns when something happens at a real charger."""

import asyncio

import pytest

from ocpp_console.shell import waiting
from ocpp_console.shell.event_stream import Event
from ocpp_console.shell.passing_states import LiveConnections, passing
from ocpp_console.shell.subcommands import SUBCOMMANDS
from ocpp_console.shell.waiting import CONDITIONS, spelled


async def begun(shell, *words, monkeypatch):
    """A waiting that has taken its first look."""
    looked, loop, look = asyncio.Event(), asyncio.get_running_loop(), waiting._documents

    def noted(*arguments):
        found = list(look(*arguments))
        loop.call_soon_threadsafe(looked.set)
        return found

    monkeypatch.setattr(waiting, "_documents", noted)
    task = asyncio.create_task(shell.run("wait", *words, "--timeout", "20"))
    await looked.wait()
    return task


async def test_what_is_so_already_ends_it_at_once(shell):
    charger = await shell.charger("CP1")
    await charger.status(2, "Preparing")
    for until, said in [("connected", "connected with OCPP 1.6"), ("status=preparing", "connector 2 is Preparing")]:
        ran = await shell.run("wait", "--until", until, "CP1")
        assert (ran.code, ran.out) == (0, f"CP1 {said}\n")
    assert (await shell.run("wait", "--until", "status=2:Preparing", "--json")).document["id"] == "CP1"


async def test_what_does_not_happen_in_time_is_4(shell):
    charger = await shell.charger("CP1")
    await charger.status(2, "Preparing")
    for until in ("boot", "offline", "status=1:Preparing", "status=Charging"):
        ran = await shell.run("wait", "--until", until, "CP1", "--timeout", "0.1")
        assert (ran.code, ran.out) == (4, "")
        assert f"{until}: not in 0.1 seconds" in ran.err


async def test_a_boot_that_comes_later_ends_it_and_one_before_does_not_count(shell, monkeypatch):
    charger = await shell.charger("CP1")
    task = await begun(shell, "--until", "boot", "CP1", monkeypatch=monkeypatch)
    await charger.boot(model="Two")
    ran = await task
    assert (ran.code, ran.out) == (0, "CP1 booted: ACME Two\n")
    assert (await shell.run("wait", "--until", "boot", "CP1", "--since", "60", "--timeout", "0.1")).code == 0


@pytest.mark.parametrize("words", [["CP1"], []])
async def test_a_state_that_is_gone_a_moment_later_is_seen(shell, monkeypatch, words):
    charger = await shell.charger("CP1")
    await charger.status(2, "Available")
    task = await begun(shell, "--until", "status=2:Charging", *words, "--json", monkeypatch=monkeypatch)
    for status in ("Preparing", "Charging", "Available"):
        await charger.status(2, status)
    ran = await task
    assert (ran.code, ran.document["id"], ran.document["vendor"]) == (0, "CP1", "ACME")
    assert [each["status"] for each in ran.document["connectors"] if each["connector"] == 2] == ["Charging"]


async def test_a_connection_that_is_over_a_moment_later_is_seen(shell, monkeypatch):
    task = await begun(shell, "--until", "connected", "CP1", monkeypatch=monkeypatch)
    charger = await shell.charger("CP1", boot=False)
    await charger.leave()
    assert (await task).out == "CP1 connected with OCPP 1.6\n"
    charger = await shell.charger("CP1")
    task = await begun(shell, "--until", "offline", "CP1", monkeypatch=monkeypatch)
    await charger.leave()
    await shell.charger("CP1", boot=False)
    ran = await task
    said = "CP1 is offline: closed by the station (code 1000): The station closed the connection in good order.\n"
    assert (ran.code, ran.out) == (0, said)


async def test_a_21_station_that_tells_its_state_by_an_event_is_seen(shell, monkeypatch):
    charger = await shell.charger("CP1", "2.1")
    task = await begun(shell, "--until", "status=3/1:Occupied", "CP1", monkeypatch=monkeypatch)
    component = {"name": "Connector", "evse": {"id": 3, "connectorId": 1}}
    for number, state in enumerate(("Occupied", "Available")):
        event = {
            "eventId": number,
            "timestamp": "2026-11-20T15:03:21Z",
            "trigger": "Delta",
            "actualValue": state,
            "eventNotificationType": "CustomMonitor",
            "component": component,
            "variable": {"name": "AvailabilityState"},
        }
        await charger.call("NotifyEvent", {"generatedAt": "2026-11-20T15:03:21Z", "seqNo": 0, "eventData": [event]})
    assert (await task).out == "CP1 connector 1 is Occupied\n"


def test_the_end_of_an_older_connection_makes_nobody_offline():
    live = LiveConnections()
    live.seen([{"id": "CP1", "connection": {"id": 7}}])
    gone = {"seq": 9, "at": 0, "station": "CP1", "code": 1006, "reason": "", "by": "network"}
    assert passing(Event("StationGone", gone | {"connection": 5}), live) is None
    assert passing(Event("StationGone", gone | {"connection": 7}), live)["online"] is False


@pytest.mark.parametrize(
    "frame", ["", "[2", "5", '[2,"1","NotifyEvent",{"eventData":[1,{"component":4}]}]', "[2,1,2,3]"]
)
def test_what_no_station_should_send_is_no_state(frame):
    for action in ("StatusNotification", "NotifyEvent"):
        said = {"station": "CP1", "action": action, "frame": frame}
        assert passing(Event("FrameReceived", said), LiveConnections()) is None


async def test_a_charger_that_never_connected_may_still_come(shell, monkeypatch):
    for words in (["CP9"], []):
        task = await begun(shell, "--until", "boot", *words, monkeypatch=monkeypatch)
        await shell.charger(f"CP9{len(words)}"[: 3 if words else 4])
        assert (await task).code == 0


async def test_it_waits_for_a_console_that_is_about_to_start(shell, house):
    await shell.engine.stop()
    nobody = await shell.run("wait", "--until", "connected")
    assert nobody.code == 3
    late = await shell.run("wait", "--until", "connected", "--timeout", "0.1")
    assert late.code == 3
    task = asyncio.create_task(shell.run("wait", "--until", "connected", "--timeout", "20", "--api", shell.url))
    again = await house(api=shell.url.rpartition(":")[2])
    await again.charger("CP1")
    assert (await task).code == 0


@pytest.mark.parametrize("until", ["bot", "status", "status=", "boot=1", ""])
async def test_what_cannot_be_waited_for_is_2_with_all_that_can(shell, until):
    ran = await shell.run("wait", "--until", until)
    assert ran.code == 2
    assert "status=WORD" in ran.err


def test_the_help_tells_every_condition():
    for name, condition in CONDITIONS.items():
        assert f"  {spelled(name):<15} {condition.help}\n" in SUBCOMMANDS["wait"].words


async def test_what_is_missing_or_no_time_is_said(shell):
    missing = await shell.run("wait", "AC-07")
    assert (missing.code, missing.out) == (2, "")
    assert "it is missing." in missing.err
    for seconds in ("nan", "inf", "-1"):
        refused = await shell.run("wait", "--until", "boot", "--timeout", seconds)
        assert refused.code == 2
        assert "--timeout takes a number of seconds" in refused.err

"""`ocpp-console replay` against a console in a process of its own."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from charger import Charger
from console_process import Screen, free_port, headless
from tape import NOON, Tape
from traffic import boot, call, result, start

from ocpp_console.clock import iso
from ocpp_console.outputs.traces.facts_json import line_of


def replay(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ocpp_console", "replay", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """A boot that was accepted, and a session whose tag was blocked."""
    tape = Tape(station="AC-04")
    tape.connect()
    tape.exchange(boot(id="b"), {"status": "Accepted", "currentTime": iso(NOON), "interval": 300})
    tape.exchange(start(id="s"), {"transactionId": 5, "idTagInfo": {"status": "Blocked"}})
    tape.gone()
    file = tmp_path / "day.jsonl"
    file.write_text("".join(f"{line_of(fact)}\n" for fact in tape.facts), "utf-8")
    return file


def test_a_difference_is_told_and_ends_with_1(trace: Path) -> None:
    port = free_port()
    with headless(port, ":memory:"):
        done = replay(str(trace), "--to", f"ws://127.0.0.1:{port}", "--speed", "0", "--quiet")
    assert done.returncode == 1
    assert done.stdout == "✗ AC-04  StartTransaction: Accepted; in the trace Blocked\n"
    assert "2 messages sent, 2 answered, 1 otherwise than in the trace." in done.stderr


def test_nobody_there_ends_with_3(trace: Path) -> None:
    done = replay(str(trace), "--to", f"ws://127.0.0.1:{free_port()}", "--speed", "0")
    assert done.returncode == 3
    assert "not connected to" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("{trace}",), "--to takes the address"),
        (("{trace}", "--to", "http://a"), "not 'http://a'"),
        (("/no/such/file", "--to", "ws://a"), "cannot be opened"),
        (("-", "--to", "ws://a", "--step"), "stdin is the trace"),
        (("{trace}", "--to", "ws://a", "--station", "X"), "no frame of the station X; stations in it: AC-04."),
        (("{trace}", "--to", "ws://a", "--speed", "-1"), "take 0 or more"),
    ],
)
def test_what_cannot_be_replayed_is_said(trace: Path, words: tuple[str, ...], said: str) -> None:
    done = replay(*(word.format(trace=trace) for word in words))
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


# ------------------------------------------------------------------ its commands, to a live station


@pytest.fixture
def commanding(tmp_path: Path) -> Path:
    """A session on connector 2 that was limited and stopped by the central system, and a Reset that was rejected."""
    tape = Tape(station="AC-04")
    tape.connect()
    tape.exchange(start(id="s", connector=2), {"transactionId": 5, "idTagInfo": {"status": "Accepted"}})
    profile = {"chargingProfileId": 1, "transactionId": 5, "validTo": iso(NOON)}
    tape.say(call("SetChargingProfile", {"connectorId": 2, "csChargingProfiles": profile}, id="p"))
    tape.hear(result({"status": "Accepted"}, id="p"))
    tape.say(call("RemoteStopTransaction", {"transactionId": 5}, id="r"))
    tape.hear(result({"status": "Accepted"}, id="r"))
    tape.say(call("Reset", {"type": "Soft"}, id="x"))
    tape.hear(result({"status": "Rejected"}, id="x"))
    tape.gone()
    file = tmp_path / "commands.jsonl"
    file.write_text("".join(f"{line_of(fact)}\n" for fact in tape.facts), "utf-8")
    return file


async def test_commands_reach_a_live_station_with_the_session_that_runs_there(shell, commanding: Path) -> None:
    charger = await shell.charger("LIVE-1")
    charger.answers = {
        "SetChargingProfile": {"status": "Accepted"},
        "RemoteStopTransaction": {"status": "Accepted"},
        "Reset": {"status": "Accepted"},
    }
    await charger.start(1, "A")
    second = await charger.start(2, "B")
    ran = await shell.run("replay", str(commanding), "--at", "LIVE-1", "--speed", "0")
    assert [action for action, _ in charger.asked] == ["SetChargingProfile", "RemoteStopTransaction", "Reset"]
    assert charger.asked[0][1]["csChargingProfiles"]["transactionId"] == second
    assert charger.asked[1][1] == {"transactionId": second}
    assert "← LIVE-1  RemoteStopTransaction: Accepted\n" in ran.out
    assert "✗ LIVE-1  Reset: Accepted; in the trace Rejected\n" in ran.out
    assert "3 messages sent, 3 answered, 1 otherwise than in the trace." in ran.err
    assert ran.code == 1


async def test_a_session_that_cannot_be_told_is_left_and_said(shell, commanding: Path) -> None:
    charger = await shell.charger("LIVE-1")
    charger.answers = {
        "SetChargingProfile": {"status": "Accepted"},
        "RemoteStopTransaction": {"status": "Accepted"},
        "Reset": {"status": "Rejected"},
    }
    ran = await shell.run("replay", str(commanding), "--at", "LIVE-1", "--speed", "0", "--now")
    assert charger.asked[1][1] == {"transactionId": 5}
    assert "transactionId left as in the trace: no session runs at LIVE-1" in ran.out
    assert charger.asked[0][1]["csChargingProfiles"]["validTo"] > iso(NOON)
    assert ran.code == 0
    await charger.start(7, "C")
    charger.asked.clear()
    assert (await shell.run("replay", str(commanding), "--at", "LIVE-1", "--speed", "0", "--quiet")).out == ""
    assert charger.asked[1][1] != {"transactionId": 5}  # the only one that runs


async def test_a_station_that_a_command_took_away_is_waited_for(shell, commanding: Path, until) -> None:
    first = await shell.charger("LIVE-1")
    first.answers = {"SetChargingProfile": {"status": "Accepted"}}
    running = asyncio.create_task(shell.run("replay", str(commanding), "--at", "LIVE-1", "--speed", "0"))
    await until(lambda: len(first.asked) == 2)
    await first.leave()
    again = await shell.charger("LIVE-1")
    again.answers = {"Reset": {"status": "Rejected"}}
    ran = await running
    assert [action for action, _ in again.asked] == ["Reset"]
    assert "✗ LIVE-1  RemoteStopTransaction: no answer; in the trace Accepted" in ran.out
    assert ran.code == 1


async def test_nobody_to_send_to_is_said(shell, commanding: Path, trace: Path) -> None:
    absent = await shell.run("replay", str(commanding), "--at", "NOBODY")
    assert absent.code == 7
    assert "NOBODY" in absent.err
    both = await shell.run("replay", str(commanding), "--at", "A", "--to", "ws://127.0.0.1:1")
    assert both.code == 2
    assert "one of both" in both.err
    none = await shell.run("replay", str(trace), "--at", "A")
    assert none.code == 2
    assert "holds no command to a station" in none.err
    other = await shell.run("replay", str(commanding), "--at", "A", "--station", "AC-9")
    assert "holds no command to AC-9; stations with commands: AC-04." in other.err


def test_a_process_of_its_own_says_that_no_console_can_be_asked(commanding: Path) -> None:
    done = replay(str(commanding), "--at", "AC-04", "--api", f"127.0.0.1:{free_port()}", "--token", "x")
    assert done.returncode == 3
    assert "cannot be reached" in done.stderr


def test_a_process_finds_the_console_of_this_machine(commanding: Path) -> None:
    port = free_port()
    words = [sys.executable, "-m", "ocpp_console", "replay", str(commanding), "--at", "CP1", "--speed", "0", "--quiet"]
    with headless(port, ":memory:", "--api", "0"), Charger(port, "CP1") as charger:
        charger.boot()
        with subprocess.Popen(words, text=True, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as sending:
            for action, status in (("SetChargingProfile", "Accepted"), ("RemoteStopTransaction", "Accepted")):
                _, number, asked, _ = charger.asked(40)
                assert asked == action
                charger.send(json.dumps([3, number, {"status": status}]))
            _, number, asked, payload = charger.asked(40)
            assert (asked, payload) == ("Reset", {"type": "Soft"})
            charger.send(json.dumps([4, number, "InternalError", "", {}]))
            assert sending.communicate(timeout=60)[0] == "✗ CP1  Reset: InternalError; in the trace Rejected\n"
        assert sending.returncode == 1


F5, F7, F9 = b"\x1b[15~", b"\x1b[18~", b"\x1b[20~"


def test_a_trace_is_played_in_a_terminal(commanding: Path) -> None:
    with Screen([sys.executable, "-m", "ocpp_console", "open", str(commanding)]) as screen:
        screen.sees("AC-04", "whole trace, F5 plays")
        screen.press(F7, "paused, F5 plays")
        screen.gone("AC-04")
        screen.press(F5, "playing", "AC-04")
        screen.press(F9, "whole trace", "Reset")

"""`ocpp-console replay` against a console in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest
from console_process import free_port, headless
from tape import NOON, Tape
from traffic import boot, start

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
        (("/no/such/file", "--to", "ws://a"), "cannot be read"),
        (("{trace}", "--to", "ws://a", "--station", "X"), "no frame of the station X; stations in it: AC-04."),
        (("{trace}", "--to", "ws://a", "--speed", "-1"), "take 0 or more"),
    ],
)
def test_what_cannot_be_replayed_is_said(trace: Path, words: tuple[str, ...], said: str) -> None:
    done = replay(*(word.format(trace=trace) for word in words))
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr

"""The commands as processes beside a console that is one too: what they load, and a whole turn of a test bench."""

import json
import subprocess
import sys

import pytest
from charger import Charger
from console_process import Screen, command, free_port, headless

HEAVY = {"textual", "rich", "fastapi", "pydantic", "uvicorn", "websockets", "jsonschema_rs", "sqlite3", "asyncio"}


@pytest.mark.parametrize(
    "words",
    [["stations"], ["call", "CP1", "Reset"], ["log"], ["tags", "list"], ["transactions"], ["wait", "--until", "boot"]],
    ids=lambda words: words[0],
)
def test_what_scripts_call_often_loads_nothing_heavy(words):
    code = (
        "import sys\nfrom ocpp_console.cli import main\n"
        f"code = main({[*words, '--api', str(free_port())]!r})\nassert code == 3, code\n"
        "print('\\n'.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert "cannot be reached" in done.stderr
    assert not HEAVY & set(done.stdout.split())


def begun(*words):
    """One command beside the console, which it finds by itself."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "-m", "ocpp_console", *words], text=True, **pipes)


def ended(process):
    """Its exit code, output and errors."""
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def a_turn(port):
    """What a test bench does with a charger: wait for it, reset it, wait for its boot."""
    waiting = begun("wait", "--until", "boot", "CP1", "--since", "60", "--timeout", "40")
    with Charger(port, "CP1") as charger:
        charger.boot()
        assert ended(waiting) == (0, "CP1 booted: ACME One\n", "")
        resetting = begun("call", "CP1", "Reset", '{"type": "Soft"}')
        _, number, action, payload = charger.asked(40)
        assert (action, payload) == ("Reset", {"type": "Soft"})
        charger.send(json.dumps([3, number, {"status": "Rejected"}]))
        code, out, err = ended(resetting)
        assert (code, json.loads(out)) == (5, {"status": "Rejected"})
        assert "Reset at CP1: Rejected" in err
        assert json.loads(ended(begun("stations", "--json"))[1])[0]["online"] is True
    assert ended(begun("wait", "--until", "offline", "CP1", "--timeout", "40"))[0] == 0
    code, _, err = ended(begun("call", "CP1", "Reset", '{"type": "Soft"}'))
    assert (code, "not connected" in err) == (7, True)


def test_a_turn_of_a_test_bench_against_a_console_without_a_screen():
    port = free_port()
    with headless(port, ":memory:", "--api", "0"):
        a_turn(port)


def test_the_same_against_a_console_with_its_screen():
    port = free_port()
    with Screen(command(port, "--db", ":memory:", "--api", "0")) as screen:
        screen.sees("Stations")
        a_turn(port)


def test_a_closed_output_breaks_nothing():
    command = f"exec {sys.executable} -m ocpp_console info >&-"
    done = subprocess.run(["bash", "-c", command], stderr=subprocess.PIPE, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")

"""What the terminal goes through: drawn on at any size, with or without colours, and given back as it was."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from charger import Charger
from console_process import CTRL_Q, ESCAPE, PATIENCE, TERMINAL, Screen, command, free_port

MEMORY = ("--db", ":memory:")
READY = "Waiting for a charger"


def on_screen(*flags: str, columns: int = 80, rows: int = 24, port: int = 0, **environment: str) -> Screen:
    """A console with an empty database."""
    return Screen(command(port or free_port(), *MEMORY, *flags), columns, rows, **environment)


PAGES = {b"2": "Messages", b"3": "Transactions", b"4": "idTags", b"9": "Doors", b"1": "Stations"}


def tour(screen: Screen) -> None:
    """Every page once."""
    for page, title in PAGES.items():
        screen.press(page, title)


# ending


def quit_by_key(screen: Screen) -> None:
    screen.press(b"q")


ENDINGS = {
    "q": (quit_by_key, 0),
    "SIGTERM": (lambda screen: os.kill(screen.pid, signal.SIGTERM), 143),
    "SIGHUP": (lambda screen: os.kill(screen.pid, signal.SIGHUP), 129),
    "SIGINT": (lambda screen: os.kill(screen.pid, signal.SIGINT), 130),
}


@pytest.mark.parametrize("way", ENDINGS)
def test_however_it_ends_the_terminal_is_clean(way: str) -> None:
    end, code = ENDINGS[way]
    with on_screen() as screen:
        before_drawing = screen.settings()
        screen.sees(READY)
        raw = screen.settings()
        end(screen)  # type: ignore[operator]
        screen.until(lambda: screen.terminal.modes.get("1049") is False, "the ordinary screen")
        screen.until(lambda: screen.settings() != raw or not screen.alive, "a cooked terminal")
        after = screen.settings()
        assert screen.wait() == code
    modes = screen.terminal.modes
    assert modes.pop("25"), "the cursor is shown"
    assert modes.pop("7"), "long lines wrap"
    assert not any(modes.values()), f"still on: {modes}"
    pushed, popped = screen.written.count(b"\x1b[>"), screen.written.count(b"\x1b[<u")
    assert pushed == popped, "the keyboard protocol is taken back"
    assert b"Traceback" not in screen.written
    assert after == before_drawing


def test_a_signal_while_it_starts_ends_it_cleanly_as_well() -> None:
    with on_screen() as screen:
        screen.wait_for(b"\x1b[?1049h")
        assert screen.end(signal.SIGTERM) == 143
    assert screen.terminal.modes["1049"] is False
    assert b"Traceback" not in screen.written


def test_closing_the_window_ends_it_in_order(tmp_path: Path) -> None:
    window, side = os.openpty()
    words = command(free_port(), "--db", str(tmp_path / "log.db"))
    console = subprocess.Popen(words, env={**os.environ, **TERMINAL}, preexec_fn=lambda: os.login_tty(side))
    os.close(side)
    written = b""
    while READY.encode() not in written:
        written += os.read(window, 65536)
    os.close(window)
    assert console.wait(PATIENCE) == 129
    assert json.loads((tmp_path / "log.db.lock").read_text())["ended"]


# no screen


def test_a_dumb_terminal_gets_plain_lines() -> None:
    with on_screen(TERM="dumb") as screen:
        screen.wait_for(b"listening on")
        assert screen.end() == 143
    assert b"\x1b" not in screen.written


def test_output_into_a_pipe_is_plain_lines_even_with_a_keyboard() -> None:
    words = ["sh", "-c", '"$@" | cat', "sh", *command(free_port(), *MEMORY)]
    with Screen(words) as screen:
        screen.wait_for(b"listening on")
        os.killpg(screen.pid, signal.SIGTERM)
        screen.wait()
    assert b"\x1b" not in screen.written


# size


def test_every_size_down_to_60_by_18_works_and_smaller_ones_say_so() -> None:
    port = free_port()
    with on_screen(port=port) as screen, Charger(port, "AC-01") as charger:
        charger.boot()
        charger.status(1, "Available")
        screen.sees("AC-01", "Available", "StatusNotification", "S start", "? help")
        screen.resize(60, 18)
        screen.sees("AC-01", "Available", "StatusNotif", "S start")
        tour(screen)
        screen.press(b"\r", "model", "ACME One")
        for columns, rows in ((59, 18), (60, 17)):
            screen.resize(columns, rows)
            screen.sees("too small", "and 18 lines")
        for columns, rows in ((20, 5), (1, 1)):
            screen.resize(columns, rows)
        screen.resize(120, 40)
        screen.sees("ACME One", "Available")
        screen.gone("too small")
        charger.status(1, "Preparing")
        screen.sees("Preparing")
        assert len(max(screen.terminal.lines, key=len)) == 120
        screen.press(CTRL_Q)
        assert screen.wait() == 0


# colour and letters


def test_no_color_draws_no_colours() -> None:
    port = free_port()
    with on_screen("--policy", "known", port=port, NO_COLOR="1") as screen, Charger(port, "AC-01") as charger:
        charger.boot()
        charger.status(1, "Faulted", errorCode="GroundFailure")
        charger.call("Authorize", {"idTag": "NOBODY"})
        screen.sees("AC-01", "Faulted")
        tour(screen)
        screen.press(b"?", "esc closes")
        screen.press(ESCAPE)
        screen.gone("esc closes")
        screen.press(b":", "Search for")
        screen.press(CTRL_Q)
        assert screen.wait() == 0
    assert screen.terminal.colours == set()
    assert "SGR 7" in screen.terminal.sequences, "the cursor of the palette can be seen all the same"


def test_ascii_draws_ascii_only() -> None:
    port = free_port()
    with on_screen("--ascii", columns=140, rows=40, port=port) as screen, Charger(port, "%E5%85%85-1") as charger:
        charger.boot("Zaptéc", "充电桩")
        charger.status(1, "Charging")
        charger.start(1, "ÄÖÜ")
        screen.sees("Charging", "StartTransaction")
        tour(screen)
        screen.press(b"?", "esc closes")
        screen.press(ESCAPE)
        screen.gone("esc closes")
        screen.press(b":")
        screen.sees("Search for")
        screen.press(ESCAPE)
        screen.press(CTRL_Q)
        assert screen.wait() == 0
    assert screen.terminal.beyond_ascii == set()


# a slow line


def test_over_ssh_it_draws_at_most_five_frames_a_second() -> None:
    port, started = free_port(), time.monotonic()
    with on_screen(port=port, SSH_CONNECTION="192.0.2.1 5 192.0.2.2 22") as screen, Charger(port, "AC-01") as charger:
        charger.boot()
        screen.sees("AC-01")
        before, started = screen.terminal.frames, time.monotonic()
        for _ in range(700):
            charger.call("Heartbeat", {})
        charger.status(1, "Charging")
        screen.sees("Charging")
        took, drawn = time.monotonic() - started, screen.terminal.frames - before
        screen.press(CTRL_Q)
        assert screen.wait() == 0
    assert drawn <= took * 5 + 3


# reading only


def test_read_only_hides_capital_letters_and_they_do_nothing() -> None:
    port = free_port()
    with on_screen("--read-only", columns=100, rows=30, port=port) as screen, Charger(port, "AC-01") as charger:
        charger.boot()
        text = screen.sees("AC-01", "read-only", "? help")
        for word in ("S start", "R reset", "U firmware", "N command"):
            assert word not in text
        text = screen.press(b"SXRULATCN?", "esc closes")
        assert "writes" not in text
        screen.press(ESCAPE)
        screen.gone("esc closes")
        screen.press(b":", "Search for")
        screen.press(b"firmware", "No matches")
        screen.press(CTRL_Q)
        assert screen.wait() == 0
        assert "RemoteStart" not in screen.terminal.text


def test_with_writing_allowed_the_same_letters_are_offered() -> None:
    port = free_port()
    with on_screen(columns=100, rows=30, port=port) as screen, Charger(port, "AC-01") as charger:
        charger.boot()
        screen.sees("AC-01", "S start", "R reset")
        screen.press(b"R", "Reset", "→ AC-01")
        screen.press(CTRL_Q)
        assert screen.wait() == 0

"""What keeps the console from starting: each ends with a sentence that says what to do, and with its exit code."""

import contextlib
import re
import socket
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from console_process import CTRL_Q, Screen, command, free_port, headless, run


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield int(other.getsockname()[1])


def assert_names_a_free_port(sentence: str, taken: int) -> None:
    """It says what is in use, and a flag that would work."""
    assert f"Port {taken} on 127.0.0.1 is in use" in sentence
    named = re.search(r"Port (\d+) is free: --port (\d+)", sentence)
    assert named is not None
    assert named[1] == named[2]
    assert int(named[1]) > taken
    socket.create_server(("127.0.0.1", int(named[1]))).close()


def on_screen(port: int, *flags: str) -> tuple[int, str]:
    """Start it in a terminal; the exit code, and what stands there after the console gave the terminal back."""
    with Screen(command(port, *flags), 120, 30) as screen:
        code = screen.wait()
        left = screen.written.decode().rpartition("\x1b[?1049l")[2]
        assert "Traceback" not in left
        assert screen.terminal.modes.get("1049", False) is False
    return code, re.sub(r"\x1b\[[0-?]*[ -/]*[@-~]", "", left).replace("\r\n", "")


def test_a_taken_port_without_a_screen_ends_with_3_and_names_the_next_free_one(taken: int) -> None:
    code, out, error = run(taken, "--db", ":memory:")
    assert code == 3
    assert_names_a_free_port(error, taken)
    assert "Traceback" not in out + error


def test_a_taken_port_on_a_screen_ends_with_3_and_names_the_next_free_one(taken: int) -> None:
    code, left = on_screen(taken, "--db", ":memory:")
    assert code == 3
    assert_names_a_free_port(left, taken)


CONFIGURATIONS = {
    "syntax": ('port = 9000\nhost = ["0.0.0.0"\nread_only = true\n', ("line",)),
    "type": ('host = ["127.0.0.1"]\n\nport = "many"\n', ("line 3", "port", "whole number")),
    "unknown": ("# mine\nprot = 9000\n", ("line 2", "prot", "Did you mean port?")),
    "table": ('[keys]\n"station.reset" = 5\n', ("line 1", "keys", "station.reset")),
    "not text": (b"port = 9000\n# \xff\xfe\n", ("UTF-8",)),
}


@pytest.mark.parametrize("wrong", CONFIGURATIONS)
def test_a_wrong_configuration_file_ends_with_2_and_names_line_and_key(tmp_path: Path, wrong: str) -> None:
    content, words = CONFIGURATIONS[wrong]
    file = tmp_path / "config.toml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    code, out, error = run(free_port(), "--config", str(file))
    assert (code, out) == (2, "")
    assert str(file) in error
    for word in words:
        assert word in error
    assert "Traceback" not in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("flags", "environment", "words"),
    [
        (["--colour", "red"], {}, ("there is no flag --colour",)),
        (["--port", "nine"], {}, ("--port", "whole number", "nine")),
        (["--path", "\x1b]0;evil\x07"], {"OCPP_CONSOLE_PORT": "\x1b[2J"}, ("OCPP_CONSOLE_PORT",)),
        (["--policy", "\x1b[31msome"], {}, ("--policy", "any", "known")),
        (["--config", "/nowhere/config.toml"], {}, ("/nowhere/config.toml",)),
    ],
)
def test_a_wrong_flag_or_variable_ends_with_2_and_a_harmless_sentence(
    flags: list[str], environment: dict[str, str], words: tuple[str, ...]
) -> None:
    code, out, error = run(free_port(), *flags, **environment)
    assert (code, out) == (2, "")
    for word in words:
        assert word in error
    assert not set(error) & {"\x1b", "\x07"}
    assert "Traceback" not in error


# the database


def test_a_database_in_use_by_another_console_is_refused_and_says_who_has_it(tmp_path: Path) -> None:
    database, first = tmp_path / "log.db", free_port()
    with headless(first, database) as other:
        sentence = f"in use by another ocpp-console (process {other.pid}, port {first})"
        code, out, error = run(free_port(), "--db", str(database))
        assert (code, out) == (1, "")
        assert sentence in error
        assert "--db PATH" in error
        code, left = on_screen(free_port(), "--db", str(database))
        assert code == 1
        assert sentence in left


def test_a_database_locked_by_another_program_is_refused(tmp_path: Path) -> None:
    database = tmp_path / "log.db"
    with contextlib.closing(sqlite3.connect(database)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        code, _, error = run(free_port(), "--db", str(database))
    assert code == 1
    assert "is locked by another program" in error
    assert "Traceback" not in error


def test_a_newer_database_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    database = tmp_path / "log.db"
    with headless(free_port(), database) as console:
        console.terminate()
        console.wait()
    with contextlib.closing(sqlite3.connect(database)) as future:
        future.execute("PRAGMA user_version = 999")
    before = database.read_bytes()
    code, _, error = run(free_port(), "--db", str(database))
    assert code == 1
    assert "written by a newer ocpp-console" in error
    assert "999" in error
    code, left = on_screen(free_port(), "--db", str(database))
    assert code == 1
    assert "written by a newer ocpp-console" in left
    assert database.read_bytes() == before


@pytest.fixture
def near() -> Iterator[Path]:
    """A folder with a short path: a long one breaks the words of a notice elsewhere."""
    with tempfile.TemporaryDirectory(prefix="db") as folder:
        yield Path(folder)


def test_a_damaged_database_is_kept_aside_and_the_screen_says_so(near: Path) -> None:
    database = near / "log.db"
    damage = b"SQLite format 3\x00" + bytes(range(256)) * 64
    database.write_bytes(damage)
    with Screen(command(free_port(), "--db", str(database))) as screen:
        # single words: where the lines of the sentence break depends on the path
        screen.sees("▲ The database", "damaged.", "kept", "corrupt-", "begun.")
        kept = next(near.glob("log.db.corrupt-*"))
        assert kept.read_bytes() == damage
        screen.press(b"!")
        screen.gone("▲ The database")
        screen.gone("begun.")
        screen.press(CTRL_Q)
        assert screen.wait() == 0


def test_a_damaged_database_is_kept_aside_and_a_plain_line_says_so(tmp_path: Path) -> None:
    database = tmp_path / "log.db"
    database.write_bytes(b"SQLite format 3\x00" + b"\xff" * 8192)
    with headless(free_port(), database) as console:
        console.terminate()
        out, _ = console.communicate()
    kept = next(tmp_path.glob("log.db.corrupt-*"))
    assert kept.name in out.decode()
    assert console.returncode == 143

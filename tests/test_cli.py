"""The command line: help, wrong flags, exit codes, and what runs when there is no terminal, or one."""

import contextlib
import fcntl
import json
import os
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from ocpp_console import __version__, cli
from ocpp_console.settings import SETTINGS, load
from ocpp_console.shell.on_screen import prepare_terminal

COMMAND = [sys.executable, "-m", "ocpp_console"]


def run(*arguments, environ=None, timeout=60, **more):
    """Run the command with a pipe for a terminal; its exit code, output and errors."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        env=surroundings(**(environ or {})),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
        **more,
    )
    return done.returncode, done.stdout, done.stderr


def surroundings(**more):
    """The environment of the tests without settings of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OCPP_CONSOLE_")} | more


@pytest.fixture
def taken_port():
    """A port that somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def free_port():
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


# ---------------------------------------------------------------- help and usage


def test_help_names_every_flag_the_exit_codes_and_the_environment(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    for setting in SETTINGS.values():
        assert setting.flag in text
    for word in ("examples:", "exit codes:", "environment:", "NO_COLOR", "OCPP_CONSOLE_CONFIG", "info"):
        assert word in text
    assert max(map(len, text.splitlines())) <= 120


def test_version(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.strip() == f"ocpp-console {__version__}"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--prot", "9001"], "there is no flag --prot. Did you mean --port?"),
        (["--readonly"], "there is no flag --readonly. Did you mean --read-only?"),
        (["inof"], "there is no command inof. Did you mean info?"),
        (["cal", "FW-1"], "there is no command cal. Did you mean call?"),
        (["--port"], "--port: expected one argument."),
        (["--bogus"], "there is no flag --bogus. `ocpp-console --help`"),
        (["--por", "1"], "there is no flag --por. Did you mean --port?"),
    ],
)
def test_a_wrong_flag_ends_with_2_and_a_hint(arguments, sentence, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err


def test_a_wrong_value_ends_with_2_and_a_sentence(capsys):
    assert cli.main(["--port", "99999"]) == 2
    assert capsys.readouterr().err == "ocpp-console: --port must be a whole number between 0 and 65535, not 99999.\n"


def test_a_wrong_configuration_file_ends_with_2_file_line_and_key(tmp_path, capsys):
    file = tmp_path / "config.toml"
    file.write_text("port = 9000\nstric = true\n")
    assert cli.main(["info", "--config", str(file)]) == 2
    assert f"{file}, line 2, stric: there is no such setting. Did you mean strict?" in capsys.readouterr().err


def test_info_prints_settings_as_text_and_as_json(capsys):
    assert cli.main(["info", "--port", "9001"]) == 0
    assert re.search(r"port +flag +9001", capsys.readouterr().out)
    assert cli.main(["info", "--port", "9001", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["settings"]["port"] == {"value": 9001, "origin": "flag"}


# ---------------------------------------------------------------- terminal or not


def test_over_ssh_it_draws_less_often_and_without_animation():
    settings = load({}, {}, Path("/nonexistent"))[0]
    environ = {"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}
    prepare_terminal(settings, environ)
    assert environ["TEXTUAL_FPS"] == "5"
    assert environ["TEXTUAL_ANIMATIONS"] == "none"
    local = {}
    prepare_terminal(settings, local)
    assert local == {}
    chosen = {"SSH_CONNECTION": "x", "TEXTUAL_FPS": "30"}
    prepare_terminal(load({"fps": "9"}, {}, Path("/nonexistent"))[0], chosen)
    assert chosen["TEXTUAL_FPS"] == "30"


def test_the_demo_without_terminal_prints_lines_and_ends_with_0():
    code, out, err = run("--demo", "--port", str(free_port()))
    assert code == 0, err
    assert "\x1b" not in out
    assert "BootNotification" in out
    stations = {line.split()[1] for line in out.splitlines() if "connected from" in line}
    assert len(stations) == 3
    assert "Traceback" not in err


def test_the_demo_as_json_is_one_object_per_line():
    code, out, err = run("--demo", "--json", "--port", str(free_port()))
    assert code == 0, err
    facts = [json.loads(line) for line in out.splitlines()]
    assert {"ListenerStarted", "StationConnected", "FrameReceived", "FrameSent"} <= {fact["kind"] for fact in facts}
    numbers = [fact["seq"] for fact in facts]
    assert numbers == sorted(numbers)


def test_a_taken_port_ends_with_3_and_names_a_free_one(taken_port):
    code, out, err = run("--host", "127.0.0.1", "--port", str(taken_port), "--db", ":memory:")
    assert code == 3
    assert str(taken_port) in err
    assert re.search(r"\d{2,5}", err.replace(str(taken_port), ""))
    assert "Traceback" not in out + err


def test_a_taken_port_is_told_once_when_only_notices_are_wanted(taken_port):
    arguments = ("--headless", "--quiet", "--host", "127.0.0.1", "--port", str(taken_port), "--db", ":memory:")
    code, out, err = run(*arguments)
    assert (code, out, err.count(f"Port {taken_port}")) == (3, "", 1)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize(
    "words",
    [
        ("info",),
        ("--headless", "--demo", "--port", "0"),
        ("completions", "bash"),
        ("--help",),
        ("--version",),
        ("log", "--help"),
    ],
)
def test_an_output_that_takes_no_more_is_told_in_one_sentence(words):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*COMMAND, *words], env=surroundings(), stdout=full, stderr=subprocess.PIPE, text=True, timeout=60
        )
    assert done.returncode == 1
    [sentence] = done.stderr.splitlines()
    assert "cannot be written: No space left on device" in sentence


def test_a_database_that_is_none_ends_with_a_sentence(tmp_path):
    code, out, err = run("--db", str(tmp_path), "--port", str(free_port()))
    assert code == 1
    assert str(tmp_path) in err
    assert "Traceback" not in out + err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_without_terminal_a_signal_ends_it_in_order(number):
    command = [*COMMAND, "--port", str(free_port()), "--db", ":memory:"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=surroundings()) as process:
        assert b"listening" in process.stdout.readline()
        process.send_signal(number)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 128 + number
    assert b"Traceback" not in err


def test_without_terminal_sighup_reads_the_files_again_and_a_lost_terminal_ends_it(tmp_path, terminal):
    config = tmp_path / "config.toml"
    config.write_text("interval = 60")
    flags = ("--headless", "--port", str(free_port()), "--db", ":memory:", "--config", str(config))
    with subprocess.Popen(
        [*COMMAND, *flags], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=surroundings(), start_new_session=True
    ) as process:
        assert b"listening" in process.stdout.readline()
        config.write_text("interval = 90")
        process.send_signal(signal.SIGHUP)
        assert process.stderr.readline() == b"ocpp-console: interval is now 90, from the next boot on.\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 143
    started = terminal("--headless", "--port", str(free_port()), "--db", ":memory:", session=True)
    started.read_until(b"listening")
    started.hang_up()
    assert started.process.wait(timeout=20) == 129


def test_without_terminal_quiet_says_only_where_it_listens():
    port = free_port()
    flags = (
        "--headless",
        "--quiet",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--db",
        ":memory:",
        "--give-up",
        "0.2",
    )
    code, out, err = run(*flags)
    assert (code, out) == (4, "")
    assert err.splitlines() == [
        f"ocpp-console: listening on 127.0.0.1 port {port}",
        "ocpp-console: No station was heard in 0.2 seconds.",
    ]


def test_when_the_reader_of_the_lines_goes_away_it_ends_quietly():
    command = [*COMMAND, "--demo", "--port", str(free_port())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=surroundings()) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(timeout=30) == 141
        assert process.stderr.read() == b""


def test_a_variable_that_sets_nothing_is_mentioned(taken_port):
    arguments = ("--host", "127.0.0.1", "--port", str(taken_port), "--db", ":memory:")
    _, _, err = run(*arguments, environ={"OCPP_CONSOLE_PROT": "1"})
    assert "OCPP_CONSOLE_PROT sets nothing. Did you mean OCPP_CONSOLE_PORT?" in err


def test_keys_that_do_nothing_are_mentioned_without_a_screen_too(taken_port, tmp_path):
    file = tmp_path / "config.toml"
    file.write_text('[keys]\nno.such = "x"\n')
    arguments = ("--host", "127.0.0.1", "--port", str(taken_port), "--db", ":memory:", "--config", str(file))
    assert "[keys]: nothing is called no.such" in run(*arguments)[2]


class Terminal:
    """The command on a terminal of 24 by 80 cells."""

    def __init__(self, *arguments, session=False, **environ):
        """Start it; with `session` the terminal is the one that controls it, as in a login."""
        self.main, side = os.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.before = termios.tcgetattr(side)
        self.process = subprocess.Popen(
            [*COMMAND, *arguments],
            stdin=side,
            stdout=side,
            stderr=side,
            env=surroundings(**{"TERM": "xterm-256color"} | environ),
            start_new_session=True,
            preexec_fn=(lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)) if session else None,
        )
        self.side = side
        self.out = b""

    def read_until(self, wanted, seconds=20.0):
        """Read until `wanted` was drawn."""
        deadline = time.monotonic() + seconds
        while wanted not in self.out:
            assert time.monotonic() < deadline, self.out[-2000:]
            if select.select([self.main], [], [], 0.1)[0]:
                self.out += os.read(self.main, 65536)

    def end(self, seconds=20.0):
        """Wait for the end, reading what is drawn; the exit code."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < deadline, "it does not end"
            if select.select([self.main], [], [], 0.05)[0]:
                self.out += os.read(self.main, 65536)
        while select.select([self.main], [], [], 0.1)[0]:
            self.out += os.read(self.main, 65536)
        return self.process.returncode

    def hang_up(self):
        """The line is lost."""
        os.close(self.side)
        os.close(self.main)

    def close(self):
        """End it for certain."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for handle in (self.main, self.side):
            with contextlib.suppress(OSError):
                os.close(handle)


@pytest.fixture
def terminal():
    """Start the command on a terminal; closed at the end."""
    opened = []

    def start(*arguments, **environ):
        opened.append(Terminal(*arguments, **environ))
        return opened[-1]

    yield start
    for each in opened:
        each.close()


ALTERNATE_SCREEN, ORDINARY_SCREEN = b"\x1b[?1049h", b"\x1b[?1049l"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_on_a_terminal_a_signal_leaves_it_as_it_was(terminal, number):
    started = terminal("--demo", "--port", str(free_port()))
    started.read_until(ALTERNATE_SCREEN)
    started.read_until(b"AC-0")
    started.process.send_signal(number)
    assert started.end() == 128 + number
    assert started.out.rindex(ORDINARY_SCREEN) > started.out.rindex(ALTERNATE_SCREEN)
    assert termios.tcgetattr(started.side) == started.before
    assert b"Traceback" not in started.out


def test_on_a_terminal_a_taken_port_ends_with_3_and_the_sentence_stays(terminal, taken_port):
    started = terminal("--host", "127.0.0.1", "--port", str(taken_port), "--db", ":memory:")
    assert started.end() == 3
    assert str(taken_port).encode() in started.out.rpartition(ORDINARY_SCREEN)[2]


def test_a_dumb_terminal_gets_plain_lines(terminal):
    started = terminal("--demo", "--port", str(free_port()), TERM="dumb")
    assert started.end() == 0
    assert b"\x1b" not in started.out
    assert b"BootNotification" in started.out

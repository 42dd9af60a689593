"""Traces through pipes, and files that are none: read, or refused with what to do."""

import bz2
import contextlib
import lzma
import os
import signal
import subprocess
import sys
import tarfile
import threading
import zipfile
from pathlib import Path

import pytest

from ocpp_console import cli
from ocpp_console.shell.trace_streams import kept

LINES = '{"message":[2,"1","Heartbeat",{}]}\n{"message":[3,"1",{"currentTime":"2026-11-20T12:00:01Z"}]}\n'


@pytest.fixture
def here(tmp_path, monkeypatch, own_home):
    """A folder with a trace."""
    monkeypatch.chdir(tmp_path)
    Path("t.jsonl").write_text(LINES)
    return tmp_path


def test_stdin_is_a_trace_and_nothing_stays_of_it(here):
    spool = here / "spool"
    spool.mkdir()
    program = [sys.executable, "-m", "ocpp_console", "convert", "-", "-", "-f", "text", "--anonymise"]
    environ = os.environ | {"TMPDIR": str(spool)}
    done = subprocess.run(program, input=LINES, capture_output=True, text=True, timeout=60, env=environ)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Heartbeat") == 1
    assert "CP-0001" in done.stdout
    assert list(spool.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
async def test_nothing_stays_of_a_command_that_a_signal_ends(here, until, number):
    if signal.getsignal(number) == signal.SIG_IGN:
        pytest.skip("whoever started the tests has it ignored, which is inherited")
    spool = here / "spool"
    spool.mkdir()
    program = [sys.executable, "-m", "ocpp_console", "convert", "-", "x.csv"]
    environ = os.environ | {"TMPDIR": str(spool)}
    with subprocess.Popen(program, stdin=subprocess.PIPE, env=environ) as running:  # noqa: ASYNC220 - returns at once
        await until(lambda: list(spool.iterdir()), 60)
        for _ in range(30):  # Python sees a signal that comes just before a read begins only after that read
            running.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(1)
                break
        assert running.returncode == 128 + number
    assert list(spool.iterdir()) == []
    assert not list(here.glob("x.csv*"))


def test_a_named_pipe_is_a_trace(here, capfd):
    os.mkfifo("pipe")
    writer = threading.Thread(target=lambda: Path("pipe").write_text(LINES))
    writer.start()
    assert cli.main(["inspect", "pipe", "--fail-on", "never"]) == 0
    writer.join()
    assert "1 calls" in capfd.readouterr().out


def test_what_is_kept_of_a_pipe_is_for_its_owner_alone(here, monkeypatch):
    os.mkfifo("pipe")
    writer = threading.Thread(target=lambda: Path("pipe").write_text(LINES))
    writer.start()
    assert kept("pipe").stat().st_mode & 0o077 == 0
    writer.join()


def _packed(name):
    if name == "t.zip":
        with zipfile.ZipFile(name, "w") as archive:
            archive.write("t.jsonl")
    elif name == "t.tar":
        with tarfile.open(name, "w") as archive:
            archive.add("t.jsonl")
    else:
        Path(name).write_bytes({"t.bz2": bz2.compress, "t.xz": lzma.compress}[name](LINES.encode()))


@pytest.mark.parametrize(
    ("name", "said"), [("t.zip", "zip archive"), ("t.tar", "tar archive"), ("t.bz2", "bzip2 -dc"), ("t.xz", "xz -dc")]
)
def test_an_archive_is_refused_with_what_to_do(here, name, said, capfd):
    _packed(name)
    assert cli.main(["inspect", name]) == 2
    told = capfd.readouterr().err
    assert said in told
    assert len(told.splitlines()) == 1


@pytest.mark.parametrize("coding", ["utf-32", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_every_coding_is_read(here, coding, capfd):
    Path("u.jsonl").write_bytes(LINES.encode(coding))
    assert cli.main(["inspect", "u.jsonl", "--fail-on", "never"]) == 0
    assert "1 calls" in capfd.readouterr().out


@pytest.mark.parametrize("name", ["folder", "nowhere"])
@pytest.mark.parametrize("command", ["inspect", "report", "convert"])
def test_what_cannot_be_opened_is_said(here, command, name, capfd):
    Path("folder").mkdir()
    assert cli.main([command, name, *(["x.csv"] if command == "convert" else [])]) == 2
    assert "cannot be opened" in capfd.readouterr().err

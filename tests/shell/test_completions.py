"""What shells offer: from the declared data, tried in the shells themselves where they are installed."""

import os
import shutil
import subprocess
import sys

import pytest

from ocpp_console import cli
from ocpp_console.settings import SETTINGS
from ocpp_console.shell.completing import candidates
from ocpp_console.shell.completions import SCRIPTS
from ocpp_console.shell.subcommands import SUBCOMMANDS


def offered(*words):
    """The words that may stand in the place of the last one."""
    return [word for word, _ in candidates(words)]


def test_first_come_the_subcommands_and_flags():
    assert offered("") == list(SUBCOMMANDS)
    assert {setting.flag for setting in SETTINGS.values()} <= set(offered("-"))
    assert "--no-mouse" in offered("--n")


def test_the_value_of_a_setting():
    assert offered("--policy", "") == ["any", "known", "last"]
    assert offered("--tags", "") == [":files"]
    assert offered("--config", "") == [":files"]
    assert offered("--port", "") == []
    assert offered("info", "--registration", "") == ["Accepted", "Pending", "Rejected"]


def test_flags_of_a_subcommand_once_each():
    assert "--timeout" in offered("call", "CP1", "Reset", "-")
    assert "--timeout" not in offered("call", "--timeout", "3", "-")
    assert "--port" not in offered("call", "-")
    assert "--port" in offered("info", "-")


def test_places_are_counted_without_flags_and_their_values():
    assert "Reset" in offered("call", "--timeout", "3", "CP1", "")
    assert "BootNotification" not in offered("call", "CP1", "")
    assert offered("call", "CP1", "Reset", "") == [":files"]
    assert offered("completions", "") == ["bash", "zsh", "fish", "powershell"]
    assert offered("completions", "bash", "") == []
    assert offered("tags", "") == ["list", "add", "remove", "import", "export"]
    assert "Blocked" in offered("tags", "add", "AA", "--status", "")


def test_conditions_of_wait():
    assert "boot" in offered("wait", "--until", "")
    assert "status=" in offered("wait", "--until", "st")
    assert "--until=boot" in offered("wait", "--until=")


async def test_stations_come_from_the_running_console_but_none_that_a_shell_would_obey(shell):
    await shell.charger("AC-07")
    await shell.charger("AC$(reboot)")
    ran = await shell.run("__complete", "fish", "call", "A")
    assert ran.out == "AC-07\tonline 1.6\n"
    assert (await shell.run("__complete", "bash", "ocpp-console stations AC", "AC")).out == "AC-07\n"


async def test_without_a_console_a_tab_offers_nothing_and_says_nothing(shell):
    await shell.engine.stop()
    ran = await shell.run("__complete", "zsh", "call", "")
    assert (ran.code, ran.out) == (0, "")


@pytest.mark.parametrize(
    ("line", "current", "wanted"),
    [
        ("ocpp-console wait --until=bo", "bo", "boot"),
        ("ocpp-console wait --until=", "=", "boot"),
        ("ocpp-console wait --until bo", "bo", "boot"),
        ("ocpp-console comp", "comp", "completions"),
    ],
)
def test_bash_begins_a_word_anew_behind_an_equals_sign(line, current, wanted, capsys):
    assert cli.main(["__complete", "bash", line, current]) == 0
    assert wanted in capsys.readouterr().out.splitlines()


def test_nonsense_offers_nothing(capsys):
    for words in ([], ["bash"], ["zsh"], ["fish", "nosuch", ""], ["bash", "\0", "\0"]):
        assert cli.main(["__complete", *words]) == 0
    assert "Traceback" not in capsys.readouterr().err


@pytest.fixture
def program(tmp_path):
    """A folder in which the program has its own name."""
    script = tmp_path / "ocpp-console"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ocpp_console "$@"\n')
    script.chmod(0o755)
    return {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}


def tried(shell, script, environ):
    """What a shell says to a script."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    done = subprocess.run([shell, "-c", script], env=environ, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    return done.stdout.split()


def test_bash_completes(program):
    script = """
        eval "$(ocpp-console completions bash)"
        compopt() { :; }
        COMP_WORDS=(ocpp-console --policy k); COMP_CWORD=2; COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}
        _ocpp_console; echo "${COMPREPLY[@]}"
        COMP_WORDS=(ocpp-console call CP1 GetLoc); COMP_CWORD=3; COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}
        _ocpp_console; echo "${COMPREPLY[@]}"
    """
    assert tried("bash", script, program) == ["known", "GetLocalListVersion"]


def test_zsh_completes(program):
    script = """
        compdef() { :; }
        _describe() { print -l -- "${(@P)2%%:*}"; }
        eval "$(ocpp-console completions zsh)"
        words=(ocpp-console --policy k); CURRENT=3
        _ocpp_console
    """
    assert tried("zsh", script, program) == ["known"]


def test_fish_completes(program):
    script = "ocpp-console completions fish | source; complete -C 'ocpp-console --policy k'"
    assert tried("fish", script, program) == ["known"]


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_asks_the_program(name, capsys):
    assert cli.main(["completions", name]) == 0
    script = capsys.readouterr().out
    assert f"__complete {name}" in script
    assert "@" + "ASKED" not in script
    assert "completions " + name in script

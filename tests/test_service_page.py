"""The page about running as a service: its unit can be read by systemd, and says what the program understands."""

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from ocpp_console.reloading import CHANGEABLE
from ocpp_console.settings import SETTINGS
from ocpp_console.shell.declaring import EXIT_WORDS
from ocpp_console.shell.parsing import parse

PAGE = (Path(__file__).parent.parent / "docs" / "service.md").read_text("utf-8")
[UNIT] = re.findall(r"```ini\n(.*?)```", PAGE, re.S)


def unit():
    """The unit's sections."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str
    parser.read_string(UNIT)
    return parser


def test_the_unit_starts_what_the_program_understands():
    service = unit()["Service"]
    _, *words = shlex.split(service["ExecStart"])
    subcommand, given = parse(words)
    assert subcommand is None
    assert given["headless"] is True
    assert service["Type"] == "notify"
    assert "HUP" in service["ExecReload"]


def test_the_environment_of_the_unit_is_known():
    names = re.findall(r"(OCPP_CONSOLE_\w+)", PAGE)
    assert set(names) <= {setting.environment for setting in SETTINGS.values()} | {"OCPP_CONSOLE_CONFIG"}


def complaints(folder, text):
    """What systemd says of a unit; of other units of this machine nothing."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    file = folder / "ocpp-console.service"
    file.write_text(text.replace("/usr/local/bin/ocpp-console", "/bin/true"))
    done = subprocess.run([analyze, "verify", "--man=no", str(file)], capture_output=True, text=True, timeout=60)
    return [line for line in done.stderr.splitlines() if "ocpp-console" in line]


def test_systemd_finds_nothing_wrong(tmp_path):
    assert complaints(tmp_path, UNIT) == []
    assert complaints(tmp_path, UNIT.replace("WatchdogSec", "WatchdogSecs"))


def test_the_page_names_every_setting_that_may_change_and_every_exit_code():
    paragraph = PAGE.partition("SIGHUP\n")[2].partition("`tags = ")[0]
    assert set(re.findall(r"`(\w+)`", paragraph)) == set(CHANGEABLE)
    cells = re.findall(r"^\| ([\d, ]+) \|", PAGE, re.M)
    told = {int(number) for cell in cells for number in cell.split(",")}
    assert told <= set(EXIT_WORDS)
    assert {0, 1, 2, 3, 4} <= told

"""`info` tells every setting and its source, the files, the versions and the addresses."""

import json
import platform
import re

from ocpp_console.info import PACKAGES, as_json, as_text, collect
from ocpp_console.settings import SETTINGS, load


def told(tmp_path, flags=None, environ=None, text=""):
    """What is collected with this configuration."""
    file = tmp_path / "config.toml"
    file.write_text(text)
    environ = environ or {}
    settings, origins = load(flags or {}, environ, file)
    return collect(settings, origins, file, environ)


def line_of(text, name):
    """The words of the line that begins with `name`."""
    return next(line.split() for line in text.splitlines() if line.split()[:1] == [name])


def test_every_setting_stands_there_with_value_and_source(tmp_path):
    environ = {"OCPP_CONSOLE_GRACE": "7", "OCPP_CONSOLE_GRACES": "7"}
    text = as_text(told(tmp_path, {"port": "9001"}, environ, "strict = true\n[keys]\nquit = 'x'\n"))
    for name in SETTINGS:
        assert line_of(text, name)[1] in {"flag", "env", "file", "default"}
    assert line_of(text, "port") == ["port", "flag", "9001"]
    assert line_of(text, "grace") == ["grace", "env", "7.0"]
    assert line_of(text, "strict") == ["strict", "file", "true"]
    assert line_of(text, "keys") == ["keys", "file", "quit", "=", "x"]
    assert line_of(text, "path") == ["path", "default", "(none)"]
    assert line_of(text, "OCPP_CONSOLE_GRACES")


def test_a_long_value_moves_no_column(tmp_path):
    text = as_text(told(tmp_path, {"db": "/" + "long/" * 40, "theme": "nord"}))
    settings = text.partition("\n\n")[0].splitlines()[1:]
    assert len(settings) == len(SETTINGS)
    assert {len(re.match(r"  \w+ +\w+ +", line)[0]) for line in settings} == {len("  max_connections  default  ")}


def test_files_versions_and_addresses_stand_there(tmp_path):
    info = told(tmp_path, {"port": "9001", "host": ["127.0.0.1"], "path": "/x"})
    assert info.files["config"] == str(tmp_path / "config.toml")
    assert info.files["database"].endswith("(not there yet)")
    assert info.versions["python"].startswith(platform.python_version())
    assert not [name for name in PACKAGES if info.versions[name] == "missing"]
    assert info.addresses == {"ws://127.0.0.1:9001/x/": ""}


def test_what_a_setting_holds_cannot_reach_the_terminal(tmp_path):
    assert "\x1b" not in as_text(told(tmp_path, {"theme": "\x1b[2J"}))


def test_it_can_be_read_by_programs(tmp_path):
    read = json.loads(as_json(told(tmp_path, {"demo": True})))
    assert read["settings"]["db"] == {"value": ":memory:", "origin": "demo"}
    assert list(read["settings"]) == list(SETTINGS)

"""Reports as people and CI servers take them: they agree, they say what they leave out, nothing in them is obeyed."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocpp_console import cli
from ocpp_console.outputs.traces.inspection import Inspection
from ocpp_console.outputs.traces.report_parts import Manner
from ocpp_console.outputs.traces.reports import REPORTS
from ocpp_console.outputs.traces.source import Trace
from ocpp_console.shell.trace_words import SEVERITIES, severity_of

HOSTILE = "</script><img src=x onerror=alert(1)>\x1b]0;x\x07\x9b2J\u202e]]>&\"'`|[a](javascript:b)\ufffe"


def frame(message, station="CP1", side="CS_TO_CSMS", second=0):
    """A line of a trace."""
    told = {"timestamp": f"2026-11-20T12:00:{second:02}Z", "direction": side, "stationId": station, "message": message}
    return json.dumps(told)


@pytest.fixture
def here(tmp_path, monkeypatch, own_home):
    """A folder with a clean trace and one of many stations, findings of several severities and unreadable lines."""
    monkeypatch.chdir(tmp_path)
    boot = {"chargePointVendor": "Acme", "chargePointModel": "X"}
    answer = {"status": "Accepted", "currentTime": "2026-11-20T12:00:01Z", "interval": 300}
    clean = [frame([2, "1", "BootNotification", boot]), frame([3, "1", answer], side="CSMS_TO_CS", second=1)]
    Path("clean.jsonl").write_text("\n".join(clean))
    many = [frame([2, "1", "Heartbeat", {"odd": HOSTILE}], f"CP{at:03}{HOSTILE}") for at in range(30)]
    Path("many.jsonl").write_text("\n".join([*many, *("no line" for _ in range(30))]))
    return tmp_path


def run(*words):
    """The exit code of a command in this process."""
    try:
        return cli.main(words)
    except SystemExit as end:
        return end.code


@pytest.mark.parametrize("level", SEVERITIES)
@pytest.mark.parametrize("name", ["clean.jsonl", "many.jsonl"])
def test_every_form_and_the_exit_code_agree_on_what_fails(here, name, level, capfd):
    codes = {form: run("report", name, "-f", form, "-o", f"r.{form}", "--fail-on", level) for form in REPORTS}
    [code] = set(codes.values())
    assert code == (1 if name == "many.jsonl" and level in ("info", "warning") else 0) or level == "critical"
    root = ElementTree.parse("r.junit").getroot()
    assert (int(root.get("failures")) > 0) is bool(code)
    assert bool(json.loads(Path("r.json").read_text())["failed"]) is bool(code)
    for form in ("text", "md", "html"):
        assert ("failed:" in Path(f"r.{form}").read_text("utf-8")) is bool(code)


@pytest.mark.parametrize("name", ["clean.jsonl", "many.jsonl"])
def test_junit_has_the_usual_shape(here, name, capfd):
    run("report", name, "-f", "junit", "-o", "r.xml")
    root = ElementTree.parse("r.xml").getroot()
    (suite,) = root
    cases = list(suite)
    assert [root.tag, suite.tag, {case.tag for case in cases}] == ["testsuites", "testsuite", {"testcase"}]
    assert set(root.keys()) <= {"name", "time", "tests", "failures", "disabled", "errors"}
    assert {"name", "tests", "failures", "errors", "skipped", "time"} <= set(suite.keys())
    assert all({"name", "classname", "time"} == set(case.keys()) for case in cases)
    assert {part.tag for case in cases for part in case} <= {"failure", "skipped", "system-out"}
    assert int(suite.get("tests")) == len(cases)
    assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
    assert int(suite.get("skipped")) == len(suite.findall("testcase/skipped"))


@pytest.mark.parametrize("form", ["text", "md", "html"])
def test_what_is_not_listed_is_counted_and_can_be_had(here, form, capfd):
    run("report", "many.jsonl", "-f", form, "-o", "some")
    some = Path("some").read_text("utf-8")
    assert "10 more stations; --all" in some.replace("\\", "")
    assert "10 more lines; --all" in some.replace("\\", "")
    assert "and 25 more" in some
    assert "CP029" not in some
    run("report", "many.jsonl", "-f", form, "--all", "-o", "all")
    assert "CP029" in Path("all").read_text("utf-8")
    assert "--all" not in Path("all").read_text("utf-8")


def test_no_report_holds_anything_that_is_obeyed(here, capfd):
    for form in REPORTS:
        run("report", "many.jsonl", "-f", form, "--all", "-o", f"r.{form}")
        text = Path(f"r.{form}").read_text("utf-8")
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ufffe]", text), form
    page = Path("r.html").read_text("utf-8")
    assert not re.search("<(img|script|a |link|iframe)", page)
    assert "<img" not in Path("r.md").read_text("utf-8").replace("\\<", "")
    ElementTree.parse("r.junit")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60), columns=st.integers(40, 120))
def test_lines_fit_the_terminal_whatever_a_station_says(tmp_path_factory, text, columns):
    path = tmp_path_factory.mktemp("t") / "t.jsonl"
    path.write_text(frame([2, "1", text, {text: text}], text) + "\n", "utf-8", errors="backslashreplace")
    inspection = Inspection(Trace(path))
    list(inspection.run())
    painted = REPORTS["text"](inspection, Manner(columns=columns, paint=lambda said, tone: said))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", painted)
    tables = painted.partition("Findings")[0]
    assert all(len(line) <= columns for line in tables.splitlines())


def test_colour_is_for_those_who_want_it(here, capfd):
    for command in (("inspect", "many.jsonl"), ("diff", "clean.jsonl", "many.jsonl")):
        run(*command)
        assert "\x1b" not in capfd.readouterr().out
        run(*command, "--color", "always")
        assert "\x1b[31m" in capfd.readouterr().out


def test_a_report_never_replaces_its_trace_and_a_trace_no_file_unasked(here, capfd):
    before = Path("clean.jsonl").read_bytes()
    os.link("clean.jsonl", "same.jsonl")
    assert run("report", "clean.jsonl", "-o", "same.jsonl") == 2
    assert run("convert", "many.jsonl", "clean.jsonl") == 2
    assert "--force" in capfd.readouterr().err
    assert Path("clean.jsonl").read_bytes() == before
    assert run("convert", "many.jsonl", "clean.jsonl", "--force") == 0
    assert Path("clean.jsonl").read_bytes() != before


@pytest.mark.parametrize(
    "words",
    [
        "inspect many.jsonl",
        "report many.jsonl -o /dev/full",
        "convert many.jsonl - -f text",
        "diff clean.jsonl many.jsonl",
        "convert many.jsonl /dev/full -f text",
    ],
)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_a_full_disk_is_one_sentence(here, words):
    with open("/dev/full", "w") as full:
        program = [sys.executable, "-m", "ocpp_console", *words.split()]
        done = subprocess.run(program, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode in (1, 2)
    said = [line for line in done.stderr.splitlines() if "written" in line]
    assert "No space left" in "".join(said)
    assert len(said) == 1
    assert not re.search("details|Traceback", done.stderr)
    assert Path("/dev/full").exists()


def test_severities_are_known():
    assert [severity_of(word) for word in SEVERITIES] == [1, 2, 3, 4]


def test_a_report_that_went_to_a_file_says_so_and_whether_the_check_failed(here, capfd):
    assert run("report", "many.jsonl", "-f", "md", "-o", "r.md") == 1
    told = capfd.readouterr()
    assert told.out == ""
    assert re.search(r"^r\.md written; failed: \d+ findings", told.err, re.M)

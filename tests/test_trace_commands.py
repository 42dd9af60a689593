"""The subcommands for traces: what they print, what they write, how they end. The examples of the documentation run."""

import asyncio
import csv
import json
import os
import re
import shlex
import sqlite3
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from outputs.facts import day
from outputs.test_traces_round_trip import export, read

from ocpp_console import cli
from ocpp_console.engine import Engine
from ocpp_console.model.message_differences import Difference
from ocpp_console.outputs.traces import differences
from ocpp_console.settings import Settings
from ocpp_console.shell.trace_diff import change_lines

ROOT = Path(__file__).parent.parent
DOCUMENTATION = (ROOT / "docs" / "traces.md").read_text("utf-8")


@pytest.fixture
def here(tmp_path, monkeypatch, own_home):
    """A folder with two traces and a database, which is where the commands run."""
    monkeypatch.chdir(tmp_path)
    export(day().facts, Path("today.jsonl"))
    export(day().facts[:-4], Path("yesterday.jsonl"))
    monkeypatch.setenv("OCPP_CONSOLE_DB", str(tmp_path / "console.db"))
    return tmp_path


@pytest.fixture
async def database(here):
    """A database that a console has written."""
    engine = Engine(Settings(db=str(here / "console.db"), port=0, host=("127.0.0.1",)))
    await engine.start()
    facts = day().facts
    for fact in facts:
        engine.bus.publish(fact._replace(seq=engine.bus.number()))
    await engine.stop()
    return here / "console.db"


def run(*words):
    """The exit code of a command in this process."""
    try:
        return cli.main(words)
    except SystemExit as end:
        return end.code


EXAMPLES = re.findall(r"^ocpp-console (.+)$", re.search(r"```sh\n(.*?)```", DOCUMENTATION, re.DOTALL)[1], re.MULTILINE)


@pytest.mark.parametrize("line", EXAMPLES)
def test_every_example_of_the_documentation_runs(database, line, capfd):
    code = run(*shlex.split(line))
    said = capfd.readouterr()
    assert code in (0, 1), said.err
    assert "Traceback" not in said.err
    checks = line.startswith(("inspect", "report")) and "--fail-on" not in line
    assert (code == 1) is (checks or line.startswith("diff"))


def test_a_trace_is_looked_through(here, capfd):
    assert run("inspect", "today.jsonl", "--json") == 1
    told = json.loads(capfd.readouterr().out)
    assert told["stations"][0]["station"] == "CP1"
    assert told["sessions"] == 1
    assert "UNREADABLE" in [found["code"] for found in told["findings"]]
    boot = next(each for each in told["messages"] if each["action"] == "BootNotification")
    assert (boot["count"], boot["mean_ms"]) == (1, 10.0)


@pytest.mark.parametrize(("level", "code"), [("never", 0), ("info", 1)])
def test_the_severity_that_fails_is_chosen(here, level, code, capfd):
    assert run("inspect", "today.jsonl", "--fail-on", level) == code


def test_a_clean_trace_ends_with_0(here, capfd):
    export(day().facts[:13], here / "clean.jsonl")
    assert run("inspect", "clean.jsonl", "--fail-on", "critical") == 0


async def test_a_database_has_no_end_and_gives_what_its_console_found(here, capfd):
    """A session that runs and a call just heard are no findings: the console may go on, now or at its next start."""
    path = here / "running.db"
    engine = Engine(Settings(db=str(path), port=0, host=("127.0.0.1",)))
    await engine.start()
    base = engine.bus.last_seq
    for fact in day().facts[:11]:  # it boots and charges
        known = fact._asdict()
        moved = {name: known[name] + base for name in ("seq", "connection", "answers") if known.get(name)}
        engine.bus.publish(fact._replace(**moved))
    await engine.stop()
    live = {code: sum(each.count for each in listed) for code, listed in engine.fleet.found.by_code().items()}
    assert list(engine.fleet.transactions.running())
    await asyncio.to_thread(run, "inspect", str(path), "--json")
    told = json.loads(capfd.readouterr().out)
    assert {each["code"]: each["count"] for each in told["findings"]} == live


def test_reports_hold_no_markup_of_a_station_and_no_secret(here, capfd):
    text = Path("today.jsonl").read_text().replace("Acme", "<script>|`Acme").replace("CP1", "C<b>1")
    Path("today.jsonl").write_text(text)
    for form in ("md", "html", "json", "junit", "text"):
        run("report", "today.jsonl", "-f", form, "-o", f"r.{form}")
    page = Path("r.html").read_text("utf-8")
    assert "<script>" not in page
    assert "C&lt;b&gt;1" in page
    assert "default-src 'none'" in page
    suite = ElementTree.fromstring(Path("r.junit").read_text("utf-8"))
    assert suite.tag == "testsuites"
    assert suite.find("testsuite/testcase/failure") is not None
    assert r"\<script\>\|\`Acme" in Path("r.md").read_text("utf-8")
    assert all(
        "hunter2" not in Path(f"r.{form}").read_text("utf-8") for form in ("md", "html", "json", "junit", "text")
    )


def test_a_difference_is_told_by_its_path(here, capfd):
    changed = Path("today.jsonl").read_text().replace('\\"interval\\": 300', '\\"interval\\": 60')
    Path("other.jsonl").write_text(changed)
    Path("other.facts.jsonl").write_bytes(Path("today.facts.jsonl").read_bytes())
    assert run("diff", "today.jsonl", "other.jsonl") == 1
    said = capfd.readouterr().out
    assert "answer.interval: 300 → 60" in said
    assert "1 changed, 0 only in the first, 0 only in the second" in said


@pytest.mark.parametrize("columns", [40, 80])
def test_a_change_fits_the_terminal_and_shows_where_values_part(columns):
    change = Difference("request.data", "x" * 300 + "one" + "y" * 300, "x" * 300 + "other" + "y" * 300)
    lines = change_lines(change, lambda text, tone: text, columns)
    assert max(map(len, lines)) <= columns
    assert "xone" in lines[1]
    assert "xother" in lines[2]
    short = Difference("request.interval", 300, 60)
    assert change_lines(short, lambda text, tone: text, columns) == ["      request.interval: 300 → 60"]


def test_what_there_is_no_room_for_is_compared_on_neither_side(here, capfd, monkeypatch):
    monkeypatch.setattr(differences, "MOST_TEXT", 400)
    assert run("diff", "today.jsonl", "today.jsonl") == 0
    said = capfd.readouterr()
    assert re.fullmatch(r"ocpp-console: only the first \d exchanges of each were compared.\n", said.err)
    longer = ([1, 2, 3], True)
    assert differences.equally_long(([1, 2], False), longer) == 2
    assert differences.equally_long(longer, longer) is None


def test_a_trace_does_not_differ_from_itself_at_another_time(here, capfd):
    text = (
        Path("today.jsonl")
        .read_text()
        .replace("2026-11-20T12:00", "2026-12-24T18:30")
        .replace('"transactionId": 1', '"transactionId": 99')
    )
    Path("later.jsonl").write_text(text.replace('\\"transactionId\\": 1', '\\"transactionId\\": 99'))
    Path("later.facts.jsonl").write_text(Path("today.facts.jsonl").read_text())
    code = run("diff", "today.jsonl", "later.jsonl")
    assert code == 0, capfd.readouterr().out


def test_the_log_of_a_database_is_exported(database, capfd):
    assert run("export", "all.facts.jsonl", "--secrets") == 0
    _, facts = read(database.with_name("all.facts.jsonl"))
    frames = [fact.raw for fact in facts if hasattr(fact, "raw")]
    assert frames == [fact.raw for fact in day().facts if hasattr(fact, "raw")]
    assert run("export", "boots.csv", "--filter", "~a Boot") == 0
    with Path("boots.csv").open(encoding="utf-8-sig") as file:
        assert [row["action"] for row in csv.DictReader(file)] == ["BootNotification"]


def test_pseudonyms_are_listed_for_their_owner_alone(here, capfd):
    assert run("convert", "today.jsonl", "share.jsonl", "--anonymise", "--names", "who.csv") == 0
    assert "1 × tag replaced" in capfd.readouterr().err
    with Path("who.csv").open() as file:
        listed = {row["pseudonym"]: row["original"] for row in csv.DictReader(file)}
    assert listed["CP-0001"] == "CP1"
    assert os.stat("who.csv").st_mode & 0o077 == 0
    assert "CP1" not in Path("share.jsonl").read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("inspect", "nowhere.jsonl"), "cannot be opened"),
        (("inspect", "words.txt"), "no trace of a known format"),
        (("inspect", "other.db"), "cannot be read as a database of the console"),
        (("convert", "today.jsonl", "today.docx"), "tells no format"),
        (("convert", "today.jsonl", "today.jsonl"), "written over itself"),
        (("convert", "today.jsonl", "nowhere/x.csv"), "cannot be written"),
        (("convert", "today.jsonl", "x.csv", "--filter", "~zz"), "~zz"),
        (("convert", "today.jsonl", "x.csv", "--names", "n.csv"), "belongs to --anonymise"),
        (("convert", "today.jsonl", "x.csv", "--anonymise", "--secrets"), "exclude each other"),
        (("export", "x.csv"), "no database"),
        (("diff", "today.jsonl"), "required"),
        (("inspect", "today.jsonl", "--fail-on", "much"), "invalid choice"),
    ],
)
def test_what_cannot_be_used_ends_with_2_and_a_sentence(here, words, said, capfd):
    Path("words.txt").write_text("a\nb\n")
    with sqlite3.connect("other.db") as other:
        other.execute("CREATE TABLE t (x)")
    assert run(*words) == 2
    told = capfd.readouterr().err
    assert said in told
    assert "Traceback" not in told
    assert not Path("x.csv").exists()
    assert not Path("x.csv.part").exists()


@pytest.mark.parametrize("words", ["convert noise x.csv", "diff noise today.jsonl", "inspect noise"])
def test_a_file_that_is_no_trace_is_a_usage_error_of_every_command(here, capfd, words):
    (here / "noise").write_bytes(b"\x93nothing\n\xff\xfe\x00")
    assert run(*words.split()) == 2
    assert "no trace of a known format" in capfd.readouterr().err
    assert not list(here.glob("x.csv*"))


def test_a_reader_that_has_read_enough_is_no_error(here):
    export(day().facts * 400, here / "long.jsonl")
    words = f"{shlex.quote(sys.executable)} -m ocpp_console convert long.jsonl - -f text | head -1"
    done = subprocess.run(["bash", "-c", words], capture_output=True, text=True, timeout=60)
    assert done.stdout.count("\n") == 1
    assert not done.stderr

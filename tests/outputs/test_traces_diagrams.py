"""Sequence diagrams for Mermaid and PlantUML: in order, without secrets, and no text of a station is syntax."""

import io
import re
from html import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from outputs.facts import FACTS, day
from outputs.test_traces_round_trip import export
from tape import tape
from traffic import call

from ocpp_console.model.sequence import steps_of
from ocpp_console.outputs.traces.diagram_writers import MermaidWriter, PlantUmlWriter, mermaid, plantuml
from ocpp_console.outputs.traces.pseudonyms import Pseudonyms
from ocpp_console.outputs.traces.redaction import Redaction
from ocpp_console.visible import visible

HOSTILE = [
    "x; end", "end", "a\nNote over S1: b", "%%{init: {}}%%", "#35;", "wrap: x", "<img src=x onerror=alert(1)>",
    "@enduml", "'comment", "/' block '/", "!include /etc/passwd", '%getenv("HOME")', "$variable", "**b** //i// __u__",
    "[[http://evil]]", "ﬂ°°35¶ß", '"', "\\n", "a -> b : c", "style:#x;", "\x1b[2J", "\u202e", "\ud800", "... ---", "`",
    "car \U0001f697 $x^2$ \\frac", "<img:/etc/passwd>", "<color:red>x", "<$sprite> <&heart>", "{{", "<latex>x</latex>",
    "~~x", "<U+0041>", "== x ==", "|||", "&#65; &lt;", "%date()", "participant X", "autonumber", "rect rgb(0,0,0)",
]  # fmt: skip
MERMAID_LINE = re.compile(
    r"sequenceDiagram|    (participant (S\d+|CSMS) as TEXT|Note over (S\d+|CSMS)(,(S\d+|CSMS))?: TEXT"
    r"|(S\d+|CSMS)(->>|-->>|--x|-x|-\))(S\d+|CSMS): TEXT)".replace(
        "TEXT", r"([\w .,✓✗▲●○•→…\U00010000-\U0010ffff-]|#\d+;)+"
    )
)
PLANTUML_LINE = re.compile(
    r"@startuml|@enduml|participant \"TEXT\" as (S\d+|CSMS)|note over (S\d+|CSMS) : TEXT|\.\.\. [\w ]+ \.\.\."
    r"|(S\d+|CSMS) (->|-->|-\[#red\]->|->x|->>) (S\d+|CSMS) : TEXT".replace(
        "TEXT", r"([\w .,✓✗▲●○•→…\U00010000-\U0010ffff-]|&#\d+;|<U\+(005C|0024|002B)>)+"
    )
)
WRITERS = [(MermaidWriter, MERMAID_LINE), (PlantUmlWriter, PLANTUML_LINE)]


def written(rows, writer):
    """The lines for rows of a log."""
    out = io.StringIO()
    made = writer(out)
    for row in rows:
        made.write(row)
    made.end()
    return out.getvalue().splitlines()


def test_a_day_is_drawn_in_the_order_of_time_and_without_secrets(tmp_path):
    export(day().facts, tmp_path / "day.mmd", veil=Redaction())
    lines = (tmp_path / "day.mmd").read_text("utf-8").splitlines()
    assert lines[:7] == [
        "sequenceDiagram",
        "    participant S1 as CP1",
        "    participant CSMS as Central system",
        "    Note over S1: begins 2026-11-20T12#58;00#58;00Z",
        "    Note over S1: ● connected from 10.0.0.9#58;5000 as OCPP 1.6, #47;CP1",
        "    S1->>CSMS: BootNotification Acme Wallbox 11 1.2.3 → every 300 s",
        "    CSMS-->>S1: ✓ Accepted 10 ms",
    ]
    assert "    CSMS-xS1: Reset type Soft ✗ no answer" in lines
    assert "hunter2" not in "\n".join(lines)


def test_plantuml_has_the_same(tmp_path):
    export(day().facts, tmp_path / "day.puml", veil=Pseudonyms())
    lines = (tmp_path / "day.puml").read_text("utf-8").splitlines()
    assert (lines[0], lines[-1]) == ("@startuml", "@enduml")
    assert "S1 -> CSMS : BootNotification Acme Wallbox 11 1.2.3 → every 300 s" in lines
    assert "CSMS --> S1 : ✓ Accepted 10 ms" in lines
    assert "CSMS ->x S1 : Reset type Soft ✗ no answer" in lines
    assert "note over S1 : ▲ SUSPICIOUS_SESSION_DURATION" in lines
    assert "CP1" not in "\n".join(lines)


def test_an_answer_stands_after_what_was_said_before_it():
    made = tape()
    first = made.ask("Reset", {"type": "Soft"}, "c1")
    made.exchange(call("Heartbeat", id="h"), {"currentTime": "2026-11-20T12:00:00Z"})
    made.hear(call("Heartbeat", id="h2"))
    answered = made.hear(b'[3,"c1",{"status":"Rejected"}]')
    assert answered is first
    lines = written(made.fleet.messages, MermaidWriter)
    arrows = [line.split(":")[0].strip() for line in lines if ">>" in line]
    assert arrows == ["CSMS->>S1", "S1->>CSMS", "CSMS-->>S1", "S1->>CSMS", "S1-->>CSMS"]


def read_by_plantuml(text):
    """What PlantUML shows: entities, and the two signs that it can only take in its own way of writing."""
    return unescape(re.sub(r"<U\+00(24|2B|5C)>", lambda found: f"&#x{found[1]};", text))


@pytest.mark.parametrize("sign", ["\\", "$", "+"])
def test_plantuml_is_spared_the_escapes_it_fails_on_or_reads_twice(sign):
    assert plantuml(f"a{sign}n") == f"a<U+{ord(sign):04X}>n"


def test_emoji_are_not_escaped():
    assert plantuml("\U0001f697") == mermaid("\U0001f697") == "\U0001f697"


def test_silence_is_marked():
    made = tape()
    made.exchange(call("Heartbeat", id="1"), {"currentTime": "2026-11-20T12:00:00Z"})
    made.hear(call("Heartbeat", id="2"), seconds=905)
    assert "... 15 min 5 s ..." in written(made.fleet.messages, PlantUmlWriter)
    assert "    Note over S1,CSMS: … 15 min 5 s …" in written(made.fleet.messages, MermaidWriter)


@given(text=st.text(max_size=150))
@example("<&>")
def test_a_text_is_escaped_and_can_be_read_back(text):
    shown = " ".join(visible(text, 120).split())
    for escape in (mermaid, plantuml):
        made = escape(text)
        assert "\n" not in made
        assert re.fullmatch(r"([\w .,✓✗▲●○•→…\U00010000-\U0010ffff-]|&?#\d+;|<U\+00(24|2B|5C)>)*", made)
    assert read_by_plantuml(plantuml(text)) == shown
    assert unescape(re.sub(r"#(\d+);", r"&#\1;", mermaid(text))) == shown
    assert not re.search(r"\bend\b", mermaid(text), re.IGNORECASE)


@pytest.mark.parametrize(("writer", "line"), WRITERS, ids=["mermaid", "plantuml"])
@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_a_station_says_becomes_syntax(writer, line, text):
    made = tape(station=text)
    made.hear(call("DataTransfer", {"vendorId": text, "messageId": text, "data": text}, id=text))
    made.hear(text.encode("utf-8", "surrogatepass"))
    for each in written(made.fleet.messages, writer):
        assert line.fullmatch(each), each


@pytest.mark.parametrize(("writer", "line"), WRITERS, ids=["mermaid", "plantuml"])
@given(facts=FACTS)
def test_whatever_happened_is_drawn_in_lines_that_are_known(writer, line, facts):
    from ocpp_console.model.fleet import Fleet

    fleet = Fleet()
    for fact in facts:
        fleet.apply(fact)
    lines = written(fleet.messages, writer)
    for each in lines:
        assert line.fullmatch(each), each
    drawn = sum(": " in each and "begins" not in each for each in lines)
    assert drawn >= sum(len(list(steps_of(row))) for row in fleet.messages)

"""Traces of others, and traces that are broken: what can be read is read, what cannot is listed with its line."""

import gzip
import json
import os
import subprocess
import sys
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from traffic import boot, call, heartbeat, result

from ocpp_console.events import FrameReceived, FrameSent, StationConnected
from ocpp_console.outputs.traces.source import Trace

BOOT = json.loads(boot())
ACCEPTED = [3, "1", {"status": "Accepted", "currentTime": "2026-11-20T12:00:00Z", "interval": 300}]
EVENT = {"timestamp": "2026-11-20T12:00:00.5Z", "direction": "CS_TO_CSMS", "message": BOOT}
ANSWER = {"timestamp": 1795176001, "direction": "CSMS_TO_CS", "message": ACCEPTED}
RECORD = {
    "schemaVersion": "1.1",
    "timestamp": "2026-11-20T12:00:00+00:00",
    "ocppVersion": "1.6",
    "transport": "json",
    "chargePointId": "CP7",
    "direction": "cp-to-csms",
    "messageType": "CALL",
    "messageId": "1",
    "action": "Heartbeat",
    "payload": {},
    "ofTomorrow": 1,
}
NOON = 1_795_176_000_000_000


def frames(path, data):
    """The frames of a file with this content: (sent by the station, bytes), and the trace."""
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    trace = Trace(path)
    found = [fact for fact in trace.facts() if not isinstance(fact, StationConnected)]
    assert all(isinstance(fact, FrameReceived | FrameSent) for fact in found)
    return [(isinstance(fact, FrameReceived), json.loads(fact.raw)) for fact in found], trace


BOTH = [(True, BOOT), (False, ACCEPTED)]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"traceId": "x", "metadata": {"stationId": "CP7"}, "events": [EVENT, ANSWER]}),
        json.dumps({"traceId": "x", "events": [EVENT, ANSWER], "metadata": {"stationId": "CP7"}}, indent=2),
        json.dumps([EVENT, ANSWER]),
        json.dumps([EVENT, ANSWER], indent=4),
        f"{json.dumps(EVENT)}\n{json.dumps(ANSWER)}\n",
        f"{json.dumps(BOOT)}\n{json.dumps(ACCEPTED)}",
        json.dumps([BOOT, ACCEPTED]),
        json.dumps([BOOT, ACCEPTED], indent=1),
        f"INFO:ocpp:CP7: receive message {json.dumps(BOOT)}\nINFO:ocpp:CP7: send {json.dumps(ACCEPTED)}\n",
        f"INFO:ocpp:CP7: send {json.dumps(BOOT)}\nINFO:ocpp:CP7: receive message {json.dumps(ACCEPTED)}\n",
        f"2026-11-20 12:00:00,123 ocpp INFO CP7: receive message {json.dumps(BOOT)}\r\n\r\n"
        f"2026-11-20 12:00:01,000 ocpp INFO CP7: send {json.dumps(ACCEPTED)}\r\n",
        f"[2026-11-20 12:00:00] CP7: receive message {json.dumps(BOOT)}\n[x] CP7: send {json.dumps(ACCEPTED)}",
    ],
)
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gzip"])
def test_a_trace_of_any_known_shape_and_coding_is_read(tmp_path, content, coding):
    data = gzip.compress(content.encode()) if coding == "gzip" else content.encode(coding)
    found, trace = frames(tmp_path / "CP7.log", data)
    assert found == BOTH
    assert trace.unread == 0


def facts(path):
    return list(Trace(path).facts())


def test_a_record_without_raw_is_built_from_its_fields(tmp_path):
    found, _ = frames(tmp_path / "t.jsonl", json.dumps(RECORD))
    assert found == [(True, [2, "1", "Heartbeat", {}])]
    connected, frame = facts(tmp_path / "t.jsonl")
    assert (connected.station, connected.version, frame.at, frame.connection) == ("CP7", "1.6", NOON, connected.seq)


def test_times_are_read_in_every_spelling_and_inferred_when_missing(tmp_path):
    spelled = ["2026-11-20T12:00:00Z", 1795176000, 1795176000000, "1795176000.0", "2026-11-20T14:00:00+02:00", None]
    lines = [json.dumps({"timestamp": at, "message": [2, str(n), "Heartbeat", {}]}) for n, at in enumerate(spelled)]
    (tmp_path / "t.jsonl").write_text("\n".join(lines))
    assert [fact.at - NOON for fact in facts(tmp_path / "t.jsonl")[1:]] == [0, 0, 0, 0, 0, 1000]


def test_the_version_is_told_by_the_first_message_of_a_trace_that_does_not_say(tmp_path):
    (tmp_path / "t.jsonl").write_bytes(boot("2.0.1") + b"\n" + heartbeat(id="2"))
    connected = facts(tmp_path / "t.jsonl")[0]
    assert (connected.version, connected.station) == ("2.0.1", "t")


def test_what_cannot_be_read_is_listed_with_its_line(tmp_path):
    lines = [json.dumps(EVENT), "{broken", "", "nonsense \x1b[2J", '{"a":1}', '"text"', "[2,", json.dumps(ANSWER)]
    found, trace = frames(tmp_path / "t.jsonl", "\n".join(lines))
    assert found == BOTH
    assert [problem.line for problem in trace.problems] == [2, 4, 5, 6, 7]
    assert trace.unread == 5
    assert all(problem.text for problem in trace.problems)


def test_a_document_that_breaks_off_gives_what_it_has(tmp_path):
    whole = json.dumps({"metadata": {"stationId": "CP7"}, "events": [EVENT, ANSWER, EVENT]}, indent=1)
    found, trace = frames(tmp_path / "t.json", whole[:-60])
    assert found == BOTH
    assert trace.unread == 1
    assert trace.problems[0].line > 10


def test_a_broken_element_does_not_end_the_document(tmp_path):
    data = f"[{json.dumps(EVENT)},\n{{broken}},\n{json.dumps(ANSWER)}]"
    found, trace = frames(tmp_path / "t.json", data)
    assert found == BOTH
    assert [problem.line for problem in trace.problems] == [2]


def test_a_packed_file_that_breaks_off_gives_what_it_has(tmp_path):
    lines = "".join(f"{json.dumps(EVENT | {'n': os.urandom(20).hex()})}\n" for _ in range(3000))
    packed = gzip.compress(lines.encode())
    found, trace = frames(tmp_path / "t.jsonl.gz", packed[: len(packed) // 2])
    assert 500 < len(found) < 3000
    assert "breaks off" in trace.problems[-1].text


def test_mixed_lines_are_read_each_by_its_own_shape(tmp_path):
    lines = [json.dumps(RECORD), json.dumps(EVENT), f"CP7: receive message {json.dumps(BOOT)}", json.dumps(ACCEPTED)]
    found, trace = frames(tmp_path / "t", "\n".join(lines))
    assert len(found) == 4
    assert trace.unread == 0


def test_two_traces_of_ours_in_one_file_get_rising_numbers(tmp_path):
    from outputs.facts import day
    from outputs.test_traces_round_trip import export

    export(day().facts, tmp_path / "one.facts.jsonl")
    text = (tmp_path / "one.facts.jsonl").read_text()
    (tmp_path / "two.facts.jsonl").write_text(text + text)
    both = facts(tmp_path / "two.facts.jsonl")
    numbers = [fact.seq for fact in both]
    assert numbers == list(range(1, len(numbers) + 1))
    second = both[len(both) // 2 :]
    answer = next(fact for fact in second if isinstance(fact, FrameSent) and fact.answers)
    assert answer.answers == answer.seq - 1
    assert answer.connection == second[0].seq


@settings(max_examples=80)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.tuples(
            st.sampled_from(["[", "[{", '{"events":[', '{"messageType":"CALL",', '{"kind":"NoteWritten",']), st.text()
        )
        .map("".join)
        .map(lambda text: text.encode("utf-8", "surrogatepass")),
    )
)
def test_no_file_breaks_the_reader(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("any") / "t"
    path.write_bytes(data)
    list(Trace(path).facts())


FIELDS = [
    "messageType",
    "direction",
    "timestamp",
    "raw",
    "meta",
    "message",
    "kind",
    "seq",
    "action",
    "error",
    "station",
]
VALUES = st.sampled_from(
    ["CALL", "CALLERROR", "cp-to-csms", "FrameSent", "StationConnected", 1, None, [], {}, True, 1e300]
)


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from(FIELDS), VALUES | st.dictionaries(st.sampled_from(FIELDS), VALUES)))
def test_no_object_breaks_the_reader(tmp_path_factory, value):
    path = tmp_path_factory.mktemp("any") / "t"
    path.write_text(json.dumps(value) + "\n")
    list(Trace(path).facts())


STREAMED = """
    import json, resource, sys
    from ocpp_console.outputs.traces.export import Export, FORMATS
    from ocpp_console.outputs.traces.source import Trace
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    trace, made = Trace(sys.argv[1]), Export(sys.argv[2], FORMATS[sys.argv[3]])
    for fact in trace.facts():
        made.take(fact)
    print(made.finish().rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.parametrize(("shape", "form"), [("lines", "trace"), ("document", "csv")])
def test_a_large_trace_needs_little_memory(tmp_path, shape, form):
    """17 MB in, and less than 14 MB (of rows that wait, of pieces of the document) more in memory."""
    path, count = tmp_path / "large", 16_000
    filler = "x" * 1_000
    with path.open("w") as file:
        file.write('{"metadata":{"stationId":"CP"},"events":[' if shape == "document" else "")
        for number in range(count // 2):
            asked = call("DataTransfer", {"vendorId": "v", "data": filler}, id=str(number)).decode()
            answered = result({"status": "Accepted", "data": filler}, id=str(number)).decode()
            for direction, text in (("CS_TO_CSMS", asked), ("CSMS_TO_CS", answered)):
                end = "\n" if shape == "lines" else ","
                file.write(f'{{"timestamp":{NOON // 1000 + number},"direction":"{direction}","message":{text}}}{end}')
        file.write("]}" if shape == "document" else "")
    assert path.stat().st_size > 17_000_000
    script = textwrap.dedent(STREAMED)
    words = [sys.executable, "-c", script, str(path), str(tmp_path / "out"), form]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    rows, kilobytes = map(int, done.stdout.split())
    assert rows == (count + 1 if form == "trace" else count // 2 + 1)
    assert kilobytes < 14_000


def test_large_frames_need_little_memory_as_well(tmp_path):
    """100 MB of calls that are never answered, so that all of them wait: less than 48 MB more in memory."""
    path, count, filler = tmp_path / "large", 2_000, "x" * 50_000
    with path.open("w") as file:
        for number in range(count):
            asked = call("DataTransfer", {"vendorId": "v", "data": filler}, id=str(number)).decode()
            file.write(f'{{"timestamp":{NOON // 1000 + number},"direction":"CS_TO_CSMS","message":{asked}}}\n')
    assert path.stat().st_size > 100_000_000
    words = [sys.executable, "-c", textwrap.dedent(STREAMED), str(path), str(tmp_path / "out"), "csv"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    rows, kilobytes = map(int, done.stdout.split())
    assert rows == count + 1
    assert kilobytes < 48_000


def test_what_comes_before_the_end_of_a_packed_file_that_breaks_off_is_read(tmp_path):
    from outputs.facts import day
    from outputs.test_traces_round_trip import export

    export(day().facts, tmp_path / "t.facts.jsonl")
    packed = gzip.compress((tmp_path / "t.facts.jsonl").read_bytes())
    (tmp_path / "cut.gz").write_bytes(packed[: len(packed) * 3 // 4])
    (tmp_path / "twice.gz").write_bytes(packed + packed + b"\0" * 100)
    many = gzip.compress((tmp_path / "t.facts.jsonl").read_bytes() * 9, 1)
    (tmp_path / "damaged.gz").write_bytes(many[:-60] + b"\xff" * 60)
    cut = Trace(tmp_path / "cut.gz")
    assert len(list(cut.facts())) > 5
    assert "breaks off" in cut.problems[-1].text
    assert len(list(Trace(tmp_path / "twice.gz").facts())) == 2 * len(day().facts)
    damaged = Trace(tmp_path / "damaged.gz")
    assert len(list(damaged.facts())) > 5
    assert damaged.unread


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_metadata_behind_the_events_is_known_from_the_first_one_on(tmp_path, encoding):
    told = {"stationId": "LATE", "ocppVersion": "2.0.1"}
    message = [2, "1", "Heartbeat", {"metadata": {"stationId": "NOT"}}]
    document = {"events": [{"timestamp": NOON // 1000, "message": message}], "metadata": told, "traceId": "x"}
    (tmp_path / "t.json").write_text(json.dumps(document), encoding)
    connected, frame = Trace(tmp_path / "t.json").facts()
    assert (connected.station, connected.version, frame.station) == ("LATE", "2.0.1", "LATE")
    del document["metadata"]
    (tmp_path / "t.json").write_text(json.dumps(document), encoding)
    assert next(Trace(tmp_path / "t.json").facts()).station == "t"


def test_what_is_shown_of_a_line_that_cannot_be_read_has_no_secret_in_it(tmp_path):
    (tmp_path / "t").write_text('cut off {"password":"hunter2hunter2"} and so on\n')
    trace = Trace(tmp_path / "t")
    assert not list(trace.facts())
    assert "and so on" in trace.problems[0].excerpt
    assert "hunter2" not in trace.problems[0].excerpt


def test_an_answer_of_the_central_system_knows_its_call_in_every_trace(tmp_path):
    (tmp_path / "t").write_text(
        'CP1: receive message [2,"1","Heartbeat",{}]\nCP1: send [3,"1",{}]\nCP1: send [3,"1",{}]\n'
    )
    _, asked, answered, again = Trace(tmp_path / "t").facts()
    assert (answered.answers, again.answers) == (asked.seq, 0)

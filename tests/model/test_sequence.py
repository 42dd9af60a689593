"""The steps of a sequence diagram: in order, with breaks, live like at once, and bounded."""

from hypothesis import given, settings
from hypothesis import strategies as st
from tape import tape
from traffic import call, heartbeat, result

from ocpp_console.model import sequence
from ocpp_console.model.sequence import Kind, SequenceDiagram, span

TIME = {"currentTime": "2026-11-20T12:00:00Z"}


def everything(row):
    return True


def told(diagram):
    return [(step.kind.value, step.row.action) for step in diagram.steps]


def test_calls_and_answers_are_steps_in_the_order_of_time():
    made = tape()
    made.ask("Reset", {"type": "Soft"}, "c1")
    made.exchange(heartbeat(id="h"), TIME)
    made.hear(b'[4,"c1","NotSupported","",{}]')
    diagram = SequenceDiagram(everything)
    assert diagram.take(made.fleet.messages)
    assert told(diagram) == [
        ("event", "connected"), ("call", "Reset"), ("call", "Heartbeat"), ("answer", "Heartbeat"), ("error", "Reset"),
    ]  # fmt: skip
    assert [step.from_station for step in diagram.steps[1:]] == [False, True, False, True]
    assert diagram.steps[-1].label == "✗ NotSupported"
    assert not diagram.take(made.fleet.messages)


def test_the_answer_to_what_cannot_be_read_says_how_it_was_refused():
    made = tape()
    call = made.hear(b'[2,"u","Heartbeat"]')
    made.say(b'[4,"u","FormationViolation","a CALL needs four elements",{}]', answers=call.seq)
    diagram = SequenceDiagram(everything)
    diagram.take(made.fleet.messages)
    assert diagram.steps[-1].label == "✗ FormationViolation"


def test_silence_is_a_step_of_its_own():
    made = tape()
    made.exchange(heartbeat(id="1"), TIME)
    made.hear(heartbeat(id="2"), seconds=600)
    diagram = SequenceDiagram(everything)
    diagram.take(made.fleet.messages)
    assert [step.kind for step in diagram.steps][-2:] == [Kind.BREAK, Kind.CALL]
    assert diagram.steps[-2].label == "10 min of silence"
    assert diagram.steps[-1].missing == "… waiting"
    assert len({step.key for step in diagram.steps}) == len(diagram.steps)


def test_a_row_that_belongs_only_by_its_answer_comes_at_its_place():
    made = tape()
    row = made.ask("Reset", {"type": "Soft"}, "c1")
    made.exchange(heartbeat(id="1"), TIME)
    diagram = SequenceDiagram(lambda row: row.action != "Reset" or row.verdict == "Accepted")
    diagram.take(made.fleet.messages)
    assert row.seq not in diagram.rows
    made.hear(result({"status": "Accepted"}, id="c1"))
    diagram.take(made.fleet.messages)
    assert told(diagram)[1:3] == [("call", "Reset"), ("call", "Heartbeat")]
    assert told(diagram)[-1] == ("answer", "Reset")


def test_older_rows_come_before_and_none_twice():
    made = tape()
    for number in range(5):
        made.exchange(heartbeat(id=str(number)), TIME)
    rows = list(made.fleet.messages)
    diagram, whole = SequenceDiagram(everything), SequenceDiagram(everything)
    diagram.take(rows[3:])
    diagram.put_before(rows[:4])
    whole.take(rows)
    assert diagram.steps == whole.steps
    assert diagram.stations == ["CP"]


def test_a_diagram_that_is_followed_for_long_stays_small(monkeypatch):
    monkeypatch.setattr(sequence, "MOST_STEPS", 100)
    monkeypatch.setattr(sequence, "MOST_WAITING", 10)
    made, diagram = tape(), SequenceDiagram(everything)
    for number in range(300):
        made.hear(heartbeat(id=str(number)))
        diagram.take(made.fleet.messages)
    assert len(diagram.steps) <= 100
    assert len(diagram.rows) <= 100
    assert len(diagram._waiting) <= 10
    assert diagram.steps[-1].row is made.fleet.messages[-1]


STEPS = st.lists(
    st.tuples(st.sampled_from(["call", "answer", "ask", "reply", "look"]), st.integers(0, 400)), max_size=40
)


@settings(max_examples=60)
@given(script=STEPS)
def test_a_diagram_that_was_followed_is_that_of_the_end(script):
    made, diagram = tape(), SequenceDiagram(everything)
    heard, asked = [], []
    for number, (what, seconds) in enumerate(script):
        if what == "call":
            heard.append((made.hear(call("Heartbeat", id=f"h{number}"), seconds=seconds), f"h{number}"))
        elif what == "answer" and heard:
            row, id = heard.pop()
            made.say(result(TIME, id=id), answers=row.seq)
        elif what == "ask":
            made.ask("Reset", {"type": "Soft"}, f"c{number}")
            asked.append(f"c{number}")
        elif what == "reply" and asked:
            made.hear(result({"status": "Accepted"}, id=asked.pop(0)), seconds=seconds)
        else:
            diagram.take(made.fleet.messages)
    diagram.take(made.fleet.messages)
    whole = SequenceDiagram(everything)
    whole.take(made.fleet.messages)
    assert diagram.steps == whole.steps


def test_times_in_words():
    assert [span(us * 1_000_000) for us in (59, 60, 125, 3600, 12_000, 187_200)] == [
        "59 s", "1 min", "2 min 5 s", "1 h", "3 h 20 min", "2 d 4 h",
    ]  # fmt: skip

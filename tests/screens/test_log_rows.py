from hypothesis import given
from hypothesis import strategies as st

from ocpp_console.model.messages import Message, MessageFilter, MessageLog, Origin, State
from ocpp_console.screens.log_rows import LogRows


def message(seq: int, station: str = "A", text: str = "") -> Message:
    return Message(
        seq, seq, station, 1, "1.6", Origin.STATION, "Heartbeat", f'[2,"{seq}","Heartbeat",{{}}] {text}'.encode()
    )


def words(text: str) -> MessageFilter:
    parsed = MessageFilter.parse(text)
    assert isinstance(parsed, MessageFilter)
    return parsed


def test_without_a_filter_nothing_is_copied() -> None:
    log = MessageLog(10)
    rows = LogRows(log)
    assert rows() is log
    log.add(message(1, "A"))
    rows.choose("A", None)
    assert rows() is log.for_station("A")


def test_one_station_and_a_filter_hold_together() -> None:
    log = MessageLog(10)
    log.add(message(1, "A", "kWh"))
    log.add(message(2, "B", "kWh"))
    log.add(message(3, "A"))
    rows = LogRows(log)
    rows.choose("A", words("kwh"))
    assert [row.seq for row in rows()] == [1]


STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "add hit", "answer", "answer hit", "look"]), st.integers(0, 30)), max_size=80
)


@given(STEPS, st.sampled_from(["hit", "!hit", "~o", "!~o"]), st.integers(1, 12))
def test_looking_now_and_then_gives_what_filtering_everything_would(
    steps: list[tuple[str, int]], text: str, limit: int
) -> None:
    log = MessageLog(limit)
    rows, wanted = LogRows(log), words(text)
    rows.choose("", wanted)
    seq = 0
    for step, number in steps:
        if step.startswith("add"):
            seq += 1
            log.add(message(seq, text="hit" if "hit" in step else ""))
        elif step.startswith("answer") and len(log):
            row = log[number % len(log)]
            row.state, row.answer_raw = State.RESULT, b"[3,1,{}] hit" if "hit" in step else b"[3,1,{}]"
            log.touch(row)
        elif step == "look":
            assert [row.seq for row in rows()] == [row.seq for row in log if wanted.matches(row)]
    assert [row.seq for row in rows()] == [row.seq for row in log if wanted.matches(row)]

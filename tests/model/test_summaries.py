import pytest
import traffic
from tape import tape

from ocpp_console.model.messages import summary


@pytest.mark.parametrize(
    ("raw", "answer", "line"),
    [
        (traffic.boot(), {"interval": 300}, "Acme  Wallbox 11  1.2.3  → every 300 s"),
        (traffic.heartbeat(), {"currentTime": "12Z"}, "→ 12Z"),
        (traffic.status("Faulted", 2, errorCode="GroundFailure"), {}, "#2  Faulted  GroundFailure"),
        (traffic.authorize("04A2"), {"idTagInfo": {"status": "Invalid"}}, "04A2"),
        (traffic.start(), {"transactionId": 7}, "#1  04A2B3C4  1000 Wh  → transaction 7"),
        (traffic.stop(7), {}, "transaction 7  8000 Wh  Local"),
        (traffic.meter(1, 7), {}, "#1  2500 Wh  Power.Active.Import 11000 W  transaction 7"),
        (traffic.call("DataTransfer", {"vendorId": "V", "data": "x"}), {}, "V  x"),
        (traffic.call("ReserveNow", {"connectorId": 1, "odd": {}, "on": True}), {}, "connectorId 1  on true"),
        (traffic.call("MeterValues", [1]), {}, ""),
    ],
)
def test_the_line_of_a_stations_call(raw, answer, line):
    t = tape()
    assert summary(t.exchange(raw, answer)) == line


def test_the_lines_of_2x():
    t = tape("2.0.1")
    event = traffic.transaction_event(
        "Started", evse={"id": 1, "connectorId": 2}, idToken={"idToken": "A", "type": "Local"}
    )
    assert summary(t.hear(event)) == "Started  #1.2  Authorized  A  Local"
    data = {"component": {"name": "EVSE"}, "variable": {"name": "Power"}}
    asked = t.ask("GetVariables", {"getVariableData": [data]})
    t.hear(traffic.result({"getVariableResult": [{**data, "attributeValue": "11"}]}, id="c1"))
    assert summary(asked) == "EVSE.Power  → 11"


def test_the_line_is_made_once_and_again_when_the_answer_comes():
    t = tape()
    message = t.ask("GetConfiguration", {"key": ["A"]})
    assert summary(message) == "A"
    assert summary(message) is summary(message)
    t.hear(traffic.result({"configurationKey": [{"key": "A", "value": 5}]}, id="c1"))
    assert summary(message) == "A  → A = 5"


def test_the_lines_of_what_is_no_call():
    t = tape()
    assert summary(t.fleet.messages[0]).startswith("connected from")
    assert summary(t.hear(b"\xff{")) == "�{"
    assert summary(t.hear(traffic.result({"a": 5}, id="x"))) == "a 5"
    assert summary(t.hear(traffic.error("NotSupported", "no", id="x"))) == "NotSupported no"
    refused = t.ask("Reset", {"type": "Soft"})
    t.hear(traffic.error("InternalError", "bad day", id="c1"))
    assert summary(refused) == "type Soft  → bad day"


def test_a_line_is_never_long():
    t = tape()
    assert len(summary(t.hear(traffic.call("DataTransfer", {"vendorId": "x" * 10_000})))) == 200


def test_each_message_of_a_display_and_each_monitor_has_its_words():
    t = tape("2.0.1")
    shown = {"id": 4, "priority": "AlwaysFront", "message": {"format": "UTF8", "content": "Hello"}}
    row = t.hear(traffic.call("NotifyDisplayMessages", {"requestId": 1, "messageInfo": [shown]}))
    assert summary(row) == '1  #4 AlwaysFront  "Hello"'
    place = {"component": {"name": "EVSE"}, "variable": {"name": "Power"}}
    monitor = {**place, "variableMonitoring": [{"id": 9, "type": "UpperThreshold", "value": 11.5}]}
    row = t.hear(traffic.call("NotifyMonitoringReport", {"requestId": 1, "seqNo": 0, "monitor": [monitor]}, id="2"))
    assert summary(row) == "1  0  EVSE.Power: #9 UpperThreshold 11.5"

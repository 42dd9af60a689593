import json

import pytest
import traffic
from tape import NOON, SECOND, Tape, tape

from ocpp_console.model.command_story import ending, story
from ocpp_console.model.commands import MOST_FOLLOWERS, Command
from ocpp_console.model.report_parts import assemble
from ocpp_console.model.status_reasons import REASONS, reason_words, results

LATER = NOON + 3600 * SECOND
"""When nothing more is expected."""


def asked(t: Tape, action: str = "ClearCache", payload: object = None, id: str = "c1") -> Command:
    t.ask(action, payload or {}, id)
    command = t.fleet.commands.get(t.station, id)
    assert command is not None
    return command


def told(command: Command) -> str:
    return "\n".join(step.text for step in story(command, LATER))


def test_each_ending_has_words_of_its_own() -> None:
    words = set()
    for finish in (
        lambda t: t.hear(traffic.result({"status": "Accepted"}, id="c1")),
        lambda t: t.hear(json.dumps([4, "c1", "NotSupported", "no cache here", {"why": 1}]).encode()),
        lambda t: t.abandon("c1"),
        lambda t: t.abandon("c1", "gone", "The connection ended."),
        lambda t: t.hear(b'[3,"c1",{"status":'),
        lambda t: t.hear(traffic.result({"status": "Perhaps"}, id="c1")),
        lambda t: (t.abandon("c1"), t.hear(traffic.result({"status": "Accepted"}, id="c1"), seconds=42)),
    ):
        t = tape()
        command = asked(t)
        assert ending(command)[0] == "sent, no answer yet"
        finish(t)
        words.add(ending(command)[0])
    assert words == {
        "Accepted after 1000 ms",
        "refused with CALLERROR NotSupported after 1000 ms",
        "no answer: No answer came in time.",
        "no answer: The connection ended before the answer came: whether it was carried out is not known.",
        "an answer that cannot be read came after 1000 ms",
        "Perhaps after 1000 ms, but the answer breaks its schema",
        "Accepted after 42.0 s, too late: nobody waited for it any more",
    }


def test_a_call_that_was_never_sent_says_so() -> None:
    t = tape()
    t.request("ClearCache", {}, "c1")
    command = t.fleet.commands.get("CP", "c1")
    assert command is not None
    assert ending(command)[0] == "queued: waits for its turn"
    t.abandon("c1", "not_sent", "The connection ended before its turn came.")
    assert ending(command)[0] == "never sent: The connection ended before its turn came."


def test_an_error_is_told_with_its_description_and_details() -> None:
    t = tape()
    command = asked(t)
    t.hear(json.dumps([4, "c1", "GenericError", "out of order", {"part": "relay"}]).encode())
    assert "out of order" in told(command)
    assert '{"part": "relay"}' in told(command)


def test_no_answer_comes_with_what_may_help() -> None:
    t = tape()
    command = asked(t)
    t.abandon("c1")
    assert "close the connection" in told(command)


def test_the_reason_of_a_refusal_is_read_out() -> None:
    t = tape("2.0.1")
    command = asked(t)
    info = {"reasonCode": "txInProgress", "additionalInfo": "session 17"}
    t.hear(traffic.result({"status": "Rejected", "statusInfo": info}, id="c1"))
    assert 'the station says txInProgress, a session is running: "session 17"' in told(command)


def test_every_result_of_a_list_is_told_and_a_reboot_is_pointed_at() -> None:
    t = tape("2.0.1")
    command = asked(t, "SetVariables", {"setVariableData": []})
    place = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}
    t.hear(
        traffic.result(
            {
                "setVariableResult": [
                    {"attributeStatus": "RebootRequired", **place},
                    {"attributeStatus": "Rejected", **place, "attributeStatusInfo": {"reasonCode": "ReadOnly"}},
                ]
            },
            id="c1",
        )
    )
    text = told(command)
    assert "OCPPCommCtrlr.HeartbeatInterval: RebootRequired" in text
    assert "OCPPCommCtrlr.HeartbeatInterval: Rejected  the station says ReadOnly, it can only be read" in text
    assert "after a reset" in text


@pytest.mark.parametrize("value", [None, 5, "x", [], {"status": 7}, {"statusInfo": []}, [[[[[[[[[[{}]]]]]]]]]]])
def test_an_answer_of_any_shape_is_read_without_trouble(value: object) -> None:
    assert results(value) == []
    assert reason_words(value) == ""


def test_reasons_are_found_in_any_case() -> None:
    assert set(REASONS) == {code.casefold() for code in REASONS}


def parts(t: Tape, *numbers: int, last: bool = True, counted: bool = True) -> Command:
    command = asked(t, "GetBaseReport", {"requestId": 5, "reportBase": "FullInventory"})
    t.hear(traffic.result({"status": "Accepted"}, id="c1"))
    for number in numbers:
        variable = {"component": {"name": "EVSE"}, "variable": {"name": f"V{number}"}, "variableAttribute": [{}]}
        payload = {"requestId": 5, "generatedAt": traffic.NOON, "seqNo": number, "reportData": [variable]}
        if not counted:
            del payload["seqNo"]
        if number != numbers[-1] or not last:
            payload["tbc"] = True
        t.exchange(traffic.call("NotifyReport", payload, id=f"r{number}"))
    return command


@pytest.mark.parametrize(
    ("numbers", "options", "words"),
    [
        ((0, 1, 2), {}, "NotifyReport: 3 parts, 3 variables, complete"),
        ((1, 2), {}, "NotifyReport: 2 parts, 2 variables, complete"),
        ((0, 1), {"counted": False}, "NotifyReport: 2 parts, 2 variables, complete"),
        ((0, 2), {}, "NotifyReport: 2 parts, 2 variables, part 1 never came"),
        ((0, 1), {"last": False}, "NotifyReport: 2 parts, 2 variables, more is announced"),
        ((0,), {}, "NotifyReport: 1 part, 1 variable, complete"),
    ],
)
def test_a_report_is_put_together_however_it_is_counted(numbers: tuple[int, ...], options: dict, words: str) -> None:
    t = tape("2.0.1")
    command = parts(t, *numbers, **options)
    assert words in told(command)


def test_a_report_of_more_parts_than_are_listed_is_one_line_more() -> None:
    t = tape("2.0.1")
    command = parts(t, *range(MOST_FOLLOWERS + 20))
    assert len(command.followers) == MOST_FOLLOWERS + 20
    assert sum(step.text.startswith("NotifyReport ") for step in story(command, LATER)) == 3
    [assembly] = assemble(command.followers, LATER)
    assert (assembly.parts, assembly.complete) == (MOST_FOLLOWERS + 20, True)


def test_what_should_still_come_is_named() -> None:
    t = tape("2.0.1")
    command = parts(t)
    assert "NotifyReport should follow" in told(command)
    other = tape()
    trigger = asked(other, "TriggerMessage", {"requestedMessage": "Heartbeat"})
    other.hear(traffic.result({"status": "Accepted"}, id="c1"))
    assert "Heartbeat should follow" in told(trigger)


def test_secrets_in_a_payload_are_masked() -> None:
    t = tape()
    shown = told(asked(t, "ChangeConfiguration", {"key": "AuthorizationKey", "value": "open sesame"}))
    assert "AuthorizationKey" in shown
    assert "open sesame" not in shown
    entry = {"attributeValue": "open sesame", "variable": {"name": "BasicAuthPassword"}}
    assert "open sesame" not in told(asked(t, "SetVariables", {"setVariableData": [entry]}, "c2"))
    assert "open sesame" not in told(asked(t, "SetNetworkProfile", {"apn": {"apnPassword": "open sesame"}}, "c3"))
    assert "ftp://a:" in told(asked(t, "GetDiagnostics", {"location": "ftp://a:b@c/"}, "c4"))
    assert '{"key": "a", "value": "b"}' in told(asked(t, "X", {"key": "a", "value": "b"}, "c5"))

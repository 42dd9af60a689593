import pytest
import traffic
from tape import SECOND, tape

from ocpp_console.events import CallRequested
from ocpp_console.model.commands import MOST_COMMANDS, Progress
from ocpp_console.model.report_parts import assemble


def test_a_command_from_the_wish_to_the_answer():
    t = tape()
    t.request("Reset", {"type": "Soft"}, "c1")
    command = t.fleet.commands.get("CP", "c1")
    assert (command.progress, command.message, command.final) == (Progress.QUEUED, None, False)
    message = t.say(traffic.call("Reset", {"type": "Soft"}, id="c1"))
    assert (command.progress, command.message) == (Progress.SENT, message)
    t.hear(traffic.result({"status": "Accepted"}, id="c1"))
    assert (command.progress, command.verdict, command.final) == (Progress.ANSWERED, "Accepted", True)
    assert t.fleet.commands.of("CP") == [command]


def test_a_call_nobody_asked_for_here_becomes_a_command():
    t = tape()
    t.say(traffic.call("ClearCache", {}, id="x"))
    assert t.fleet.commands.get("CP", "x").progress is Progress.SENT
    assert t.fleet.commands.get("CP-2", "x") is None


@pytest.mark.parametrize(("sent", "progress"), [(True, Progress.TIMED_OUT), (False, Progress.NOT_SENT)])
def test_a_command_that_is_given_up(sent, progress):
    t = tape()
    t.request("Reset", {"type": "Soft"}, "c1")
    if sent:
        t.say(traffic.call("Reset", {"type": "Soft"}, id="c1"))
    t.abandon("c1", "gone", "The station is gone.")
    command = t.fleet.commands.get("CP", "c1")
    assert (command.progress, command.verdict, command.text) == (progress, "gone", "The station is gone.")


def test_a_late_answer_still_counts():
    t = tape()
    t.ask("Reset", {"type": "Soft"})
    t.abandon("c1")
    t.hear(traffic.result({"status": "Accepted"}, id="c1"))
    assert t.fleet.commands.get("CP", "c1").progress is Progress.ANSWERED


def followers(t, id="c1"):
    return [message.id for message in t.fleet.commands.get("CP", id).followers]


def test_firmware_progress_belongs_to_the_update_until_its_end():
    t = tape()
    t.ask("UpdateFirmware", {"location": "http://x/f", "retrieveDate": traffic.NOON})
    t.hear(traffic.result({}, id="c1"))
    words = ["Downloading", "Downloaded", "Installing", "Installed", "Idle"]
    for number, word in enumerate(words):
        t.hear(traffic.call("FirmwareStatusNotification", {"status": word}, id=str(number)), seconds=600)
    assert followers(t) == ["0", "1", "2", "3"]
    assert t.fleet.commands.expecting == {}


def test_reports_are_matched_by_their_request():
    t = tape("2.0.1")
    for number in (1, 2):
        t.ask("GetBaseReport", {"requestId": number, "reportBase": "FullInventory"}, f"c{number}")
        t.hear(traffic.result({"status": "Accepted"}, id=f"c{number}"))
    for id, request, tbc in (("a", 1, True), ("b", 2, False), ("c", 1, False), ("d", 1, False)):
        report = {"requestId": request, "tbc": tbc, "seqNo": 0, "generatedAt": traffic.NOON}
        t.hear(traffic.call("NotifyReport", report, id=id))
    assert followers(t, "c1") == ["a", "c"]
    assert followers(t, "c2") == ["b"]


def test_a_triggered_message_belongs_to_its_trigger_once():
    t = tape()
    t.ask("TriggerMessage", {"requestedMessage": "Heartbeat"})
    t.hear(traffic.result({"status": "Accepted"}, id="c1"))
    t.hear(traffic.status(id="1"))
    t.hear(traffic.heartbeat(id="2"))
    t.hear(traffic.heartbeat(id="3"))
    assert followers(t) == ["2"]


def test_a_trigger_without_connector_brings_one_status_for_each():
    t = tape()
    t.ask("TriggerMessage", {"requestedMessage": "StatusNotification"})
    t.hear(traffic.result({"status": "Accepted"}, id="c1"))
    for number in range(3):
        t.hear(traffic.status(connector=number, id=str(number)))
    assert followers(t) == ["0", "1", "2"]
    t.hear(traffic.status(id="late"), seconds=300)
    assert followers(t) == ["0", "1", "2"]


def test_a_remote_start_is_followed_to_its_session():
    t = tape()
    t.ask("RemoteStartTransaction", {"idTag": "04A2B3C4", "connectorId": 2})
    t.hear(traffic.result({"status": "Accepted"}, id="c1"))
    t.hear(traffic.status("Preparing", 1, id="1"))
    t.hear(traffic.status("Preparing", 2, id="2"))
    t.hear(traffic.start("OTHER", 2, id="3"))
    t.hear(traffic.start("04A2B3C4", 2, id="4"))
    t.hear(traffic.status("Charging", 2, id="5"))
    assert followers(t) == ["2", "4"]


def test_a_request_start_is_followed_by_its_remote_start_id():
    t = tape("2.0.1")
    token = {"idToken": "A", "type": "Central"}
    t.ask("RequestStartTransaction", {"remoteStartId": 5, "idToken": token})
    for id, remote in (("1", 4), ("2", 5), ("3", 5)):
        t.hear(
            traffic.transaction_event("Started", id=id, transactionInfo={"transactionId": id, "remoteStartId": remote})
        )
    assert followers(t) == ["2"]


def test_what_was_refused_has_no_consequences():
    t = tape()
    t.ask("RemoteStartTransaction", {"idTag": "A", "connectorId": 1})
    t.hear(traffic.result({"status": "Rejected"}, id="c1"))
    t.hear(traffic.status("Preparing", 1))
    assert followers(t) == []


def test_only_the_newest_commands_are_kept():
    t = tape()
    for number in range(MOST_COMMANDS + 5):
        t.ask("ClearCache", {}, f"c{number}")
    commands = t.fleet.commands
    assert len(commands.of("CP")) == len(list(commands)) == MOST_COMMANDS
    assert commands.of("CP")[-1].id == "c104"
    assert [command.id for command in commands.newest(2)] == ["c104", "c103"]


def test_calls_of_procedures_do_not_crowd_out_what_the_operator_chose():
    t = tape()
    t.ask("Reset", {}, "mine")
    for number in range(MOST_COMMANDS + 5):
        about = ("CP", t.connection, f"p{number}", "GetConfiguration", {}, "configuration")
        t.apply(CallRequested(*t.next(), *about))
    commands = t.fleet.commands
    assert commands.of("CP")[0].id == "mine"
    assert len(commands.of("CP")) == MOST_COMMANDS + 1
    assert (
        [command.id for command in commands.chosen()] == [command.id for command in commands.chosen("CP")] == ["mine"]
    )


def test_parts_that_never_say_which_is_the_last_are_attached_for_a_while():
    t = tape("2.0.1")
    t.ask("GetBaseReport", {"requestId": 1, "reportBase": "FullInventory"})
    t.hear(traffic.result({"status": "Accepted"}, id="c1"))
    for number in range(3):
        report = {"requestId": 1, "seqNo": number, "generatedAt": traffic.NOON}
        t.hear(traffic.call("NotifyReport", report, id=str(number)), seconds=9)
    assert followers(t) == ["0", "1", "2"]
    command = t.fleet.commands.get("CP", "c1")
    [at_once], [later] = (assemble(command.followers, t.at + wait * SECOND) for wait in (5, 11))
    assert (at_once.complete, later.complete) == (False, True)
    assert "no part said that it is the last" in at_once.text
    t.hear(traffic.call("NotifyReport", {**report, "seqNo": 3}, id="late"), seconds=60)
    assert followers(t) == ["0", "1", "2"]


def test_what_a_station_tells_after_a_boot_was_not_triggered():
    t = tape()
    t.ask("TriggerMessage", {"requestedMessage": "StatusNotification"})
    t.hear(traffic.result({"status": "Accepted"}, id="c1"))
    t.hear(traffic.status(id="1"))
    t.hear(traffic.boot(id="b"))
    t.hear(traffic.status(id="2"))
    assert followers(t) == ["1"]


def test_a_refusal_explains_itself():
    t = tape()
    t.hear(traffic.status("Finishing", 1))
    t.ask("RemoteStartTransaction", {"idTag": "A", "connectorId": 1})
    t.hear(traffic.result({"status": "Rejected"}, id="c1"))
    assert "Finishing" in t.fleet.commands.get("CP", "c1").text

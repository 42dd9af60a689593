"""The stations' side of a trace against a central system that others wrote (the `ocpp` package's)."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call_result
from ocpp.v16 import call as commands
from tape import NOON, Tape
from traffic import boot, call, heartbeat, result, start, stop
from websockets.asyncio.server import ServerConnection, serve

from ocpp_console.clock import iso
from ocpp_console.outputs.replay.identifiers import Identifiers
from ocpp_console.outputs.replay.pace import Pace
from ocpp_console.outputs.replay.player import Played
from ocpp_console.outputs.replay.script import Dial, Expect, HangUp, Say, recorded_answers, steps
from ocpp_console.outputs.replay.script import commands as commands_of
from ocpp_console.outputs.replay.stage import Totals, Wanted, replay
from ocpp_console.protocol.frames import Call


class System(ChargePoint):
    """Accepts everything, gives transaction 77, resets who booted when it is told to."""

    stopped: list[int] = []
    reset: list[str] = []

    @on("BootNotification")
    def boot(self, **payload: Any) -> Any:
        return call_result.BootNotification(current_time=iso(NOON), interval=300, status="Accepted")

    @on("Heartbeat")
    async def heartbeat(self, **payload: Any) -> Any:
        return call_result.Heartbeat(current_time=iso(NOON))

    @on("StartTransaction")
    def start_transaction(self, **payload: Any) -> Any:
        return call_result.StartTransaction(transaction_id=77, id_tag_info={"status": "Blocked"})

    @on("StopTransaction")
    def stop_transaction(self, transaction_id: int, **payload: Any) -> Any:
        self.stopped.append(transaction_id)
        return call_result.StopTransaction()


@asynccontextmanager
async def system(commanding: bool = False) -> AsyncIterator[tuple[str, list[str]]]:
    """A central system; gives its address and the identities that came."""
    came: list[str] = []

    async def admit(socket: ServerConnection) -> None:
        assert socket.request is not None
        came.append(socket.request.path)
        point = System(socket.request.path[1:], socket)
        running = asyncio.create_task(point.start())
        if commanding:
            answer = await point.call(commands.Reset(type="Soft"), suppress=False)
            System.reset.append(answer.status)
        try:
            await running
        finally:
            running.cancel()

    System.stopped, System.reset = [], []
    async with serve(admit, "127.0.0.1", 0, subprotocols=["ocpp1.6"]) as server:  # type: ignore[list-item]
        port = server.sockets[0].getsockname()[1]
        yield f"ws://127.0.0.1:{port}", came


def day(station: str = "AC-04") -> Tape:
    """A boot, a session with transaction 5, a Reset that was rejected, a heartbeat nobody answered."""
    tape = Tape(station=station)
    tape.connect()
    tape.exchange(boot(id="b"), {"status": "Accepted", "currentTime": iso(NOON), "interval": 300})
    tape.exchange(start(id="s"), {"transactionId": 5, "idTagInfo": {"status": "Accepted"}})
    tape.say(call("Reset", {"type": "Hard"}, id="r"))
    tape.hear(result({"status": "Rejected"}, id="r"))
    tape.exchange(stop(5, id="e"), {})
    tape.hear(heartbeat(id="h"))
    tape.gone()
    return tape


async def played(tape: Tape, url: str, **wanted: Any) -> tuple[Totals, list[Played]]:
    told: list[Played] = []
    async with asyncio.timeout(20):
        totals = await replay(lambda: iter(tape.facts), Wanted(url, seconds=5, **wanted), Pace(0), told.append)
    return totals, told


async def test_a_station_does_again_what_it_did_and_differences_are_told() -> None:
    async with system() as (url, came):
        totals, told = await played(day(), url)
    assert came == ["/AC-04"]
    assert totals["sent"] == 4
    assert [each.text for each in told if not each.same] == ["StartTransaction: Blocked; in the trace Accepted"]


async def test_the_transaction_id_of_this_run_takes_the_place_of_the_recorded_one() -> None:
    async with system() as (url, _):
        await played(day(), url)
        assert System.stopped == [77]


async def test_a_command_is_answered_as_in_the_trace() -> None:
    async with system(commanding=True) as (url, _):
        _, told = await played(day(), url)
        assert System.reset == ["Rejected"]
    assert [each.text for each in told if each.kind == "asked"] == ["Reset of the central system: Rejected"]


async def test_several_stations_are_replayed_side_by_side_or_one_alone() -> None:
    both = day("A")
    other = day("B")
    both.facts += [fact._replace(seq=fact.seq + 100) for fact in other.facts]  # type: ignore[call-arg]
    async with system() as (url, came):
        await played(both, url)
        assert sorted(came) == ["/A", "/B"]
        came.clear()
        await played(both, url, station="B", identity="B 2/3")
        assert came == ["/B%202%2F3"]


async def test_nobody_listening_is_told_and_nothing_is_sent() -> None:
    async with system() as (url, _):
        pass
    totals, told = await played(day(), url)
    assert totals["refused"] == 1
    assert totals["sent"] == 0
    assert "not connected to" in told[0].text


async def test_an_answer_that_does_not_come_any_more_is_told() -> None:
    async def mute(socket: ServerConnection) -> None:
        await socket.wait_closed()

    async with serve(mute, "127.0.0.1", 0, subprotocols=["ocpp1.6"]) as server:  # type: ignore[list-item]
        tape = Tape(station="A")
        tape.connect()
        tape.exchange(heartbeat(), {"currentTime": iso(NOON)})
        told: list[Played] = []
        wanted = Wanted(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}", seconds=1)
        totals = await replay(lambda: iter(tape.facts), wanted, Pace(0), told.append)
    assert totals["missing"] == 1
    assert "Heartbeat: no answer; in the trace answered" in [each.text for each in told]


async def test_bytes_that_are_no_frame_are_sent_as_they_were() -> None:
    heard: list[Any] = []

    async def listen(socket: ServerConnection) -> None:
        async for message in socket:
            heard.append(message)

    async with serve(listen, "127.0.0.1", 0, subprotocols=["ocpp1.6"]) as server:  # type: ignore[list-item]
        tape = Tape(station="A")
        tape.connect()
        tape.hear(b"[2,")
        tape.hear(b'[2, "x",  "Heartbeat",{}]', binary=True)
        tape.gone()
        wanted = Wanted(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        await replay(lambda: iter(tape.facts), wanted, Pace(0), lambda _: None)
        assert heard == ["[2,", b'[2, "x",  "Heartbeat",{}]']


async def test_a_trace_that_begins_in_a_connection_dials_as_its_first_call_speaks() -> None:
    tape = Tape(station="A", version="2.0.1")
    tape.hear(call("StatusNotification", {"timestamp": iso(NOON), "connectorStatus": "Available", "evseId": 1}, id="1"))
    spoken: list[Any] = []

    async def listen(socket: ServerConnection) -> None:
        spoken.append(socket.subprotocol)
        async for _ in socket:
            await socket.close()

    async with serve(listen, "127.0.0.1", 0, subprotocols=["ocpp1.6", "ocpp2.0.1"]) as server:  # type: ignore[list-item]
        wanted = Wanted(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        await replay(lambda: iter(tape.facts), wanted, Pace(0), lambda _: None)
    assert spoken == ["ocpp2.0.1"]


async def test_a_password_in_the_address_logs_in_with_the_identity_and_is_not_told() -> None:
    said: list[str | None] = []

    async def refuse(connection: ServerConnection, request: Any) -> Any:
        said.append(request.headers.get("Authorization"))
        return connection.respond(401, "who are you?")

    async with serve(lambda socket: socket.close(), "127.0.0.1", 0, process_request=refuse) as server:
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        _, told = await played(day("A 1"), f"ws://:s%2Fcret@{host}/ocpp/")
    assert said == [f"Basic {base64.b64encode(b'A 1:s/cret').decode()}"]
    assert told[0].text.startswith(f"not connected to ws://{host}/ocpp/A%201: ")
    assert "cret" not in "".join(each.text for each in told)


def test_steps_hold_what_the_station_did_and_when_it_had_its_answers() -> None:
    kinds = [type(step) for step in steps(day().facts)]
    assert kinds == [Dial, Say, Expect, Say, Expect, Say, Expect, Say, HangUp]
    assert list(recorded_answers(day().facts)) == [("AC-04", "Reset")]
    assert [(each.action, each.payload) for each in commands_of(day().facts)] == [("Reset", {"type": "Hard"})]


def test_a_command_knows_where_the_session_ran_that_it_names() -> None:
    tape = Tape(station="AC-04")
    tape.connect()
    tape.exchange(start(connector=2, id="s"), {"transactionId": 5, "idTagInfo": {"status": "Accepted"}})
    tape.say(call("RemoteStopTransaction", {"transactionId": 5}, id="x"))
    tape.say(call("RemoteStopTransaction", {"transactionId": 6}, id="y"))
    assert [each.connector for each in commands_of(tape.facts)] == [2, None]


def test_times_move_when_asked_and_other_values_stay() -> None:
    payload = {"timestamp": "2026-11-20T12:00:00Z", "meterValue": [{"timestamp": "no time"}], "connectorId": 1}
    moved = Identifiers(3_600_000_000).payload(payload)
    assert moved == {**payload, "timestamp": "2026-11-20T13:00:00Z"}
    assert Identifiers().payload(payload) is payload


def test_only_numbers_given_in_this_run_are_replaced() -> None:
    known = Identifiers()
    known.learn(Call("1", "StartTransaction", {}), {"transactionId": 5}, {"transactionId": 9})
    assert known.payload({"transactionId": 5}) == {"transactionId": 9}
    assert known.payload({"transactionId": 6}) == {"transactionId": 6}
    assert known.payload({"transactionId": True}) == {"transactionId": True}


@pytest.mark.parametrize(
    ("speed", "longest", "least", "most"), [(10, None, 0.09, 5), (1, 0.02, 0.02, 5), (0, None, 0, 0.5)]
)
async def test_gaps_take_as_long_as_the_pace_says(
    speed: float, longest: float | None, least: float, most: float
) -> None:
    pace, loop = Pace(speed, longest), asyncio.get_running_loop()
    await pace.wait(1_000_000)
    begun = loop.time()
    await pace.wait(2_000_000)
    assert least <= loop.time() - begun < most


async def test_step_by_step_nothing_goes_on_by_itself() -> None:
    go, steps_taken = asyncio.Semaphore(0), []

    async def ask() -> None:
        await go.acquire()

    async def walk() -> None:
        pace = Pace(ask=ask)
        for step in range(3):
            await pace.wait(step)
            steps_taken.append(step)

    task = asyncio.create_task(walk())
    for count in (1, 2, 3):
        go.release()
        while len(steps_taken) < count:  # noqa: ASYNC110
            await asyncio.sleep(0)
    await task
    assert json.dumps(steps_taken) == "[0, 1, 2]"

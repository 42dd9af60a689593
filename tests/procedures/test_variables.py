import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from ocpp_console.engine import Engine
from ocpp_console.model.configurations import Configuration, Setting
from ocpp_console.model.station import Station
from ocpp_console.model.templates import Template, Verdict, plan
from ocpp_console.model.variables import State, VariableName
from ocpp_console.procedures.link import CallRefused
from ocpp_console.procedures.portions import portions
from ocpp_console.procedures.variable_changes import Change, Outcome, write
from ocpp_console.procedures.variables import CONFIGURATION, Patience, Step, read_all, read_some
from ocpp_console.settings import Settings

HASTE = Patience(first=0.3, further=0.3, after_last=0.05)
NOW = "2026-11-20T14:03:21Z"

Answers = Callable[[str, dict[str, Any]], Any]
"""What a station answers to an action and its payload: a payload, an error code, or None for silence."""


class Scripted:
    """A station that answers as a test wants it to; `after` are calls it sends once it has answered."""

    def __init__(self, socket: ClientConnection, answers: Answers) -> None:
        self.socket, self.answers = socket, answers
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.after: list[tuple[str, dict[str, Any]]] = []
        self.task = asyncio.create_task(self._live())

    async def _live(self) -> None:
        with suppress(ConnectionClosed):
            async for raw in self.socket:
                frame = json.loads(raw)
                if frame[0] != 2:
                    continue
                self.asked.append((frame[2], frame[3]))
                answer = self.answers(frame[2], frame[3])
                if isinstance(answer, str):
                    await self.socket.send(json.dumps([4, frame[1], answer, "", {}]))
                elif answer is not None:
                    await self.socket.send(json.dumps([3, frame[1], answer]))
                for number, (action, payload) in enumerate(self.after):
                    await self.socket.send(json.dumps([2, f"{len(self.asked)}-{number}", action, payload]))
                self.after.clear()

    def calls(self, action: str) -> list[dict[str, Any]]:
        """The payloads of the console's calls of one action."""
        return [payload for name, payload in self.asked if name == action]


@asynccontextmanager
async def scene(
    answers: Answers, version: str = "1.6", **wishes: Any
) -> AsyncIterator[tuple[Engine, Scripted, Station]]:
    """An engine and one station on a real socket."""
    engine = Engine(Settings(**{"host": ("127.0.0.1",), "port": 0, "db": ":memory:", "grace": 0.0, **wishes}))
    await engine.start()
    try:
        url = f"ws://127.0.0.1:{engine.port}/CP"
        async with connect(url, subprotocols=[f"ocpp{version}"]) as socket:  # type: ignore[list-item]
            scripted = Scripted(socket, answers)
            await engine.until("CP", lambda: "CP" in engine.fleet.stations, 10)
            yield engine, scripted, engine.fleet.stations["CP"]
        await scripted.task
    finally:
        await engine.stop()


class Keys:
    """The keys of a 1.6 station, answered as the specification says."""

    def __init__(self, most: int | None = None, **values: str) -> None:
        self.values = {**values, **({"GetConfigurationMaxKeys": str(most)} if most else {})}
        self.most = most or 10_000
        self.fixed = {"GetConfigurationMaxKeys"}
        self.verdicts: dict[str, str] = {}

    def __call__(self, action: str, payload: dict[str, Any]) -> Any:
        if action == "ChangeConfiguration":
            return self.change(payload["key"], payload["value"])
        wanted = payload.get("key") or list(self.values)[: self.most]
        if len(wanted) > self.most:
            return "OccurenceConstraintViolation"
        known = [name for name in wanted if name in self.values]
        return {
            "configurationKey": [
                {"key": name, "readonly": name in self.fixed, "value": self.values[name]} for name in known
            ],
            "unknownKey": [name for name in wanted if name not in self.values],
        }

    def change(self, key: str, value: str) -> dict[str, Any]:
        """ChangeConfiguration."""
        verdict = self.verdicts.get(key) or ("Accepted" if key in self.values else "NotSupported")
        if verdict == "Accepted":
            self.values[key] = value
        return {"status": verdict}


def values_of(station: Station) -> dict[str, str | None]:
    return {str(variable.name): variable.actual.value for variable in station.variables.ordered()}


def key(name: str) -> Setting:
    return Setting(VariableName("", name))


# 1.6


async def test_all_keys_at_once() -> None:
    steps: list[Step] = []
    async with scene(Keys(HeartbeatInterval="300", Vendor="x")) as (engine, scripted, station):
        reading = await read_all(engine.link("CP"), steps.append)
        assert (reading.told, reading.whole, reading.notes) == (2, True, ())
        assert values_of(station) == {"HeartbeatInterval": "300", "Vendor": "x"}
        assert scripted.calls("GetConfiguration") == [{}]
        assert steps[-1] == Step(2, 2, "told at once")


async def test_the_rest_is_asked_by_name_in_parts_the_station_takes() -> None:
    station_keys = Keys(
        4, HeartbeatInterval="300", Vendor="x", CpoName="c", WebSocketPingInterval="30", SecurityProfile="1"
    )
    station_keys.values = {"GetConfigurationMaxKeys": "4", **station_keys.values}
    async with scene(station_keys) as (engine, scripted, station):
        reading = await read_all(engine.link("CP"))
        assert not reading.whole
        assert values_of(station)["WebSocketPingInterval"] == "30"
        assert values_of(station)["SecurityProfile"] == "1"
        assert values_of(station)["Vendor"] == "x"
        asked = scripted.calls("GetConfiguration")
        assert asked[0] == {}
        assert max(len(payload["key"]) for payload in asked[1:]) == 4
        assert "lightintensity" in station.variables.unknown
        assert "as many as it may name" in reading.notes[-1]


async def test_a_station_that_lists_more_than_it_says_it_may_has_listed_everything() -> None:
    keys = Keys(HeartbeatInterval="300", Vendor="x")
    keys.values["GetConfigurationMaxKeys"] = "1"
    async with scene(keys) as (engine, scripted, _):
        reading = await read_all(engine.link("CP"))
        assert (reading.told, reading.whole, reading.notes) == (3, True, ())
        assert scripted.calls("GetConfiguration") == [{}]


async def test_a_station_that_lists_nothing_is_asked_for_what_the_standard_names() -> None:
    filled = Keys(5, HeartbeatInterval="300", ResetRetries="3")

    def answers(action: str, payload: dict[str, Any]) -> Any:
        return filled(action, payload) if payload.get("key") else {}

    async with scene(answers) as (engine, scripted, station):
        reading = await read_all(engine.link("CP"))
        assert values_of(station) == {"GetConfigurationMaxKeys": "5", "HeartbeatInterval": "300", "ResetRetries": "3"}
        assert scripted.calls("GetConfiguration")[1] == {"key": ["GetConfigurationMaxKeys"]}
        assert "listed none" in reading.notes[-1]


async def test_a_part_that_is_refused_is_asked_in_halves_and_the_culprit_named() -> None:
    filled = Keys(HeartbeatInterval="300", ResetRetries="3")

    def answers(action: str, payload: dict[str, Any]) -> Any:
        return "InternalError" if "MeterValuesSampledData" in payload["key"] else filled(action, payload)

    async with scene(answers) as (engine, _, station):
        names = ("HeartbeatInterval", "MeterValuesSampledData", "ResetRetries")
        notes = await read_some(engine.link("CP"), [key(name) for name in names])
        assert values_of(station) == {"HeartbeatInterval": "300", "ResetRetries": "3"}
        assert len(notes) == 1
        assert notes[0].startswith("MeterValuesSampledData:")


async def test_a_station_that_does_not_answer_is_left_alone() -> None:
    async with scene(lambda action, payload: None, call_timeout=0.3) as (engine, scripted, _):
        reading = await read_all(engine.link("CP"))
        assert reading.told == 0
        assert "No answer" in reading.notes[0]
        assert len(scripted.asked) == 1


async def test_an_offline_station_is_refused_in_words() -> None:
    async with scene(Keys()) as (engine, scripted, station):
        await scripted.socket.close()
        await engine.until("CP", lambda: not station.online, 10)
        with pytest.raises(CallRefused) as refused:
            await read_all(engine.link("CP"))
        assert "offline" in refused.value.text
        change = Change(key("HeartbeatInterval"), "60")
        await write(engine.link("CP"), [change])
        assert change.outcome is Outcome.NOT_SENT
        assert "offline" in change.text


async def test_every_change_says_what_became_of_it() -> None:
    filled = Keys(A="1", B="2", C="3", D="4", WebSocketPingInterval="0")
    filled.verdicts = {"B": "Rejected", "C": "RebootRequired"}
    fields = {"A": "10", "B": "20", "C": "30", "D": "40", "E": "50", "F" * 51: "1"}

    def answers(action: str, payload: dict[str, Any]) -> Any:
        answer = filled(action, payload)
        if payload.get("key") == "D" and action == "ChangeConfiguration":
            filled.values["D"] = "39"
        return answer

    async with scene(answers) as (engine, scripted, station):
        await read_all(engine.link("CP"))
        changes = [Change(key(name), value) for name, value in fields.items()]
        await write(engine.link("CP"), changes)
        assert [change.outcome.name for change in changes] == [
            "SET",
            "REFUSED",
            "REBOOT",
            "DIFFERS",
            "REFUSED",
            "NOT_SENT",
        ]
        assert "tells 39" in changes[3].text
        assert changes[4].text.startswith("NotSupported")
        assert "50" in changes[5].text
        assert scripted.calls("GetConfiguration")[-1] == {"key": ["A", "C", "D"]}
        states = {str(each.name): each.actual.state("") for each in station.variables}
        assert (states["A"], states["C"], states["D"]) == (State.CONFIRMED, State.REBOOT, State.DIFFERS)


async def test_after_no_answer_nothing_more_is_written() -> None:
    async with scene(lambda action, payload: None, call_timeout=0.3) as (engine, scripted, _):
        changes = [Change(key(name), "1") for name in "AB"]
        await write(engine.link("CP"), changes)
        assert [change.outcome for change in changes] == [Outcome.NO_ANSWER, Outcome.NOT_SENT]
        assert len(scripted.asked) == 1


async def test_a_writing_that_is_cancelled_says_what_was_not_sent(until: Callable[..., Any]) -> None:
    filled = Keys(A="1", B="2")
    blocked: list[str] = []

    def answers(action: str, payload: dict[str, Any]) -> Any:
        if payload.get("key") == "B":
            blocked.append("B")
            return None
        return filled(action, payload)

    async with scene(answers) as (engine, _, _):
        changes = [Change(key(name), "9") for name in "ABA"]
        task = asyncio.create_task(write(engine.link("CP"), changes))
        await until(lambda: blocked)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [change.outcome for change in changes] == [Outcome.UNREAD, Outcome.NOT_SENT, Outcome.NOT_SENT]
        assert "Cancelled" in changes[2].text


async def test_a_call_that_waits_for_its_turn_is_taken_back_when_nobody_waits_for_it(until: Callable[..., Any]) -> None:
    async with scene(lambda action, payload: None) as (engine, scripted, _):
        engine.request("CP", "ClearCache", {})
        await until(lambda: scripted.asked)
        task = asyncio.create_task(read_all(engine.link("CP")))
        await until(lambda: len(engine.fleet.commands.of("CP")) == 2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert engine.fleet.commands.of("CP")[-1].final
        assert [action for action, _ in scripted.asked] == ["ClearCache"]


# 2.x


def variable(name: str, value: str, component: str = "Ctrlr", instance: str = "", **more: Any) -> dict[str, Any]:
    return {
        "component": {"name": component},
        "variable": {"name": name, **({"instance": instance} if instance else {})},
        "variableAttribute": [{"type": "Actual", "value": value, "mutability": "ReadWrite", **more}],
    }


def limit(action: str, items: int, size: int | None = None) -> list[dict[str, Any]]:
    told = [variable("ItemsPerMessage", str(items), "DeviceDataCtrlr", action)]
    return told + ([variable("BytesPerMessage", str(size), "DeviceDataCtrlr", action)] if size else [])


class Model:
    """The device model of a 2.x station that reports in the parts it is told to."""

    def __init__(self, *parts: tuple[Any, Any, list[dict[str, Any]]]) -> None:
        self.parts = parts
        """(seqNo, tbc, reportData); None leaves the property out."""
        self.scripted: Scripted | None = None
        self.statuses = {"GetBaseReport": "Accepted"}
        self.values = {
            (data["component"]["name"], data["variable"]["name"]): data["variableAttribute"][0]["value"]
            for _, _, datas in parts
            for data in datas
        }

    def __call__(self, action: str, payload: dict[str, Any]) -> Any:
        if action == "GetBaseReport":
            status = self.statuses.get(payload["reportBase"], self.statuses[action])
            if status == "Accepted":
                self.report(payload["requestId"])
            return {"status": status}
        if action == "GetVariables":
            return {"getVariableResult": [self.told(item) for item in payload["getVariableData"]]}
        return {"setVariableResult": [self.put(item) for item in payload["setVariableData"]]}

    def report(self, request: int) -> None:
        """NotifyReport, as often as there are parts."""
        assert self.scripted is not None
        for seq, tbc, data in self.parts:
            payload = {"requestId": request, "generatedAt": NOW, "seqNo": seq, "tbc": tbc, "reportData": data}
            self.scripted.after.append(
                ("NotifyReport", {name: value for name, value in payload.items() if value is not None})
            )

    def told(self, item: dict[str, Any]) -> dict[str, Any]:
        """One result of GetVariables."""
        value = self.values.get((item["component"]["name"], item["variable"]["name"]))
        status = {"attributeStatus": "UnknownVariable"} if value is None else {"attributeStatus": "Accepted"}
        return {**item, **status, **({"attributeValue": value} if value is not None else {})}

    def put(self, item: dict[str, Any]) -> dict[str, Any]:
        """One result of SetVariables."""
        item = dict(item)
        value, name = item.pop("attributeValue"), (item["component"]["name"], item["variable"]["name"])
        if name not in self.values:
            return {**item, "attributeStatus": "UnknownComponent"}
        self.values[name] = value
        return {**item, "attributeStatus": "Accepted"}


@asynccontextmanager
async def modelled(model: Model) -> AsyncIterator[tuple[Engine, Scripted, Station]]:
    """A 2.0.1 station with this device model."""
    async with scene(model, "2.0.1") as (engine, scripted, station):
        model.scripted = scripted
        yield engine, scripted, station


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([(0, True), (1, True), (2, False)], True),
        ([(1, True), (2, True), (3, False)], True),
        ([(2, False), (1, True), (0, True)], True),
        ([(0, None), (1, None), (2, None)], True),
        ([(0, True), (1, True), (2, True)], False),
        ([(0, True), (1, True), (5, False)], False),
    ],
    ids=["in order", "from one", "backwards", "without tbc", "without a last one", "with a gap"],
)
async def test_a_report_is_waited_for_and_taken_as_far_as_it_comes(parts: list[Any], whole: bool) -> None:
    model = Model(*[(seq, tbc, [variable(f"V{seq}", "1")]) for seq, tbc in parts])
    async with modelled(model) as (engine, _, station):
        reading = await read_all(engine.link("CP"), patience=HASTE)
        assert (reading.told, reading.whole) == (3, whole)
        assert bool(reading.notes) is not whole
        assert len(station.variables) == 3


async def test_another_report_is_asked_for_when_the_full_one_is_refused() -> None:
    model = Model((0, False, [variable("A", "1")]))
    model.statuses["FullInventory"] = "NotSupported"
    async with modelled(model) as (engine, scripted, station):
        reading = await read_all(engine.link("CP"), patience=HASTE)
        bases = [payload["reportBase"] for payload in scripted.calls("GetBaseReport")]
        assert bases == ["FullInventory", CONFIGURATION]
        assert values_of(station) == {"Ctrlr.A": "1"}
        assert not reading.whole
        assert "NotSupported" in reading.notes[0]


async def test_without_a_report_the_standard_variables_are_asked_for_within_the_limits() -> None:
    told = [variable("HeartbeatInterval", "300", "OCPPCommCtrlr"), *limit("GetVariables", 7)]
    model = Model((0, False, told))
    model.statuses["GetBaseReport"] = "Rejected"
    async with modelled(model) as (engine, scripted, station):
        reading = await read_all(engine.link("CP"), patience=HASTE)
        asked = [len(payload["getVariableData"]) for payload in scripted.calls("GetVariables")]
        assert asked[0] == 10
        assert max(asked[1:]) == 7
        assert values_of(station)["OCPPCommCtrlr.HeartbeatInterval"] == "300"
        assert reading.told
        assert "by name" in reading.notes[-1]


async def test_a_report_that_is_promised_and_never_comes_is_not_waited_for_for_ever() -> None:
    model = Model()
    async with modelled(model) as (engine, scripted, _):
        reading = await read_all(engine.link("CP"), patience=HASTE)
        assert "sent no report" in reading.notes[0]
        assert scripted.calls("GetVariables")


async def test_variables_are_set_in_parts_and_read_back() -> None:
    names = [f"V{number}" for number in range(7)]
    data = [*[variable(name, "1") for name in names], *limit("SetVariables", 3), *limit("GetVariables", 4)]
    async with modelled(Model((0, False, data))) as (engine, scripted, _):
        await read_all(engine.link("CP"), patience=HASTE)
        changes = [Change(Setting(VariableName("Ctrlr", name)), "2") for name in [*names, "Missing"]]
        await write(engine.link("CP"), changes)
        assert [change.outcome for change in changes[:-1]] == [Outcome.SET] * 7
        assert changes[-1].outcome is Outcome.REFUSED
        assert [len(payload["setVariableData"]) for payload in scripted.calls("SetVariables")] == [3, 3, 2]
        assert [len(payload["getVariableData"]) for payload in scripted.calls("GetVariables")] == [4, 3]


def test_portions_keep_items_and_bytes() -> None:
    items: list[dict[str, Any]] = [{"name": "x" * 90} for _ in range(10)]
    assert [len(part) for part in portions(items, 4)] == [4, 4, 2]
    assert [len(part) for part in portions(items, 100, 450)] == [3, 3, 3, 1]
    assert [len(part) for part in portions(items, 100, 1)] == [1] * 10
    assert all(len(json.dumps(part)) <= 450 for part in portions(items, 100, 450))
    assert portions([], 5) == []


# the demo's own stations, made of another implementation


async def test_the_demo_is_read_written_kept_and_set_back(until: Callable[..., Any]) -> None:
    engine = Engine(Settings(host=("127.0.0.1",), port=0, db=":memory:", grace=0.0, demo=True))
    await engine.start()
    try:
        for name, setting in (
            ("AC-04", key("HeartbeatInterval")),
            ("DC-01", Setting(VariableName("OCPPCommCtrlr", "HeartbeatInterval"))),
        ):
            await until(lambda name=name: (found := engine.fleet.stations.get(name)) and found.ready)
            station, link = engine.fleet.stations[name], engine.link(name)
            reading = await read_all(link)
            assert reading.whole, reading.notes
            assert reading.told > 40
            kept = await engine.configurations.keep(Configuration.of(station, engine.clock(), "before"))
            changes = [Change(setting, "120", "300")]
            await write(link, changes)
            assert changes[0].outcome is Outcome.SET
            loaded = await engine.configurations.load(kept)
            assert loaded is not None
            steps = plan(Template.of(loaded), station.variables, station.version)
            wanted = [step for step in steps if step.verdict is Verdict.CHANGE]
            assert [(step.setting, step.old, step.new) for step in wanted] == [(setting, "120", "300")]
            undone = [Change(step.setting, step.new) for step in wanted]
            await write(link, undone)
            assert undone[0].outcome is Outcome.SET
            assert [entry.label for entry in await engine.configurations.listing(name)] == ["before"]
    finally:
        await engine.stop()

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from stage import Charger, Stage, stage
from textual.widgets import Input
from websockets.exceptions import ConnectionClosed

from ocpp_console.model.secrets import MASK
from ocpp_console.screens.variables import ConfigurationPage

NOW = "2026-11-20T14:03:21Z"


class Configured(Charger):
    """A charger with a configuration: keys of 1.6, or variables of one component each of 2.0.1."""

    values: dict[str, str]
    fixed: frozenset[str] = frozenset()
    silent = False

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for raw in self.socket:
                frame = json.loads(raw)
                if frame[0] != 2:
                    self._waiting.pop(frame[1]).set_result(frame[2:])
                    continue
                self.asked.append((frame[2], frame[3]))
                if not self.silent:
                    await self.socket.send(json.dumps([3, frame[1], getattr(self, frame[2])(frame[3])]))
                    await self.follow(frame[2], frame[3])

    async def follow(self, action: str, payload: Any) -> None:
        """The report after GetBaseReport."""
        if action != "GetBaseReport":
            return
        data = [
            {
                **self.item(name),
                "variableAttribute": [
                    {"value": value, "mutability": "ReadOnly" if name in self.fixed else "ReadWrite"}
                ],
                "variableCharacteristics": {"dataType": "integer", "unit": "s", "supportsMonitoring": False},
            }
            for name, value in self.values.items()
        ]
        report = {"requestId": payload["requestId"], "generatedAt": NOW, "seqNo": 0, "tbc": False, "reportData": data}
        await self.socket.send(json.dumps([2, "report", "NotifyReport", report]))
        self._waiting["report"] = asyncio.get_running_loop().create_future()

    @staticmethod
    def item(name: str) -> dict[str, Any]:
        """`Component.Variable` as component and variable."""
        component, _, variable = name.partition(".")
        return {"component": {"name": component}, "variable": {"name": variable}}

    def GetConfiguration(self, payload: Any) -> Any:
        names = payload.get("key") or list(self.values)
        told = [{"key": name, "readonly": name in self.fixed, "value": self.values[name]} for name in names]
        return {"configurationKey": told, "unknownKey": []}

    def ChangeConfiguration(self, payload: Any) -> Any:
        if payload["key"] in self.fixed:
            return {"status": "Rejected"}
        self.values[payload["key"]] = payload["value"]
        return {"status": "Accepted"}

    def GetBaseReport(self, payload: Any) -> Any:
        return {"status": "Accepted"}

    def GetVariables(self, payload: Any) -> Any:
        names = [f"{each['component']['name']}.{each['variable']['name']}" for each in payload["getVariableData"]]
        return {
            "getVariableResult": [
                {**self.item(name), "attributeStatus": "Accepted", "attributeValue": self.values[name]}
                for name in names
            ]
        }

    def SetVariables(self, payload: Any) -> Any:
        results = []
        for each in payload["setVariableData"]:
            name = f"{each['component']['name']}.{each['variable']['name']}"
            self.values[name] = each["attributeValue"]
            results.append({**self.item(name), "attributeStatus": "Accepted"})
        return {"setVariableResult": results}


async def configured(s: Stage, identity: str, version: str = "1.6", fixed: str = "", **values: str) -> Configured:
    """A charger with these values; `_` in a name stands for the dot between component and variable in 2.x."""
    charger = await s.charger(identity, version)
    charger.__class__ = Configured
    charger._reader.cancel()
    charger.values = {name.replace("_", ".") if version != "1.6" else name: value for name, value in values.items()}
    charger.fixed = frozenset([fixed])
    with suppress(asyncio.CancelledError):
        await charger._reader
    charger._reader = asyncio.create_task(charger._read())
    return charger


async def type_in(s: Stage, text: str) -> None:
    """Replace what stands in the line and press enter."""
    s.app.screen.query_one(Input).value = text
    await s.press("enter")


async def test_an_empty_page_teaches() -> None:
    async with stage((80, 24)) as s:
        await s.press("6")
        await s.sees("No station to configure yet")
        await configured(s, "AC-07")
        await s.sees("No configuration read yet: C reads it")


async def test_c_reads_and_the_table_shows_it_at_80_by_24() -> None:
    async with stage((80, 24)) as s:
        await configured(s, "AC-07", fixed="NumberOfConnectors", HeartbeatInterval="300", NumberOfConnectors="2")
        await s.press("6", "C")
        screen = await s.sees("✓ 2 read")
        assert "Configuration  AC-07  1.6  2 keys  read" in screen
        assert "300 s" in screen
        assert all(len(line) <= 80 for line in screen.splitlines())


async def test_c_on_another_page_goes_there_and_reads() -> None:
    async with stage() as s:
        await configured(s, "AC-01", HeartbeatInterval="100")
        await configured(s, "AC-07", HeartbeatInterval="700")
        await s.sees("AC-07")
        await s.press("down", "C")
        screen = await s.sees("✓ 1 read")
        assert "AC-07  1.6" in screen
        assert "700 s" in screen
        assert isinstance(s.app.screen, ConfigurationPage)
        await s.press("left_square_bracket")
        await s.sees("AC-01  1.6  not read")


async def test_a_value_is_changed_in_place_read_back_and_undone() -> None:
    async with stage((120, 40)) as s:
        charger = await configured(s, "AC-07", HeartbeatInterval="300", ResetRetries="3")
        await s.press("6", "C")
        await s.sees("✓ 2 read")
        await s.press("enter")
        await s.sees("HeartbeatInterval → AC-07")
        await type_in(s, "60")
        screen = await s.sees("HeartbeatInterval = 60: set and read back")
        assert "60 s" in screen
        assert charger.values["HeartbeatInterval"] == "60"
        await s.press("Z")
        screen = await s.sees("1 to write, 1 already so")
        assert "before HeartbeatInterval was set" in screen
        assert [action for action, _ in charger.asked].count("ChangeConfiguration") == 1
        await s.press("f10")
        await s.sees("HeartbeatInterval = 300: set and read back")
        assert charger.values["HeartbeatInterval"] == "300"


async def test_a_value_that_will_hardly_be_taken_is_written_only_when_asked_twice() -> None:
    async with stage((100, 30)) as s:
        charger = await configured(s, "AC-07", HeartbeatInterval="300")
        await s.press("6", "C")
        await s.sees("✓ 1 read")
        await s.press("E")
        await s.sees("Write (enter)")
        await type_in(s, "often")
        await s.sees("enter again writes it anyway")
        assert "ChangeConfiguration" not in [action for action, _ in charger.asked]
        await s.press("enter")
        await s.sees("HeartbeatInterval = often: set and read back")


async def test_a_refused_value_says_so_in_the_row_and_below() -> None:
    async with stage((120, 40)) as s:
        await configured(s, "AC-07", fixed="NumberOfConnectors", NumberOfConnectors="2")
        await s.press("6", "C")
        await s.sees("✓ 1 read")
        await s.press("enter")
        await s.sees("read-only")
        await type_in(s, "9")
        await s.press("enter")
        screen = await s.sees("✗ Rejected 9")
        assert "NumberOfConnectors = 9: refused. Rejected." in screen


async def test_the_sheet_stays_while_the_station_is_away() -> None:
    async with stage((100, 30)) as s:
        charger = await configured(s, "AC-07", HeartbeatInterval="300")
        await s.press("6", "C")
        await s.sees("✓ 1 read")
        await s.press("E")
        await s.sees("Write (enter)")
        await charger.leave()
        await s.sees("AC-07 is offline. What is typed stays")
        await type_in(s, "60")
        again = await configured(s, "AC-07", HeartbeatInterval="300")
        await s.press("enter")
        await s.sees("HeartbeatInterval = 60: set and read back")
        assert again.values["HeartbeatInterval"] == "60"


async def test_2_x_is_a_tree_that_folds_or_a_flat_list() -> None:
    async with stage((120, 40)) as s:
        charger = await configured(s, "DC-01", "2.0.1", Comm_Heartbeat="300", Comm_Ping="0", Tx_TimeOut="60")
        await s.press("6", "C")
        screen = await s.sees("✓ 3 read")
        assert "▾ Comm" in screen
        assert "3 variables" in screen
        await s.press("enter")
        screen = await s.sees("▸ Comm")
        assert "2 settings" in screen
        assert "Heartbeat " not in screen
        await s.press("t")
        screen = await s.sees("Comm.Heartbeat")
        assert "▸" not in screen
        await s.press("E")
        await type_in(s, "60")
        await s.sees("Comm.Heartbeat = 60: set and read back")
        assert charger.values["Comm.Heartbeat"] == "60"


async def test_several_marked_settings_get_one_value() -> None:
    async with stage((120, 40)) as s:
        charger = await configured(s, "DC-01", "2.0.1", Comm_A="1", Comm_B="2", Comm_C="3")
        await s.press("6", "C")
        await s.sees("✓ 3 read")
        await s.press("down", "space", "space", "E")
        await s.sees("Comm.A and 1 more")
        await type_in(s, "7")
        await s.sees("2 set and read back")
        assert charger.values == {"Comm.A": "7", "Comm.B": "7", "Comm.C": "3"}
        assert len([1 for action, _ in charger.asked if action == "SetVariables"]) == 1


async def test_secrets_are_masked_until_a_key_shows_them() -> None:
    async with stage((120, 40)) as s:
        await configured(s, "AC-07", ApnPassword="hush-hush", CpoName="x")
        await s.press("6", "C")
        screen = await s.sees("✓ 2 read")
        assert MASK in screen
        assert "hush" not in screen
        await s.press("p")
        await s.sees("hush-hush")
        await s.press("p", "enter")
        screen = await s.sees("ApnPassword → AC-07")
        assert "hush" not in screen


async def test_the_filter_finds_text_and_what_may_be_written() -> None:
    async with stage((100, 30)) as s:
        await configured(s, "AC-07", fixed="NumberOfConnectors", HeartbeatInterval="300", NumberOfConnectors="2")
        await s.press("6", "C")
        await s.sees("✓ 2 read")
        await s.press("slash", *"~w")
        screen = await s.sees("/~w")
        assert "HeartbeatInterval" in screen
        assert "NumberOfConnectors" not in screen
        await s.press("x")
        await s.sees("is none of")


async def test_kept_configurations_are_compared_restored_and_deleted() -> None:
    async with stage((120, 40)) as s:
        charger = await configured(s, "AC-07", HeartbeatInterval="300", ResetRetries="3")
        await configured(s, "AC-09", HeartbeatInterval="900", Vendor="x")
        await s.press("6", "right_square_bracket", "C")
        await s.sees("AC-09  1.6  2 keys")
        await s.press("left_square_bracket", "C")
        await s.sees("✓ 2 read")
        await s.press("s")
        await s.sees("Keep what AC-07 is set to")
        await type_in(s, "as delivered")
        await s.said("Kept, without secrets")
        charger.values["HeartbeatInterval"] = "60"
        await s.press("V")
        await s.sees("← was 300")
        await s.press("d")
        screen = await s.sees("as delivered")
        assert "as it is set now" in screen
        await s.press("enter")
        screen = await s.sees("1 different, 1 the same")
        assert "300" in screen
        await s.press("escape", "d")
        await s.sees("as delivered")
        await s.press("r")
        await s.sees("1 to write, 1 already so")
        await s.press("f10")
        await s.sees("HeartbeatInterval = 300: set and read back")
        await s.press("d")
        await s.sees("as delivered")
        await s.press("end", "up", "enter")
        screen = await s.sees("does not have it")
        assert "AC-09" in screen
        await s.press("escape", "d")
        await s.sees("as delivered")
        await s.press("down", "delete", "y")
        await s.sees("before back to")
        assert "as delivered" not in await s.shown()


async def test_a_template_is_written_and_applied_elsewhere_with_a_plan_first(tmp_path: Path) -> None:
    path = tmp_path / "depot.toml"
    async with stage((120, 40)) as s:
        await configured(s, "AC-07", HeartbeatInterval="60", ResetRetries="3", Vendor="x", ApnPassword="hush")
        other = await configured(s, "AC-09", fixed="ResetRetries", HeartbeatInterval="300", ResetRetries="5")
        await s.press("6", "C")
        await s.sees("✓ 4 read")
        await s.press("x")
        await s.sees("Write the values as a template")
        await type_in(s, str(path))
        await s.said("3 values written")
        text = path.read_text("utf-8")
        assert 'HeartbeatInterval = "60"' in text
        assert "hush" not in text
        await s.press("right_square_bracket", "C")
        await s.sees("AC-09  1.6  2 keys")
        await s.press("I")
        await s.sees("Apply the template")
        await type_in(s, str(path))
        screen = await s.sees("1 to write, 0 already so, 2 skipped. Nothing was sent yet.")
        assert "It is read-only at this station." in screen
        assert "The station did not report it." in screen
        await s.press("down", "space")
        await s.sees("2 to write")
        await s.press("f10")
        screen = await s.sees("1 set and read back, 1 refused")
        assert other.values == {"HeartbeatInterval": "60", "ResetRetries": "5"}
        path.write_text("[keys\n", "utf-8")
        await s.press("I")
        await type_in(s, str(path))
        await s.said("line 1")


async def test_a_reading_is_cancelled_by_a_key() -> None:
    async with stage((100, 30)) as s:
        charger = await configured(s, "AC-07", HeartbeatInterval="300")
        charger.silent = True
        await s.press("6", "C")
        await s.sees("c cancels")
        await s.press("C")
        await s.said("still being asked")
        await s.press("c")
        await s.sees("Cancelled")


async def test_a_restart_shows_what_was_kept_until_it_is_read(tmp_path: Path) -> None:
    database = str(tmp_path / "kept.db")
    async with stage((100, 30), db=database) as s:
        await configured(s, "AC-07", HeartbeatInterval="300")
        await s.press("6", "C")
        await s.sees("✓ 1 read")
    async with stage((100, 30), db=database) as s:
        await s.press("6")
        screen = await s.sees("as kept")
        assert "300 s" in screen
        await configured(s, "AC-07", HeartbeatInterval="60")
        await s.press("C")
        await s.sees("← was 300")


async def test_read_only_asks_and_writes_nothing(until: Callable[..., Any]) -> None:
    async with stage((100, 30), read_only=True) as s:
        charger = await configured(s, "AC-07", HeartbeatInterval="300")
        await s.press("6", "C", "V", "B")
        await s.sees("with --read-only none is asked for")
        assert not charger.asked
        assert "C configuration" not in await s.shown()


async def test_hostile_names_and_values_are_only_text() -> None:
    async with stage((120, 40)) as s:
        await configured(s, "AC-07", **{"\x1b[2J[/]": "\x1b]52;c;x\x07", "[red]": "\u202ex"})
        await s.press("6", "C")
        screen = await s.sees("✓ 2 read")
        assert "␛[2J[/]" in screen
        assert "\x1b" not in screen
        await s.press("enter")
        await s.sees("Write (enter)")
        await s.press("escape", "d")
        await s.sees("Kept configurations")


async def test_a_setting_that_may_cut_the_station_off_is_asked_about() -> None:
    async with stage((120, 40)) as s:
        charger = await configured(s, "AC-07", AuthorizationKey="old", HeartbeatInterval="300")
        await s.press("6", "C")
        await s.sees("✓ 2 read")
        await s.press("E", *"new", "enter")
        await s.sees("AC-07 may not come back after this:")
        await s.press("n")
        assert charger.values["AuthorizationKey"] == "old"
        await s.press("E", *"new", "enter", "y")
        await s.sees("AuthorizationKey")
        await s.engine.until("AC-07", lambda: charger.values["AuthorizationKey"] == "new", 10)
        await s.sees("set")
        await s.press("Z")
        await s.sees("Secrets are not kept and stay as they are now: AuthorizationKey.")
        await s.press("escape", "down", "E", *"10", "enter")
        await s.sees("HeartbeatInterval = 10: set and read back")


async def test_the_station_chosen_elsewhere_is_the_one_that_is_configured() -> None:
    async with stage((120, 40)) as s:
        for name in ("AC-01", "AC-02", "AC-03"):
            await s.charger(name)
        await s.sees("AC-03")
        await s.press("down", "6")
        await s.sees("Configuration  AC-02")
        await s.press("right_square_bracket", "7")
        await s.shown()
        assert s.app.screen.place.station == "AC-03"  # type: ignore[attr-defined]
        await s.press("up", "up", "6")
        await s.sees("Configuration  AC-0")
        await s.press("1", "up", "7")
        await s.shown()
        assert s.app.screen.place.station == "AC-01"  # type: ignore[attr-defined]


async def test_a_part_of_the_device_model_is_read_by_criterion() -> None:
    async with stage((120, 40)) as s:
        charger = await s.charger("DC-01", "2.0.1")
        charger.answers["GetReport"] = {"status": "Accepted"}
        await s.press("6", "P")
        await s.sees("Which part should DC-01 report?")
        await s.press("up", "enter")
        await s.engine.until("DC-01", lambda: bool(charger.asked), 10)
        assert charger.asked == [("GetReport", {"requestId": 1, "componentCriteria": ["Problem"]})]
        data = {
            "component": {"name": "EVSE"},
            "variable": {"name": "Problem"},
            "variableAttribute": [{"value": "true"}],
        }
        report = {"requestId": 1, "generatedAt": NOW, "seqNo": 0, "tbc": False, "reportData": [data]}
        await charger.call("NotifyReport", report)
        await s.sees("✓ 1 read")
        await s.press("down", "P", "enter")
        await s.engine.until("DC-01", lambda: len(charger.asked) == 2, 10)
        assert charger.asked[1][1]["componentVariable"] == [{"component": {"name": "EVSE"}}]

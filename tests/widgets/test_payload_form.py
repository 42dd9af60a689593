from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget

from ocpp_console.protocol import schemas
from ocpp_console.protocol.actions import actions_of
from ocpp_console.protocol.fields import fields
from ocpp_console.widgets.json_area import JsonArea
from ocpp_console.widgets.json_paths import path_text
from ocpp_console.widgets.payload_form import Choice, PayloadForm
from ocpp_console.widgets.payload_rows import ABSENT, Fold, ValueInput, ValueRow, rows, starter


class Host(App[None]):
    """Shows one form."""

    def __init__(self, version: str, action: str, payload: Any, known: dict[str, list[Choice]]) -> None:
        super().__init__()
        self.what = version, action, payload, known

    def compose(self) -> ComposeResult:
        version, action, payload, known = self.what
        field = fields(version, action)
        assert field is not None
        filled = starter(field) if payload is None else payload
        yield PayloadForm(
            field,
            filled,
            lambda path: known.get(path, ()),
            lambda value: schemas.check(version, action, "request", value),
        )


@asynccontextmanager
async def form_of(
    version: str, action: str, payload: Any = None, known: dict[str, list[Choice]] | None = None
) -> AsyncIterator[tuple[PayloadForm, Pilot[None]]]:
    app = Host(version, action, payload, known or {})
    async with app.run_test(size=(120, 40)) as pilot:
        yield app.query_one(PayloadForm), pilot


def row(form: PayloadForm, *path: str | int) -> ValueRow:
    return next(row for row in form.query(ValueRow) if row.path == path)


async def test_required_fields_come_first_and_optional_groups_are_closed() -> None:
    async with form_of("1.6", "RemoteStartTransaction") as (form, _):
        assert [row.field.name for row in form.query(ValueRow)] == ["idTag", "connectorId"]
        [profile] = form.query(Fold)
        assert not profile.opened


async def test_typing_changes_the_payload_in_the_types_of_the_schema() -> None:
    async with form_of("1.6", "RemoteStartTransaction") as (form, pilot):
        assert form.focus_first()
        await pilot.press(*"04A2", "enter", *"2")
        assert form.payload == {"idTag": "04A2", "connectorId": 2}
        assert form.findings == ()
        await pilot.press("backspace", *"two")
        await pilot.pause()
        assert form.payload["connectorId"] == "two"
        assert [finding.path for finding in form.findings] == ["connectorId"]
        assert "integer" in str(row(form, "connectorId").query_one(".problem").render())


async def test_an_emptied_optional_field_leaves_the_payload() -> None:
    async with form_of("1.6", "RemoteStartTransaction", {"idTag": "A", "connectorId": 1}) as (form, pilot):
        row(form, "connectorId").query_one(ValueInput).focus()
        await pilot.press("backspace")
        await pilot.pause()
        assert form.payload == {"idTag": "A"}


async def test_a_known_value_is_chosen_by_arrow_and_enter() -> None:
    known = {"connectorId": [Choice(1, "Available"), Choice(2, "Preparing")]}
    async with form_of("1.6", "RemoteStartTransaction", {"idTag": "A"}, known) as (form, pilot):
        row(form, "connectorId").query_one(ValueInput).focus()
        await pilot.press("down")
        await pilot.pause()
        await pilot.press("down", "enter")
        await pilot.pause()
        assert form.payload == {"idTag": "A", "connectorId": 2}


async def test_a_known_value_is_chosen_by_mouse() -> None:
    known = {"connectorId": [Choice(7, "Available")]}
    async with form_of("1.6", "RemoteStartTransaction", {"idTag": "A"}, known) as (form, pilot):
        await pilot.click(row(form, "connectorId").query_one(".open"))
        await pilot.pause()
        await pilot.click("ChoiceList", offset=(3, 0))
        await pilot.pause()
        assert form.payload == {"idTag": "A", "connectorId": 7}


async def test_an_optional_group_makes_its_objects_only_when_something_is_typed() -> None:
    async with form_of("2.0.1", "ChangeAvailability", {"operationalStatus": "Operative"}) as (form, pilot):
        form.query_one("FoldHead").focus()
        await pilot.press("enter")
        await pilot.pause()
        assert form.payload == {"operationalStatus": "Operative"}
        row(form, "evse", "id").query_one(ValueInput).focus()
        await pilot.press("3")
        await pilot.pause()
        assert form.payload == {"operationalStatus": "Operative", "evse": {"id": 3}}
        await pilot.press("backspace")
        await pilot.pause()
        assert form.payload == {"operationalStatus": "Operative"}


async def test_items_are_added_and_taken_away() -> None:
    async with form_of("2.0.1", "GetVariables") as (form, pilot):
        assert len(form.payload["getVariableData"]) == 1
        form.query_one("FoldHead").focus()
        await pilot.press("plus")
        await pilot.pause()
        row(form, "getVariableData", 1, "component", "name").query_one(ValueInput).focus()
        await pilot.press(*"EVSE")
        await pilot.pause()
        assert form.payload["getVariableData"][1]["component"] == {"name": "EVSE"}
        form.query_one("FoldHead").focus()
        await pilot.press("minus", "minus")
        await pilot.pause()
        assert form.payload["getVariableData"] == []


async def test_json_and_fields_follow_each_other() -> None:
    async with form_of("1.6", "RemoteStartTransaction", {"idTag": "A"}) as (form, pilot):
        area = form.query_one(JsonArea)
        area.load_text('{"idTag": "B", "connectorId": 3}')
        await pilot.pause()
        assert form.payload == {"idTag": "B", "connectorId": 3}
        assert row(form, "idTag").query_one(ValueInput).value == "B"
        row(form, "idTag").query_one(ValueInput).focus()
        await pilot.press("end", "C")
        await pilot.pause()
        assert '"idTag": "BC"' in area.text


async def test_json_that_cannot_be_read_changes_nothing_and_is_told() -> None:
    async with form_of("1.6", "RemoteStartTransaction", {"idTag": "A"}) as (form, pilot):
        area = form.query_one(JsonArea)
        for text in ("{", "[]", '{"idTag": NaN}', "[" * 5000):
            area.load_text(text)
            await pilot.pause()
            assert form.payload == {"idTag": "A"}
            assert form.json_problem


async def test_a_value_that_cannot_be_drawn_is_sent_exactly_as_it_is() -> None:
    nasty = "a\x1b[2Jb\ud800"
    async with form_of("2.0.1", "RequestStopTransaction", {"transactionId": nasty}) as (form, pilot):
        field = row(form, "transactionId").query_one(ValueInput)
        assert "\x1b" not in field.value
        assert "\x1b" not in form.query_one(JsonArea).text
        await pilot.pause()
        assert form.payload == {"transactionId": nasty}


def leaves(widgets: list[Widget]) -> list[ValueRow]:
    """The rows of a form with all its groups open."""
    found: list[ValueRow] = []
    for widget in widgets:
        if isinstance(widget, ValueRow):
            found.append(widget)
        elif isinstance(widget, Fold):
            found += leaves(list(widget.rows()))
    return found


ALL = [(version, action.name) for version in ("1.6", "2.0.1", "2.1") for action in actions_of(version, "csms")]


@pytest.mark.parametrize(("version", "action"), ALL)
def test_every_leaf_of_every_command_has_a_row(version: str, action: str) -> None:
    field = fields(version, action)
    assert field is not None
    shown = {path_text(row.path) for row in leaves(list(rows(field.children, (), starter(field), lambda path: ())))}
    violations = schemas.check(version, action, "request", starter(field))
    missing = {finding.path for finding in violations if finding.code == "SCHEMA_REQUIRED"}
    assert missing <= shown


def test_a_starter_has_the_structure_and_leaves_values_to_the_operator() -> None:
    field = fields("2.0.1", "UpdateFirmware")
    assert field is not None
    assert starter(field) == {"firmware": {}}
    [location] = [child for child in field.children[1].children if child.name == "location"]
    assert starter(location) is ABSENT

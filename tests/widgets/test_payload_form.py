import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from payloads import ALL_COMMANDS, maximal
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from ocpp_console.protocol import schemas
from ocpp_console.protocol.fields import fields, minimal
from ocpp_console.widgets.choice_list import ChoiceList
from ocpp_console.widgets.json_paths import ABSENT, path_text, put, spell, unspell, value_at
from ocpp_console.widgets.payload_form import Choice, PayloadForm
from ocpp_console.widgets.payload_lines import Kind, Outline, starter
from ocpp_console.widgets.payload_paint import head_text


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


TYPED = 12
"""Fields of each command that are filled one by one, each with both views brought in step."""


@asynccontextmanager
async def form_of(
    version: str, action: str, payload: Any = None, known: dict[str, list[Choice]] | None = None
) -> AsyncIterator[tuple[PayloadForm, Pilot[None]]]:
    app = Host(version, action, payload, known or {})
    async with app.run_test(size=(120, 40)) as pilot:
        yield app.query_one(PayloadForm), pilot


async def press(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()


def text(form: PayloadForm) -> str:
    strips = form.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


def names(form: PayloadForm) -> list[str]:
    return [line.field.name for line in form.rows.lines if line.kind is Kind.VALUE]


async def test_required_fields_come_first_and_optional_groups_are_closed() -> None:
    async with form_of("1.6", "RemoteStartTransaction") as (form, _):
        assert names(form) == ["idTag", "connectorId"]
        assert not form.rows.lines[-1].opened
        assert "▸ chargingProfile (optional)" in text(form)


async def test_typing_changes_the_payload_in_the_types_of_the_schema() -> None:
    async with form_of("1.6", "RemoteStartTransaction") as (form, pilot):
        assert form.focus_first()
        await press(pilot, *"04A2", "enter", *"2")
        assert form.payload == {"idTag": "04A2", "connectorId": 2}
        assert form.findings == ()
        await press(pilot, "backspace", *"two")
        assert form.payload["connectorId"] == "two"
        assert [finding.path for finding in form.findings] == ["connectorId"]
        assert "✗ is a string, must be an integer" in text(form)
        assert "(value: two)" in text(form)


async def test_fast_typing_over_two_fields_books_every_letter_on_its_own() -> None:
    async with form_of("1.6", "DataTransfer") as (form, pilot):
        form.focus_first()
        await press(pilot, *"one", "tab", *"two", "tab", *"three", "shift+tab", *"!")
        assert form.payload == {"vendorId": "one", "messageId": "two!", "data": "three"}


async def test_an_emptied_optional_field_leaves_the_payload() -> None:
    async with form_of("1.6", "RemoteStartTransaction", {"idTag": "A", "connectorId": 1}) as (form, pilot):
        form.focus_at("connectorId")
        await press(pilot, "backspace")
        assert form.payload == {"idTag": "A"}


async def test_a_known_value_is_chosen_by_arrow_and_enter() -> None:
    known = {"connectorId": [Choice(1, "Available"), Choice(2, "Preparing")]}
    async with form_of("1.6", "RemoteStartTransaction", {"idTag": "A"}, known) as (form, pilot):
        form.focus_at("connectorId")
        await press(pilot, "down")
        await press(pilot, "down", "enter")
        assert form.payload == {"idTag": "A", "connectorId": 2}
        assert not form.query(ChoiceList)
        assert "Preparing" in text(form)


async def test_a_known_value_is_chosen_by_mouse() -> None:
    known = {"connectorId": [Choice(7, "Available")]}
    async with form_of("1.6", "RemoteStartTransaction", {"idTag": "A"}, known) as (form, pilot):
        label, width = form.rows._columns()
        await pilot.click(form.rows, offset=(label + width + 1, 1))
        await pilot.pause()
        await pilot.click(ChoiceList, offset=(3, 0))
        await pilot.pause()
        assert form.payload == {"idTag": "A", "connectorId": 7}


async def test_words_of_an_enumeration_are_found_by_their_letter() -> None:
    async with form_of("1.6", "TriggerMessage") as (form, pilot):
        form.focus_at("requestedMessage")
        await press(pilot, "down")
        await press(pilot, "m", "enter")
        assert form.payload == {"requestedMessage": "MeterValues"}


async def test_a_date_and_time_offers_now_and_in_five_minutes() -> None:
    async with form_of("1.6", "GetDiagnostics") as (form, pilot):
        form.focus_at("startTime")
        await press(pilot, "down")
        assert "now" in text(form)
        assert "in 5 minutes" in text(form)
        await press(pilot, "down", "enter")
        assert form.payload["startTime"].endswith("Z")
        assert "in 5 minutes" in text(form)


async def test_an_optional_group_makes_its_objects_only_when_something_is_typed() -> None:
    async with form_of("2.0.1", "ChangeAvailability", {"operationalStatus": "Operative"}) as (form, pilot):
        form.focus_at("evse")
        await press(pilot, "enter")
        assert form.payload == {"operationalStatus": "Operative"}
        form.focus_at("evse", "id")
        await press(pilot, "3")
        assert form.payload == {"operationalStatus": "Operative", "evse": {"id": 3}}
        await press(pilot, "backspace")
        assert form.payload == {"operationalStatus": "Operative"}


async def test_items_are_added_and_taken_away() -> None:
    async with form_of("2.0.1", "GetVariables") as (form, pilot):
        form.focus_at("getVariableData")
        await press(pilot, "plus")
        assert len(form.payload["getVariableData"]) == 2
        form.focus_at("getVariableData", 1, "component", "name")
        await press(pilot, *"EVSE")
        assert form.payload["getVariableData"][1]["component"] == {"name": "EVSE"}
        form.focus_at("getVariableData", 0)
        await press(pilot, "minus")
        assert [item["component"] for item in form.payload["getVariableData"]] == [{"name": "EVSE"}]
        form.focus_at("getVariableData")
        await press(pilot, "minus")
        assert form.payload["getVariableData"] == []


async def test_items_of_a_plain_list_are_typed_one_after_another() -> None:
    async with form_of("1.6", "GetConfiguration", {}) as (form, pilot):
        form.focus_at("key")
        await press(pilot, "plus", *"One")
        await press(pilot, "ctrl+n", *"Two")
        assert form.payload == {"key": ["One", "Two"]}
        await press(pilot, "ctrl+d")
        assert form.payload == {"key": ["One"]}


async def test_the_signs_of_a_list_work_with_the_mouse() -> None:
    async with form_of("2.0.1", "GetVariables") as (form, pilot):
        head = head_text(form.rows.lines[0], form.payload["getVariableData"])
        await pilot.click(form.rows, offset=(1 + head.index("[+]"), 0))
        await pilot.pause()
        assert len(form.payload["getVariableData"]) == 2


async def test_json_and_fields_follow_each_other() -> None:
    async with form_of("1.6", "RemoteStartTransaction", {"idTag": "A"}) as (form, pilot):
        await form.toggle_json()
        assert form.area is not None
        form.area.load_text('{"idTag": "B", "connectorId": 3}')
        await pilot.pause()
        assert form.payload == {"idTag": "B", "connectorId": 3}
        assert "B" in text(form)
        form.focus_at("idTag")
        await press(pilot, "end", "C")
        assert '"idTag": "BC"' in form.area.text
        await form.toggle_json()
        assert form.area is None


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("{", "line 1, column 2"),
        ('{\n  "idTag" "A"}', "line 2, column 11: a colon is missing"),
        ('{"idTag": "NaN", "x":\n NaN}', "line 2, column 2: NaN is no JSON"),
        ("[]", "a payload is an object"),
        ("[" * 5000, "nested too deeply"),
    ],
)
async def test_json_that_cannot_be_read_changes_nothing_and_is_told(typed: str, problem: str) -> None:
    async with form_of("1.6", "RemoteStartTransaction", {"idTag": "A"}) as (form, pilot):
        await form.toggle_json()
        assert form.area is not None
        form.area.load_text(typed)
        await pilot.pause()
        assert form.payload == {"idTag": "A"}
        assert problem in form.json_problem


async def test_properties_the_schema_does_not_know_are_named_below() -> None:
    async with form_of("1.6", "Reset", {"type": "Hard", "extra": 1}) as (form, _):
        assert "✗ extra: does not belong here" in text(form)


async def test_a_closed_group_says_how_much_is_wrong_inside() -> None:
    payload = {"idTag": "A", "chargingProfile": {"stackLevel": "no"}}
    async with form_of("1.6", "RemoteStartTransaction", payload) as (form, pilot):
        form.focus_at("chargingProfile")
        await press(pilot, "enter")
        assert "violations inside" in text(form)


async def test_a_value_that_cannot_be_drawn_is_sent_exactly_as_it_is() -> None:
    nasty = "a\x1b[2Jb\ud800"
    async with form_of("2.0.1", "RequestStopTransaction", {"transactionId": nasty}) as (form, pilot):
        form.focus_at("transactionId")
        assert "\x1b" not in text(form)
        assert "\x1b" not in form.rows.input.value
        await pilot.pause()
        assert form.payload == {"transactionId": nasty}


@pytest.mark.parametrize(("version", "action"), ALL_COMMANDS)
def test_minimal_and_maximal_payloads_validate_and_survive_the_form(version: str, action: str) -> None:
    field = fields(version, action)
    assert field is not None
    for payload in (minimal(version, action), maximal(version, action)):
        assert schemas.check(version, action, "request", payload) == ()
        lines = Outline(field).open_all(payload)
        typed: Any = {}
        for line in lines:
            value = value_at(payload, line.path)
            if line.kind is Kind.VALUE and value is not ABSENT:
                kept = value in ("", []) or line.field.type == "any"
                typed = put(typed, line.path, value if kept else unspell(spell(value), line.field.type))
            elif value in ({}, []):
                typed = put(typed, line.path, value)
        assert typed == payload


@pytest.mark.parametrize(("version", "action"), ALL_COMMANDS)
def test_every_missing_value_of_every_command_has_a_line(version: str, action: str) -> None:
    field = fields(version, action)
    assert field is not None
    shown = {path_text(line.path) for line in Outline(field).lines(starter(field))}
    violations = schemas.check(version, action, "request", starter(field))
    assert {finding.path for finding in violations if finding.code == "SCHEMA_REQUIRED"} <= shown


def test_a_starter_has_the_structure_and_leaves_values_to_the_operator() -> None:
    field = fields("2.0.1", "UpdateFirmware")
    assert field is not None
    assert starter(field) == {"firmware": {}}
    [location] = [child for child in field.children[1].children if child.name == "location"]
    assert starter(location) is ABSENT


@pytest.mark.parametrize(("version", "action"), ALL_COMMANDS, ids=lambda part: part)
async def test_form_and_editor_stay_in_step_over_every_field(version: str, action: str) -> None:
    full = maximal(version, action)
    async with form_of(version, action) as (form, pilot):
        await form.toggle_json()
        await pilot.pause()
        area = form.area
        assert area is not None
        area.load_text(json.dumps(full))
        await pilot.pause()
        assert form.payload == full
        assert form.findings == ()
        lines = [line for line in form.rows.outline.open_all(full) if line.kind is Kind.VALUE]
        assert [value_at(form.payload, line.path) for line in lines] == [value_at(full, line.path) for line in lines]
        typed = [line for line in lines if line.field.type != "any"][:TYPED]  # of any type, what is typed is text
        emptied = full
        for line in typed:
            emptied = put(emptied, line.path, "")
        form.replace(emptied)
        assert json.loads(area.text) == emptied
        for line in typed:
            form.fill(line.path, unspell(spell(value_at(full, line.path)), line.field.type))
        assert json.loads(area.text) == form.payload == full

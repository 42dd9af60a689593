import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tape import NOON, SECOND, Tape, tape

from ocpp_console.model.configurations import Configuration, Setting, differences, recall
from ocpp_console.model.secrets import MASK, masked, secret
from ocpp_console.model.station import Station
from ocpp_console.model.templates import Template, TemplateProblem, Verdict, plan, setting_of
from ocpp_console.model.variable_values import problem_of, same_value, value_text
from ocpp_console.model.variables import State, Variable, VariableName, Variables


def reply(made: Tape, action: str, payload: Any, answer: Any, id: str) -> None:
    """The console asks and the station answers."""
    made.ask(action, payload, id)
    made.hear(json.dumps([3, id, answer]).encode())


def keys(made: Tape, *items: dict[str, Any], unknown: Any = None, asked: tuple[str, ...] = (), id: str = "g1") -> None:
    answer: dict[str, Any] = {"configurationKey": list(items)}
    if unknown is not None:
        answer["unknownKey"] = unknown
    reply(made, "GetConfiguration", {"key": list(asked)} if asked else {}, answer, id)


def variables_of(made: Tape) -> Variables:
    return made.fleet.stations["CP"].variables


def heartbeat(made: Tape) -> Variable:
    found = variables_of(made).key("HeartbeatInterval")
    assert found is not None
    return found


def test_a_value_that_the_station_never_had_is_not_told_as_its_past() -> None:
    made = tape()
    keys(made, {"key": "HeartbeatInterval", "readonly": False, "value": "300"})
    reply(made, "ChangeConfiguration", {"key": "HeartbeatInterval", "value": "7"}, {"status": "Accepted"}, "w1")
    keys(made, {"key": "HeartbeatInterval", "readonly": False, "value": "60"}, id="g2")
    assert (heartbeat(made).actual.value, heartbeat(made).actual.before) == ("60", "300")
    reply(made, "ChangeConfiguration", {"key": "HeartbeatInterval", "value": "8"}, {"status": "Accepted"}, "w2")
    keys(made, {"key": "HeartbeatInterval", "readonly": False, "value": "60"}, id="g3")
    assert (heartbeat(made).actual.value, heartbeat(made).actual.before) == ("60", None)


def test_tables_that_no_template_has_are_listed_as_skipped() -> None:
    made = Template.from_toml('[keys]\nA = "1"\n[extra]\nx = 1\n[variable.OCPPCommCtrlr]\nHeartbeatInterval = 3\n')
    assert made.ignored == ["[extra]", "[variable.OCPPCommCtrlr]"]
    steps = plan(made, Variables(), "1.6")
    skipped = [(str(step.setting), step.verdict, step.forcible) for step in steps[1:]]
    assert skipped == [("[extra]", Verdict.SKIP, False), ("[variable.OCPPCommCtrlr]", Verdict.SKIP, False)]


def report(made: Tape, seq: Any, tbc: Any = False, request: int = 7, *names: str, id: str = "") -> None:
    data = [
        {
            "component": {"name": "OCPPCommCtrlr"},
            "variable": {"name": name},
            "variableAttribute": [{"type": "Actual", "value": "1", "mutability": "ReadWrite"}],
            "variableCharacteristics": {"dataType": "integer", "unit": "s", "minLimit": 1, "maxLimit": 9},
        }
        for name in names or (f"V{seq}",)
    ]
    payload: dict[str, Any] = {"requestId": request, "generatedAt": "2026-11-20T12:00:00Z", "reportData": data}
    payload |= {"seqNo": seq} if seq is not None else {}
    payload |= {"tbc": tbc} if tbc is not None else {}
    made.hear(json.dumps([2, id or f"r{made.seq}", "NotifyReport", payload]).encode())


PROPERTIES = (
    "key",
    "value",
    "readonly",
    "configurationKey",
    "unknownKey",
    "status",
    "component",
    "variable",
    "name",
    "evse",
    "id",
    "instance",
    "reportData",
    "variableAttribute",
    "variableCharacteristics",
    "type",
    "valuesList",
    "getVariableResult",
    "setVariableResult",
    "attributeStatus",
    "attributeValue",
    "attributeStatusInfo",
    "requestId",
    "seqNo",
    "tbc",
)


# 1.6


def test_keys_of_1_6_become_variables_with_the_form_the_standard_gives_them() -> None:
    made = tape()
    keys(made, {"key": "HeartbeatInterval", "readonly": False, "value": "300"}, {"key": "X", "readonly": True})
    variable = heartbeat(made)
    assert (variable.actual.value, variable.actual.mutability) == ("300", "ReadWrite")
    assert (variable.data_type, variable.unit) == ("integer", "s")
    own = variables_of(made).key("x")
    assert own is not None
    assert (own.actual.value, own.actual.writable) == (None, False)
    assert variables_of(made).read_at == made.at


def test_values_and_names_are_taken_as_stations_really_write_them() -> None:
    made = tape()
    keys(
        made,
        {"key": "heartbeatinterval", "readonly": 0, "value": 300},
        {"key": "LocalPreAuthorize", "readonly": "true", "value": True},
        {"key": 5},
        {"key": ""},
        {},
        unknown="Foo",
    )
    variable = heartbeat(made)
    assert str(variable.name) == "heartbeatinterval"
    assert (variable.actual.value, variable.actual.mutability) == ("300", "ReadWrite")
    pre = variables_of(made).key("LocalPreAuthorize")
    assert pre is not None
    assert (pre.actual.value, pre.actual.mutability) == ("true", "ReadOnly")
    assert variables_of(made).unknown == {"foo": "Foo"}
    keys(made, {"key": "FOO", "value": "1"}, id="g2")
    assert not variables_of(made).unknown


def test_a_change_by_anybody_is_seen_and_marked() -> None:
    made = tape()
    keys(made, {"key": "HeartbeatInterval", "readonly": False, "value": "300"})
    keys(made, {"key": "HeartbeatInterval", "readonly": False, "value": " 300 "}, id="g2")
    assert heartbeat(made).actual.state("integer") is State.PLAIN
    keys(made, {"key": "HeartbeatInterval", "readonly": False, "value": "60"}, id="g3")
    assert heartbeat(made).actual.state("integer") is State.CHANGED
    assert heartbeat(made).actual.before == " 300 "


@pytest.mark.parametrize(
    ("status", "told", "state"),
    [
        ("Accepted", "60", State.CONFIRMED),
        ("Accepted", "300", State.DIFFERS),
        ("Accepted", None, State.ACCEPTED),
        ("Rejected", "300", State.REFUSED),
        ("NotSupported", None, State.REFUSED),
        ("RebootRequired", "300", State.REBOOT),
        ("RebootRequired", "60", State.REBOOT),
    ],
)
def test_what_became_of_a_value_that_was_written(status: str, told: str | None, state: State) -> None:
    made = tape()
    keys(made, {"key": "HeartbeatInterval", "readonly": False, "value": "300"})
    reply(made, "ChangeConfiguration", {"key": "heartbeatINTERVAL", "value": "60"}, {"status": status}, "w1")
    assert heartbeat(made).actual.wanted == "60"
    if told is not None:
        item = {"key": "HeartbeatInterval", "readonly": False, "value": told}
        keys(made, item, asked=("HeartbeatInterval",), id="g2")
    assert heartbeat(made).actual.state("integer") is state
    assert str(heartbeat(made).name) == "HeartbeatInterval"


def test_after_the_reboot_a_value_is_to_be_read_again() -> None:
    made = tape()
    keys(made, {"key": "HeartbeatInterval", "readonly": False, "value": "300"})
    reply(made, "ChangeConfiguration", {"key": "HeartbeatInterval", "value": "60"}, {"status": "RebootRequired"}, "w1")
    booted = made.at + SECOND
    assert heartbeat(made).actual.state("integer", booted) is State.REBOOTED
    made.at = booted
    keys(made, {"key": "HeartbeatInterval", "readonly": False, "value": "60"}, id="g2")
    assert heartbeat(made).actual.state("integer", booted) is State.CONFIRMED


def test_a_mistyped_key_does_not_become_one_of_the_station() -> None:
    made = tape()
    reply(made, "ChangeConfiguration", {"key": "Hartbeat", "value": "60"}, {"status": "NotSupported"}, "w1")
    assert not len(variables_of(made))
    assert not variables_of(made).unknown


# 2.x


def test_a_report_in_parts_is_folded_and_known_to_be_complete() -> None:
    made = tape("2.0.1")
    report(made, 0, True)
    found = variables_of(made).reports[0]
    assert not found.complete
    report(made, 1, False)
    assert found.complete
    assert found.said_so
    variable = variables_of(made).find(VariableName("ocppcommctrlr", "v1"))
    assert variable is not None
    assert (variable.data_type, variable.unit, variable.minimum, variable.maximum) == ("integer", "s", 1, 9)


@pytest.mark.parametrize(
    ("parts", "complete", "missing"),
    [
        ([(1, True), (2, False)], True, []),  # counts from 1
        ([(2, False), (0, True), (1, True)], True, []),  # out of order
        ([(0, True), (2, False)], False, [1]),
        ([(0, True), (1, True)], False, []),
        ([(0, None)], True, []),  # tbc left out: false by its default
        ([(None, True), (None, False)], True, []),
        ([("0", "true"), ("1", "false")], True, []),
    ],
)
def test_a_report_is_put_together_as_far_as_it_came(
    parts: list[tuple[Any, Any]], complete: bool, missing: list[int]
) -> None:
    made = tape("2.0.1")
    for seq, tbc in parts:
        report(made, seq, tbc)
    found = variables_of(made).reports[0]
    assert (found.complete, found.missing, found.messages) == (complete, missing, len(parts))
    assert len(variables_of(made)) == len({seq for seq, _ in parts})


def test_get_variables_tells_values_and_why_there_is_none() -> None:
    made = tape("2.0.1")
    ctrl = {"component": {"name": "SecurityCtrlr"}}
    asked = [{**ctrl, "variable": {"name": name}} for name in ("Identity", "BasicAuthPassword", "Nothing")]
    info = {"reasonCode": "WriteOnly", "additionalInfo": "never"}
    results = [
        {**asked[0], "attributeStatus": "Accepted", "attributeValue": "CP"},
        {**asked[1], "attributeStatus": "Rejected", "attributeStatusInfo": info},
        {**asked[2], "attributeStatus": "UnknownVariable"},
    ]
    reply(made, "GetVariables", {"getVariableData": asked}, {"getVariableResult": results}, "g1")
    variables = variables_of(made)
    assert len(variables) == 2
    told = {str(variable.name): variable.actual for variable in variables}
    assert told["SecurityCtrlr.Identity"].value == "CP"
    assert told["SecurityCtrlr.BasicAuthPassword"].trouble == "Rejected (WriteOnly never)"


def test_set_variables_is_matched_by_name_and_where_names_are_missing_by_position() -> None:
    made = tape("2.0.1")
    report(made, 0, False, 7, "A", "B")
    data = [
        {"attributeValue": value, "component": {"name": "OCPPCommCtrlr"}, "variable": {"name": name}}
        for name, value in (("A", "5"), ("B", "6"))
    ]
    results = [
        {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "B"}, "attributeStatus": "RebootRequired"},
        {"attributeStatus": "Accepted"},
    ]
    reply(made, "SetVariables", {"setVariableData": data}, {"setVariableResult": results}, "s1")
    told = {variable.name.variable: variable.actual for variable in variables_of(made)}
    assert (told["B"].wanted, told["B"].verdict) == ("6", "Accepted")
    data = data[:1]
    reply(made, "SetVariables", {"setVariableData": data}, {"setVariableResult": results[1:]}, "s2")
    assert (told["A"].wanted, told["A"].verdict, told["A"].value) == ("5", "Accepted", "5")


def test_another_version_begins_with_an_empty_table() -> None:
    made = tape()
    keys(made, {"key": "HeartbeatInterval", "readonly": False, "value": "300"})
    made.version = "2.0.1"
    made.connect()
    assert not len(variables_of(made))


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(PROPERTIES),
                inner,
                max_size=5,
            )
        ),
        max_leaves=25,
    )
)
def test_nothing_that_a_station_says_breaks_the_table(payload: Any) -> None:
    for version, actions in (
        ("1.6", ("GetConfiguration", "ChangeConfiguration")),
        ("2.0.1", ("GetVariables", "SetVariables")),
    ):
        made = tape(version)
        for number, action in enumerate(actions):
            reply(made, action, payload if isinstance(payload, dict) else {}, payload, f"x{number}")
        made.hear(json.dumps([2, "n1", "NotifyReport", payload]).encode())
        taken = Configuration.of(made.fleet.stations["CP"], NOON)
        assert Configuration.from_document(json.loads(json.dumps(taken.to_document()))) == taken


# values


@pytest.mark.parametrize(
    ("one", "other", "kind", "same"),
    [
        ("300", " 300", "", True),
        ("300", "300.0", "integer", True),
        ("true", "True", "boolean", True),
        ("1", "true", "boolean", False),
        ("a,b", "b, a", "MemberList", True),
        ("a,b", "b,a", "SequenceList", False),
        ("a,b", "a", "MemberList", False),
        ("", None, "", False),
        (None, None, "", True),
        ("Abc", "abc", "", False),
    ],
)
def test_values_are_compared_as_stations_mean_them(one: str, other: str, kind: str, same: bool) -> None:
    assert same_value(one, other, kind) is same
    assert same_value(other, one, kind) is same


@pytest.mark.parametrize(
    ("value", "form", "part"),
    [
        ("5", ("integer", (), 1, 9), ""),
        ("10", ("integer", (), 1, 9), "at most 9"),
        ("0", ("integer", (), 1, 9), "at least 1"),
        ("1.5", ("integer",), "whole number"),
        ("1.5", ("decimal",), ""),
        ("x", ("decimal",), "must be a number"),
        ("yes", ("boolean",), "true or false"),
        ("A,C", ("MemberList", ("A", "B")), "C: not among A, B"),
        ("A,B", ("MemberList", ("A", "B")), ""),
        ("C", ("OptionList", ("A", "B")), "not among"),
        ("abc", ("string", (), None, 2), "3 characters"),
        ("tomorrow", ("dateTime",), "a time such as"),
        ("anything", ("",), ""),
    ],
)
def test_a_value_is_held_against_what_the_station_says_about_it(value: str, form: Any, part: str) -> None:
    problem = problem_of(value, *form)
    assert part in problem
    assert bool(problem) is bool(part)


def test_values_of_any_json_become_texts() -> None:
    assert [value_text(value) for value in ("a", 5, True, 1.5, None, [], {})] == [
        "a",
        "5",
        "true",
        "1.5",
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(
    "name", ["AuthorizationKey", "BasicAuthPassword", "ApnPassword", "apn_password", "VpnKey", "WiFi-PSK", "SIMPin"]
)
def test_secrets_are_known_by_their_names(name: str) -> None:
    assert secret(name)
    assert masked(name, "abc") == MASK
    assert masked(name, "") == ""


def test_a_password_in_a_url_is_a_secret_too() -> None:
    assert masked("LogUrl", "ftp://user:pw@host/x") == f"ftp://user:{MASK}@host/x"
    assert masked("HeartbeatInterval", "300") == "300"


# configurations and templates


def station_with(version: str = "1.6", **values: str) -> Station:
    station = Station("CP", version)
    for name, value in values.items():
        attribute = station.variables.heard(VariableName("" if version == "1.6" else "Ctrlr", name), value, NOON)
        assert attribute is not None
        attribute.mutability = "ReadWrite"
    return station


def test_secrets_are_never_kept() -> None:
    taken = Configuration.of(station_with(AuthorizationKey="hush", HeartbeatInterval="300"), NOON, "x")
    assert "hush" not in json.dumps(taken.to_document())
    assert "hush" not in Template.of(taken).to_toml()


def test_differences_of_two_times_and_two_stations() -> None:
    left = Configuration.of(station_with(A="1", B="2", C="3"), NOON)
    right = Configuration.of(station_with(a="1.0", B="5", D="4"), NOON)
    found = {str(each.setting): each for each in differences(left, right)}
    assert list(found) == ["B", "C", "D"]
    assert found["C"].right is None
    assert found["D"].left is None


def test_a_kept_configuration_is_a_beginning_and_what_the_station_tells_replaces_it() -> None:
    kept = Configuration.of(station_with(A="1", B="2"), NOON)
    station = Station("CP", "1.6")
    station.variables.heard(VariableName("", "A"), "9", NOON)
    recall(kept, station)
    assert {str(each.name): each.actual.value for each in station.variables} == {"A": "9", "B": "2"}
    assert station.variables.read_at == 0


def test_a_template_comes_back_from_its_file_whatever_is_in_it() -> None:
    names = [
        Setting(VariableName("", 'a "quoted"\n\x7f key')),
        Setting(VariableName("", "Ž")),
    ]
    made = Template('Depot \\ "1"', "1.6", dict.fromkeys(names, "v\t\x01é\\"))
    assert Template.from_toml(made.to_toml()) == made
    placed = Setting(VariableName("Connector", "Power", 1, 2, "main", "x"), "MaxSet")
    made = Template("", "2.0.1", {placed: "1,2", Setting(VariableName("A", "B")): ""})
    assert Template.from_toml(made.to_toml()) == made
    assert setting_of("Connector[main]#1.2", "Power[x]:MaxSet") == placed
    assert setting_of("odd]#", "odd:Thing") == Setting(VariableName("odd]#", "odd:Thing"))
    assert (
        "\ufffd" in Template("\ud800", "1.6", {names[1]: "1"}).to_toml() or "?" in Template("\ud800", "1.6").to_toml()
    )


def test_numbers_truth_values_and_lists_of_a_template_become_texts() -> None:
    made = Template.from_toml('[keys]\nA = 300\nB = true\nC = ["x", "y"]\nD = 1.5\n')
    assert {str(name): value for name, value in made.values.items()} == {
        "A": "300",
        "B": "true",
        "C": "x,y",
        "D": "1.5",
    }
    assert made.keyed


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[keys\n", "line 1"),
        ("", "names no settings"),
        ("keys = 5\n", "names no settings"),
        ("[keys]\nA = {b = 1}\n", "must be a text"),
        ("[variables]\nA = 5\n", "names no settings"),
    ],
)
def test_what_is_no_template_says_why(text: str, part: str) -> None:
    with pytest.raises(TemplateProblem) as problem:
        Template.from_toml(text)
    assert part in problem.value.text


def test_a_plan_says_what_would_change_and_what_is_skipped_before_anything_is_sent() -> None:
    station = station_with(HeartbeatInterval="300", LocalPreAuthorize="true", NumberOfConnectors="2", BlinkRepeat="3")
    fixed = station.variables.key("NumberOfConnectors")
    assert fixed is not None
    fixed.actual.mutability = "ReadOnly"
    toml = (
        '[keys]\nheartbeatinterval = 60\nLocalPreAuthorize = "TRUE"\nNumberOfConnectors = 1\n'
        'Unheard = "x"\nBlinkRepeat = "often"\n'
    )
    template = Template.from_toml(toml)
    steps = {str(step.setting): step for step in plan(template, station.variables, "1.6")}
    assert steps["HeartbeatInterval"].verdict is Verdict.CHANGE
    assert steps["LocalPreAuthorize"].verdict is Verdict.SAME
    assert "read-only" in steps["NumberOfConnectors"].reason
    assert "did not report" in steps["Unheard"].reason
    assert "whole number" in steps["BlinkRepeat"].reason
    assert all(step.forcible for step in steps.values() if step.verdict is Verdict.SKIP)
    other = plan(template, station.variables, "2.0.1")
    assert {step.verdict for step in other} == {Verdict.SKIP}
    assert "speaks 2.0.1" in other[0].reason
    assert not any(step.forcible for step in other)


def test_a_full_reading_drops_what_is_gone_and_old_marks_but_not_what_was_written() -> None:
    station = station_with(A="1", B="2", C="3")
    variables = station.variables
    variables.heard(VariableName("", "A"), "5", NOON + 1)
    variables.written(VariableName("", "C"), "9", "RebootRequired", NOON + 1)
    variables.heard(VariableName("", "A"), "5", NOON + 11)
    variables.finish_read(NOON + 10, NOON + 12, whole=True)
    assert {str(each.name) for each in variables} == {"A", "C"}
    changed = variables.key("A")
    assert changed is not None
    assert changed.actual.state("") is State.PLAIN
    assert variables.read_at == NOON + 12

import pytest

from ocpp_console.model.saved_commands import (
    UNKNOWN,
    FileProblem,
    SavedCommand,
    SavedCommands,
    adapt,
    fill,
    from_toml,
    to_toml,
    unfilled,
)

START = SavedCommand("Start", "1.6", "RemoteStartTransaction", {"connectorId": "{connectorId}", "idTag": "{idTag}"})


def values(name: str) -> object:
    return {"connectorId": 2, "idTag": "A'1", "now": "2026-11-20T14:03:21Z"}.get(name, UNKNOWN)


def test_a_text_that_is_one_place_takes_the_values_own_type() -> None:
    assert START.placeholders == ["connectorId", "idTag"]
    assert fill(START.payload, values) == {"connectorId": 2, "idTag": "A'1"}
    assert fill(["at {now}", "{unknown}", "{not a place!}"], values) == [
        "at 2026-11-20T14:03:21Z",
        "{unknown}",
        "{not a place!}",
    ]
    assert unfilled({"a": ["{unknown}"]}) == ["unknown"]


def test_a_file_comes_back_as_it_was_written() -> None:
    odd = SavedCommand('it\'s "odd" \x7f', "2.1", "DataTransfer", {"vendorId": "ž'''", "data": [1, None]}, "note")
    read = from_toml(to_toml([START, odd]))
    assert [entry.saved for entry in read] == [START, odd]
    assert [entry.remarks for entry in read] == [(), ()]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ('version = "1.6"\naction = "Reset"', "its name"),
        ('name = "x"\nversion = "3.0"\naction = "Reset"', "none of 1.6, 2.0.1, 2.1"),
        ('name = "x"\nversion = "1.6"\naction = "SetVariables"', "OCPP 1.6 has no command 'SetVariables'"),
        ('name = "x"\nversion = "1.6"\naction = "Reset"\npayload = "{\\n]"', "line 2, column 1"),
        ('name = "x"\nversion = "1.6"\naction = "Reset"\npayload = "[]"', "must be an object"),
        ('name = "x"\nversion = "1.6"\naction = "Reset"\npayload = {at = 2026-01-01}', "write dates as texts"),
    ],
)
def test_what_cannot_be_used_is_skipped_with_a_reason(entry: str, reason: str) -> None:
    [read] = from_toml(f"[[command]]\n{entry}")
    assert read.saved is None
    assert reason in read.remarks[0]


def test_what_is_odd_is_told_and_taken() -> None:
    text = (
        '[[command]]\nname = "x"\nversion = "1.6"\naction = "Reset"\nunknown = 1\npayload = {type = "Warm", extra = 1}'
    )
    [read] = from_toml(text)
    assert read.saved is not None
    assert "unknown is not known here and is skipped" in read.remarks
    assert any(remark.startswith("extra: does not belong here") for remark in read.remarks)


def test_places_to_fill_in_are_no_violations_of_a_file() -> None:
    [read] = from_toml(to_toml([START]))
    assert read.remarks == ()


@pytest.mark.parametrize(("text", "part"), [("[[command]", "no TOML"), ("", "[[command]]"), ("command = 1", "missing")])
def test_a_file_without_commands_is_refused_in_words(text: str, part: str) -> None:
    with pytest.raises(FileProblem, match=r".") as problem:
        from_toml(text)
    assert part in problem.value.text


def test_another_version_leaves_out_what_it_does_not_know_and_names_it() -> None:
    saved = SavedCommand("x", "2.1", "Reset", {"type": "Immediate", "evseId": 1})
    assert adapt(saved, "2.0.1").skipped == ()
    adapted = adapt(saved, "1.6")
    assert (adapted.payload, adapted.skipped) == ({"type": "Immediate"}, ("evseId",))
    assert "no command" in adapt(SavedCommand("x", "2.1", "SetDERControl", {}), "1.6").problem
    own = SavedCommand("x", "1.6", "Reset", {"made": "up"})
    assert adapt(own, "1.6").payload == {"made": "up"}


def test_changes_are_told_to_whoever_keeps_them() -> None:
    told: list[object] = []
    kept = SavedCommands(told.append, told.append)
    kept.put(START)
    kept.restore(SavedCommand("Old", "1.6", "Reset", {}))
    assert [saved.name for saved in kept.all()] == ["Old", "Start"]
    assert kept.get("START") is START
    assert kept.remove("start") is START
    assert kept.remove("start") is None
    assert told == [START, "start"]


@pytest.mark.parametrize("document", [{}, {"name": 1, "action": "x"}, {"name": "x"}, {"name": "", "action": "y"}])
def test_a_damaged_document_is_passed_over(document: dict[str, object]) -> None:
    assert SavedCommand.from_document(document) is None
    assert SavedCommand.from_document(START.to_document()) == START

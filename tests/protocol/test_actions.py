from importlib.util import find_spec
from pathlib import Path

import pytest

from ocpp_console.protocol.actions import ACTIONS, BOOKING, Version, actions_of, choose_subprotocol

FOLDERS = {"1.6": "v16", "2.0.1": "v201", "2.1": "v21"}


def schema_names(version: str) -> set[str]:
    """The actions that the schema files know, read from their names alone."""
    spec = find_spec("ocpp")
    assert spec is not None
    assert spec.submodule_search_locations
    folder = Path(spec.submodule_search_locations[0]) / FOLDERS[version] / "schemas"
    names = {path.stem for path in folder.glob("*.json") if not path.stem.endswith("Response")}
    return names if version == "1.6" else {name.removesuffix("Request") for name in names}


@pytest.mark.parametrize("version", Version)
def test_the_table_has_exactly_the_actions_of_the_schemas(version: Version) -> None:
    assert {name for name, action in ACTIONS.items() if version in action.versions} == schema_names(version)


@pytest.mark.parametrize(("version", "by_csms", "by_station"), [("1.6", 26, 14), ("2.0.1", 40, 25), ("2.1", 55, 37)])
def test_how_many_each_side_may_send(version: str, by_csms: int, by_station: int) -> None:
    """DataTransfer counts on both sides; 2.1's station count includes its one SEND."""
    assert len(actions_of(version, "csms")) == by_csms
    assert len(actions_of(version, "station")) == by_station
    both = {action.name for action in actions_of(version, "csms")} & {
        action.name for action in actions_of(version, "station")
    }
    assert both == {"DataTransfer"}


def test_reports_are_the_stations_and_exist_wherever_their_command_does() -> None:
    for action in ACTIONS.values():
        for name in action.followed_by:
            assert action.by == "csms"
            assert ACTIONS[name].by == "station"
            assert action.versions <= ACTIONS[name].versions


def test_only_the_event_stream_is_sent_without_an_answer() -> None:
    assert [action.name for action in ACTIONS.values() if action.kind == "send"] == ["NotifyPeriodicEventStream"]


def test_what_must_not_be_booked_twice() -> None:
    assert {"StartTransaction", "StopTransaction", "TransactionEvent", "MeterValues"} <= BOOKING
    assert all(ACTIONS[name].by == "station" for name in BOOKING)


@pytest.mark.parametrize(
    "name", ["Reset", "UpdateFirmware", "UnlockConnector", "ChangeAvailability", "ClearCache", "SetNetworkProfile"]
)
def test_commands_that_interrupt_carry_a_caution(name: str) -> None:
    assert ACTIONS[name].caution.endswith(".")


def test_cautions_are_for_commands_only() -> None:
    assert {action.by for action in ACTIONS.values() if action.caution} == {"csms"}


class TestSubprotocol:
    @pytest.mark.parametrize(
        ("offered", "version"),
        [
            (["ocpp1.6"], "1.6"),
            (["ocpp2.0.1"], "2.0.1"),
            (["ocpp2.1", "ocpp2.0.1", "ocpp1.6"], "2.1"),
            (["ocpp1.6", "ocpp2.1"], "1.6"),
            (["ocpp1.5", "ocpp1.6"], "1.6"),
        ],
    )
    def test_the_station_s_order_decides(self, offered: list[str], version: str) -> None:
        """2.1 part 4 §3.1.2."""
        choice = choose_subprotocol(offered)
        assert (choice.version, choice.findings) == (version, ())
        assert choice.subprotocol == f"ocpp{version}"

    @pytest.mark.parametrize("offered", [[], [""]])
    def test_none_is_taken_for_1_6(self, offered: list[str]) -> None:
        choice = choose_subprotocol(offered)
        assert (choice.version, choice.subprotocol) == ("1.6", "")
        assert [finding.code for finding in choice.findings] == ["SUBPROTOCOL_MISSING"]

    @pytest.mark.parametrize(
        ("spelled", "version"),
        [
            ("OCPP1.6", "1.6"),
            ("ocpp1.6j", "1.6"),
            ("ocpp1.6-J", "1.6"),
            ("ocpp-1.6", "1.6"),
            ("Ocpp2.0.1", "2.0.1"),
            ("ocpp2.0.1.1", "2.0.1"),
            ("ocpp v2.1", "2.1"),
        ],
    )
    def test_a_misspelled_one_is_echoed_as_it_came(self, spelled: str, version: str) -> None:
        choice = choose_subprotocol([spelled])
        assert (choice.version, choice.subprotocol) == (version, spelled)
        assert [finding.code for finding in choice.findings] == ["SUBPROTOCOL_SPELLING"]

    def test_a_correct_one_goes_before_a_misspelled_one(self) -> None:
        assert choose_subprotocol(["ocpp1.6j", "ocpp2.0.1"]).subprotocol == "ocpp2.0.1"

    @pytest.mark.parametrize(
        "foreign", ["ocpp1.5", "ocpp2.0", "ocpp1.60", "ocpp2.10", "mqtt", "1.6", "ocpp", "\x1b[2J"]
    )
    def test_a_foreign_one_is_refused_in_words(self, foreign: str) -> None:
        choice = choose_subprotocol([foreign])
        assert (choice.version, choice.subprotocol) == (None, "")
        assert "ocpp1.6" in choice.text
        assert choice.text.isprintable()

import subprocess
import sys

import pytest
import traffic
from hypothesis import given
from hypothesis import strategies as st

from ocpp_console.protocol import schemas
from ocpp_console.protocol.actions import ACTIONS, Version
from ocpp_console.protocol.findings import Finding, Severity
from ocpp_console.protocol.frames import Call, JsonValue, parse
from ocpp_console.protocol.troubles import Trouble

WORDS = ("REQUIRED", "TYPE", "ENUM", "LENGTH", "FORMAT", "RANGE", "ITEMS", "EXTRA", "MORE")
CODES = {f"SCHEMA_{word}" for word in WORDS}
KEYS = ["meterValue", "sampledValue", "connectorId", "evseId", "chargingStation", "model", "chargePointModel", "reason"]
STAMP = "2026-11-20T12:00:00Z"


odd_text = st.text(st.characters(blacklist_categories=()), max_size=40)
"""With control characters and halves of surrogate pairs."""


def found(action: str, payload: JsonValue, version: str = "1.6", kind: str = "request") -> list[tuple[str, str]]:
    return [(finding.code, finding.path) for finding in schemas.check(version, action, kind, payload)]


def text(action: str, payload: JsonValue, version: str = "1.6") -> str:
    (finding,) = schemas.check(version, action, "request", payload)
    return finding.text


def test_the_schema_files_are_found_without_importing_their_package() -> None:
    script = (
        "import sys; from ocpp_console.protocol import schemas; schemas.load('1.6'); "
        "schemas.check('2.1', 'Heartbeat', 'request', {}); sys.exit('ocpp' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.parametrize("version", Version)
def test_every_action_has_a_request_and_every_call_a_response(version: Version) -> None:
    for name, action in ACTIONS.items():
        exists = version in action.versions
        assert (schemas.schema(version, name, "request") is not None) == exists
        assert (schemas.schema(version, name, "response") is not None) == (exists and action.kind == "call")


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("build", [traffic.boot, traffic.authorize, traffic.status, traffic.start, traffic.meter])
def test_ordinary_traffic_fits(build: object, version: Version) -> None:
    frame = parse(build(version=version), version)  # type: ignore[operator]
    assert isinstance(frame, Call)
    assert schemas.check(version, frame.action, "request", frame.payload) == ()


@pytest.mark.parametrize(("version", "transaction"), [("1.6", 1), ("2.0.1", "T1"), ("2.1", "T1")])
def test_the_end_of_a_session_fits(version: str, transaction: object) -> None:
    frame = parse(traffic.stop(transaction, version), version)
    assert isinstance(frame, Call)
    assert schemas.check(version, frame.action, "request", frame.payload) == ()


class TestFindings:
    def test_a_missing_field(self) -> None:
        assert found("Authorize", {}) == [("SCHEMA_REQUIRED", "idTag")]

    def test_a_wrong_type_in_words(self) -> None:
        assert text("StopTransaction", {"transactionId": "7", "meterStop": 1, "timestamp": STAMP}) == (
            "is a string, must be an integer"
        )

    def test_true_is_no_number_and_null_is_no_string(self) -> None:
        assert text("Authorize", {"idTag": None}) == "is null, must be a string"
        assert text("Authorize", {"idTag": True}) == "is true, must be a string"

    def test_a_text_that_is_too_long(self) -> None:
        """Serial numbers of 26 to 34 characters are the commonest violation in the field."""
        payload = {"chargePointVendor": "A", "chargePointModel": "B", "chargePointSerialNumber": "x" * 34}
        assert text("BootNotification", payload) == "34 characters, at most 25"

    def test_a_value_outside_the_enumeration(self) -> None:
        assert text("Reset", {"type": "Warm"}) == "is 'Warm', must be one of Hard, Soft"

    def test_a_field_too_many(self) -> None:
        assert found("Heartbeat", {"a": 1, "b": 2}) == [("SCHEMA_EXTRA", "a"), ("SCHEMA_EXTRA", "b")]

    @pytest.mark.parametrize("stamp", ["2022-02-29T00:00:00Z", "2026-11-20T12:00:00", "yesterday", ""])
    def test_a_time_that_is_none(self, stamp: str) -> None:
        assert found("Heartbeat", {"currentTime": stamp}, kind="response") == [("SCHEMA_FORMAT", "currentTime")]

    def test_a_list_that_is_too_short(self) -> None:
        assert found("GetVariables", {"getVariableData": []}, "2.0.1") == [("SCHEMA_ITEMS", "getVariableData")]

    def test_a_number_outside_its_range(self) -> None:
        payload = {"id": 1, "stackLevel": 0, "chargingProfilePurpose": "TxProfile", "chargingProfileKind": "Absolute"}
        schedule = {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6}]}
        payload["chargingSchedule"] = [schedule | {"chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6}]}]
        asked = {"evseId": -1, "chargingProfile": payload}
        assert found("SetChargingProfile", asked, "2.1") == [("SCHEMA_RANGE", "evseId")]

    def test_the_path_leads_to_the_place(self) -> None:
        payload = {
            "connectorId": 1,
            "meterValue": [{"timestamp": STAMP, "sampledValue": [{"value": "1"}, {"unit": "?"}]}],
        }
        assert set(found("MeterValues", payload)) == {
            ("SCHEMA_REQUIRED", "meterValue[0].sampledValue[1].value"),
            ("SCHEMA_ENUM", "meterValue[0].sampledValue[1].unit"),
        }

    def test_an_object_in_place_of_a_word_holds_what_does_not_belong_there(self) -> None:
        boot = {"reason": {"x": None}, "chargingStation": {"model": "M", "vendorName": "V"}}
        assert ("SCHEMA_EXTRA", "reason") in found("BootNotification", boot, "2.0.1")
        assert "SCHEMA_OTHER" not in {code for code, _ in found("BootNotification", boot, "2.0.1")}

    def test_a_payload_that_is_no_object(self) -> None:
        assert found("Heartbeat", [1]) == [("SCHEMA_TYPE", "")]

    def test_station_text_is_made_harmless(self) -> None:
        for finding in schemas.check("1.6", "Reset", "request", {"type": "\x1b]52;c;" + "x" * 99, "\x1b[2J\ud800": 1}):
            assert finding.text.isprintable()
            assert finding.path.isprintable()
            assert len(finding.text) < 100

    def test_half_a_surrogate_pair_does_not_hide_the_rest(self) -> None:
        assert found("Authorize", {"idTag": "\ud800", "x": 1}) == [("SCHEMA_EXTRA", "x")]

    def test_there_are_never_more_than_the_limit(self) -> None:
        payload = {f"field{number}": number for number in range(1000)}
        found = schemas.check("1.6", "Heartbeat", "request", payload, limit=7)
        assert [finding.code for finding in found] == ["SCHEMA_EXTRA"] * 7 + ["SCHEMA_MORE"]

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | odd_text,
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | odd_text, inner),
            max_leaves=8,
        ),
        st.sampled_from(["MeterValues", "BootNotification", "SetChargingProfile"]),
        st.sampled_from(Version),
    )
    def test_any_payload_is_judged(self, payload: JsonValue, action: str, version: Version) -> None:
        for finding in schemas.check(version, action, "request", payload):
            assert finding.code in CODES
            assert finding.text.isprintable()

    def test_what_has_no_schema_is_not_judged(self) -> None:
        assert found("NoSuchAction", {"x": 1}) == []
        assert found("../../etc/passwd", {"x": 1}) == []
        assert found("GetVariables", {"x": 1}) == []
        assert found("Heartbeat", {"x": 1}, version="9.9") == []


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        ("SCHEMA_REQUIRED", Trouble.INCOMPLETE),
        ("SCHEMA_TYPE", Trouble.TYPE),
        ("SCHEMA_ENUM", Trouble.VALUE),
        ("SCHEMA_LENGTH", Trouble.VALUE),
        ("SCHEMA_FORMAT", Trouble.VALUE),
        ("SCHEMA_RANGE", Trouble.VALUE),
        ("SCHEMA_ITEMS", Trouble.CARDINALITY),
        ("SCHEMA_EXTRA", Trouble.MALFORMED),
        ("PAYLOAD_NULL", Trouble.MALFORMED),
        ("ID_TOO_LONG", Trouble.UNREADABLE),
    ],
)
def test_what_a_strict_central_system_refuses_it_for(code: str, trouble: Trouble) -> None:
    assert schemas.trouble_of(Finding(code, Severity.WARNING, "")) == trouble

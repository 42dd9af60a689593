import pytest

from ocpp_console.protocol import schemas
from ocpp_console.protocol.actions import ACTIONS, Version
from ocpp_console.protocol.fields import Field, fields, minimal

EVERY_MESSAGE = [
    pytest.param(version, action, kind, id=f"{version}-{action}-{kind}")
    for version in Version
    for action, entry in ACTIONS.items()
    for kind in schemas.KINDS
    if version in entry.versions and not (entry.kind == "send" and kind == "response")
]


def child(field: Field | None, *names: str) -> Field:
    """The field at the end of a path; `[]` steps into a list."""
    for name in names:
        assert field is not None
        field = field.items if name == "[]" else next(child for child in field.children if child.name == name)
    assert field is not None
    return field


def test_all_messages_are_covered() -> None:
    """78 + 128 + 181 schema files."""
    assert len(EVERY_MESSAGE) == 387


@pytest.mark.parametrize(("version", "action", "kind"), EVERY_MESSAGE)
def test_the_smallest_payload_fits_its_schema(version: str, action: str, kind: str) -> None:
    payload = minimal(version, action, kind)
    assert isinstance(payload, dict)
    assert schemas.check(version, action, kind, payload) == ()


@pytest.mark.parametrize(("version", "action", "kind"), EVERY_MESSAGE)
def test_the_tree_knows_what_the_schema_requires(version: str, action: str, kind: str) -> None:
    tree, schema = fields(version, action, kind), schemas.schema(version, action, kind)
    assert tree is not None
    assert schema is not None
    assert {field.name for field in tree.children} == set(schema.get("properties", {}))
    assert {field.name for field in tree.children if field.required} == set(schema.get("required", ()))


def test_smallest_payloads_are_not_shared() -> None:
    first = minimal("2.0.1", "GetVariables")
    first["getVariableData"].clear()
    assert minimal("2.0.1", "GetVariables")["getVariableData"]


def test_a_verdict_is_accepted_where_that_is_a_choice() -> None:
    assert minimal("1.6", "DataTransfer", "response") == {"status": "Accepted"}


def test_a_field_knows_its_limits() -> None:
    tag = child(fields("1.6", "RemoteStartTransaction"), "idTag")
    assert (tag.type, tag.max_length, tag.required, tag.path) == ("string", 20, True, "idTag")


def test_a_path_leads_through_lists() -> None:
    limit = child(
        fields("1.6", "SetChargingProfile"),
        "csChargingProfiles",
        "chargingSchedule",
        "chargingSchedulePeriod",
        "[]",
        "limit",
    )
    assert limit.path == "csChargingProfiles.chargingSchedule.chargingSchedulePeriod[].limit"
    assert limit.multiple_of == 0.1


def test_references_are_followed() -> None:
    kind = child(fields("2.0.1", "RequestStartTransaction"), "idToken", "type")
    assert "ISO14443" in kind.enum
    assert kind.required


def test_descriptions_are_plain_sentences() -> None:
    description = child(fields("2.0.1", "ReserveNow"), "expiryDateTime").description
    assert description == "Date and time at which the reservation expires."


def test_what_must_be_filled_in_comes_first_and_custom_data_last() -> None:
    tree = fields("2.0.1", "ReserveNow")
    assert tree is not None
    assert [field.required for field in tree.children] == sorted(
        (field.required for field in tree.children), reverse=True
    )
    assert tree.children[-1].name == "customData"


def test_an_unknown_message_has_no_fields() -> None:
    assert fields("1.6", "NoSuchAction") is None
    assert fields("2.1", "NotifyPeriodicEventStream", "response") is None
    assert minimal("1.6", "NoSuchAction") == {}


def test_references_of_the_standard_are_read_as_words() -> None:
    from ocpp_console.protocol.field_help import meaning

    texts = {
        "as defined in <<ref-RFC5646,[RFC5646]>>.": "as defined in RFC5646.",
        "class as in <<ref-ocpp_security_24, IETF RFC 6960>>. DER": "class as in IETF RFC 6960. DER",
        "see <<anchor>>": "see anchor",
    }
    for text, read in texts.items():
        assert meaning("2.0.1", "X", Field("a", "a", "string", description=text)) == read

import pytest

from ocpp_console.protocol.actions import Version
from ocpp_console.protocol.troubles import ERROR_CODES, KNOWN_CODES, Trouble, error_code


@pytest.mark.parametrize(
    ("trouble", "in_16", "in_201", "in_21"),
    [
        (Trouble.UNREADABLE, "FormationViolation", "RpcFrameworkError", "RpcFrameworkError"),
        (Trouble.MALFORMED, "FormationViolation", "FormatViolation", "FormatViolation"),
        (Trouble.INCOMPLETE, "ProtocolError", "ProtocolError", "ProtocolError"),
        (Trouble.CARDINALITY, "OccurenceConstraintViolation", "FormatViolation", "OccurrenceConstraintViolation"),
        (Trouble.VALUE, *["PropertyConstraintViolation"] * 3),
        (Trouble.TYPE, *["TypeConstraintViolation"] * 3),
        (Trouble.UNKNOWN_ACTION, *["NotImplemented"] * 3),
        (Trouble.UNSUPPORTED_ACTION, *["NotSupported"] * 3),
        (Trouble.MESSAGE_TYPE, "GenericError", "MessageTypeNotSupported", "MessageTypeNotSupported"),
        (Trouble.NOT_ACCEPTED, *["SecurityError"] * 3),
        (Trouble.INTERNAL, *["InternalError"] * 3),
        (Trouble.OTHER, *["GenericError"] * 3),
    ],
)
def test_each_version_spells_it_its_own_way(trouble: Trouble, in_16: str, in_201: str, in_21: str) -> None:
    assert [error_code(version, trouble) for version in Version] == [in_16, in_201, in_21]


def test_every_trouble_has_a_code_in_every_version() -> None:
    assert set(ERROR_CODES) == set(Version)
    for table in ERROR_CODES.values():
        assert set(table) == set(Trouble)


def test_only_1_6_keeps_the_misspellings() -> None:
    """OCPP-J 1.6 errata 5.1 and 5.2."""
    for version in ("2.0.1", "2.1"):
        assert not {"FormationViolation", "OccurenceConstraintViolation"} & set(ERROR_CODES[version].values())


def test_either_spelling_is_accepted_from_a_station() -> None:
    assert {"OccurenceConstraintViolation", "OccurrenceConstraintViolation", "FormatViolation"} <= KNOWN_CODES

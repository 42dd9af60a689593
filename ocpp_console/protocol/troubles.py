"""What can be wrong with a call, and how each OCPP version spells it in a CALLERROR."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Trouble(StrEnum):
    """Why a call is refused, in one vocabulary for all versions."""

    UNREADABLE = "unreadable"
    """Not JSON, not an array, no id: not a frame."""
    MALFORMED = "malformed"
    """The payload does not have the structure of its action; a field too many."""
    INCOMPLETE = "incomplete"
    """A required field is missing."""
    CARDINALITY = "cardinality"
    """Too few or too many elements."""
    VALUE = "value"
    """A field has a value that is not allowed."""
    TYPE = "type"
    """A field has the wrong JSON type."""
    UNKNOWN_ACTION = "unknown_action"
    UNSUPPORTED_ACTION = "unsupported_action"
    """Known in this version of OCPP, but not served here."""
    MESSAGE_TYPE = "message_type"
    """A message type this version does not have."""
    NOT_ACCEPTED = "not_accepted"
    """Sent before the station's BootNotification was accepted."""
    INTERNAL = "internal"
    """Our own fault."""
    OTHER = "other"


_SAME_IN_ALL = {
    Trouble.INCOMPLETE: "ProtocolError",
    Trouble.VALUE: "PropertyConstraintViolation",
    Trouble.TYPE: "TypeConstraintViolation",
    Trouble.UNKNOWN_ACTION: "NotImplemented",
    Trouble.UNSUPPORTED_ACTION: "NotSupported",
    Trouble.NOT_ACCEPTED: "SecurityError",
    Trouble.INTERNAL: "InternalError",
    Trouble.OTHER: "GenericError",
}

ERROR_CODES: Mapping[str, Mapping[Trouble, str]] = MappingProxyType(
    {
        "1.6": _SAME_IN_ALL
        | {
            # OCPP-J 1.6 errata 5.2 and 5.1 keep both misspellings: stations compare the letters.
            Trouble.UNREADABLE: "FormationViolation",
            Trouble.MALFORMED: "FormationViolation",
            Trouble.CARDINALITY: "OccurenceConstraintViolation",
            Trouble.MESSAGE_TYPE: "GenericError",
        },
        "2.0.1": _SAME_IN_ALL
        | {
            Trouble.UNREADABLE: "RpcFrameworkError",
            Trouble.MALFORMED: "FormatViolation",
            # Implementations disagree about one r or two in 2.0.1, so neither is sent.
            Trouble.CARDINALITY: "FormatViolation",
            Trouble.MESSAGE_TYPE: "MessageTypeNotSupported",
        },
        "2.1": _SAME_IN_ALL
        | {
            Trouble.UNREADABLE: "RpcFrameworkError",
            Trouble.MALFORMED: "FormatViolation",
            Trouble.CARDINALITY: "OccurrenceConstraintViolation",
            Trouble.MESSAGE_TYPE: "MessageTypeNotSupported",
        },
    }
)
"""`ERROR_CODES[version][trouble]`: the code to send."""

KNOWN_CODES: frozenset[str] = frozenset(
    {code for table in ERROR_CODES.values() for code in table.values()}
    # Seen from stations of any version, whichever spelling their vendor read.
    | {"OccurrenceConstraintViolation", "OccurenceConstraintViolation", "FormatViolation", "FormationViolation"}
)
"""Codes that a station may send without anyone wondering."""


CODES_OF: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "1.6": frozenset({*ERROR_CODES["1.6"].values(), "OccurrenceConstraintViolation"}),
        # Implementations of 2.0.1 disagree about one r or two.
        "2.0.1": frozenset(
            {*ERROR_CODES["2.0.1"].values(), "OccurrenceConstraintViolation", "OccurenceConstraintViolation"}
        ),
        "2.1": frozenset(ERROR_CODES["2.1"].values()),
    }
)
"""Codes of each version. Errata 5.1 of 1.6 keeps the misspelling; the right spelling is forgiven."""


def error_code(version: str, trouble: Trouble) -> str:
    """The spelling of `trouble` in `version`; an unknown version is taken for 1.6."""
    return ERROR_CODES.get(version, ERROR_CODES["1.6"])[trouble]

"""A finding: one thing that is odd about a frame, in words an operator can use."""

from enum import IntEnum
from typing import NamedTuple


class Severity(IntEnum):
    """How much a finding matters; higher is worse."""

    INFO = 1
    WARNING = 2
    CRITICAL = 3


class Finding(NamedTuple):
    """One oddity, tolerated or not. Findings never stop a station; they are shown."""

    code: str
    """Stable, upper case: `SCHEMA_REQUIRED`, `ID_TOO_LONG`, `ANSWER_LATE`…"""

    severity: Severity
    text: str
    """What is wrong, as a sentence without station text that was not made harmless by the caller."""

    path: str = ""
    """Where in the payload: `meterValue[0].sampledValue[2].unit`; empty for the frame as a whole."""

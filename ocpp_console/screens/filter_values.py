"""What a filter may be about, from what the console knows: stations, actions, statuses, codes, tags, sessions."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from ocpp_console.glyphs import NO_WORDS, SOFT_WORDS, YES_WORDS
from ocpp_console.model.messages import Message
from ocpp_console.protocol.actions import ACTIONS

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

MOST_LOOKED_AT = 2_000
"""Of the newest messages; what is odd in them is offered."""

ERROR_CODES = (
    "NotImplemented",
    "NotSupported",
    "InternalError",
    "ProtocolError",
    "SecurityError",
    "FormatViolation",
    "FormationViolation",
    "PropertyConstraintViolation",
    "OccurrenceConstraintViolation",
    "OccurenceConstraintViolation",
    "TypeConstraintViolation",
    "GenericError",
    "MessageTypeNotSupported",
    "RpcFrameworkError",
)
"""OCPP-J 1.6 §4.2.3 and 2.x part 4 §4.3, each with its own spelling."""


def values_of(engine: "Engine", kind: str) -> Iterable[str]:
    """Values of a kind named in `FILTER_WORDS`, the likeliest first."""
    fleet = engine.fleet
    if kind == "station":
        return list(fleet.stations)
    if kind == "action":
        return dict.fromkeys((*(message.action for message in _newest(engine)), *ACTIONS))
    if kind == "status":
        seen = (message.verdict for message in _newest(engine))
        return dict.fromkeys((*seen, *sorted(NO_WORDS), *sorted(SOFT_WORDS), *sorted(YES_WORDS)))
    if kind == "error":
        return ERROR_CODES
    if kind == "finding":
        return dict.fromkeys(finding.code for message in _newest(engine) for finding in message.findings)
    if kind == "tag":
        return [tag.token for tag in fleet.id_tags.all()] + [tag.token for tag in fleet.id_tags.unknown]
    if kind == "transaction":
        return [transaction.id for transaction in fleet.transactions.running()]
    return ()


def _newest(engine: "Engine") -> Iterator[Message]:
    return islice(reversed(engine.fleet.messages), MOST_LOOKED_AT)

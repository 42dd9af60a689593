"""What OCPP 1.6 stations are answered, where the smallest valid answer is not enough."""

from collections.abc import Callable

from ocpp_console.csms.answer_context import AnswerContext, Payload
from ocpp_console.model.reading import number, text, whole
from ocpp_console.model.times import CLOCK_SET_SINCE, parse_time

LONGEST_TAG = 20
"""Characters of an IdToken in 1.6."""


def boot(payload: Payload, station: str, context: AnswerContext) -> Payload:
    """BootNotification (1.6 §4.2)."""
    return context.boot_answer(station)


def heartbeat(payload: Payload, station: str, context: AnswerContext) -> Payload:
    """Heartbeat (1.6 §4.6): the clock of most stations."""
    return {"currentTime": context.now_text()}


def tag_info(
    token: str, station: str, context: AnswerContext, *, connector: int = 0, busy: bool = False, starts: bool = False
) -> Payload:
    """An idTagInfo; a tag that may have one session only is refused another one while it is `busy`."""
    verdict = context.fleet.id_tags.verdict(
        token, "", context.clock(), busy, station=station, evse=connector, starts=starts
    )
    info: Payload = {"status": verdict.status}
    if verdict.expiry:
        info["expiryDate"] = verdict.expiry
    if verdict.parent and len(verdict.parent) <= LONGEST_TAG:
        info["parentIdTag"] = verdict.parent  # with it a tag of the same group stops a session, too (1.6 §3.4)
    return info


def authorize(payload: Payload, station: str, context: AnswerContext) -> Payload:
    """Authorize (1.6 §4.1). ConcurrentTx is said at the start only (1.6 §7.2)."""
    return {"idTagInfo": tag_info(text(payload.get("idTag")), station, context)}


def start_transaction(payload: Payload, station: str, context: AnswerContext) -> Payload:
    """StartTransaction (1.6 §4.8): always with an id: the station may go on charging whatever we say."""
    token, connector = text(payload.get("idTag")), whole(payload.get("connectorId"))
    # A session left open on this very connector has ended unseen: its StopTransaction was lost (offline, power cut).
    own = station, connector
    others = context.fleet.transactions.running_of_tag(token)
    busy = any((other.station, other.connector) != own for other in others)
    info = tag_info(token, station, context, connector=connector or 0, busy=busy, starts=True)
    repeated = _begun_before(payload, station, token, connector, context)
    return {"transactionId": repeated or context.next_transaction_id(), "idTagInfo": info}


def _begun_before(
    payload: Payload, station: str, token: str, connector: int | None, context: AnswerContext
) -> int | None:
    """The number of the running session that this StartTransaction began, when our answer to it was lost.

    A station tells a start again until it is answered, often with a new message id. A time that its clock cannot have
    said twice is the proof; without it two sessions would be made one.
    """
    said, meter = text(payload.get("timestamp")), number(payload.get("meterStart"))
    at = parse_time(said)
    if at is None or at < CLOCK_SET_SINCE or meter is None:
        return None
    told = connector or 0, token.casefold(), said, meter
    for session in context.fleet.transactions.running(station):
        if told == (session.connector, session.id_tag.casefold(), session.started_said, session.meter_start):
            return whole(session.id)
    return None


def stop_transaction(payload: Payload, station: str, context: AnswerContext) -> Payload:
    """StopTransaction (1.6 §4.10): always taken, else the station's queue stays blocked for ever."""
    token = text(payload.get("idTag"))
    return {"idTagInfo": tag_info(token, station, context)} if token else {}


def data_transfer(payload: Payload, station: str, context: AnswerContext) -> Payload:
    """DataTransfer (1.6 §4.3): no vendor's extension is known here."""
    return {"status": "UnknownVendorId"}


def sign_certificate(payload: Payload, station: str, context: AnswerContext) -> Payload:
    """SignCertificate (security whitepaper A02): the console is no certificate authority."""
    return {"status": "Rejected"}


ANSWERS: dict[str, Callable[[Payload, str, AnswerContext], Payload]] = {
    "Authorize": authorize,
    "BootNotification": boot,
    "DataTransfer": data_transfer,
    "Heartbeat": heartbeat,
    "SignCertificate": sign_certificate,
    "StartTransaction": start_transaction,
    "StopTransaction": stop_transaction,
}
"""By action; whatever is not here gets the smallest answer its schema allows."""

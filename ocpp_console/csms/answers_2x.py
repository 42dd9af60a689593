"""What OCPP 2.0.1 and 2.1 stations are answered, where the smallest valid answer is not enough."""

from collections.abc import Callable

from ocpp_console.csms.answer_context import AnswerContext, Payload
from ocpp_console.model.reading import entries, mapping, text
from ocpp_console.protocol.frames import JsonValue

LONGEST_GROUP = 36
"""Characters of an idToken in 2.0.1 (2.1 allows 255)."""
LONGEST_VAT = 20
"""Characters of a VAT number (2.1)."""

Answer = Callable[[Payload, str, AnswerContext], Payload]


def boot(payload: Payload, station: str, context: AnswerContext) -> Payload:
    """BootNotification (B01)."""
    return context.boot_answer(station)


def heartbeat(payload: Payload, station: str, context: AnswerContext) -> Payload:
    """Heartbeat (G02)."""
    return {"currentTime": context.now_text()}


def token_info(id_token: JsonValue, busy: bool, context: AnswerContext) -> Payload:
    """An idTokenInfo; a token that may have one session only is refused another one while it is `busy`."""
    presented = mapping(id_token)
    token = text(presented.get("idToken")) if presented else text(id_token)
    verdict = context.fleet.id_tags.verdict(token, text(presented.get("type")), context.clock(), busy)
    info: Payload = {"status": verdict.status}
    if verdict.expiry:
        info["cacheExpiryDateTime"] = verdict.expiry
    if verdict.parent and len(verdict.parent) <= LONGEST_GROUP:
        info["groupIdToken"] = {"idToken": verdict.parent, "type": "Central"}
    return info


def authorize(payload: Payload, station: str, context: AnswerContext) -> Payload:
    """Authorize (C01). ConcurrentTx is said at the start of a transaction only."""
    return {"idTokenInfo": token_info(payload.get("idToken"), False, context)}


def transaction_event(payload: Payload, station: str, context: AnswerContext) -> Payload:
    """TransactionEvent (E01..E06): idTokenInfo exactly when an idToken was given (E01.FR.09)."""
    id_token = payload.get("idToken")
    if not id_token:
        return {}
    busy = payload.get("eventType") != "Ended" and _busy_elsewhere(payload, station, context)
    return {"idTokenInfo": token_info(id_token, busy, context)}


def _busy_elsewhere(payload: Payload, station: str, context: AnswerContext) -> bool:
    """The tag has another session when an event begins one with it, at its Started or when the cable came first.

    A session goes on being judged until its tag was accepted; a tag that was, or that is not the session's own, has
    come to end it (E07, C09) and is not held to one session.
    """
    own = text(mapping(payload.get("transactionInfo")).get("transactionId"))
    token = text(mapping(payload.get("idToken")).get("idToken"))
    transactions = context.fleet.transactions
    if payload.get("eventType") != "Started":
        session = transactions.get(station, own)
        if session is None or session.verdict == "Accepted" or session.id_tag.casefold() != token.casefold():
            return False
    return any((other.station, other.id) != (station, own) for other in transactions.running_of_tag(token))


def certificate_chain_status(payload: Payload, station: str, context: AnswerContext) -> Payload:
    """GetCertificateChainStatus (2.1 M07): nothing could be asked about any of them."""
    now = context.now_text()
    statuses = [
        {
            "certificateHashData": mapping(request.get("certificateHashData")),
            "source": text(request.get("source")) or "OCSP",
            "status": "Failed",
            "nextUpdate": now,
        }
        for request in entries(payload.get("certificateStatusRequests"))
    ]
    return {"certificateStatus": statuses}


def vat_number(payload: Payload, station: str, context: AnswerContext) -> Payload:
    """VatNumberValidation (2.1 I14): nobody here can validate it."""
    answer: Payload = {"vatNumber": text(payload.get("vatNumber"))[:LONGEST_VAT], "status": "Rejected"}
    if type(payload.get("evseId")) is int:
        answer["evseId"] = payload["evseId"]
    return answer


def always(**answer: JsonValue) -> Answer:
    """The same answer to everybody."""

    def fixed(payload: Payload, station: str, context: AnswerContext) -> Payload:
        return answer

    return fixed


ANSWERS: dict[str, Answer] = {
    "Authorize": authorize,
    "BootNotification": boot,
    "DataTransfer": always(status="UnknownVendorId"),  # P02.FR.06: no vendor's extension is known here
    "Get15118EVCertificate": always(status="Failed", exiResponse=""),  # no contract certificate service
    "GetCertificateChainStatus": certificate_chain_status,
    "GetCertificateStatus": always(status="Failed"),  # no OCSP responder is asked
    "Heartbeat": heartbeat,
    "NotifyEVChargingNeeds": always(status="Rejected"),  # K15: no charging profile will follow
    "NotifyEVChargingSchedule": always(status="Accepted"),
    "OpenPeriodicEventStream": always(status="Accepted"),
    "PullDynamicScheduleUpdate": always(status="Rejected"),  # K28: no dynamic schedule is kept here
    "SignCertificate": always(status="Rejected"),  # A02: the console is no certificate authority
    "TransactionEvent": transaction_event,
    "VatNumberValidation": vat_number,
}
"""By action; whatever is not here gets the smallest answer its schema allows."""

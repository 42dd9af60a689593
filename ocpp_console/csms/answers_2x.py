"""What OCPP 2.0.1 and 2.1 stations are answered, where the smallest valid answer is not enough."""

from collections.abc import Callable

from ocpp_console.csms.answer_context import AnswerContext, Payload
from ocpp_console.model.charging_needs import names_limit, read_needs
from ocpp_console.model.local_lists import GROUP_TYPE
from ocpp_console.model.reading import entries, mapping, text, whole
from ocpp_console.model.stated import stated_off
from ocpp_console.model.transactions import Transaction
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


def token_info(
    id_token: JsonValue,
    station: str,
    context: AnswerContext,
    *,
    evse: int = 0,
    busy: bool = False,
    starts: bool = False,
) -> Payload:
    """An idTokenInfo; a token that may have one session only is refused another one while it is `busy`."""
    presented = mapping(id_token)
    token = text(presented.get("idToken")) if presented else text(id_token)
    verdict = context.fleet.id_tags.verdict(
        token, text(presented.get("type")), context.clock(), busy, station=station, evse=evse, starts=starts
    )
    info: Payload = {"status": verdict.status}
    if verdict.expiry:
        info["cacheExpiryDateTime"] = verdict.expiry
    if verdict.parent and len(verdict.parent) <= LONGEST_GROUP:
        # C09: tags of one group stop each other's sessions; C16: those of MasterPassGroupId stop any
        info["groupIdToken"] = {"idToken": verdict.parent, "type": GROUP_TYPE}
    if verdict.language:
        info["language1"] = verdict.language
    if verdict.evses:
        info["evseId"] = list(verdict.evses)
    return info


def authorize(payload: Payload, station: str, context: AnswerContext) -> Payload:
    """Authorize (C01). ConcurrentTx is said at the start of a transaction only."""
    return {"idTokenInfo": token_info(payload.get("idToken"), station, context)}


def transaction_event(payload: Payload, station: str, context: AnswerContext) -> Payload:
    """TransactionEvent (E01..E06): idTokenInfo exactly when an idToken was given (E01.FR.09)."""
    own = text(mapping(payload.get("transactionInfo")).get("transactionId"))
    session = context.fleet.transactions.get(station, own)
    said = _cost_said(payload, session, context)
    id_token = payload.get("idToken")
    if not id_token:
        return said
    starts = payload.get("eventType") != "Ended" and _begins(payload, session)
    busy = starts and _busy_elsewhere(payload, station, own, context)
    evse = whole(mapping(payload.get("evse")).get("id")) or (session.evse if session is not None else 0)
    return said | {"idTokenInfo": token_info(id_token, station, context, evse=evse, busy=busy, starts=starts)}


def _cost_said(payload: Payload, session: Transaction | None, context: AnswerContext) -> Payload:
    """totalCost: at the end whenever there is a tariff (I03), before only when running costs are wanted (I02.FR.01)."""
    kind = payload.get("eventType")
    wanted = kind == "Ended" or (kind == "Updated" and context.duties.running_cost == "answer")
    cost = context.cost_of(session) if session is not None and wanted else None
    return {} if cost is None else {"totalCost": cost}


def _begins(payload: Payload, session: Transaction | None) -> bool:
    """A session begins with the tag of this event, at its Started or when the cable came first.

    A session goes on being judged until its tag was accepted; a tag that was, or that is not the session's own, has
    come to end it (E07, C09) and is not held to one session.
    """
    if payload.get("eventType") == "Started":
        return True
    if payload.get("triggerReason") == "StopAuthorized":
        return False  # of a session that nobody's tag began (C02), too
    token = text(mapping(payload.get("idToken")).get("idToken"))
    return session is not None and session.verdict != "Accepted" and session.id_tag.casefold() == token.casefold()


def _busy_elsewhere(payload: Payload, station: str, own: str, context: AnswerContext) -> bool:
    """The tag has another session."""
    others = context.fleet.transactions.running_of_tag(text(mapping(payload.get("idToken")).get("idToken")))
    return any((other.station, other.id) != (station, own) for other in others)


def charging_needs(payload: Payload, station: str, context: AnswerContext) -> Payload:
    """NotifyEVChargingNeeds (K15.FR.03): Accepted says that a profile will follow, so one has to be possible."""
    word, evse = context.duties.charging_needs, whole(payload.get("evseId"))
    why = "no charging profiles are made from needs here"
    if word == "Rejected" and context.duties.needs_profile and not context.settings.read_only:
        why = _no_profile(payload, station, evse, context)
        word = word if why else "Accepted"
    if word != "Rejected":
        return {"status": word}
    return {"status": word, "statusInfo": {"reasonCode": "UnsupportedRequest", "additionalInfo": why}}


def _no_profile(payload: Payload, station: str, evse: int | None, context: AnswerContext) -> str:
    """Why no profile can be made from these needs; empty when one can."""
    known = context.fleet.stations.get(station)
    if known is not None and stated_off(known, "smart_charging"):
        return "the station says that its smart charging is off"
    sessions = context.fleet.transactions.running(station)
    if not any((each.evse or each.connector) == evse for each in sessions):
        return "no session runs there"
    return "" if names_limit(read_needs(payload), context.clock()) else "the needs name no limit"


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
    "NotifyEVChargingNeeds": charging_needs,
    "NotifyEVChargingSchedule": always(status="Accepted"),
    "OpenPeriodicEventStream": always(status="Accepted"),
    "PullDynamicScheduleUpdate": always(status="Rejected"),  # K28: no dynamic schedule is kept here
    "SignCertificate": always(status="Rejected"),  # A02: the console is no certificate authority
    "TransactionEvent": transaction_event,
    "VatNumberValidation": vat_number,
}
"""By action; whatever is not here gets the smallest answer its schema allows."""

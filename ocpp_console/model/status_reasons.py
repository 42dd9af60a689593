"""What a 2.x station says beside a status: `statusInfo` with a reason code, read out in words."""

from collections.abc import Iterator
from typing import NamedTuple

from ocpp_console.model.reading import mapping, text
from ocpp_console.protocol.frames import JsonValue

REASONS: dict[str, str] = {
    # OCPP 2.0.1 and 2.1 part 2, appendix 5: reason codes; compared without case, as the specification wants.
    "csnotaccepted": "the station itself is not accepted yet",
    "duplicateprofile": "a profile of this purpose and stack level is there already",
    "duplicaterequestid": "this requestId was used already",
    "duplicateseqno": "this sequence number was used already",
    "fixedcable": "the cable is fixed to the station",
    "fwupdateinprogress": "a firmware update is under way",
    "internalerror": "something broke inside the station",
    "invalidcertificate": "the certificate is not valid",
    "invalidcsr": "the signing request is not valid",
    "invalididtoken": "the idToken is not valid",
    "invalidmessageseq": "this message should not come at this moment",
    "invalidprofile": "the charging profile contradicts itself or the station",
    "invalidschedule": "the charging schedule is not valid",
    "invalidstacklevel": "the stack level is above what the station takes",
    "invalidurl": "the address cannot be used",
    "invalidvalue": "a value is not valid",
    "missingdevmodelinfo": "information of the device model is missing",
    "missingparam": "a parameter is missing",
    "nocable": "no cable is plugged in",
    "noerror": "no error",
    "noprofile": "there is no such profile",
    "notenabled": "the function is switched off at the station",
    "notfound": "nothing of that name was found",
    "ongoing": "the same is under way already",
    "outofmemory": "the station is out of memory",
    "outofstorage": "the station is out of storage",
    "prioritychargingnotallowed": "priority charging is not allowed for this session",
    "readonly": "it can only be read",
    "toolargeelement": "a part of the request is too large",
    "toomanyelements": "the request has too many parts",
    "txinprogress": "a session is running",
    "txnotfound": "there is no such session",
    "txstarted": "a session has started",
    "unknownconnectorid": "there is no such connector",
    "unknownconnectortype": "there is no connector of this type",
    "unknownevse": "there is no such EVSE",
    "unknowntxid": "there is no session with this id",
    "unspecified": "no reason is given",
    "unsupportedparam": "a parameter is not supported",
    "unsupportedrateunit": "the unit (A or W) is not supported",
    "unsupportedrequest": "the station does not know this request",
    "valueoutofrange": "the value is out of range",
    "valuepositiveonly": "the value must be above 0",
    "valuetoohigh": "the value is too high",
    "valuetoolow": "the value is too low",
    "valuezeronotallowed": "0 is not allowed",
    "writeonly": "it can only be written",
}
"""By the reason code in small letters."""

MOST_RESULTS = 20
_MOST_DEPTH = 8


def reason_words(info: JsonValue) -> str:
    """A statusInfo in words: `TxInProgress, a session is running: "session 17"`; empty when it says nothing."""
    read = mapping(info)
    code, more = text(read.get("reasonCode")), text(read.get("additionalInfo"))
    meaning = REASONS.get(code.strip().casefold(), "")
    told = f"{code}, {meaning}" if meaning else code
    return f'{told}: "{more}"' if more and told else f'"{more}"' if more else told


class Result(NamedTuple):
    """One status inside an answer."""

    subject: str
    """What it is about: component and variable, an id; empty for the answer as a whole."""
    status: str
    reason: str
    """Its statusInfo in words; empty when there is none."""


def results(payload: JsonValue) -> list[Result]:
    """Every status of an answer that stands in a list, or that has a reason beside it, in order; at most twenty."""
    found: list[Result] = []
    for result in _results(payload, "", 0):
        found.append(result)
        if len(found) >= MOST_RESULTS:
            break
    return found


def _results(value: JsonValue, place: str, depth: int) -> Iterator[Result]:
    if depth > _MOST_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _results(item, place or "item", depth + 1)
    elif isinstance(value, dict):
        status = next((text(value[name]) for name in ("status", "attributeStatus") if name in value), "")
        info = value["statusInfo"] if "statusInfo" in value else value.get("attributeStatusInfo")
        reason = reason_words(info)
        if reason or (status and place):
            yield Result(_subject(value), status, reason)
        for name, inner in value.items():
            if isinstance(inner, dict | list) and name not in ("statusInfo", "attributeStatusInfo", "component"):
                yield from _results(inner, place, depth + 1)


def _subject(entry: dict[str, JsonValue]) -> str:
    """What an entry of a list is about."""
    component, variable = (text(mapping(entry.get(name)).get("name")) for name in ("component", "variable"))
    if component or variable:
        return f"{component}.{variable}"
    return next((f"{name} {text(entry[name])}" for name in ("id", "tariffId", "controlId", "key") if name in entry), "")

"""What was found out about a message, as it is kept beside the log, and put back onto a row that was read from there.

A row that is read back is made of a few facts only, so it cannot tell what took many: that an answer came twice, that
a heartbeat was overdue. What was said when it happened counts, whatever the rules of today would say.
"""

import json
from collections.abc import Iterable
from typing import NamedTuple

from ocpp_console.model.rows import Message
from ocpp_console.protocol.findings import Finding, Severity

MARK = "\n"
"""Stands around each code, so that one is found whole, or by its beginning."""

_TOLD_BY_BYTES = "SCHEMA_"
"""Codes that begin so are found again in the bytes of the frames: of those the code is enough. A station that breaks a
schema does so in every message, and the words would double the file."""

_encode = json.JSONEncoder(separators=(",", ":")).encode


class Kept(NamedTuple):
    """All that is odd about one message."""

    codes: str
    """In small letters, each between two `MARK`s."""
    body: str | None
    """JSON of `[[1 if it is about the answer, code, severity, text, path], …]`; None when the frames tell it."""


def keep(message: Message) -> Kept:
    """What is to be kept of a message about which something is odd."""
    findings = message.findings
    codes = marked(finding.code for finding in findings)
    if all(finding.code.startswith(_TOLD_BY_BYTES) for finding in findings):
        return Kept(codes, None)
    sides = ((0, message.call_findings), (1, message.answer_findings))
    return Kept(codes, _encode([[side, *finding] for side, found in sides for finding in found]))


def marked(codes: Iterable[str]) -> str:
    """The codes as one text, each of them once."""
    plain = dict.fromkeys(code.lower().replace(MARK, " ") for code in codes)
    return f"{MARK}{MARK.join(plain)}{MARK}"


def put_back(message: Message, kept: Kept | None) -> None:
    """Give a row that was made anew what was found when it happened, and nothing else; None is nothing."""
    if kept is None:
        message.call_findings = message.answer_findings = ()
        return
    told = _told(kept.body) if kept.body is not None else None
    if told is not None:
        message.call_findings = tuple(finding for answer, finding in told if not answer)
        message.answer_findings = tuple(finding for answer, finding in told if answer)
        return
    message.call_findings = tuple(each for each in message.call_findings if marked([each.code]) in kept.codes)
    message.answer_findings = tuple(each for each in message.answer_findings if marked([each.code]) in kept.codes)
    again = marked(finding.code for finding in message.findings)
    message.call_findings += tuple(
        Finding(code.upper(), Severity.WARNING, "found when it came; this version does not find it any more")
        for code in kept.codes.strip(MARK).split(MARK)
        if f"{MARK}{code}{MARK}" not in again
    )


def _told(body: str) -> list[tuple[int, Finding]] | None:
    """The findings of a body, in their order; None when it cannot be read."""
    try:
        return [
            (answer, Finding(str(code), Severity(severity), str(text), str(path)))
            for answer, code, severity, text, path in json.loads(body)
        ]
    except (ValueError, TypeError):
        return None

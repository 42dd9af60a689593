"""How a state looks: one glyph, one word, one tone for each, declared once. Colour is never the only sign.

Tones are names that the themes give a colour: three carry meaning (`good`, `attention`, `wrong`), `busy` is energy
flowing, `quiet` steps back, and the empty tone is plain text. Every glyph is one cell wide and has an ASCII stand-in
of one cell in `ASCII`; `--ascii` swaps them while drawing, so no screen has to care.
"""

import re
from typing import NamedTuple

GOOD = "good"
ATTENTION = "attention"
WRONG = "wrong"
BUSY = "busy"
QUIET = "quiet"
PLAIN = ""
STRONG = "strong"

TONES = (GOOD, ATTENTION, WRONG, BUSY, QUIET, STRONG)
"""All tones that a style exists for; the plain one needs none."""


class Look(NamedTuple):
    """What a state is drawn with."""

    glyph: str
    word: str
    tone: str

    @property
    def text(self) -> str:
        """Glyph and word."""
        return f"{self.glyph} {self.word}"


ONLINE = Look("●", "online", GOOD)
OFFLINE = Look("○", "offline", QUIET)
PENDING = Look("◐", "pending", ATTENTION)
REJECTED = Look("✗", "rejected", WRONG)

CONNECTOR_LOOKS: dict[str, tuple[str, str]] = {
    # OCPP 1.6 section 7.7 ChargePointStatus
    "Available": ("●", GOOD),
    "Preparing": ("◐", ATTENTION),
    "Charging": ("▶", BUSY),
    "SuspendedEV": ("‖", ATTENTION),
    "SuspendedEVSE": ("‖", ATTENTION),
    "Finishing": ("◑", ATTENTION),
    "Reserved": ("◇", ATTENTION),
    "Unavailable": ("○", QUIET),
    "Faulted": ("▲", WRONG),
    # OCPP 2.x ConnectorStatusEnumType, where it differs
    "Occupied": ("◆", BUSY),
    # OCPP 2.x ChargingStateEnumType, shown in place of Occupied when known
    "EVConnected": ("◐", ATTENTION),
    "Idle": ("○", QUIET),
}

TAG_LOOKS: dict[str, tuple[str, str]] = {
    "Accepted": ("✓", GOOD),
    "Blocked": ("✗", WRONG),
    "Expired": ("✗", ATTENTION),
    "Invalid": ("✗", WRONG),
    "ConcurrentTx": ("‖", ATTENTION),
}

COMMAND_LOOKS: dict[str, tuple[str, str]] = {
    "queued": ("◐", QUIET),
    "sent": ("◐", BUSY),
    "answered": ("✓", GOOD),
    "refused": ("✗", WRONG),
    "no answer": ("▲", WRONG),
    "sent, no answer expected": ("→", QUIET),
    "not sent": ("▲", WRONG),
}
"""By `Progress` value. An answer whose status is a no (`Rejected`…) is drawn by `verdict_look`."""

YES_WORDS = frozenset({"Accepted", "Unlocked", "Unpublished", "Good", "Processed", "Valid", "Ok", "OK", "Stopped"})
"""Answers that mean yes, in all versions."""

NO_WORDS = frozenset(
    {
        "Rejected",
        "Faulted",
        "NotSupported",
        "NotImplemented",
        "UnlockFailed",
        "OngoingAuthorizedTransaction",
        "UnknownConnector",
        "UnknownMessageId",
        "UnknownVendorId",
        "VersionMismatch",
        "Failed",
        "InvalidCertificate",
        "RevokedCertificate",
        "Occupied",
        "Unavailable",
        "NotFound",
        "Blocked",
        "Invalid",
        "Expired",
        "Unknown",
        "ConcurrentTx",
        "NoCredit",
        "NotEnabled",
        "ConditionNotSupported",
        "Duplicate",
        "DuplicateTariffId",
        "LanguageNotSupported",
        "NoChargingProfile",
        "NoCurrencyChange",
        "NoFirmware",
        "NoProfile",
        "NotAllowedTypeEVSE",
        "NotAtThisLocation",
        "NotAtThisTime",
        "NotSupportedAttributeType",
        "NotSupportedMessageFormat",
        "NotSupportedPriority",
        "NotSupportedState",
        "Revoked",
        "TooManyElements",
        "TxNotFound",
        "UnknownComponent",
        "UnknownTransaction",
        "UnknownVariable",
        "Unsupported",
        "UnsupportedMonitorType",
    }
)
"""Answers that mean no, in all versions."""

SOFT_WORDS = frozenset(
    {
        "Pending",
        "Scheduled",
        "RebootRequired",
        "NotReady",
        "AcceptedCanceled",
        "EmptyResultSet",
        "NoProfiles",
        "NoTariff",
        "DownloadOngoing",
        "Processing",
    }
)
"""Answers that mean not yet, yes with a condition, or that there was nothing to do it with."""

_COUNT = re.compile(r"(.*\S) \d+")
"""One part of the verdict of a list of results: `Rejected 2`."""

UNSEEN = Look("?", "unknown", ATTENTION)

ASCII = {
    "●": "*",
    "○": "o",
    "◐": "~",
    "◑": "~",
    "▶": ">",
    "◀": "<",
    "╌": ".",
    "┊": ":",
    "‖": "=",
    "◇": "r",
    "◆": "#",
    "▲": "!",
    "✓": "+",
    "✗": "x",
    "→": ">",
    "←": "<",
    "…": ".",
    "›": ">",
    "‹": "<",
    "•": "*",
    "»": ">",
    "–": "-",
    "—": "-",
    "·": ".",
    "▾": "v",
    "▸": ">",
    "▴": "^",
    "│": "|",
    "─": "-",
    "━": "=",
    "╭": "+",
    "╮": "+",
    "╰": "+",
    "╯": "+",
    "├": "+",
    "┤": "+",
    "┬": "+",
    "┴": "+",
    "┼": "+",
    "┌": "+",
    "┐": "+",
    "└": "+",
    "┘": "+",
    "▁": "_",
    "▂": "_",
    "▃": "-",
    "▄": "-",
    "▅": "=",
    "▆": "=",
    "▇": "#",
    "█": "#",
    "▌": "|",
    "▐": "|",
    "▏": "|",
    "▎": "|",
    "▍": "|",
    "▊": "|",
    "▕": "|",
    "▔": "-",
    "×": "x",
    "↵": "|",
    "␛": "?",
    "␤": "?",
    "␀": "?",
}
"""One cell for one cell. What is not listed becomes `?` per cell."""


def connector_look(status: str) -> Look:
    """How a connector's status is drawn; the word stays exactly OCPP's. Unheard-of ones want attention."""
    glyph, tone = CONNECTOR_LOOKS.get(status, ("?", ATTENTION))
    return Look(glyph, status or "not said yet", tone if status else QUIET)


def tag_look(status: str) -> Look:
    """How an idTag's status is drawn."""
    glyph, tone = TAG_LOOKS.get(status, ("?", ATTENTION))
    return Look(glyph, status, tone)


def verdict_words(verdict: str) -> list[str]:
    """The words of a verdict: of `Accepted 2, Rejected 1` both, without their counts."""
    return [count[1] if (count := _COUNT.fullmatch(part)) else part for part in verdict.split(", ")]


def verdict_look(word: str) -> Look:
    """How the status word of an answer is drawn: a yes, a not yet, or a no. No word is a plain yes.

    Of several (`Accepted 2, Rejected 1`) the worst decides; a word that no version has wants attention.
    """
    parts = verdict_words(word)
    if any(part in NO_WORDS for part in parts):
        return Look("✗", word, WRONG)
    if any(part in SOFT_WORDS for part in parts):
        return Look("◐", word, ATTENTION)
    known = all(part in YES_WORDS or not part for part in parts)
    return Look("✓", word, GOOD) if known else Look("?", word, ATTENTION)


def command_look(progress: str, verdict: str = "") -> Look:
    """How far a command has come, and how the station took it once it answered."""
    if progress == "answered":
        answer = verdict_look(verdict)
        return Look(answer.glyph, verdict or progress, answer.tone)
    glyph, tone = COMMAND_LOOKS.get(progress, ("?", ATTENTION))
    return Look(glyph, progress, tone)


def station_look(online: bool, registration: str) -> Look:
    """How a station is drawn in lists: offline first, then whether we let it in, then online."""
    if not online:
        return OFFLINE
    return {"Pending": PENDING, "Rejected": REJECTED}.get(registration, ONLINE)

"""The idTag list: who may charge, and the verdict on a tag that was presented."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Self

from ocpp_console.model.documents import Document, fill_fields, plain_fields
from ocpp_console.model.places import EVERYWHERE, evses_at
from ocpp_console.model.times import DAY, SECOND, parse_time, time_text
from ocpp_console.tariff import problem_with

STATUSES = ("Accepted", "Blocked", "Expired", "Invalid")
"""What can be said about a listed tag by hand; ConcurrentTx and the unknown ones follow from what happens."""

LONGEST_TOKEN = 255
"""2.1 identifierString for an IdToken; 1.6 allows 20, 2.0.1 allows 36."""

LONGEST_LANGUAGE = 8
"""2.x language1: a code of RFC 5646."""

_REMEMBERED_UNKNOWN = 100


class Policy(StrEnum):
    """What happens to a tag that is not in the list."""

    KNOWN_ONLY = "known"
    ACCEPT_ALL = "any"


@dataclass(slots=True)
class IdTag:
    """One entry of the list. Tokens compare without regard to case (OCPP: identifierString / CiString)."""

    token: str
    status: str = "Accepted"
    """Accepted, Blocked, Expired or Invalid: what we answer, unless the expiry date says Expired first."""
    type: str = ""
    """2.x idToken type: ISO14443, ISO15693, KeyCode, Local, MacAddress, eMAID, Central…; empty for any."""
    parent: str = ""
    """parentIdTag of 1.6, groupIdToken of 2.x."""
    expiry: str = ""
    """ISO 8601 date-time or date, UTC; empty for none."""
    note: str = ""
    """Whose it is."""
    concurrent: bool = True
    """It may run more than one session at a time; False answers ConcurrentTx."""
    master_pass: str = ""
    """2.x C16: the group of master passes it belongs to (the stations' MasterPassGroupId); it stops any session of such
    a station and starts none."""
    language: str = ""
    """2.x language1: in which language a station speaks to its owner, such as `de`."""
    stations: str = ""
    """Where it may charge, `AC-*, DC-01/2`; empty for everywhere."""
    tariff: str = ""
    """What its sessions cost, instead of the station's or the console's tariff; empty for those."""
    last_used: int = 0
    """Microseconds UTC; 0 for never."""
    last_station: str = ""
    from_file: bool = False
    """It stands in the file that the list is kept in step with, and goes when it no longer does."""

    def to_document(self) -> Document:
        """The entry for the store."""
        return plain_fields(self)

    @classmethod
    def from_document(cls, document: Document) -> Self:
        """The entry a document describes; what is missing or odd in it keeps its default."""
        tag = cls("")
        fill_fields(tag, document)
        return tag


@dataclass(slots=True)
class UnknownTag:
    """A tag that was presented and is not in the list."""

    token: str
    type: str
    at: int
    station: str
    verdict: str
    """What we answered."""


class Verdict(NamedTuple):
    """What to answer about a presented tag, and why."""

    status: str
    """In the words of the version: an unknown tag is Invalid in 1.6 and Unknown in 2.x."""
    expiry: str
    """`2026-11-20T14:03:21Z`, or empty."""
    parent: str
    """parentIdTag or groupIdToken; empty for none."""
    text: str
    """The reason, as a sentence."""
    known: bool
    """The tag is in the list."""
    language: str = ""
    """2.x language1; empty for none."""
    evses: tuple[int, ...] = EVERYWHERE
    """2.x evseId: the only EVSEs of this station where it may charge; empty for all of them."""

    @property
    def accepted(self) -> bool:
        """The tag may charge."""
        return self.status == "Accepted"


class IdTagList:
    """The tags by token, without regard to case, in the order they were added."""

    def __init__(self, policy: Policy = Policy.ACCEPT_ALL) -> None:
        """An empty list."""
        self._tags: dict[str, IdTag] = {}
        self.policy = policy
        self.unknown: deque[UnknownTag] = deque(maxlen=_REMEMBERED_UNKNOWN)
        """Tags presented that are not in the list, newest last, each once."""
        self.revision = 0
        """Goes up with every change, the use of a tag included."""
        self.edition = 0
        """Goes up when a tag is added, changed or removed."""
        self.used: set[str] = set()
        """Tokens whose use was noted since the list was saved; the unknown ones among them."""

    def __len__(self) -> int:
        """How many tags are listed."""
        return len(self._tags)

    def __iter__(self) -> Iterator[IdTag]:
        """In the order added."""
        return iter(self._tags.values())

    def all(self) -> list[IdTag]:
        """All tags in the order added."""
        return list(self._tags.values())

    def get(self, token: str) -> IdTag | None:
        """The entry for a token."""
        return self._tags.get(token.casefold())

    def put(self, tag: IdTag) -> None:
        """Add an entry, or replace the one with the same token, whose last use stays. It is unknown no more."""
        folded = tag.token.casefold()
        earlier = self._tags.get(folded)
        if earlier is not None and not tag.last_used:
            tag.last_used, tag.last_station = earlier.last_used, earlier.last_station
        seen = next((each for each in self.unknown if each.token.casefold() == folded), None)
        if seen is not None and not tag.last_used:
            tag.last_used, tag.last_station = seen.at, seen.station
        self._tags[tag.token.casefold()] = tag
        self._forget_unknown(tag.token)
        self.revision += 1
        self.edition += 1

    def remove(self, token: str) -> IdTag | None:
        """Take an entry out and return it; None if there is none."""
        removed = self._tags.pop(token.casefold(), None)
        self.revision += 1
        self.edition += removed is not None
        return removed

    def set_policy(self, policy: Policy) -> None:
        """Change what happens to unlisted tags."""
        self.policy = policy
        self.revision += 1

    def verdict(
        self,
        token: str,
        type: str,
        at: int,
        busy: bool = False,
        *,
        station: str = "",
        evse: int = 0,
        starts: bool = False,
    ) -> Verdict:
        """What to answer about a token presented at `at` (µs) while it has a session elsewhere, or not.

        `type` is the 2.x idToken type; empty means 1.6, which has other words. `station` and `evse` (1.6: connector)
        say where, as far as that is known; `starts` that a session begins with it.
        """
        tag = self._tags.get(token.casefold())
        if tag is None:
            return self._verdict_unlisted(token, type)
        evses = evses_at(tag.stations, station)
        status, text = _judged(tag, type, at, busy)
        if status == "Accepted" and (evses is None or (evses and evse and evse not in evses)):
            status, text = "NotAtThisLocation" if type else "Invalid", f"it may charge at {tag.stations} only"
        elif status == "Accepted" and tag.master_pass and starts:
            status, text = "Invalid", "a master pass stops sessions and starts none"
        expiry = expiry_of(tag)
        group = tag.master_pass if type and tag.master_pass else tag.parent
        until = time_text(expiry) if expiry is not None else ""
        return Verdict(status, until, group, text, True, tag.language, evses or EVERYWHERE)

    def _verdict_unlisted(self, token: str, type: str) -> Verdict:
        """The verdict on a tag that is not in the list."""
        if type == "NoAuthorization":  # 2.x C01.FR.02: a start button, no tag at all
            return Verdict("Accepted", "", "", "the station asks for no authorization", False)
        if self.policy is Policy.ACCEPT_ALL and token.strip():
            return Verdict("Accepted", "", "", "not in the list; every tag is accepted", False)
        text = "not in the list, only known tags are accepted" if token.strip() else "an empty tag"
        return Verdict("Unknown" if type else "Invalid", "", "", text, False)

    def presented(self, token: str, type: str, at: int, station: str, verdict: str) -> None:
        """A station presented a token and got this verdict: note its use, or that it is unknown."""
        tag = self._tags.get(token.casefold())
        if tag is not None:
            tag.last_used, tag.last_station = at, station
        elif token and type != "NoAuthorization":
            self._forget_unknown(token)
            self.unknown.append(UnknownTag(token, type, at, station, verdict))
        self.used.add(token)
        self.revision += 1

    def lookalike(self, token: str) -> str:
        """A sentence about a listed tag that this one may be: same bytes reversed, or longer or shorter; else empty."""
        plain = token.casefold()
        backwards = _reversed_bytes(plain)
        if backwards and backwards != plain and backwards in self._tags:
            return f"the bytes of {self._tags[backwards].token} in reverse order"
        for known, tag in self._tags.items():
            if known != plain and min(len(known), len(plain)) >= 8 and known.startswith(plain[: len(known)]):
                return f"begins like {tag.token}"
        return ""

    def dismiss(self, token: str) -> None:
        """Show an unknown tag no more, until it is presented again."""
        self._forget_unknown(token)
        self.used.add(token)  # so that whoever saves what was presented looks again
        self.revision += 1

    def _forget_unknown(self, token: str) -> None:
        """Drop a token from the unknown ones."""
        folded = token.casefold()
        for index, each in enumerate(self.unknown):
            if each.token.casefold() == folded:
                del self.unknown[index]
                return


def _judged(tag: IdTag, type: str, at: int, busy: bool) -> tuple[str, str]:
    """Status and reason of a listed tag wherever it is."""
    expiry = expiry_of(tag)
    if tag.status != "Accepted":
        return tag.status, f"listed as {tag.status}"
    if tag.type and type and tag.type.casefold() != type.casefold():
        return "Invalid", f"listed as a tag of type {tag.type}, not {type}"
    if expiry is not None and at > expiry:
        return "Expired", f"expired at {time_text(expiry)}"
    if busy and not tag.concurrent:
        return "ConcurrentTx", "already charging, and only one session is allowed"
    return "Accepted", "listed as Accepted"


def expiry_of(tag: IdTag) -> int | None:
    """Microseconds when a tag stops being valid; a date alone lasts until the end of that day. None for never."""
    at = parse_time(tag.expiry.strip())
    if at is not None and len(tag.expiry.strip()) <= 10:
        return at + DAY - SECOND
    return at


def problem_of(tag: IdTag) -> str:
    """What is wrong with an entry, as a sentence; empty when nothing is."""
    if not tag.token.strip():
        return "the tag is empty"
    if len(tag.token) > LONGEST_TOKEN:
        return f"the tag has {len(tag.token)} characters, at most {LONGEST_TOKEN}"
    names = tag.token + tag.parent + tag.master_pass + tag.language + tag.stations
    if any(ord(character) < 32 or 127 <= ord(character) < 160 for character in names):
        return "control characters cannot be part of a tag"
    if tag.status not in STATUSES:
        return f"the status must be one of {', '.join(STATUSES)}"
    if tag.expiry.strip() and parse_time(tag.expiry.strip()) is None:
        return "the expiry must be a date such as 2027-01-31 or a time such as 2027-01-31T18:00:00Z"
    if len(tag.language) > LONGEST_LANGUAGE:
        return f"the language has {len(tag.language)} characters, at most {LONGEST_LANGUAGE}, such as de or pt-BR"
    if wrong := problem_with(tag.tariff):
        return f"the tariff {wrong}"
    return ""


def _reversed_bytes(token: str) -> str:
    """A hexadecimal token with its bytes in reverse order; empty when it is not hexadecimal."""
    try:
        return bytes.fromhex(token)[::-1].hex() if " " not in token else ""
    except ValueError:
        return ""

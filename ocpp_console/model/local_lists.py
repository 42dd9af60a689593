"""The local authorization list of a station: what it was sent, which version it says it has, and what changed since."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Self

from ocpp_console.model.documents import Document, fill_fields, plain_fields
from ocpp_console.model.id_tags import IdTag
from ocpp_console.model.places import EVERYWHERE, evses_at
from ocpp_console.model.reading import entries, mapping, text, whole
from ocpp_console.model.times import parse_time, time_text
from ocpp_console.protocol.frames import JsonValue

LONGEST = {"1.6": 20, "2.0.1": 36, "2.1": 255}
"""Characters of a token by version: CiString20, identifierString."""
USUAL_TYPE = "ISO14443"
"""2.x wants a type of every token; this is what a card has."""
GROUP_TYPE = "Central"
"""Of a groupIdToken, here and in answers: stations compare groups with their type (C09)."""


class Drift(NamedTuple):
    """How the idTag list differs from what a station was sent."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    def __bool__(self) -> bool:
        """There is a difference."""
        return bool(self.added or self.changed or self.removed)

    @property
    def text(self) -> str:
        """`2 new, 1 changed, 1 gone`; empty without a difference."""
        parts = ((len(self.added), "new"), (len(self.changed), "changed"), (len(self.removed), "gone"))
        return ", ".join(f"{count} {word}" for count, word in parts if count)


@dataclass(slots=True)
class LocalList:
    """The list of one station, as far as the console took part in it."""

    stated: int | None = None
    """The version the station said last; 0 is an empty list, -1 means it keeps none (1.6 §5.10)."""
    stated_at: int = 0
    sent: int | None = None
    """The version it accepted from here last; None before the first."""
    sent_at: int = 0
    verdict: str = ""
    """Its answer to the last update."""
    verdict_at: int = 0
    contents: dict[str, str] = field(default_factory=dict)
    """Token in small letters → what was said about it, as canonical JSON."""
    spelled: dict[str, str] = field(default_factory=dict)
    """Token in small letters → as it was sent: a removal is understood in that spelling only."""

    def __bool__(self) -> bool:
        """Anything is known."""
        return bool(self.stated_at or self.verdict)

    @property
    def known(self) -> bool:
        """The station holds what was sent from here: nobody changed its list since."""
        return self.sent is not None and self.stated in (None, self.sent)

    def version_said(self, version: int, at: int) -> None:
        """An answer to GetLocalListVersion."""
        self.stated, self.stated_at = version, at

    def updated(self, asked: dict[str, JsonValue], verdict: str, at: int) -> None:
        """An answer to SendLocalList."""
        self.verdict, self.verdict_at = verdict, at
        version = whole(asked.get("listVersion"))
        if version is None:
            version = whole(asked.get("versionNumber"))
        if verdict != "Accepted" or version is None:
            return
        full = text(asked.get("updateType")) == "Full"
        complete = full or self.known
        if full:
            self.contents, self.spelled = {}, {}
        for entry in entries(asked.get("localAuthorizationList")):
            spelled, said = _read_entry(entry)
            token = spelled.casefold()
            if said is None:
                self.contents.pop(token, None)
                self.spelled.pop(token, None)
            elif token:
                self.contents[token], self.spelled[token] = said, spelled
        self.stated, self.stated_at = version, at
        # A differential update on a list that is not known leaves a list that is not known.
        self.sent, self.sent_at = (version, at) if complete else (self.sent, self.sent_at)

    def drift(self, texts: Mapping[str, str]) -> Drift:
        """What would have to be sent so that the station has the tags of `wanted_texts`."""
        return Drift(
            tuple(token for token in texts if token not in self.contents),
            tuple(token for token, said in texts.items() if self.contents.get(token, said) != said),
            tuple(token for token in self.contents if token not in texts),
        )

    def to_document(self) -> Document:
        """Everything worth keeping."""
        return {**plain_fields(self), "contents": self.contents, "spelled": self.spelled}

    @classmethod
    def from_document(cls, document: JsonValue) -> Self:
        """The list a document describes, as far as it can be read."""
        kept, made = mapping(document), cls()
        fill_fields(made, kept)
        made.spelled = {token: text(spelled) for token, spelled in mapping(kept.get("spelled")).items()}
        made.contents = {token: text(said) for token, said in mapping(kept.get("contents")).items()}
        return made


def _canonical(entry: JsonValue) -> str:
    """An entry's information without its token, the same text for the same meaning."""
    info = {name: value for name, value in mapping(entry).items() if name not in ("idTag", "idToken")}
    token = mapping(mapping(entry).get("idToken"))
    return json.dumps([token.get("type"), info], sort_keys=True, separators=(",", ":"))


def _read_entry(entry: dict[str, JsonValue]) -> tuple[str, str | None]:
    """Token and information of one AuthorizationData; None for a token that is to be removed."""
    token = text(entry.get("idTag")) or text(mapping(entry.get("idToken")).get("idToken"))
    info = entry.get("idTagInfo") or entry.get("idTokenInfo")
    return token, _canonical(entry) if info else None


def wanted_entries(tags: Iterable[IdTag], version: str, station: str = "") -> dict[str, JsonValue]:
    """The AuthorizationData of every tag a station of `version` can hold, by token in small letters.

    A tag that may not charge at `station` has no place in its list; nor has one, in 1.6, that may do so at some of its
    connectors: the list could not say so.
    """
    entries: dict[str, JsonValue] = {}
    for tag in tags:
        evses = evses_at(tag.stations, station)
        if len(tag.token) <= LONGEST.get(version, 255) and evses is not None and not (evses and version == "1.6"):
            entries[tag.token.casefold()] = entry_of(tag, version, evses)
    return entries


def wanted_texts(tags: Iterable[IdTag], version: str, station: str = "") -> dict[str, str]:
    """What is to be said about every tag, in the form `LocalList.contents` keeps it."""
    return {token: _canonical(entry) for token, entry in wanted_entries(tags, version, station).items()}


def too_long(tags: Iterable[IdTag], version: str) -> list[str]:
    """Tokens that a station of `version` cannot hold."""
    return [tag.token for tag in tags if len(tag.token) > LONGEST.get(version, 255)]


def entry_of(tag: IdTag, version: str, evses: tuple[int, ...] = EVERYWHERE) -> dict[str, JsonValue]:
    """One tag as AuthorizationData of this version; `evses` are those of the station where alone it may charge."""
    moment = parse_time(tag.expiry) if tag.expiry else None
    expiry = time_text(moment) if moment is not None else ""
    if version == "1.6":
        info: dict[str, JsonValue] = {"status": tag.status}
        info |= {"expiryDate": expiry} if expiry else {}
        info |= {"parentIdTag": tag.parent} if tag.parent and len(tag.parent) <= LONGEST["1.6"] else {}
        return {"idTag": tag.token, "idTagInfo": info}
    group = tag.master_pass or tag.parent
    grouped = 0 < len(group) <= LONGEST.get(version, 255)
    info = {"status": tag.status}
    info |= {"cacheExpiryDateTime": expiry} if expiry else {}
    info |= {"groupIdToken": {"idToken": group, "type": GROUP_TYPE}} if grouped else {}
    info |= {"language1": tag.language} if tag.language else {}
    info |= {"evseId": list(evses)} if evses else {}
    return {"idToken": {"idToken": tag.token, "type": tag.type or USUAL_TYPE}, "idTokenInfo": info}


def removal_of(token: str, said: str, version: str) -> dict[str, JsonValue]:
    """An entry that takes a token off the list; `said` is what the list held about it."""
    if version == "1.6":
        return {"idTag": token}
    try:
        kind = text(json.loads(said)[0])
    except (ValueError, LookupError, TypeError):
        kind = ""
    return {"idToken": {"idToken": token, "type": kind or USUAL_TYPE}}

"""The actions of OCPP and the versions that have them, read from `actions.toml`; and which version a station gets."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ocpp_console.protocol.findings import Finding, Severity


class Version(StrEnum):
    """The OCPP versions spoken here."""

    V16 = "1.6"
    V201 = "2.0.1"
    V21 = "2.1"


SUBPROTOCOLS: dict[str, Version] = {"ocpp1.6": Version.V16, "ocpp2.0.1": Version.V201, "ocpp2.1": Version.V21}
"""WebSocket subprotocol names as registered with IANA."""


@dataclass(frozen=True, slots=True)
class Action:
    """One kind of message: who sends it in which versions, and what to mind."""

    name: str
    versions: frozenset[str]
    by: str
    """Who sends it: "csms", "station" or "both"."""
    block: str
    """The subject it belongs to, for menus: "Smart charging", "Firmware"…"""
    kind: str = "call"
    """"call", or "send" for a message that is never answered."""
    caution: str = ""
    """What a careless use does, as a sentence; empty when harmless."""
    books: bool = False
    """It books money or energy: a repeated message must not count twice."""
    followed_by: tuple[str, ...] = ()
    """Actions by which a station reports on it afterwards."""
    request_id: bool = False
    """Those reports carry the requestId of the request, in the versions whose request has one."""


def _read_actions() -> dict[str, Action]:
    """All actions by name, in the order of the file: by subject."""
    tables = tomllib.loads(Path(__file__).with_name("actions.toml").read_text("utf-8"))
    return {name: _action(name, block, entry) for block, entries in tables.items() for name, entry in entries.items()}


def _action(name: str, block: str, entry: dict[str, Any]) -> Action:
    """One entry of the file as a value."""
    return Action(
        name=name,
        versions=frozenset(entry["in"].split()),
        by=entry["by"],
        block=block,
        kind=entry.get("kind", "call"),
        caution=entry.get("caution", ""),
        books=entry.get("books", False),
        followed_by=tuple(entry.get("followed_by", "").split()),
        request_id=entry.get("request_id", False),
    )


ACTIONS: dict[str, Action] = _read_actions()
"""Every action of every version, by name."""

BOOKING: frozenset[str] = frozenset(action.name for action in ACTIONS.values() if action.books)
"""Names of the actions that must not be booked twice."""


@cache
def _actions_of(version: str, by: str) -> tuple[Action, ...]:
    return tuple(a for a in ACTIONS.values() if version in a.versions and a.by in (by, "both"))


def actions_of(version: str, by: str) -> list[Action]:
    """The actions that `by` ("csms" or "station") may send in `version`, grouped by subject."""
    return list(_actions_of(version, by))


class Choice(NamedTuple):
    """Which version a connection gets, and what to answer in the handshake."""

    version: Version | None
    """None when the station speaks nothing that we do."""
    subprotocol: str
    """The value for Sec-WebSocket-Protocol of the answer; empty for no such header."""
    findings: tuple[Finding, ...] = ()
    text: str = ""
    """Why there is no version, as a sentence."""


_MISSING = Finding(
    "SUBPROTOCOL_MISSING",
    Severity.WARNING,
    "offered no subprotocol, which OCPP requires in the handshake; taken for OCPP 1.6",
)


def choose_subprotocol(offered: Sequence[str], only: str = "") -> Choice:
    """The first offered subprotocol that we speak: the order is the station's preference (2.1 part 4 §3.1.2).

    Exact names go before misspelled ones, so that a second, correct offer is not lost to a guess. With `only` no other
    version will do, and a station that offers nothing is taken for one of that version.
    """
    names = [name for name in offered if name]
    if not names:
        return Choice(Version(only) if only else Version.V16, "", (_MISSING,))
    if only:
        fitting = [name for name in names if (SUBPROTOCOLS.get(name) or _family(name)) == only]
        if not fitting:
            listed = ", ".join(f"{name!a:.40}" for name in names[:5])
            return Choice(None, "", (), f"The station offers {listed}; only OCPP {only} is set for it.")
        names = fitting
    for name in names:
        if name in SUBPROTOCOLS:
            return Choice(SUBPROTOCOLS[name], name)
    for name in names:
        version = _family(name)
        if version is not None:
            text = f"the subprotocol is misspelled; taken for ocpp{version.value}"
            return Choice(version, name, (Finding("SUBPROTOCOL_SPELLING", Severity.WARNING, text),))
    listed = ", ".join(f"{name!a:.40}" for name in names[:5])
    return Choice(None, "", (), f"The station offers {listed}; this console speaks {', '.join(SUBPROTOCOLS)}.")


def _family(name: str) -> Version | None:
    """The version that a spelling like `OCPP1.6`, `ocpp1.6j`, `ocpp-1.6` or `ocpp2.0.1.1` means."""
    plain = name.strip().lower().replace("ocpp", "", 1).lstrip(" -_/v")
    if not name.strip().lower().startswith("ocpp"):
        return None
    for version in Version:
        rest = plain.removeprefix(version.value)
        # `ocpp2.10` would be another version; `ocpp1.6j` and `ocpp2.0.1.1` are the same one with a tail.
        if rest != plain and not rest[:1].isdigit():
            return version
    return None

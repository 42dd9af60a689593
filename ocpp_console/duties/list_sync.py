"""Local lists brought in step by themselves when a setting asks for it: idle stations only, one after another."""

from collections.abc import Iterator
from typing import NamedTuple

from ocpp_console.duties.cost import SECOND, Work
from ocpp_console.duties.site import Site, may_be_asked
from ocpp_console.model.stated import stated_off
from ocpp_console.model.station import Station
from ocpp_console.procedures.local_list import ListOutcome, Mode, synchronise

PURPOSE = "local list sync"
"""What the calls are for, in the history of commands."""
SETTLE_TICKS = 3
"""Looks after the last change of the idTags before anything is sent: whoever edits one tag edits more."""
RETRY_TICKS = 60
"""Looks before a station that would not is tried once more."""
MOST_IN_VAIN = 2
"""Failures after which a station is left alone, until somebody sends it a list by hand or asks for the duty anew."""


class _Vain(NamedTuple):
    """What was tried in vain."""

    times: int
    at: int
    """µs."""


class ListDuty:
    """Compares, asks for the version, sends what changed; what the station holds is known from its answers."""

    def __init__(self, site: Site, tick: float) -> None:
        """`tick` is the seconds between two looks."""
        self._site = site
        self._tick = round(tick * SECOND)
        self._edition = -1
        self._settled_at = 0
        self._busy = False
        self._checked: dict[str, tuple[int, int]] = {}
        """Station → the connection and the edition of the tags for which it was brought in step."""
        self._vain: dict[str, _Vain] = {}

    def look(self, now: int) -> Iterator[Work]:
        """The next station, when none is being sent to."""
        tags = self._site.fleet.id_tags
        if not self._site.duties.list_sync or self._site.settings.read_only:
            self._vain.clear()
            self._checked.clear()
            return
        if tags.edition != self._edition:
            self._edition, self._settled_at = tags.edition, now + SETTLE_TICKS * self._tick
        if self._busy or now < self._settled_at or not len(tags):
            return  # an empty list would take every tag from every station: that is left to a hand
        station = next((each for each in self._site.fleet.stations.values() if self._due(each, now)), None)
        if station is not None and station.connection is not None:
            self._busy, self._checked[station.identity] = True, (station.connection.id, self._edition)
            identity = station.identity
            yield lambda: self._send(identity)

    def _due(self, station: Station, now: int) -> bool:
        """It is idle, has spoken, and was not brought in step since it connected and the tags changed."""
        link, identity = station.connection, station.identity
        if link is None or not may_be_asked(station) or not (link.booted or link.spoke):
            return False
        if self._checked.get(identity) == (link.id, self._edition) and identity not in self._vain:
            return False
        if self._site.fleet.transactions.open(identity) or stated_off(station, "list_enabled"):
            return False
        return not self._left_alone(identity, now)

    def _left_alone(self, identity: str, now: int) -> bool:
        """It would not, just now or too often; a list that it took from a hand since then wipes that out."""
        vain = self._vain.get(identity)
        if vain is None:
            return False
        known = self._site.fleet.arrangements.of(identity).local_list
        if known.verdict == "Accepted" and known.verdict_at > vain.at:
            del self._vain[identity]
            return False
        return vain.times >= MOST_IN_VAIN or now < vain.at + RETRY_TICKS * self._tick

    async def _send(self, identity: str) -> None:
        """Bring one station in step, and keep what came of it."""
        site = self._site
        try:
            link = site.link(identity, PURPOSE)
            outcome = await synchronise(link, site.fleet.id_tags.all(), site.fleet.arrangements, Mode.AUTO)
        finally:
            self._busy = False
        self._note(identity, outcome)

    def _note(self, identity: str, outcome: ListOutcome) -> None:
        text = outcome.text
        if outcome.done:
            self._vain.pop(identity, None)
        else:
            vain = self._vain.get(identity, _Vain(0, 0))
            self._vain[identity] = _Vain(vain.times + 1, self._site.clock())
            text += " It is left alone now; W sends by hand." if vain.times + 1 >= MOST_IN_VAIN else ""
        self._site.duties.tell("list_sync", identity, outcome.done, text)

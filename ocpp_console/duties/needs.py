"""A charging profile made from what a car asked for, when a setting asks for that."""

from collections.abc import Iterator

from ocpp_console.duties.cost import Work
from ocpp_console.duties.refusals import Refusals
from ocpp_console.duties.site import Site, may_be_asked
from ocpp_console.model.charging_needs import NeedsTold, profile_of
from ocpp_console.model.rows import State
from ocpp_console.model.stated import rate_units
from ocpp_console.procedures.charging import set_profile

PURPOSE = "charging needs"
"""What the calls are for, in the history of commands."""


class NeedsDuty:
    """Takes needs in the order in which they came, each once."""

    def __init__(self, site: Site) -> None:
        """What came before is not answered any more."""
        self._site = site
        self._refusals = Refusals()
        site.fleet.arrangements.needs.clear()

    def look(self, now: int) -> Iterator[Work]:
        """Profiles for needs whose call was answered with anything but a refusal."""
        waiting = self._site.fleet.arrangements.needs
        for told in list(waiting):
            if told.message.state is State.OPEN:
                continue
            waiting.remove(told)
            station = self._site.fleet.stations.get(told.station)
            wanted = self._wanted and told.message.verdict in ("Accepted", "Processing")
            if wanted and station is not None and may_be_asked(station) and not self._refusals.left_alone(station):
                yield lambda told=told: self._send(told)  # type: ignore[misc]

    @property
    def _wanted(self) -> bool:
        return self._site.duties.needs_profile and not self._site.settings.read_only

    async def _send(self, told: NeedsTold) -> None:
        """SetChargingProfile (K15.FR.04); the composite schedule that follows from it is asked for as well."""
        fleet, now = self._site.fleet, self._site.clock()
        session, station = fleet.transactions.get(told.station, told.session), fleet.stations.get(told.station)
        if session is None or station is None or not session.running:
            return
        book = fleet.arrangements.of(told.station).charging
        ruling = [known for known in book.profiles.values() if known.profile.transaction == session.id]
        id = ruling[0].profile.id if ruling else book.next_id()
        draft = profile_of(told.needs, session, id, rate_units(station), now)
        if draft is None:
            self._tell(told, False, f"The needs name no limit: {told.needs.words}.")
            return
        outcome = await set_profile(self._site.link(told.station, PURPOSE), draft, now)
        if outcome.done:
            self._refusals.done(station)
        else:
            self._refusals.in_vain(station)
        self._tell(told, outcome.done, f"{draft.periods} {draft.unit} for session {session.id}: {outcome.text}")

    def _tell(self, told: NeedsTold, done: bool, text: str) -> None:
        self._site.duties.tell("needs_profile", told.station, done, text)

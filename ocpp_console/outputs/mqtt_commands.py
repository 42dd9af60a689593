"""Commands that come by MQTT: authority over chargers, so only those that were allowed, each once, refused in words."""

from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol

from ocpp_console.events import CallAbandoned
from ocpp_console.model.commands import Command
from ocpp_console.model.fleet import Fleet
from ocpp_console.mqtt.terms import ANY, allowed_names
from ocpp_console.outputs.mqtt_tally import Tally
from ocpp_console.procedures.link import CallRefused
from ocpp_console.protocol.frames import MAX_ID, Call, JsonValue, encode_error
from ocpp_console.protocol.troubles import Trouble, error_code

REPLAY_US = 300_000_000
"""µs in which a command with the same UniqueId is the same command, which MQTT delivered twice."""
MOST_ASKED = 10_000
PURPOSE = "MQTT"
"""How these commands are marked in the history."""


class Station(Protocol):
    """What is needed of the engine."""

    fleet: Fleet
    clock: Callable[[], int]

    def request(
        self, station: str, action: str, payload: JsonValue, *, purpose: str = "", call_id: str = ""
    ) -> Command:
        """Queue one call; raises `CallRefused`."""


class _Asked(NamedTuple):
    at: int
    answer: bytes | None
    """What whoever asked was told; None while it is open."""


class Commands:
    """Who asked what over MQTT, and what became of it."""

    def __init__(
        self, console: Station, allowed: Iterable[str], tally: Tally, refuse: Callable[[str, bytes], bytes]
    ) -> None:
        """`refuse` publishes a CALLERROR (station, frame) where the station's answers go, and returns its payload."""
        self._console = console
        self._allowed = frozenset(allowed_names(allowed))
        self._tally = tally
        self._refuse = refuse
        self._asked: dict[tuple[str, str], _Asked] = {}

    def came(self, station: str, call: Call, again: Callable[[str, bytes], None]) -> None:
        """A CALL for a connected station; `again` publishes (station, payload) an answer that was given before."""
        known = self._console.fleet.stations[station]
        message_id = call.id
        if type(message_id) is not str or not 0 < len(message_id) <= MAX_ID:
            text = f"The UniqueId of a command must be a text of 1 to {MAX_ID} characters."
            self._no(station, known.version, call, Trouble.UNREADABLE, text)
        elif (earlier := self._earlier(station, message_id)) is not None:
            self._once_more(station, call, earlier, again)
        elif self._console.fleet.commands.get(station, message_id) is not None:
            return  # our own command, as the bridge told it: a broker without "no local" brings it back
        elif ANY not in self._allowed and call.action not in self._allowed:
            self._no(station, known.version, call, Trouble.NOT_ACCEPTED, self._not_allowed(call.action))
        else:
            self._request(station, known.version, call, message_id)

    def _earlier(self, station: str, message_id: str) -> _Asked | None:
        """The same command, when it came a short while ago."""
        earlier = self._asked.get((station, message_id))
        return earlier if earlier is not None and self._console.clock() - earlier.at < REPLAY_US else None

    def _once_more(self, station: str, call: Call, earlier: _Asked, again: Callable[[str, bytes], None]) -> None:
        """A command that came before is not sent again: MQTT may deliver twice (QoS 1)."""
        self._tally.repeated += 1
        seconds = (self._console.clock() - earlier.at) // 1_000_000
        text = f"The command {call.action} came by MQTT {seconds} s ago with the same UniqueId; it is not sent again."
        self._tally.say(station, "mqtt_repeated", text)
        if earlier.answer is not None:
            again(station, earlier.answer)

    def _not_allowed(self, action: str) -> str:
        """The refusal of an action that is not on the list."""
        if not self._allowed:
            return f"This console takes no commands by MQTT; --mqtt-commands {action} allows this one."
        listed = ", ".join(sorted(self._allowed))
        return f"{action} is not allowed by MQTT; allowed are {listed} (--mqtt-commands)."

    def _request(self, station: str, version: str, call: Call, message_id: str) -> None:
        """Queue it, and remember who waits for the answer."""
        self._remember(station, message_id, None)
        try:
            self._console.request(station, call.action, call.payload, purpose=PURPOSE, call_id=message_id)
        except CallRefused as problem:
            self._asked.pop((station, message_id), None)
            broken = bool(problem.findings)
            said = " ".join([problem.text, *(f"{each.path}: {each.text}." for each in problem.findings[:3])])
            self._no(station, version, call, Trouble.MALFORMED if broken else Trouble.OTHER, said)
            return
        self._tally.commands += 1

    def _no(self, station: str, version: str, call: Call, trouble: Trouble, text: str) -> None:
        """Refuse a command where whoever asked will look, and in the log."""
        self._tally.refused += 1
        self._tally.say(station, "mqtt_refused", f"A command by MQTT was refused. {text}")
        self._refuse(station, encode_error(call.id, error_code(version, trouble), text))

    # What becomes of them.

    def asked(self, station: str, message_id: JsonValue) -> bool:
        """This call was asked for by MQTT and is still open."""
        found = self._asked.get((station, message_id)) if self._asked and type(message_id) is str else None
        return found is not None and found.answer is None

    def answered(self, station: str, message_id: str, payload: bytes) -> None:
        """The station answered, and whoever asked was told `payload`."""
        self._remember(station, message_id, payload)

    def abandoned(self, fact: CallAbandoned) -> None:
        """No answer will come: whoever asked is told why."""
        if not self.asked(fact.station, fact.id):
            return
        known = self._console.fleet.stations.get(fact.station)
        code = error_code(known.version if known else "1.6", Trouble.OTHER)
        self.answered(fact.station, fact.id, self._refuse(fact.station, encode_error(fact.id, code, fact.text)))

    def _remember(self, station: str, message_id: str, answer: bytes | None) -> None:
        """Keep the newest."""
        earlier = self._asked.pop((station, message_id), None)
        at = earlier.at if earlier is not None and answer is not None else self._console.clock()
        self._asked[station, message_id] = _Asked(at, answer)
        if len(self._asked) > MOST_ASKED:
            del self._asked[next(iter(self._asked))]

"""What comes from a broker for our stations: an answer, a command, or something that is dropped, counted and told."""

from collections import deque
from collections.abc import Callable

from ocpp_console.model.fleet import Fleet
from ocpp_console.mqtt.link import Message
from ocpp_console.mqtt.payloads import Garbage, to_frame
from ocpp_console.mqtt.topics import Template, identity_in
from ocpp_console.outputs.mqtt_answers import Answers
from ocpp_console.outputs.mqtt_commands import Commands
from ocpp_console.outputs.mqtt_mirror import Posted
from ocpp_console.outputs.mqtt_tally import Tally
from ocpp_console.protocol.frames import Call, CallError, CallResult, parse
from ocpp_console.visible import visible

MOST_ECHOES = 10_000
"""Messages of ours that a broker with MQTT 3.1.1 will bring back to us."""
MOST_SHOWN = 60


class Inbound:
    """Reads messages for stations. Nothing that a broker sends is trusted, and nothing is dropped unnoticed."""

    def __init__(
        self,
        fleet: Fleet,
        down: Template,
        answers: Answers,
        commands: Commands,
        tally: Tally,
        again: Callable[[str, bytes], None],
    ) -> None:
        """`down` is the topic of messages to stations; `again` publishes an answer that was given before."""
        self._fleet, self._down = fleet, down
        self._answers, self._commands, self._tally = answers, commands, tally
        self._again = again
        self._echoes: deque[tuple[str, bytes]] = deque(maxlen=MOST_ECHOES)

    def expect_back(self, posted: Posted) -> None:
        """We published this ourselves, and cannot ask the broker to spare us."""
        self._echoes.append((posted.topic, posted.payload))

    def came(self, message: Message) -> None:
        """Look at one message."""
        if self._echoes and self._is_echo(message):
            return
        station = self._station(message.topic)
        if message.retain:
            self._tally.retained += 1
            text = (
                "A retained message for a charger was ignored: it may be of any age. Publish without the retain flag."
            )
            self._tally.say(station, "mqtt_retained", f"{text} ({visible(message.topic, MOST_SHOWN)})")
        elif not station:
            self._stranger(message.topic)
        else:
            self._for_station(station, message)

    def _is_echo(self, message: Message) -> bool:
        """Whether this is the next of our own messages; those before it were lost on the way."""
        key = message.topic, message.payload
        if key not in self._echoes:
            return False
        while self._echoes.popleft() != key:
            pass
        return True

    def _station(self, topic: str) -> str:
        """The connected station that a topic names; empty when there is none."""
        read = self._down.read(topic)
        identity = identity_in(read["cid"]) if read is not None else ""
        station = self._fleet.stations.get(identity)
        return identity if station is not None and station.online else ""

    def _stranger(self, topic: str) -> None:
        """EMQX drops what is for a charger that is not there; it may be connected elsewhere."""
        self._tally.strangers += 1
        text = f"A message by MQTT is for a charger that is not connected here, and was dropped: {visible(topic, 200)}"
        self._tally.say("", "mqtt_stranger", text)

    def _for_station(self, station: str, message: Message) -> None:
        """An answer, a command, or garbage."""
        carried = to_frame(message.payload)
        if isinstance(carried, Garbage):
            self._garbage(station, carried.text, message)
            return
        frame = parse(carried.raw, self._fleet.stations[station].version)
        if isinstance(frame, Call):
            self._commands.came(station, frame, self._again)
        elif isinstance(frame, CallResult | CallError):
            self._answers.came(station, frame)
        else:
            self._garbage(station, "; ".join(carried.remarks) or "is no message for a charger", message)

    def _garbage(self, station: str, why: str, message: Message) -> None:
        """None of the contract's shapes: whoever published it is told nothing by EMQX, and has to look here."""
        self._tally.garbage += 1
        shown = visible(message.payload.decode("utf-8", "replace"), MOST_SHOWN)
        self._tally.say(station, "mqtt_garbage", f"A message by MQTT for it was dropped: it {why}. It began: {shown}")

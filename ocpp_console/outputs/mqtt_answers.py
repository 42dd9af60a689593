"""Answers of an MQTT service to calls of stations: the first one in time counts, without one the console answers."""

import asyncio
import json
from collections import deque
from typing import NamedTuple

from ocpp_console.csms.elsewhere import OpenCall
from ocpp_console.outputs.mqtt_tally import Tally
from ocpp_console.protocol.frames import CallError, CallResult, JsonValue

MOST_OPEN = 10_000
"""Calls that wait for the service at once; beyond, the console answers."""
LATE = 1_000
"""Calls whose time is over of which is still known what they were, to tell a late answer from one to nothing."""

Key = tuple[str, str]
"""A station and the id of its call, as JSON: `5` and `"5"` are two ids."""


class _Waiting(NamedTuple):
    due: float
    key: Key
    call: OpenCall


class Answers:
    """Who is asked before the console answers (`csms.elsewhere.Elsewhere`). Everything runs in one event loop."""

    def __init__(self, seconds: float, tally: Tally) -> None:
        """`seconds` is how long the service may take."""
        self.outside: set[int] = set()
        """Calls (numbers of their facts) answered from outside, until their answer left."""
        self._seconds = seconds
        self._tally = tally
        self._open: dict[Key, list[OpenCall]] = {}
        self._by_seq: dict[int, Key] = {}
        self._due: deque[_Waiting] = deque()
        self._late: deque[Key] = deque(maxlen=LATE)
        self._timer: asyncio.TimerHandle | None = None
        self._unconfirmed: set[int] = set()
        """Calls (numbers of their facts) that the broker did not confirm yet."""
        self._hangs = False
        """The broker let a call's whole time pass without a confirmation."""
        self.listening = False
        """The broker is there; without it nobody is asked."""

    def take(self, call: OpenCall) -> bool:
        """Keep a call until it is answered or its time is over; False when there is nobody to ask."""
        if not self.listening or self._hangs or call.booked or len(self._due) >= MOST_OPEN:
            self._tally.alone += 1
            return False
        loop = asyncio.get_running_loop()
        key = call.station, _written(call.id)
        self._open.setdefault(key, []).append(call)
        self._by_seq[call.seq] = key
        self._unconfirmed.add(call.seq)
        self._due.append(_Waiting(loop.time() + self._seconds, key, call))
        if self._timer is None:
            self._timer = loop.call_at(self._due[0].due, self._over)
        return True

    def waits(self, seq: int) -> bool:
        """The call that is fact `seq` waits for the service."""
        return seq in self._by_seq

    def came(self, station: str, answer: CallResult | CallError) -> None:
        """The service answered; a retry that waits as well gets the same."""
        key = station, _written(answer.id)
        calls = self._open.pop(key, None)
        if calls is None:
            self._unasked(station, key)
            return
        for call in calls:
            self._forget(call)
            self._give(call, answer)

    def _give(self, call: OpenCall, answer: CallResult | CallError) -> None:
        """Pass an answer on, as far as it can be written."""
        self.outside.add(call.seq)
        try:
            call.give(answer, "an MQTT service")
            self._tally.answered += 1
        except ValueError as problem:
            self.outside.discard(call.seq)
            text = f"The answer of an MQTT service to {call.call.action} cannot be written as JSON ({problem})"
            self._tally.say(call.station, "mqtt_answer", f"{text}; the console answered.")
            call.leave()

    def _unasked(self, station: str, key: Key) -> None:
        """An answer came that nobody waits for."""
        self._tally.unasked += 1
        why = "to a call that nobody asked it about"
        if key in self._late:
            why = f"after more than {self._seconds:g} s, when the console had answered already"
        self._tally.say(station, "mqtt_answer", f"An answer came by MQTT {why}; it was not passed on.")

    def nobody(self, seq: int) -> None:
        """The broker says that nobody listens to this call: there is no use in waiting."""
        key = self._by_seq.get(seq)
        if key is not None:
            self._leave(key)

    def confirmed(self, seq: int = 0) -> None:
        """The broker confirmed a message, perhaps the call that is fact `seq`: it lives."""
        self._unconfirmed.discard(seq)
        if self._hangs:
            self._hangs = False
            self._tally.note("", "mqtt_link", "The broker confirms again; MQTT services are asked as before.")

    def left_alone(self) -> None:
        """The broker is away, or the bridge ends: the console answers everything that waits."""
        self.listening = self._hangs = False
        for key in list(self._open):
            self._leave(key)

    def _over(self) -> None:
        """The one timer: leave to the console what has waited long enough."""
        self._timer = None
        now = asyncio.get_running_loop().time()
        while self._due and (self._due[0].due <= now or self._done(self._due[0])):
            waiting = self._due.popleft()
            if not self._done(waiting):
                self._too_late(waiting)
        if self._due:
            self._timer = asyncio.get_running_loop().call_at(self._due[0].due, self._over)

    def _too_late(self, waiting: _Waiting) -> None:
        """A call has waited long enough; when even the broker kept silent, no other call needs to."""
        if waiting.call.seq not in self._unconfirmed:
            asked = f"No MQTT service answered {waiting.call.call.action} within {self._seconds:g} s"
            self._tally.say(waiting.call.station, "mqtt_timeout", f"{asked}; the console answered.")
            self._leave(waiting.key)
            return
        self._hangs = True
        text = f"The broker confirmed nothing for {self._seconds:g} s: until it does the console answers by itself."
        self._tally.note("", "mqtt_link", text)
        for key in list(self._open):
            self._leave(key)

    def _forget(self, call: OpenCall) -> None:
        """It waits no more."""
        self._by_seq.pop(call.seq, None)
        self._unconfirmed.discard(call.seq)

    def _done(self, waiting: _Waiting) -> bool:
        """It does not wait any more."""
        return waiting.call.seq not in self._by_seq

    def _leave(self, key: Key) -> None:
        """The console answers a call and its retries."""
        self._late.append(key)
        for call in self._open.pop(key, ()):
            self._forget(call)
            self._tally.fallen_back += 1
            call.leave()


def _written(message_id: JsonValue) -> str:
    """An id of whatever type as something that can be looked up."""
    return json.dumps(message_id, default=str)

"""The bridge: our own chargers on any MQTT broker, in the words of EMQX's OCPP gateway.

It reads facts like every reader of the bus, keeps a backlog of its own, and publishes from that in small slices, so
that no charger ever waits for a broker. What comes back is at most an answer or a command, and only if allowed.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Protocol

import aiomqtt

from ocpp_console.bus import Bus
from ocpp_console.csms.elsewhere import Elsewhere
from ocpp_console.events import CallAbandoned, Fact, FrameReceived, FrameSent, ReplyLost, StationConnected, StationGone
from ocpp_console.mqtt.connecting import V311, lasting
from ocpp_console.mqtt.link import Limits, Link, Message, State, Status, Subscription
from ocpp_console.mqtt.reasons import NO_SUBSCRIBERS, words
from ocpp_console.mqtt.terms import terms_of
from ocpp_console.mqtt.view import BrokerView
from ocpp_console.outputs.mqtt_answers import Answers
from ocpp_console.outputs.mqtt_commands import Commands, Station
from ocpp_console.outputs.mqtt_inbound import Inbound
from ocpp_console.outputs.mqtt_mirror import Mirror, Posted, Unposted
from ocpp_console.outputs.mqtt_presence import Presence
from ocpp_console.outputs.mqtt_tally import Tally
from ocpp_console.protocol.findings import Severity
from ocpp_console.protocol.frames import Call, CallError, CallResult, Frame, parse
from ocpp_console.settings import Settings
from ocpp_console.troubles import Troubles

MOST_FACTS = 10_000
"""Facts that wait to be published; the oldest gives way, counted."""
MOST_BYTES = 16 << 20
SLICE = 0.001
"""Seconds of publishing at a stretch …"""
PAUSE = 0.005
"""… and of leaving the loop to the chargers, while there is more to publish."""
SHORT_PAUSE = 0.001
"""The same while the backlog is more than half full: chargers wait a little before anything is lost."""
_READ = frozenset({FrameReceived, FrameSent, CallAbandoned, ReplyLost, StationConnected, StationGone})


class Console(Station, Protocol):
    """What the bridge needs of the engine."""

    settings: Settings
    bus: Bus
    brokers: list[BrokerView]
    problems: Troubles

    @property
    def port(self) -> int:
        """The port that chargers connect to."""

    def report(self, text: str, severity: Severity = ...) -> None:
        """Show a trouble until it was read."""

    def ask_elsewhere(self, elsewhere: Elsewhere | None) -> None:
        """Let somebody else answer calls."""


class BridgeView(BrokerView):
    """The broker as the operator of a bridge sees it."""

    def __init__(self, link: Link, role: str, topics: dict[str, str], tally: Tally) -> None:
        """`tally` is read whenever somebody looks."""
        super().__init__(link, role, topics)
        self._tally = tally

    def counts(self) -> dict[str, int]:
        """What went through the link, and what became of it."""
        return {**super().counts(), **self._tally.in_words()}


class Bridge:
    """One bridge to one broker; a service beside the engine."""

    def __init__(self, console: Console) -> None:
        """Nothing happens before `start`. Raises `SettingsProblem`, whose text is for the operator."""
        self._console = console
        settings = console.settings
        terms = terms_of(settings)
        self.topics, self.broker = terms.topics, terms.broker
        self.tally = Tally(console.bus, console.clock)
        self.link: Link | None = None
        """The link to the broker, while it runs."""
        self.limits = Limits()
        """Of the link, for `start`."""
        self._mirror = Mirror(self.topics)
        self._answers = Answers(settings.answer_timeout, self.tally)
        self._commands = Commands(console, settings.mqtt_commands, self.tally, self._refuse)
        self._inbound = Inbound(console.fleet, self.topics.down, self._answers, self._commands, self.tally, self._again)
        self._presence: Presence | None = None
        self._backlog: deque[Fact] = deque()
        self._bytes = 0
        self._busy = False
        """A slice of work is due."""
        self._working: asyncio.Handle | None = None
        self._external = settings.mqtt_answers == "external"
        self._qos = settings.mqtt_qos
        self._told_losses = 0
        self._reported: list[str] = []
        """What was reported about the link as it is now."""

    async def start(self) -> None:
        """Connect to the broker, now or as soon as it is there, and read facts from now on."""
        settings = self._console.settings
        will = None
        if settings.presence:
            about = self._console.fleet, self._console.clock, settings.mqtt_root, self._console.port
            self._presence = Presence(*about, self._post_retained)
            will = aiomqtt.Will(self._presence.topic, self._presence.last_will, qos=1, retain=True)
        wanted = Subscription(self.topics.down.filter, "commands and answers by MQTT", own=False)
        self.link = Link(
            self.broker,
            [wanted],
            self._arrived,
            self._on_status,
            ca_file=settings.mqtt_ca,
            will=will,
            limits=self.limits,
        )
        self._show(self.link, wanted)
        self.link.start()
        self._console.bus.attach(self._offer)
        if self._external:
            self._console.ask_elsewhere(self._answers)

    async def stop(self) -> None:
        """Publish what waits, say that nobody is connected any more, and leave the broker. Safe to call twice."""
        link, self.link = self.link, None
        if link is None:
            return
        self._console.ask_elsewhere(None)
        self._answers.left_alone()
        if self._working is not None:
            self._working.cancel()
        while self._backlog:
            self._publish(link, self._next())
        if self._presence is not None and link.online:
            self.link = link
            self._presence.ends()
            self.link = None
        await link.stop()

    def _show(self, link: Link, wanted: Subscription) -> None:
        """Let screens see the broker, its topics and what went through."""
        role = "is a bridge: it tells what our chargers say and are told"
        role += "; an MQTT service may answer them" if self._external else ""
        topics = {self.topics.calls[0].filter: "calls of chargers, out"}
        topics[self.topics.replies[0].filter] = "answers of chargers, out"
        topics[wanted.filter] = "to chargers, out and in"
        self._console.brokers.append(BridgeView(link, role, topics, self.tally))

    @property
    def standing(self) -> str:
        """How the bridge is, in a few words for a status line; with what it lost, as long as it runs."""
        state = self.link.status.state.value if self.link is not None else State.STOPPED.value
        lost = self.lost
        return f"bridge {state}" + (f", {lost} messages lost" if lost else "")

    @property
    def lost(self) -> int:
        """Messages that should have reached the broker and did not."""
        link = self.link
        dropped = link.outbox.dropped + link.outbox.unconfirmed + link.counts.lost_in if link is not None else 0
        return self.tally.behind + self.tally.rejected + dropped

    def figures(self) -> dict[str, int]:
        """Everything it counts, by name, and how much waits."""
        waiting = len(self._backlog) + (self.link.outbox.waiting if self.link is not None else 0)
        return {**self.tally.figures(), "lost": self.lost, "waiting": waiting}

    # ------------------------------------------------- facts to messages

    def _offer(self, fact: Fact) -> None:
        """A fact was published; take it along if it is one to tell. Called for every frame: does next to nothing."""
        if type(fact) not in _READ or self.link is None:
            return
        self._backlog.append(fact)
        self._bytes += _size(fact)
        while len(self._backlog) > MOST_FACTS or (self._bytes > MOST_BYTES and len(self._backlog) > 1):
            self._next()
            self.tally.behind += 1
        if not self._busy:
            self._busy = True
            self._working = asyncio.get_running_loop().call_soon(self._work)

    def _next(self) -> Fact:
        """Take the oldest fact."""
        fact = self._backlog.popleft()
        self._bytes -= _size(fact)
        return fact

    def _work(self) -> None:
        """Publish for a moment; the rest after a pause."""
        link, until = self.link, perf_counter() + SLICE
        while self._backlog and link is not None and perf_counter() < until:
            fact = self._next()
            try:
                self._publish(link, fact)
            except Exception as problem:  # a fault in the bridge must not end it, nor pass unnoticed
                text = f"{type(fact).__name__} could not be told to the broker: {type(problem).__name__}: {problem}"
                self.tally.unposted += 1
                self.tally.say(getattr(fact, "station", ""), "internal_error", text)
        self._tell_losses()
        self._busy = bool(self._backlog)
        if self._busy:
            pause = PAUSE if len(self._backlog) <= MOST_FACTS // 2 else SHORT_PAUSE
            self._working = asyncio.get_running_loop().call_later(pause, self._work)

    def _publish(self, link: Link, fact: Fact) -> None:
        """What one fact means for the broker."""
        if isinstance(fact, FrameReceived):
            self._received(link, fact, fact.frame or parse(fact.raw, "2.1", binary=fact.binary))
        elif isinstance(fact, FrameSent):
            self._sent(link, fact, fact.frame or parse(fact.raw, "2.1"))
        elif isinstance(fact, CallAbandoned):
            self._commands.abandoned(fact)
        elif isinstance(fact, ReplyLost):
            self._answers.outside.discard(fact.answers)
            self._mirror.forget(fact.answers)
        elif isinstance(fact, StationConnected | StationGone) and self._presence is not None and link.online:
            self._presence.changed(fact)

    def _received(self, link: Link, fact: FrameReceived, frame: Frame) -> None:
        """A station's frame; whoever asked for an answer by MQTT has it now."""
        posted = self._mirror.received(fact, frame)
        if isinstance(posted, Unposted):
            self._not_told(fact.station, posted)
            return
        if self._external and type(frame) is Call and self._answers.waits(fact.seq):
            self._post(link, posted, partial(self._asked, fact.seq))
            return
        self._post(link, posted, self._confirmed)
        if isinstance(frame, CallResult | CallError) and self._commands.asked(fact.station, frame.id):
            self._commands.answered(fact.station, frame.id, posted.payload)

    def _sent(self, link: Link, fact: FrameSent, frame: Frame) -> None:
        """A frame of ours, unless it came by MQTT in the first place."""
        if fact.answers in self._answers.outside:
            self._answers.outside.discard(fact.answers)
            self._mirror.forget(fact.answers)
        elif type(frame) is not Call or not self._commands.asked(fact.station, frame.id):
            posted = self._mirror.sent(fact, frame)
            if isinstance(posted, Unposted):
                self._not_told(fact.station, posted)
                return
            if link.version is V311:
                self._inbound.expect_back(posted)
            self._post(link, posted, self._confirmed)

    def _not_told(self, station: str, frame: Unposted) -> None:
        """EMQX drops such a frame without a word; we count it and say so."""
        self.tally.unposted += 1
        self.tally.say(station, "mqtt_unposted", f"A frame was not passed on to the broker: {frame.why}.")

    def _post(self, link: Link, posted: Posted, done: Callable[[int], None]) -> None:
        """Hand a message to the link, which keeps it until the broker is there."""
        self.tally.mirrored += 1
        link.publish(posted.topic, posted.payload, qos=self._qos, done=done)

    def _post_retained(self, topic: str, payload: bytes) -> None:
        """Hand over a message that the broker keeps."""
        if self.link is not None:
            self.link.publish(topic, payload, retain=True, done=self._confirmed)

    def _confirmed(self, code: int) -> None:
        """What the broker says about a message; what never left is counted by the link."""
        if 0 <= code < 128:
            self.tally.confirmed += 1
            self.tally.unheard += code == NO_SUBSCRIBERS
            if self._external:
                self._answers.confirmed()
        elif code >= 128:
            self.tally.rejected += 1
            self.tally.say("", "mqtt_rejected", f"The broker did not take what the bridge published: {words(code)}.")

    def _asked(self, seq: int, code: int) -> None:
        """The broker got the call that a service is to answer; when nobody will see it, there is no use in waiting."""
        if code == NO_SUBSCRIBERS or code >= 128 or code < 0:
            self._answers.nobody(seq)
        else:
            self._answers.confirmed(seq)
        self._confirmed(code)

    def _refuse(self, station: str, raw: bytes) -> bytes:
        """Answer a command by MQTT in the station's stead; gives what was published."""
        posted = self._mirror.refusal(station, raw)
        if self.link is not None:
            self._post(self.link, posted, self._confirmed)
        return posted.payload

    def _again(self, station: str, payload: bytes) -> None:
        """Publish an answer once more, for a command that came once more."""
        if self.link is not None:
            self._post(self.link, self._mirror.reply(station, payload), self._confirmed)

    # ------------------------------------------------------- the broker

    def _arrived(self, message: Message) -> None:
        """A message for a station came."""
        try:
            self._inbound.came(message)
        except Exception as problem:
            text = f"A message by MQTT could not be taken: {type(problem).__name__}: {problem}"
            self.tally.say("", "internal_error", text)

    def _on_status(self, status: Status) -> None:
        """The link changed: say so, and let the console answer by itself while the broker is away."""
        if self.link is None:
            return  # it ends because we wanted it
        for text in self._reported:  # it is not so any more, or said anew below
            self._console.problems.withdraw(text)
        self._reported.clear()
        if here := status.state is State.CONNECTED:
            self._answers.listening = True
            if self._presence is not None:
                self._presence.linked()
        else:
            self._answers.left_alone()
        self.tally.note("", "mqtt_link", status.text)
        if not here:
            self._reported.append(lasting(status))
            self._console.report(self._reported[-1], Severity.WARNING)

    def _tell_losses(self) -> None:
        """Show that messages were lost, once for every tenfold."""
        lost = self.lost
        if lost and lost >= self._told_losses * 10:
            self._told_losses = lost
            text = f"{lost} message{'s' if lost > 1 else ''} of the bridge did not reach the broker {self.broker.url}."
            self._console.report(f"{text} Chargers are served as ever; whoever watches by MQTT has gaps.")


def _size(fact: Fact) -> int:
    """Bytes that a fact holds on to, as far as they matter."""
    return len(fact.raw) if isinstance(fact, FrameReceived | FrameSent) else 0

"""A console in gateway mode without store or screen, and chargers behind a broker as EMQX's gateway would show them."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

from ocpp_console.bus import Bus
from ocpp_console.clock import now_us
from ocpp_console.csms.answers import AnswerContext
from ocpp_console.csms.chronicle import Means
from ocpp_console.csms.emqx_board import GatewayLimits
from ocpp_console.csms.emqx_gateway import Gateway
from ocpp_console.csms.ledger import NoLedger
from ocpp_console.events import Fact, NoteWritten
from ocpp_console.model.fleet import Fleet
from ocpp_console.mqtt.broker import broker_of
from ocpp_console.mqtt.connecting import Subscription
from ocpp_console.mqtt.link import Limits, Link, Message
from ocpp_console.settings import Settings

FactKind = TypeVar("FactKind", bound=Fact)
LINK = Limits(connect=2.0, first_pause=0.02, longest_pause=0.1, refused_pause=0.05, drain=0.5)
QUICK = GatewayLimits(sweep=0.02, watch=0.0)
BOOT = {"chargePointVendor": "V", "chargePointModel": "M"}


class Watcher:
    """One console in gateway mode."""

    def __init__(self, url: str, limits: GatewayLimits = QUICK, **settings: Any) -> None:
        self.settings = Settings(**{"mqtt": url, "gateway": True, "respond": True, "grace": 0.0, **settings})
        self.facts: list[Fact] = []
        self.reports: list[str] = []
        self.fleet = Fleet()
        self.bus = Bus(self.fleet.apply)
        self.bus.attach(self.facts.append)
        answers = AnswerContext(self.fleet, self.settings, now_us)
        means = Means(self.settings, self.bus, answers, NoLedger(now_us))
        self.gateway = Gateway(means, lambda text, severity: self.reports.append(text), limits, LINK)

    @property
    def view(self) -> Any:
        return self.gateway.view

    def of(self, kind: type[FactKind]) -> list[FactKind]:
        return [fact for fact in self.facts if isinstance(fact, kind)]

    def notes(self, code: str) -> list[str]:
        return [fact.text for fact in self.of(NoteWritten) if fact.code == code]

    def ask(self, station: str, action: str, payload: Any, **more: Any) -> Any:
        """Ask a charger that is there; gives the command."""
        reachable = self.gateway.connection_of(station)
        assert reachable is not None
        call_id = self.gateway.new_id()
        reachable.request(call_id, action, payload, **more)
        return self.fleet.commands.get(station, call_id)


class Behind:
    """Chargers behind a broker: publishes what they say, keeps what they are told."""

    def __init__(self, url: str, root: str = "ocpp/", answer: Callable[[dict[str, Any]], Any] | None = None) -> None:
        self.root = root
        self.told: dict[str, list[dict[str, Any]]] = {}
        self.when: dict[str, list[float]] = {}
        self.answer = answer
        """What a call of the console is answered with; None for silence."""
        down = Subscription(f"{root}cs/+", "everything to chargers")
        self.link = Link(broker_of(url), [down], self._arrived, lambda status: None, limits=LINK)
        self._number = 0

    def _arrived(self, message: Message) -> None:
        cid = message.topic.rpartition("/")[2]
        value = json.loads(message.payload)
        self.told.setdefault(cid, []).append(value)
        self.when.setdefault(cid, []).append(time.monotonic())
        if self.answer is not None and value["MessageTypeId"] == 2 and (payload := self.answer(value)) is not None:
            self.say(cid, {"MessageTypeId": 3, "UniqueId": value["UniqueId"], "Payload": payload}, "/Reply")

    def say(self, cid: str, value: Any, more: str = "", **options: Any) -> None:
        """Publish as the gateway does."""
        payload = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.link.publish(f"{self.root}cp/{cid}{more}", payload, **options)

    def call(self, cid: str, action: str, payload: Any, call_id: str = "") -> str:
        """A charger's call; gives its id."""
        self._number += 1
        call_id = call_id or f"c{self._number}"
        self.say(cid, {"MessageTypeId": 2, "UniqueId": call_id, "Action": action, "Payload": payload})
        return call_id

    def replies(self, cid: str) -> Counter[str]:
        """How often each call of a charger was answered."""
        return Counter(one["UniqueId"] for one in self.told.get(cid, []) if one["MessageTypeId"] != 2)

    def commands(self, cid: str) -> list[dict[str, Any]]:
        return [one for one in self.told.get(cid, []) if one["MessageTypeId"] == 2]


async def linked(*links: Link) -> None:
    """Wait until all are connected."""
    async with asyncio.timeout(10):
        while not all(link.online for link in links):  # noqa: ASYNC110 - links tell no event of their own
            await asyncio.sleep(0.002)

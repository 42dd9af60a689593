"""Who is connected, as retained messages: whoever subscribes later learns it too. Off unless a setting asks for it."""

import json
import socket
from collections.abc import Callable, Iterable
from typing import Any

from ocpp_console.events import StationConnected, StationGone
from ocpp_console.model.fleet import Fleet
from ocpp_console.mqtt.topics import Template, encoded

TOPIC = "presence/${cid}"
"""Below the mountpoint. A broker keeps `$SYS/…`, where EMQX tells of it, to itself."""
BRIDGE_TOPIC = "bridge/${cid}"
"""Of the bridge itself, by the name of the machine and its port."""

Publish = Callable[[str, bytes], None]
"""Publishes (topic, payload) retained."""


class Presence:
    """Tells the state, not events: what changed while the broker was away is told once it is back."""

    def __init__(self, fleet: Fleet, clock: Callable[[], int], mountpoint: str, port: int, publish: Publish) -> None:
        """`clock` gives µs UTC; `port` is the one that stations connect to."""
        self._fleet, self._clock, self._publish = fleet, clock, publish
        self._template = Template(TOPIC, mountpoint)
        self._told: set[str] = set()
        """Stations that the broker holds for connected."""
        name = f"{socket.gethostname()}-{port}"
        self.topic = Template(BRIDGE_TOPIC, mountpoint).render(encoded(name))
        """Where the bridge says that it lives, and the broker that it died: what it told is of no worth then."""
        self.last_will = _payload(name, False, clock(), reason="the bridge broke off")
        self._name = name

    def linked(self) -> None:
        """The broker is there, perhaps with an empty memory: tell everything."""
        self._publish(self.topic, _payload(self._name, True, self._clock()))
        online = {name for name, station in self._fleet.stations.items() if station.online}
        self._tell(sorted(online | self._told))

    def changed(self, fact: StationConnected | StationGone) -> None:
        """A station came or went; what holds now is told."""
        self._tell([fact.station])

    def _tell(self, stations: Iterable[str], gone: str = "") -> None:
        """Publish how these stations are; `gone` is a reason why all of them are as good as gone."""
        for identity in stations:
            station = self._fleet.stations.get(identity)
            online = station is not None and station.online and not gone
            about: dict[str, Any] = {}
            if station is not None and online:
                about = {"proto_ver": station.version, "ipaddress": station.last_address.rpartition(":")[0]}
                if station.connection is not None:
                    about["connected_at"] = station.connection.since // 1000
                self._told.add(identity)
            else:
                about = {"reason": gone or (station.gone_reason if station is not None else "")}
                self._told.discard(identity)
            topic = self._template.render(encoded(identity))
            self._publish(topic, _payload(identity, online, self._clock(), **about))

    def ends(self) -> None:
        """The console stops: nobody is connected any more, and nobody looks after it."""
        self._tell(sorted(self._told), "the console stops")
        self._publish(self.topic, _payload(self._name, False, self._clock(), reason="the console stops"))


def _payload(name: str, connected: bool, at: int, **about: Any) -> bytes:
    """The fields of EMQX's events as far as we have them, and which of the two it is. `at` is µs, `ts` ms."""
    return json.dumps(
        {"clientid": name, "connected": connected, "ts": at // 1000, "protocol": "ocpp", **about}
    ).encode()

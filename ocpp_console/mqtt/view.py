"""A broker as the operator sees it: a word for the status line, lines for whoever wants to know more."""

from typing import TYPE_CHECKING

from ocpp_console.mqtt.status import State, Status

if TYPE_CHECKING:  # the MQTT library is imported only where a broker is used
    from ocpp_console.mqtt.link import Link


class BrokerView:
    """How the link to a broker is, and what went through it."""

    def __init__(self, link: "Link", role: str, topics: dict[str, str]) -> None:
        """`role` is what we are there ("gateway, only watching"); `topics` are told with what comes by them."""
        self._link = link
        self.role = role
        self.topics = topics
        self.does = ""
        """What has to be known at a glance, for the status line: `watching`."""
        self.extra: dict[str, int] = {}
        """Counts of whoever uses the link, in words."""

    @property
    def url(self) -> str:
        """The broker's, without the password."""
        return self._link.broker.url

    @property
    def place(self) -> str:
        """The broker's host and port."""
        return f"{self._link.broker.host}:{self._link.broker.port}"

    @property
    def status(self) -> Status:
        """How the link is."""
        return self._link.status

    @property
    def well(self) -> bool:
        """It is connected, and everything that is needed was granted."""
        needed = [one.filter for one in self._link.subscriptions if one.needed]
        return self._link.status.state is State.CONNECTED and not any(one in self._link.refused for one in needed)

    @property
    def standing(self) -> str:
        """For a status line, such as `mqtt connected`."""
        state = self._link.status.state
        word = state.value if state is not State.CONNECTED or self.well else "not allowed"
        return f"mqtt {word}" + (f", {self.does}" if self.does else "")

    def counts(self) -> dict[str, int]:
        """What went through, and what was lost; words → numbers."""
        link = self._link
        return {
            "connections made": link.counts.connections,
            "messages in": link.counts.received,
            "messages in, lost": link.counts.lost_in,
            "messages waiting to be sent": link.outbox.waiting,
            "messages not confirmed yet": link.outbox.on_the_way,
            "messages not sent": link.outbox.dropped,
            "messages of unknown fate": link.outbox.unconfirmed,
            **self.extra,
        }

"""Where stations come from: a listener of our own, the chargers behind a broker, or both."""

from collections.abc import Callable, Sequence
from typing import Protocol

from ocpp_console.csms.chronicle import Means
from ocpp_console.csms.server import Listener
from ocpp_console.mqtt.view import BrokerView as BrokerView
from ocpp_console.protocol.findings import Severity
from ocpp_console.protocol.frames import JsonValue

Report = Callable[[str, Severity], None]
"""Takes a trouble for the operator, with its weight."""
Withdraw = Callable[[str], None]
"""Takes the text of a report that holds no more."""


class Reachable(Protocol):
    """A station that is there, whatever way it came."""

    @property
    def id(self) -> int:
        """The connection's number."""

    @property
    def identity(self) -> str:
        """Who it is."""

    @property
    def version(self) -> str:
        """The OCPP version it speaks."""

    def request(
        self,
        call_id: str,
        action: str,
        payload: JsonValue,
        timeout: float | None = None,
        raw: bytes | None = None,
        purpose: str = "",
    ) -> None:
        """Ask it something; raises ValueError or `NotTaken`."""

    def cancel(self, call_id: str) -> bool:
        """Give up a call; False when it is not waiting for anything."""

    def send_message(self, raw: bytes) -> None:
        """Send a frame; raises `NotTaken` when there is no way to."""

    def close(self, code: int = 1000, reason: str = "") -> None:
        """End its connection."""


class Front(Protocol):
    """One way by which stations come."""

    refusal: str
    """Why nothing may be sent to stations; empty when it may."""

    async def start(self) -> None:
        """Begin; raises `ListenError` with a sentence."""

    async def stop(self) -> None:
        """End in good order."""

    def connection_of(self, identity: str) -> Reachable | None:
        """The live connection of a station."""

    def new_id(self) -> str:
        """A message id for a call of ours."""


class Nowhere:
    """No way at all: the engine does not run."""

    refusal = ""

    async def start(self) -> None:
        """Nothing to start."""

    async def stop(self) -> None:
        """Nothing to stop."""

    def connection_of(self, identity: str) -> Reachable | None:
        """Nobody is there."""
        return None

    def new_id(self) -> str:
        """Nobody gets it."""
        return ""


class Both:
    """Several fronts as one; the first that knows a station has it."""

    def __init__(self, fronts: Sequence[Front]) -> None:
        """In the order in which they are started."""
        self._fronts = fronts
        self.refusal = ""

    async def start(self) -> None:
        """Start all."""
        for front in self._fronts:
            await front.start()

    async def stop(self) -> None:
        """Stop all, the last one first."""
        for front in reversed(self._fronts):
            await front.stop()

    def connection_of(self, identity: str) -> Reachable | None:
        """The live connection of a station; of one that may not be written to the reason stays in `refusal`."""
        self.refusal = ""
        for front in self._fronts:
            found = front.connection_of(identity)
            if found is not None:
                self.refusal = front.refusal
                return found
        return None

    def new_id(self) -> str:
        """As the last front wants it; to the others any will do."""
        return self._fronts[-1].new_id()


def front_of(means: Means, report: Report, withdraw: Withdraw, brokers: list[BrokerView]) -> Front:
    """What the settings want; a broker that is used is put into `brokers`."""
    if not means.settings.gateway:
        return Listener(means)
    from ocpp_console.csms.emqx_gateway import Gateway  # the MQTT library is imported only where it is used

    gateway = Gateway(means, report, withdraw=withdraw)
    brokers.append(gateway.view)
    return Both([Listener(means), gateway]) if means.settings.listen else gateway

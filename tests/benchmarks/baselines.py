"""The two servers everything is compared with: the `ocpp` package as documented, and bare `websockets`.

Neither stores nor draws anything: they are what a console that does both is measured against.

    python tests/benchmarks/baselines.py ocpp-package --port 9000
    python tests/benchmarks/baselines.py websockets --port 9000
"""

import argparse
import asyncio
import itertools
import logging
from datetime import UTC, datetime
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed


def central_systems() -> dict[str, Any]:
    """A ChargePoint class for each subprotocol, written as the package's own examples are."""
    import ocpp.v16
    import ocpp.v201
    from ocpp.routing import on
    from ocpp.v16 import call_result as result_16
    from ocpp.v16.datatypes import IdTagInfo
    from ocpp.v201 import call_result as result_201
    from ocpp.v201.datatypes import IdTokenInfoType

    numbers = itertools.count(1)

    def utc() -> str:
        return datetime.now(UTC).isoformat()

    class Central16(ocpp.v16.ChargePoint):
        @on("BootNotification")
        def boot(self, **_: Any) -> Any:
            return result_16.BootNotification(current_time=utc(), interval=300, status="Accepted")

        @on("Heartbeat")
        def heartbeat(self) -> Any:
            return result_16.Heartbeat(current_time=utc())

        @on("StatusNotification")
        def status(self, **_: Any) -> Any:
            return result_16.StatusNotification()

        @on("MeterValues")
        def meter_values(self, **_: Any) -> Any:
            return result_16.MeterValues()

        @on("StartTransaction")
        def start_transaction(self, **_: Any) -> Any:
            return result_16.StartTransaction(transaction_id=next(numbers), id_tag_info=IdTagInfo(status="Accepted"))

        @on("StopTransaction")
        def stop_transaction(self, **_: Any) -> Any:
            return result_16.StopTransaction()

    class Central201(ocpp.v201.ChargePoint):
        @on("BootNotification")
        def boot(self, **_: Any) -> Any:
            return result_201.BootNotification(current_time=utc(), interval=300, status="Accepted")

        @on("Heartbeat")
        def heartbeat(self) -> Any:
            return result_201.Heartbeat(current_time=utc())

        @on("StatusNotification")
        def status(self, **_: Any) -> Any:
            return result_201.StatusNotification()

        @on("TransactionEvent")
        def event(self, **fields: Any) -> Any:
            known = IdTokenInfoType(status="Accepted") if "id_token" in fields else None
            return result_201.TransactionEvent(id_token_info=known)

    return {"ocpp1.6": Central16, "ocpp2.0.1": Central201}


async def answer_with_the_package(port: int) -> None:
    """Serve as the `ocpp` package's documentation shows, with its default validation."""
    classes = central_systems()

    async def connected(websocket: ServerConnection) -> None:
        identity = websocket.request.path[1:] if websocket.request else ""
        station = classes[websocket.subprotocol or "ocpp1.6"](identity, websocket)
        try:
            await station.start()
        except ConnectionClosed:
            return

    async with serve(connected, "127.0.0.1", port, subprotocols=list(classes), backlog=4096):  # type: ignore[arg-type]
        await asyncio.Event().wait()


async def answer_a_constant(port: int) -> None:
    """Serve the least that a client accepts: every CALL gets the same answer, unread but for its id."""

    async def connected(websocket: ServerConnection) -> None:
        try:
            async for text in websocket:
                message_id = str(text).split('"', 2)[1]
                await websocket.send(f'[3,"{message_id}",{{"currentTime":"2026-01-01T00:00:00Z"}}]')
        except ConnectionClosed:
            return

    names: list[Any] = ["ocpp1.6", "ocpp2.0.1"]
    async with serve(connected, "127.0.0.1", port, subprotocols=names, backlog=4096):
        await asyncio.Event().wait()


SERVERS = {"ocpp-package": answer_with_the_package, "websockets": answer_a_constant}


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("server", choices=SERVERS)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    asyncio.run(SERVERS[options.server](options.port))


if __name__ == "__main__":
    main()

"""Whether a broker takes us, asked once for `ocpp-console info`: connects, subscribes to nothing, and leaves."""

import asyncio

from ocpp_console.mqtt.broker import BadBroker, broker_of
from ocpp_console.mqtt.link import Link
from ocpp_console.mqtt.status import State, Status
from ocpp_console.mqtt.terms import terms_of
from ocpp_console.settings import Settings, SettingsProblem

SECONDS = 4.0
"""For an answer of any kind."""


def probe(settings: Settings) -> dict[str, str]:
    """What there is to tell of the broker in these settings, in words; nothing without one."""
    if not settings.mqtt:
        return {}
    try:
        broker = broker_of(settings.mqtt)
    except BadBroker as problem:
        return {"state": str(problem)}
    told = {"broker": broker.url, "state": asyncio.run(_state(settings))}
    if settings.gateway:
        told["mode"] = "gateway, answers and commands" if settings.respond else "gateway, only watches"
        try:
            topics = terms_of(settings).topics
        except SettingsProblem as problem:
            return told | {"topics": str(problem)}
        told["from chargers"] = ", ".join(one.filter for one in (*topics.calls, *topics.replies))
        told["to chargers"] = topics.down.text
    return told


async def _state(settings: Settings) -> str:
    """The first thing that the link has to say."""
    said: asyncio.Future[Status] = asyncio.get_running_loop().create_future()

    def hear(status: Status) -> None:
        """The second attempt of an older broker counts as well, so a wrong version is not told."""
        if not said.done() and status.state is not State.CONNECTING:
            said.set_result(status)

    link = Link(broker_of(settings.mqtt), [], lambda message: None, hear, ca_file=settings.mqtt_ca)
    link.start()
    try:
        async with asyncio.timeout(SECONDS):
            return (await said).text
    except TimeoutError:
        return "The broker does not answer."
    finally:
        await link.stop()

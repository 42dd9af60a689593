"""What the operator sees of a bridge: the broker on the page of doors, its standing in the status line."""

from mosquitto import Mosquitto
from stage import stage


async def test_the_doors_show_the_broker_beside_the_addresses(broker: Mosquitto, root: str) -> None:
    async with stage((80, 24), bridge=True, mqtt=broker.url, mqtt_root=root) as s:
        await s.sees("Waiting for a charger")
        await s.press("9")
        screen = await s.sees("Connected to mqtt://")
        assert s.engine.urls()[0].url in screen
    async with stage((120, 40), bridge=True, mqtt=broker.url, mqtt_root=root) as s:
        await s.sees("bridge connected")
        await s.press("9")
        screen = await s.sees("calls of chargers, out")
        assert all(f"{root}{topic}" in screen for topic in ("cp/+", "cp/+/Reply", "cs/+"))
        assert "tells what our chargers say" in screen

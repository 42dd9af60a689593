import asyncio

from ocpp_console.mqtt.ending import cancelled


async def test_a_task_that_loses_a_cancellation_is_cancelled_again():
    lost = 0

    async def stubborn():
        nonlocal lost
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            lost += 1
        await asyncio.Event().wait()

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await cancelled(task)
    assert (lost, task.cancelled()) == (1, True)

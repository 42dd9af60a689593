"""Python's collector of cycles, kept out of the way of stations that wait for an answer.

By default it looks through the newest objects whenever 700 came to stay, and now and then through all of them: with
2,000 stations that is a twelfth of the time, in pauses of some ten milliseconds. What a message leaves behind has no
cycles and is freed without it, so a look once a minute is enough for those that screens and closed connections leave.
"""

import asyncio
import gc

START_SECONDS = 2.0
"""After which everything is there that lives as long as the program."""
SECONDS = 60.0


async def collect_seldom(start: float = START_SECONDS, pause: float = SECONDS) -> None:
    """Collect once when the start is over, then every `pause` seconds, until cancelled; then as Python always does."""
    gc.disable()
    try:
        await asyncio.sleep(start)
        gc.collect()
        gc.freeze()  # no later look goes through what stays for ever
        while True:
            await asyncio.sleep(pause)
            gc.collect()
    finally:
        gc.unfreeze()
        gc.enable()

"""Ends the console in order when the system asks for it, so that the store is closed and the terminal restored."""

import asyncio
import signal
from collections.abc import Callable

_ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def end_on_signals(end: Callable[[int], None]) -> None:
    """Calls `end` with 128 + n, once, for the first signal n that asks to end; a second one ends the process at once.

    Must be called in a running loop. Signals that are ignored stay so: `nohup` and shells that start something in the
    background want that.
    """
    loop = asyncio.get_running_loop()

    def ended(number: int) -> None:
        for each in _ENDING:
            loop.remove_signal_handler(each)
        end(128 + number)

    for number in _ENDING:
        if signal.getsignal(number) is signal.SIG_IGN:
            continue
        try:
            loop.add_signal_handler(number, ended, number)
        except NotImplementedError:  # Windows, where Ctrl+C arrives as KeyboardInterrupt
            return

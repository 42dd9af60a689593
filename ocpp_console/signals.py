"""Ends the console in order when the system asks for it, so that the store is closed and the terminal restored.

SIGHUP has two meanings: the terminal hung up, or somebody wants the files to be read again. It is the first when there
was a terminal and is none any more.
"""

import asyncio
import os
import signal
import threading
from collections.abc import Callable

_ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
_HANGUP = getattr(signal, "SIGHUP", None)


def end_on_signals(end: Callable[[int], None], reload: Callable[[], None] | None = None) -> None:
    """Calls `end` with 128 + n, once, for the first signal n that asks to end; a second one ends the process at once.

    With `reload` a SIGHUP that does not come from a lost terminal calls that instead, as often as it comes.

    Must be called in a running loop. Signals that are ignored stay so: `nohup` and shells that start something in the
    background want that.
    """
    loop = asyncio.get_running_loop()
    had_terminal = reload is not None and _has_terminal()

    def came(number: int) -> None:
        if number == _HANGUP and reload is not None and (not had_terminal or _has_terminal()):
            reload()
            return
        for each in _ENDING:
            loop.remove_signal_handler(each)
        end(128 + number)

    for number in _ENDING:
        if signal.getsignal(number) is signal.SIG_IGN:
            continue
        try:
            loop.add_signal_handler(number, came, number)
        except NotImplementedError:  # Windows, where Ctrl+C arrives as KeyboardInterrupt
            return


def end_as_interrupted() -> None:
    """Lets SIGTERM and SIGHUP end the program as ctrl-c does, for programs without a loop: what is half written goes.

    Otherwise the system ends it at once, and temporary files stay. A signal that is ignored stays so.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for number in _ENDING:
        if number != signal.SIGINT and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _leave)


def _leave(number: int, _frame: object) -> None:
    """Leave through every `finally`; a second signal ends the process at once."""
    signal.signal(number, signal.SIG_DFL)
    raise SystemExit(128 + number)


def end_after(seconds: float, code: int) -> None:
    """Ends the process with this exit code unless it has ended by then; for when nothing is left that could be lost."""
    last = threading.Timer(seconds, os._exit, (code,))
    last.daemon = True
    last.start()


def _has_terminal() -> bool:
    """Whether this process has a controlling terminal that is still there."""
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True

"""Drawing on the screen: the terminal is prepared, the app runs, and what it started ends with it."""

import dataclasses
import os
import sys
from collections.abc import Callable, MutableMapping
from typing import TYPE_CHECKING

from ocpp_console.settings import Settings
from ocpp_console.shell.declaring import Exit
from ocpp_console.shell.fault_log import write_log
from ocpp_console.visible import visible

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

SSH_FPS = "5"
"""Redraws per second over SSH: a full screen at 60 would fill a slow line."""


def draw(settings: Settings, make_engine: "Callable[[], Engine]") -> int:
    """Run the app until it ends; `make_engine` is called when the first frame is on the screen.

    Returns the exit code; raises what nobody foresaw and ended the app.
    """
    prepare_terminal(settings, os.environ)
    import gc

    gc.disable()  # importing makes nothing but things that stay; looking through them delays the first frame by a tenth
    import asyncio

    from ocpp_console.app import ConsoleApp
    from ocpp_console.collector import collect_seldom
    from ocpp_console.signals import end_on_signals

    if "utf" not in (sys.stdout.encoding or "").lower():
        settings = dataclasses.replace(settings, ascii=True)
    app = ConsoleApp(make_engine, settings, write_log=write_log)

    async def run() -> None:
        """Until the app or a signal ends it; the terminal is restored and the store closed either way."""
        end_on_signals(app.end)
        collecting = asyncio.create_task(collect_seldom())
        try:
            await app.run_async(mouse=settings.mouse)
        finally:
            collecting.cancel()
            await app.stop_engine()

    asyncio.run(run())
    for text in app.last_words:
        print(f"ocpp-console: {visible(text, 1000)}", file=sys.stderr)
    if app.broken is not None:
        raise app.broken
    return app.return_code or Exit.OK


def prepare_terminal(settings: Settings, environ: MutableMapping[str, str]) -> None:
    """Tells Textual how often to draw; it reads these variables once, when it is imported."""
    remote = "SSH_CONNECTION" in environ
    if settings.fps or remote:
        environ.setdefault("TEXTUAL_FPS", str(settings.fps or SSH_FPS))
    if remote:
        environ.setdefault("TEXTUAL_ANIMATIONS", "none")

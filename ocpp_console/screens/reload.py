"""Reading settings and idTags again, asked for on the screen."""

from typing import TYPE_CHECKING

from ocpp_console.reloading import CHANGEABLE, reloading_of
from ocpp_console.visible import visible
from ocpp_console.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from ocpp_console.app import ConsoleApp

SECONDS = 15
"""How long it is told what came of it."""


async def read_again(app: "ConsoleApp") -> None:
    """Read them, and say what changed, what needs a restart, or why nothing could be used."""
    reloading = reloading_of(app.engine)
    if reloading is None:
        app.notify("This console has no files to read again.", markup=False)
        return
    told = await reloading.reload()
    for name in CHANGEABLE:  # the screen may have settings of its own: it draws with other characters
        app.settings.take_over(app.engine.settings, name)
    for bar in app.screen.query(KeyBar):
        bar.read_only = app.engine.settings.read_only
        bar.refresh()
    app.screen.refresh_bindings()
    severity = "information" if reloading.usable else "error"
    app.notify("\n".join(visible(text, 500) for text in told), severity=severity, timeout=SECONDS, markup=False)  # type: ignore[arg-type]

"""Said before a command's form opens: that nothing may be sent to the stations at all, and what to do about it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ocpp_console.visible import visible

if TYPE_CHECKING:
    from textual.app import App

    from ocpp_console.engine import Engine


def only_watched(engine: "Engine", stations: Sequence[str]) -> str:
    """Why none of these stations may be sent anything; empty when one may."""
    reasons = [engine.refusal_for(name) for name in stations]
    return reasons[0] if reasons and all(reasons) else ""


def refused(app: "App[Any]", engine: "Engine", stations: Sequence[str]) -> bool:
    """Whether nothing may be sent to these stations; then that is said."""
    reason = only_watched(engine, stations)
    if reason:
        app.notify(visible(reason, 300), severity="warning", markup=False)
    return bool(reason)

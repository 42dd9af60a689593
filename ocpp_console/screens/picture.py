"""The screen as an SVG picture in a file; of charger text nothing gets into it that is not shown."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs
from textual.app import App

from ocpp_console.clock import iso
from ocpp_console.settings import APPLICATION
from ocpp_console.visible import visible

if TYPE_CHECKING:
    from ocpp_console.engine import Engine


def folder() -> Path:
    """Where pictures go: the user's pictures, or where nobody has such a folder the home."""
    pictures = platformdirs.user_pictures_path()
    return pictures if pictures.is_dir() else Path.home()


async def save_picture(app: App[Any], engine: "Engine", where: Path | None = None) -> Path | None:
    """Write the picture and say where it went; None when it could not be written, and why is said."""
    name = f"{APPLICATION}-{iso(engine.clock()).replace(':', '')}.svg"
    path = (where or folder()) / name
    number = 1
    while path.exists():
        number += 1
        path = path.with_name(name.replace(".svg", f"-{number}.svg"))
    try:
        await engine.write_text(path, app.export_screenshot(title=APPLICATION))
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        app.notify(visible(f"The picture {path} could not be written: {why}.", 300), severity="error", markup=False)
        return None
    app.notify(visible(f"The screen is saved as {path}.", 300), markup=False)
    return path

"""Asks for the path of a file to read or to write."""

import asyncio
from pathlib import Path
from typing import Any

from textual.app import App

from ocpp_console.screens.line_prompt import LinePrompt
from ocpp_console.screens.question import Question


async def path_to_read(app: App[Any], text: str, proposed: str) -> Path | None:
    """Ask for a file that is there; `proposed` is a name in the home directory. None when cancelled."""
    return await app.push_screen_wait(PathPrompt(text, proposed, "Read", must_exist=True))


async def path_to_write(app: App[Any], text: str, proposed: str) -> Path | None:
    """Ask where to write; asks again before a file is replaced. None when cancelled."""
    path = await app.push_screen_wait(PathPrompt(text, proposed, "Write", must_exist=False))
    return path if path is not None and await may_replace(app, path) else None


async def may_replace(app: App[Any], path: Path) -> bool:
    """Nothing is there, or the operator agrees to lose it."""
    if not await asyncio.to_thread(path.exists):
        return True
    return await app.push_screen_wait(Question(f"Replace {path}?", "Replace", "Keep"))


class PathPrompt(LinePrompt[Path]):
    """Asks for a file's path; None when cancelled. `~` is the home directory."""

    def __init__(self, text: str, proposed: str, verb: str, *, must_exist: bool) -> None:
        """`must_exist` refuses a path without a file; otherwise the directory must be there."""
        super().__init__(text, str(Path.home() / proposed), verb)
        self._must_exist = must_exist

    def read(self, text: str) -> tuple[Path | None, str]:
        """The path, if it can be used."""
        return checked_path(text, must_exist=self._must_exist)


def checked_path(text: str, *, must_exist: bool) -> tuple[Path | None, str]:
    """The path `text` names, or what is wrong with it as a sentence."""
    try:
        path = Path(text.strip()).expanduser()
        if not text.strip() or path.is_dir():
            return None, "Name a file, not a directory."
        if must_exist and not path.is_file():
            return None, f"There is no file {path}."
        if not path.absolute().parent.is_dir():
            return None, f"There is no directory {path.absolute().parent}."
    except (OSError, ValueError, RuntimeError) as error:
        return None, f"That path cannot be used: {error}"
    return path, ""

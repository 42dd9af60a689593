"""Keeping a command under a name: what was filled in, with its values of the moment as placeholders."""

from typing import TYPE_CHECKING

from ocpp_console.model.saved_commands import SavedCommand, SavedCommands
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.screens.name_prompt import NamePrompt
from ocpp_console.screens.placeholders import templated

if TYPE_CHECKING:
    from textual.app import App


def ask_and_keep(app: "App[None]", kept: SavedCommands, version: str, action: str, filled: JsonValue) -> None:
    """Ask for a name, then keep the command among `kept`."""
    payload = templated(filled)
    taken = frozenset(saved.name.casefold() for saved in kept.all())

    def named(answer: tuple[str, str] | None) -> None:
        if answer is not None:
            kept.put(SavedCommand(answer[0], version, action, payload, answer[1]))
            app.notify(f"Kept as {answer[0]}; page 5 has it.", markup=False)

    app.push_screen(NamePrompt(f"Keep {action}", taken), named)

"""Choosing any command of a version by typing parts of its name, or of the block it belongs to."""

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from ocpp_console.protocol.actions import ACTIONS, actions_of

FREE = "Free form"
"""Offered after all actions: any action, any payload, or a whole frame."""


class PickerInput(Input):
    """The line that filters; the arrows move in the list below it."""

    BINDINGS = [
        Binding("down", "move(1)", "Next", show=False),
        Binding("up", "move(-1)", "Previous", show=False),
    ]

    class Moved(Message):
        """The highlight should move."""

        def __init__(self, by: int) -> None:
            """`by` is 1 or -1."""
            super().__init__()
            self.by = by

    def action_move(self, by: int) -> None:
        """Tell the picker."""
        self.post_message(self.Moved(by))


class ActionPicker(Vertical):
    """A line to type into above the matching commands; enter or a click takes one."""

    DEFAULT_CSS = """
    ActionPicker { height: 1fr; }
    ActionPicker Input { margin: 0 1; }
    ActionPicker OptionList { height: 1fr; }
    """

    class Picked(Message):
        """The operator chose an action."""

        def __init__(self, action: str) -> None:
            """`action` is its name on the wire."""
            super().__init__()
            self.action = action

    def __init__(self, version: str) -> None:
        """Offers what a central system may send in this version."""
        super().__init__()
        self._names = [*(action.name for action in actions_of(version, "csms")), FREE]
        self._shown = list(self._names)

    def compose(self) -> ComposeResult:
        """The line and the list."""
        yield PickerInput(placeholder=f"part of a name: one of {len(self._names) - 1} commands", compact=True)
        yield OptionList(compact=True)

    def on_mount(self) -> None:
        """Begin with all of them."""
        self._fill("")
        self.query_one(PickerInput).focus()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._fill(event.value)

    def _fill(self, text: str) -> None:
        self._shown = matching(self._names, text) or [FREE]
        listing = self.query_one(OptionList)
        listing.clear_options()
        listing.add_options([Option(_prompt(name)) for name in self._shown])
        listing.highlighted = 0 if self._shown else None

    @on(PickerInput.Moved)
    def _moved(self, event: PickerInput.Moved) -> None:
        event.stop()
        listing = self.query_one(OptionList)
        if event.by > 0:
            listing.action_cursor_down()
        else:
            listing.action_cursor_up()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        highlighted = self.query_one(OptionList).highlighted
        if highlighted is not None and self._shown:
            self.post_message(self.Picked(self._shown[highlighted]))

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(self.Picked(self._shown[event.option_index]))


def matching(names: list[str], text: str) -> list[str]:
    """The names that hold the letters of `text` in order: whole parts first, then the earliest; then whole blocks."""
    wanted = "".join(text.split()).casefold()
    parts = [name for name in names if wanted in name.casefold()]
    parts.sort(key=lambda name: name.casefold().index(wanted))
    blocks = [name for name in names if name not in parts and wanted in _block(name).replace(" ", "").casefold()]
    return (
        parts
        + blocks
        + [name for name in names if name not in parts and name not in blocks and _holds(name.casefold(), wanted)]
    )


def _holds(name: str, wanted: str) -> bool:
    letters = iter(name)
    return all(letter in letters for letter in wanted)


def _block(name: str) -> str:
    return ACTIONS[name].block if name in ACTIONS else "any action, any payload, or a raw frame"


def _prompt(name: str) -> Text:
    asks = "asks first" if name in ACTIONS and ACTIONS[name].caution else ""
    return Text.assemble(name.ljust(34), (_block(name).ljust(26), "dim"), (asks, "dim"))

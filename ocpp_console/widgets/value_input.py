"""The one input of a payload form."""

from collections.abc import Callable

from textual.binding import Binding
from textual.message import Message
from textual.widgets import Input


class ValueInput(Input):
    """The input on the line under the cursor; it tells every change at once, so that none is booked on another line."""

    BINDINGS = [Binding("ctrl+d", "remove_item", "Take the item away", show=False)]
    DEFAULT_CSS = "ValueInput { position: absolute; height: 1; border: none; padding: 0; }"

    class RemoveWanted(Message):
        """The operator wants to be rid of the item that this value is, or belongs to."""

    def __init__(self, edited: Callable[[str], None]) -> None:
        """`edited` gets the text after every change that the operator makes."""
        super().__init__(compact=True, select_on_focus=False)
        self._edited = edited
        self._silent = False

    def show(self, text: str, hint: str) -> None:
        """Another line's text."""
        self._silent = True
        try:
            self.placeholder = hint
            self.value = text
            self.cursor_position = len(text)
        finally:
            self._silent = False

    def action_remove_item(self) -> None:
        """What the rows do for heads of items: the input would only delete a letter."""
        self.post_message(self.RemoveWanted())

    def watch_value(self, value: str) -> None:
        """The text is another one."""
        if not self._silent:
            self._edited(value)

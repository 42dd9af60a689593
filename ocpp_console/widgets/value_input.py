"""The one input of a payload form."""

from collections.abc import Callable

from textual import events
from textual.binding import Binding
from textual.message import Message
from textual.widgets import Input

from ocpp_console.protocol.fields import Field
from ocpp_console.widgets.json_paths import one_line
from ocpp_console.widgets.payload_paint import hint, is_password


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
        self.revealed = False
        """Passwords are shown as they are."""
        self._field: Field | None = None

    def show(self, text: str, field: Field, *, select: bool = False) -> None:
        """Another line's text; with `select` the next letter takes the place of all of it."""
        self._silent = True
        try:
            self._field = field
            self.reveal(self.revealed)
            self.placeholder = hint(field)
            self.value = text
            self.cursor_position = len(text)
            if select and text:
                self.select_all()
        finally:
            self._silent = False

    def reveal(self, revealed: bool) -> None:
        """Show passwords as they are, or as dots."""
        self.revealed = revealed
        self.password = self._field is not None and is_password(self._field) and not revealed

    def action_remove_item(self) -> None:
        """What the rows do for heads of items: the input would only delete a letter."""
        self.post_message(self.RemoveWanted())

    def _on_paste(self, event: events.Paste) -> None:
        """All lines of what is pasted, not the first only: a certificate has many."""
        event.stop()
        event.prevent_default()
        lines = one_line(event.text.strip("\r\n"))
        selection = self.selection
        if selection.is_empty:
            self.insert_text_at_cursor(lines)
        else:
            self.replace(lines, *selection)

    def watch_value(self, value: str) -> None:
        """The text is another one."""
        if not self._silent:
            self._edited(value)

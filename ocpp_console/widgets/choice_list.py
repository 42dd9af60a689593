"""The known values of a field, as a list that opens below it."""

from collections.abc import Sequence

from rich.text import Text
from textual import events
from textual.binding import Binding
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from ocpp_console.protocol.frames import JsonValue
from ocpp_console.visible import visible
from ocpp_console.widgets.fitting import cells
from ocpp_console.widgets.json_paths import spell
from ocpp_console.widgets.payload_lines import Choice

LONGEST_LIST = 10
"""Choices in view before the list scrolls."""


class ChoiceList(OptionList):
    """One value a line with what is known about it; a letter goes to the next value that begins with it."""

    BINDINGS = [Binding("escape,left", "close", "Close the list", show=False)]
    DEFAULT_CSS = """
    ChoiceList { position: absolute; layer: list; overlay: screen; constrain: inside inside; height: auto;
                 border: none; background: $panel; }
    """

    class Closed(Message):
        """The operator wants none of them; `back` when the field should have the focus again."""

        def __init__(self, back: bool) -> None:
            """False when something else has it already."""
            super().__init__()
            self.back = back

    def __init__(self, choices: Sequence[Choice], value: JsonValue) -> None:
        """`value` is what the field holds: the list begins there."""
        self.choices = choices
        self._texts = [f"{visible(spell(c.value), 200)}  {visible(c.note, 80)}".rstrip() for c in choices]
        super().__init__(*(Option(Text(text)) for text in self._texts), compact=True)
        self._begin = next((index for index, choice in enumerate(choices) if choice.value == value), 0)

    @property
    def wanted_width(self) -> int:
        """Cells of the widest line, with room for a scrollbar."""
        return max(map(cells, self._texts), default=0) + 4

    def on_mount(self) -> None:
        """At the value the field has."""
        self.highlighted = self._begin

    def on_key(self, event: events.Key) -> None:
        """Letters search."""
        letter = (event.character or "").casefold()
        if not letter.isalnum():
            return
        event.stop()
        start = (self.highlighted or 0) + 1
        for step in range(len(self._texts)):
            index = (start + step) % len(self._texts)
            if self._texts[index].casefold().startswith(letter):
                self.highlighted = index
                return

    def on_blur(self) -> None:
        """Whoever goes elsewhere does not choose."""
        self.post_message(self.Closed(back=False))

    def action_close(self) -> None:
        """Close without choosing."""
        self.post_message(self.Closed(back=True))

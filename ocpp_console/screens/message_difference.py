"""Two messages side by side: what differs, by path; times and given-out ids are told apart from what matters."""

import json
from typing import Any

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from ocpp_console.clock import iso
from ocpp_console.model.message_differences import MOST, Difference, differences, without_chance
from ocpp_console.model.messages import Message, outcome
from ocpp_console.protocol.frames import Call, CallError, CallResult, Send, parse
from ocpp_console.visible import visible


class MessageDifference(ModalScreen[None]):
    """A window over the log; esc closes it."""

    BINDINGS = [("escape,d", "close", "Close")]
    DEFAULT_CSS = """
    MessageDifference { align: center middle; }
    MessageDifference > Vertical { width: 110; max-width: 96%; height: auto; max-height: 90%; padding: 0 1;
                                   border: round $primary; background: $surface; }
    MessageDifference VerticalScroll { height: auto; }
    MessageDifference Static { height: auto; }
    """

    def __init__(self, one: Message, other: Message) -> None:
        """`one` is the older."""
        super().__init__()
        self._one, self._other = one, other

    def compose(self) -> ComposeResult:
        """Which messages, and what differs."""
        with Vertical():
            yield Static(_heads(self._one, self._other))
            with VerticalScroll():
                yield Static(difference_text(self._one, self._other))
            yield Button("Close (esc)", compact=True)

    def on_resize(self) -> None:
        """The list scrolls in what frame, heads and button leave of the screen."""
        self.query_one(VerticalScroll).styles.max_height = max(3, self.size.height * 9 // 10 - 7)

    def on_button_pressed(self) -> None:
        """Back to the log."""
        self.dismiss(None)

    def action_close(self) -> None:
        """Back to the log."""
        self.dismiss(None)


def _heads(one: Message, other: Message) -> Text:
    """The two messages, a line each."""
    text = Text()
    for sign, row in (("-", one), ("+", other)):
        words = f"{row.station} {row.action} {outcome(row)[1]}"
        text.append(f"{sign} {iso(row.at)}  {visible(words, 120)}  row {row.seq}\n")
    return text


def difference_text(one: Message, other: Message) -> Text:
    """What differs in the request and in the answer; what differs by chance alone comes last and is dim."""
    text = Text()
    chance: list[tuple[str, Difference]] = []
    count = 0
    for part, mine, theirs in (
        ("request", payload_of(one.raw, one.version), payload_of(other.raw, other.version)),
        ("answer", payload_of(one.answer_raw, one.version), payload_of(other.answer_raw, other.version)),
    ):
        matters = {each.path for each in differences(without_chance(mine), without_chance(theirs))}
        for each in differences(mine, theirs):
            if each.path in matters:
                count += 1
                _append(text, part, each, "")
            else:
                chance.append((part, each))
    if count + len(chance) >= MOST:
        text.append(f"\nThese are the first {MOST:,} only.\n")
    if not count:
        text.append("The same, times and given-out ids aside.\n" if chance else "The same.\n")
    if chance and count:
        text.append("\nOnly times and given-out ids:\n")
    for part, each in chance:
        _append(text, part, each, "dim")
    return text


def _append(text: Text, part: str, each: Difference, style: str) -> None:
    """One difference in two lines below its path."""
    text.append(f"{part} {visible(each.path, 200) or '(all of it)'}\n", style or "bold")
    if each.only != "other":
        text.append(f"  - {visible(repr_of(each.one), 400)}\n", style)
    if each.only != "one":
        text.append(f"  + {visible(repr_of(each.other), 400)}\n", style)


def repr_of(value: Any) -> str:
    """A value as JSON writes it."""
    return json.dumps(value, ensure_ascii=False)


def payload_of(raw: bytes | None, version: str) -> Any:
    """What a frame holds; of a frame that cannot be read its text."""
    if raw is None:
        return {}
    frame = parse(raw, version or "1.6")
    if isinstance(frame, Call | Send | CallResult):
        return frame.payload
    if isinstance(frame, CallError):
        return {"code": frame.code, "description": frame.description, "details": frame.details}
    return raw.decode("utf-8", "backslashreplace")

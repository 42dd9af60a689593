"""Any action with any payload, or a frame exactly as typed: for what no schema knows, and for testing a station."""

import json
import uuid
from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from ocpp_console.protocol.frames import JsonValue
from ocpp_console.widgets.json_area import JsonArea
from ocpp_console.widgets.json_paths import read_json

ID_MARK = "{id}"
FRAME = f'[2, "{ID_MARK}", "Heartbeat", {{}}]'


class Wish(NamedTuple):
    """What should be sent."""

    action: str
    payload: JsonValue
    raw: bytes | None = None
    """A whole frame, in place of action and payload."""


class FreeText(NamedTuple):
    """What a free form begins with."""

    action: str = ""
    text: str = "{}"


class FreeForm(Vertical):
    """A line for the action above an editor: `{…}` there is a payload, `[…]` a whole frame."""

    DEFAULT_CSS = """
    FreeForm { height: 1fr; padding: 0 1; }
    FreeForm Static { height: auto; color: $text-muted; }
    FreeForm #free-problem { color: $error; }
    """

    def __init__(self, begin: FreeText) -> None:
        """Begin with what was sent before, or with nothing."""
        super().__init__()
        self._begin = begin

    def compose(self) -> ComposeResult:
        """Action, payload, and what is wrong."""
        yield Input(self._begin.action, "action, spelled as it should go out", id="free-action", compact=True)
        yield JsonArea(self._begin.text, id="free-payload")
        yield Static(
            f"{{…}} is the payload of the action above. What begins with [ goes out exactly as typed, valid or not: "
            f"{FRAME}; {ID_MARK} becomes a fresh message id.",
            markup=False,
        )
        yield Static(id="free-problem", markup=False)

    def on_mount(self) -> None:
        """At the action."""
        self.query_one(Input).focus()

    @property
    def touched(self) -> bool:
        """Something else stands there than what it began with."""
        return FreeText(self.query_one(Input).value, self.query_one(JsonArea).text) != self._begin

    def wish(self) -> Wish | None:
        """What is typed; None, with the reason on the screen, when it is neither."""
        wish, problem = read_wish(self.query_one(Input).value, self.query_one(JsonArea).text)
        self.query_one("#free-problem", Static).update(problem)
        return wish


def read_wish(action: str, text: str) -> tuple[Wish | None, str]:
    """What should be sent, or why that cannot be told, as a sentence."""
    action, body = action.strip(), text.strip()
    if body.startswith("["):
        frame = body.replace(ID_MARK, str(uuid.uuid4()))
        return Wish(action or _action_of(frame), frame, frame.encode("utf-8", "replace")), ""
    if not action:
        return None, "The action is missing."
    try:
        return Wish(action, read_json(body or "{}")), ""
    except ValueError as error:
        return None, f"The payload is not JSON: {error}"


def _action_of(frame: str) -> str:
    """What to call a frame."""
    try:
        parts = json.loads(frame)
    except (ValueError, RecursionError):
        return "a broken frame"
    named = isinstance(parts, list) and len(parts) > 2 and isinstance(parts[2], str)
    return parts[2] if named else "a frame"

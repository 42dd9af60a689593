"""One frame of an exchange in a pane: as JSON or as bytes, with the facts of the frame in its title."""

import json
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from ocpp_console.protocol.findings import Finding
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.screens.destinations import Destination, destination
from ocpp_console.widgets.json_view import JsonView, RawView
from ocpp_console.widgets.pane import Pane

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

FEW = ((1, "-one"), (3, "-few"))
"""Lines up to which a frame needs little room, and the class that says so; a larger one beside it gets the rest."""


class Unreadable(ValueError):
    """A frame that cannot be shown as JSON; the text says why."""


def payload_of(raw: bytes) -> JsonValue:
    """What a frame carries: the payload of a call or answer, code, description and details of an error.

    A frame of another type, or one that is too short, is given as a whole.

    Raises:
        Unreadable: it is no frame.
    """
    try:
        frame = json.loads(raw.decode())
    except UnicodeDecodeError:
        raise Unreadable("This cannot be read as JSON (it is not UTF-8). t shows the bytes.") from None
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"This cannot be read as JSON ({error}). t shows the bytes.") from None
    if not isinstance(frame, list) or len(frame) < 3:
        raise Unreadable("This is JSON, but no OCPP frame. t shows it.")
    if frame[0] in (4, 5):
        return dict(zip(("errorCode", "errorDescription", "errorDetails"), frame[2:], strict=False))
    place = {2: 3, 3: 2, 6: 3}.get(frame[0]) if type(frame[0]) is int else None
    return frame[place] if place is not None and len(frame) > place else frame


class FramePane(Pane):
    """One frame, as JSON or as bytes."""

    kind = "detail"
    filterable = False

    def __init__(self, name: str, *, id: str) -> None:
        """`name` is Request or Answer."""
        super().__init__(id=id)
        self._called = name
        self._form = ""
        self._event = False
        self.raw: bytes | None = None
        """The bytes of the frame; None when there is none."""
        self.raw_shown = False
        self.json = JsonView(id=f"{id}-json")
        self.bytes = RawView(id=f"{id}-raw")
        self.table = self.json

    def compose(self) -> ComposeResult:
        """Both views; one is hidden."""
        self.bytes.display = False
        yield self.json
        yield self.bytes

    def title_parts(self) -> tuple[str, ...]:
        """Which frame, how it is shown, its size, how it came; of an event there is no frame."""
        if self._event:
            return ("What happened",)
        size = f"{len(self.raw):,} bytes" if self.raw else ""
        return (self._called, "raw" if self.raw_shown else "JSON", size, self._form if self.raw else "")

    def show(
        self, raw: bytes | None, findings: tuple[Finding, ...], missing: str, *, form: str = "", event: bool = False
    ) -> None:
        """Show a frame that came as `form` says (text, binary…); `missing` is said when there is none.

        The sentence of an event is shown as it is.
        """
        self.raw, self._event, self._form = raw, event, form
        self.bytes.show(raw or b"")
        if raw is None or event:
            self.json.say(missing if raw is None else raw.decode("utf-8", "replace"), findings)
        else:
            try:
                self.json.show(payload_of(raw), findings)
            except Unreadable as error:
                self.json.say(str(error), findings)
        name = next((name for most, name in FEW if self.json.count <= most), "")
        for _, each in FEW:
            self.set_class(each == name, each)
        self.renew_title()

    def turn(self, raw: bool) -> None:
        """JSON or bytes."""
        focused = self.table is not None and self.table.has_focus
        self.raw_shown = raw
        self.json.display, self.bytes.display = not raw, raw
        self.table = self.bytes if raw else self.json
        if focused:
            self.table.focus()
        self.poke()

    def leads(self, engine: "Engine", station: str) -> Destination | None:
        """Where the value under the cursor leads."""
        line = self.json.record if self.json.has_focus else None
        return destination(engine, station, line.path, self.json.value_of(line)) if line is not None else None

"""Keys that come faster than the focus moves: `/needle` in one burst, pasted or over a slow line.

Textual hands every key to the widget that has the focus at that instant. Of a burst, the keys after the slash would
still go to the list, before the filter line has the focus, and be lost or taken for commands. So one key is handed
out at a time: a mark follows it through the same queues, and the next key waits until the mark is back, and until
a screen that was opened by it stands.
"""

from collections import deque
from time import monotonic

from textual import events
from textual.app import App
from textual.message import Message

LONGEST_WAIT = 1.0
"""Seconds after which the next key goes out even if the one before seems to be lost with its widget."""
LOOK_AGAIN = 0.01
"""Seconds between two looks at whether a new screen stands."""


class Handled(Message, bubble=True, namespace="typed_ahead"):
    """The key before it was handled by everybody who might."""


class TypedAhead(App[None]):
    """Mixed into the application; keys wait for each other."""

    def __init__(self) -> None:
        """No key is under way."""
        super().__init__()
        self._waiting_keys: deque[events.Key] = deque()

    _handling: float | None = None
    """Since when a key is under way; None when none is."""

    async def on_event(self, event: events.Event) -> None:
        """Keep a key while another is under way, or hand it out."""
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
            return
        self._waiting_keys.append(event)
        if self._handling is None or monotonic() - self._handling > LONGEST_WAIT:
            await self._hand_out()

    async def _hand_out(self) -> None:
        """Give the next key to whoever has the focus, and a mark behind it."""
        self._handling = None
        if not self._waiting_keys:
            return
        self._handling = monotonic()
        event = self._waiting_keys.popleft()
        target = self.focused or self.screen
        await super().on_event(event)
        if not target.post_message(Handled()):
            self.call_later(self._when_settled)

    def on_typed_ahead_handled(self) -> None:
        """The key was handled; what it asked for in the app's own queue comes before the next one."""
        self.call_later(self._when_settled)

    async def _when_settled(self) -> None:
        """The next key, once the screen that has to get it stands."""
        begun = self._handling
        if begun is None:
            return
        if self.screen.is_mounted or monotonic() - begun > LONGEST_WAIT:
            self.call_later(self._hand_out)  # behind the focus that a new screen has asked for
        else:
            self.set_timer(LOOK_AGAIN, self._when_settled)

"""The last line: the six keys that matter for the focused pane. A click runs them."""

from functools import partial

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import ActiveBinding
from textual.screen import Screen
from textual.widget import Widget

from ocpp_console.keys import BY_ID, FOOTERS, PAGES, READ_ONLY_FOOTER
from ocpp_console.widgets.fitting import cells

PAGES_HINT = f"{PAGES[0].digit}…{PAGES[-1].digit} pages"
"""At the right end: nothing else on a page says that there are others."""


class KeyBar(Widget):
    """Six entries at most: `key name`, as the user's own key table has them."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES = {"key-bar--key"}
    DEFAULT_CSS = """
    KeyBar { dock: bottom; height: 1; background: $panel; color: $foreground-muted; }
    KeyBar > .key-bar--key { color: $accent; text-style: bold; }
    """

    def __init__(self, read_only: bool = False) -> None:
        """With `read_only` no entry that writes is shown."""
        super().__init__()
        self.read_only = read_only
        self._entries: list[tuple[str, str, str]] = []
        self._spans: list[tuple[int, int, str]] = []

    def on_mount(self) -> None:
        """Follow the focus and the keys."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_updated)
        self.call_after_refresh(self.renew)

    def _bindings_updated(self, screen: Screen[object]) -> None:
        if screen is self.screen:
            self.call_after_refresh(self.renew)

    def renew(self) -> None:
        """Look again at which keys there are."""
        if not self.is_attached:
            return
        focused = self.screen.focused
        kinds = [getattr(node, "kind", "") for node in (focused.ancestors_with_self if focused else (self.screen,))]
        ids = FOOTERS.get(next(filter(None, kinds), ""), FOOTERS[""])
        if self.read_only and any(BY_ID[id].writes for id in ids):
            ids = READ_ONLY_FOOTER
        active: dict[str, ActiveBinding] = {}
        for each in self.screen.active_bindings.values():
            if each.enabled and each.binding.id:
                active.setdefault(each.binding.id, each)
        names = getattr(focused, "key_names", {})
        entries = [
            (self.app.get_key_display(active[id].binding), names.get(id, BY_ID[id].short), id)
            for id in ids
            if id in active
        ][:6]
        if entries != self._entries:
            self._entries = entries
            self.refresh()

    def render(self) -> Text:
        """As many entries as fit, never a part of one."""
        style = self.get_component_rich_style("key-bar--key", partial=True)
        text = Text(" ", no_wrap=True, end="")
        self._spans = []
        last = sum(cells(key) + 1 + cells(name) for key, name, id in self._entries if id == "app.help")
        for key, name, id in self._entries:
            start = cells(text.plain)
            kept = last + 2 if id != "app.help" else 0  # whoever finds no other key must find the help
            if start + cells(key) + 1 + cells(name) + kept > self.size.width:
                continue
            text.append(key, style).append(f" {name}  ", Style.null())
            self._spans.append((start, cells(text.plain) - 2, id))
        left = self.size.width - cells(text.plain) - len(PAGES_HINT) - 1
        if left > 0 and self._entries:
            text.append(" " * left + PAGES_HINT, Style(dim=True))
        return text

    def on_click(self, event: events.Click) -> None:
        """Run what was clicked."""
        for start, end, id in self._spans:
            if start <= event.x < end:
                self.run_id(id)

    def run_id(self, id: str) -> None:
        """Run the action of one entry where its key would have run it."""
        for each in self.screen.active_bindings.values():
            if each.binding.id == id and each.enabled:
                self.app.call_later(partial(self.app.run_action, each.binding.action, each.node))
                return

"""The page of keys: those of the focused pane first, as the user's own key table has them."""

from collections.abc import Sequence
from typing import NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from ocpp_console.engine import Engine
from ocpp_console.glyphs import ATTENTION, QUIET, STRONG
from ocpp_console.keys import LIVE_ACTIONS, Key, all_keys
from ocpp_console.widgets.columns import Column
from ocpp_console.widgets.record_table import RecordTable

WHERE = {
    "app": "everywhere",
    "page": "pages",
    "list": "any list",
    "playback": "a trace",
    "tags": "idTags",
    "variables": "Configuration",
    "findings": "Findings",
    "charging": "Charging",
    "lists": "Lists",
    "sheet": "sheet of a command",
    "messages": "Messages",
    "detail": "one message",
    "filter": "after /",
}
"""Where the keys of a scope work."""


class HelpRow(NamedTuple):
    """One key."""

    keys: str
    key: Key


COLUMNS: tuple[Column[HelpRow], ...] = (
    Column("keys", "key", lambda row: (row.keys, STRONG), 16, least=10),
    Column("help", "what it does", lambda row: row.key.help, 48, least=40, grow=1),
    Column("writes", "", lambda row: ("writes" if row.key.writes else "", ATTENTION), 6, drop=2),
    Column("where", "where", lambda row: (WHERE.get(row.key.scope, row.key.scope), QUIET), 10, drop=1),
    Column("id", "name for [keys]", lambda row: (row.key.id, QUIET), 22, drop=3),
)


class HelpScreen(ModalScreen[None]):
    """A window over the page; esc, `?` and `q` close it."""

    BINDINGS = [Binding("escape,question_mark,q,f1", "app.pop_screen", "close", show=False)]

    def __init__(
        self,
        page_help: str,
        kinds: Sequence[str],
        own: dict[str, str],
        engine: Engine,
        words: Sequence[tuple[str, str]] = (),
    ) -> None:
        """`kinds` are those of the focused pane and of its page, `words` those of the page's filter.

        `own` are the user's keys by id; what `engine` cannot do is left out.
        """
        super().__init__()
        self._page_help = page_help
        traced = hasattr(engine, "playback")
        keys = [key for key in all_keys() if not (engine.settings.read_only and key.writes)]
        keys = [key for key in keys if key.action not in LIVE_ACTIONS] if traced else keys
        keys = [key for key in keys if traced or key.scope != "playback"]
        places = {name: place for place, name in reversed(list(enumerate((*kinds, "page", "list", "filter", "app"))))}
        rows = [HelpRow(self._spelled(own.get(key.id, key.keys)), key) for key in keys]
        rows += [HelpRow(word, Key(word, "", "", word, text, "filter")) for word, text in words]
        self._rows = sorted(rows, key=lambda row: places.get(row.key.scope, len(places)))

    def compose(self) -> ComposeResult:
        """What the page is for, then all keys."""
        with Vertical(id="help") as window:
            window.border_title = Content("Keys")
            window.border_subtitle = Content("esc closes")
            yield Static(Content(self._page_help), id="page-help")
            yield RecordTable(
                COLUMNS, lambda: self._rows, lambda row: row.key.id, stamp=lambda row: row.keys, id="keys"
            )
            yield Static(id="key-help")

    def on_mount(self) -> None:
        """The list scrolls at once."""
        self.query_one(RecordTable).focus()
        self.call_after_refresh(self._say_where)

    def on_resize(self) -> None:
        """More or fewer rows are in view."""
        self.call_after_refresh(self._say_where)

    @on(RecordTable.Picked)
    @on(RecordTable.Changed)
    def _say_where(self) -> None:
        """Which rows are in view, and all words of the row under the cursor.

        Without the first the end of the window looks like the end of the list; a narrow table cuts the second.
        """
        table = self.query_one(RecordTable[HelpRow])
        view, count, row = table.view, len(self._rows), table.record
        last = min(view.top + view.height, count)
        shown = f"{view.top + 1}–{last} of {count}  " if last - view.top < count else ""
        self.query_one("#help").border_subtitle = Content(f"{shown}esc closes")
        if row is not None:
            self.query_one("#key-help", Static).update(Content(f"{row.keys}  {row.key.help}"))

    def _spelled(self, keys: str) -> str:
        """Textual's key names as people read them."""
        return " ".join(self.app.get_key_display(Binding(key.strip(), "")) for key in keys.split(","))

"""A window over the lower half of a page that leaves the page running above it, without laying it out anew."""

from collections.abc import Sequence
from typing import Any

from textual import events
from textual.geometry import Region, Size
from textual.screen import ModalScreen, Screen
from textual.strip import Strip
from textual.widget import Widget

from ocpp_console.widgets.record_table import RecordTable


class Sheet(ModalScreen[None]):
    """Compose one container with the id `sheet`; tables of the page below end above it."""

    DEFAULT_CSS = """
    Sheet { align: left bottom; background: $background 0%; }
    Sheet #sheet { width: 100%; height: 55%; min-height: 13; max-height: 24; background: $surface;
                   border: round $primary; border-title-color: $foreground; }
    Sheet #sheet.-whole { height: 100%; max-height: 100%; }
    """

    _was_resized = False
    _drawn: Sequence[Widget] = ()

    def on_mount(self) -> None:
        """Know what lies below."""
        self._drawn = [self, *self.query(Widget)]
        self.call_after_refresh(self._end_above)

    def _on_screen_resume(self, event: events.ScreenResume) -> None:
        # Everything was styled while it was mounted; Textual's own would do it all again before the first frame.
        event.refresh_styles = event.refresh_styles and self._was_resized

    async def _on_resize(self, event: events.Resize) -> None:
        # Textual's own lays out the pages below too, even when the window's size is what it was.
        below = self.below
        if below is not None and below.size == event.size and not self._was_resized:
            event.stop()
            event.prevent_default()
            self._screen_resized(event.size)
        self._was_resized = True
        self.call_after_refresh(self._end_above)

    def on_unmount(self) -> None:
        """The tables below get their rows back."""
        for table in self._tables():
            table.covered = 0
            table.poke()
        # Textual remembers caches of the last thousand drawn widgets, dead ones too; their lines need not be kept.
        for widget in self._drawn:
            widget._styles_cache.clear()

    def action_whole(self) -> None:
        """Over the whole screen, or over the lower half again."""
        self.query_one("#sheet").toggle_class("-whole")
        self.call_after_refresh(self._end_above)

    @property
    def below(self) -> Screen[Any] | None:
        """The page under the sheet."""
        stack = self.app.screen_stack
        place = stack.index(self) if self in stack else len(stack)
        return stack[place - 1] if place else None

    def _tables(self) -> list[RecordTable[Any]]:
        below = self.below
        return list(below.query(RecordTable)) if below is not None else []

    def _end_above(self) -> None:
        """Tables show their last rows above the sheet, not under it."""
        if self.is_mounted:
            self._drawn = [self, *self.query(Widget)]
            top = self.query_one("#sheet").region.y
            for table in self._tables():
                table.covered = max(0, table.region.bottom - top)
                table.poke()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The page below as it was drawn; Textual's way of showing it through costs several times as much."""
        below = self.below
        if below is None:
            return super().render_lines(crop)
        width, height = self.size
        top = min(height, self.query_one("#sheet").region.y or height)
        lines = below._compositor.render_strips(Size(width, top)) + [Strip.blank(width)] * (height - top)
        lines = lines[crop.y : crop.bottom]
        whole = not crop.x and crop.width == self.size.width
        return lines if whole else [line.crop(crop.x, crop.right) for line in lines]

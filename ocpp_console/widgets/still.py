"""Frames under other widgets: Textual renders them with every change of what lies on them; they change seldom."""

from typing import Self

from textual.containers import Container
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget


class Still(Widget):
    """Keeps its finished lines until it is refreshed, gets other styles or another size.

    For widgets whose own lines are a border and blanks. Each of fifty lines would otherwise pass all line filters ten
    times a second, to be covered by a table. As a second base it stands last: styles come by the first.
    """

    _kept: tuple[Region, Size, list[Strip]] | None = None
    """What was rendered last, of which part, at which size."""

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Something about it changed."""
        self._kept = None
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def notify_style_update(self) -> None:
        """Colours changed."""
        self._kept = None
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines as they were, or rendered anew."""
        if self._kept is None or self._kept[:2] != (crop, self.size):
            self._kept = crop, self.size, super().render_lines(crop)
        return self._kept[2]


class PaneFrame(Container, Still):
    """A container of panes, which cover it."""

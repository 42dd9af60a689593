"""Which rows of a long list are in view: cursor, scrolling and following, without drawing anything.

Rows are known by a key (`identify`), not by their index, so that the cursor stays on its row when rows come, go or
change their order. Indexes are only hints for finding a key again.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

R = TypeVar("R")


def find(rows: Sequence[R], key: Hashable, identify: Callable[[R], Hashable], hint: int) -> int | None:
    """The index of the row with `key`, looking outwards from `hint`; None when it is not there."""
    count = len(rows)
    if not count:
        return None
    hint = min(max(hint, 0), count - 1)
    for distance in range(max(hint, count - 1 - hint) + 1):
        below, above = hint - distance, hint + distance
        if below >= 0 and identify(rows[below]) == key:
            return below
        if above < count and identify(rows[above]) == key:
            return above
    return None


class Window(Generic[R]):
    """The cursor and the first row in view of one list; `settle` brings them in line with the rows there are."""

    def __init__(self, identify: Callable[[R], Hashable], following: bool = False, anchored: bool = False) -> None:
        """`following` pins the view to the end; `anchored` keeps the first row in view in place when older rows go."""
        self._identify = identify
        self.following = following
        self.anchored = anchored
        self.rows: Sequence[R] = ()
        self.height = 1
        """Rows in view."""
        self.top = 0
        self.cursor = 0
        self._top_key: Hashable = None
        self._cursor_key: Hashable = None

    def settle(self, rows: Sequence[R], height: int) -> None:
        """Take the rows as they are and find cursor and top again; a row that is gone gives its place to the next."""
        self.rows, self.height = rows, max(1, height)
        count = len(rows)
        if self.following:
            self.top, self.cursor = max(0, count - self.height), max(0, count - 1)
        else:
            self.cursor = self._again(self._cursor_key, self.cursor)
            if self.anchored:
                self.top = self._again(self._top_key, self.top)
            self.top = min(max(self.top, 0), max(0, count - self.height))
        self._remember()

    def window(self) -> Sequence[R]:
        """The rows in view."""
        return [self.rows[index] for index in range(self.top, min(self.top + self.height, len(self.rows)))]

    @property
    def record(self) -> R | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.rows and self.cursor < len(self.rows) else None

    def move_to(self, index: int) -> None:
        """Put the cursor on a row and bring it into view. Leaving the end stops following."""
        self.cursor = min(max(index, 0), max(0, len(self.rows) - 1))
        if self.cursor < len(self.rows) - 1:
            self.following = False
        if self.cursor < self.top:
            self.top = self.cursor
        elif self.cursor >= self.top + self.height:
            self.top = self.cursor - self.height + 1
        self._remember()

    def scroll(self, rows: int) -> None:
        """Move the view without the cursor. Scrolling up stops following."""
        end = max(0, len(self.rows) - self.height)
        self.top = min(max(self.top + rows, 0), end)
        if rows < 0 and end:
            self.following = False
        self._remember()

    @property
    def at_end(self) -> bool:
        """The last row is in view."""
        return self.top >= len(self.rows) - self.height

    def seek(self, key: Hashable) -> bool:
        """Put the cursor on the row with `key`; False when there is none."""
        index = find(self.rows, key, self._identify, self.cursor)
        if index is None:
            return False
        self.following = False
        self.move_to(index)
        return True

    def _again(self, key: Hashable, hint: int) -> int:
        """Where the row with `key` is by now; the hint, made to fit, when it is gone."""
        found = find(self.rows, key, self._identify, hint) if key is not None else None
        return min(max(hint, 0), max(0, len(self.rows) - 1)) if found is None else found

    def _remember(self) -> None:
        """Keep the keys of the cursor and of the first row."""
        self._cursor_key = self._key_at(self.cursor)
        self._top_key = self._key_at(self.top)

    def _key_at(self, index: int) -> Any:
        """The key of the row at `index`; None outside."""
        return self._identify(self.rows[index]) if 0 <= index < len(self.rows) else None

"""Curves: values over time, bounded in memory."""

from array import array
from bisect import bisect_right
from collections.abc import Callable
from contextlib import suppress
from typing import Self


class Series:
    """Values over time, at most `LIMIT` points: when full, every second point goes, so that the whole session stays.

    Times are microseconds of arrival or of the station's own timestamp when that could be read.
    """

    LIMIT = 512
    __slots__ = ("times", "values")
    times: "array[int]"
    values: "array[float]"

    def __init__(self) -> None:
        """An empty series."""
        self.times = array("q")
        self.values = array("d")

    @property
    def first(self) -> float | None:
        """The earliest value."""
        return self.values[0] if self.values else None

    @property
    def last(self) -> float | None:
        """The newest value."""
        return self.values[-1] if self.values else None

    def add(self, at: int, value: float) -> None:
        """Put one point where its time belongs: some stations send their history after a reconnect."""
        times = self.times
        if len(times) >= self.LIMIT:
            self.times, self.values = self.times[::2], self.values[::2]
            times = self.times
        if not times or times[-1] <= at:
            times.append(at)
            self.values.append(value)
            return
        place = bisect_right(times, at)
        times.insert(place, at)
        self.values.insert(place, value)

    def __eq__(self, other: object) -> bool:
        """The same points."""
        if not isinstance(other, Series):
            return NotImplemented
        return self.times == other.times and self.values == other.values

    __hash__ = None  # type: ignore[assignment]

    def document_later(self) -> Callable[[], list[list[float]]]:
        """What is kept of it, as it is now: times, then values."""
        times, values = self.times[:], self.values[:]
        return lambda: [list(times), list(values)]

    def to_document(self) -> list[list[float]]:
        """The same at once."""
        return self.document_later()()

    @classmethod
    def from_document(cls, document: object) -> Self:
        """The series of a document, as far as it can be read."""
        series = cls()
        if isinstance(document, list) and len(document) == 2:
            with suppress(TypeError, ValueError, OverflowError):
                for at, value in zip(document[0], document[1], strict=False):
                    series.add(int(at), float(value))
        return series

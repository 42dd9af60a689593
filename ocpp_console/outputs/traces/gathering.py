"""Entries of the lines of a file; what was printed over several lines is put together again, where that is possible."""

import re
from collections.abc import Iterable, Iterator

from ocpp_console.outputs.traces.entries import entries_of_line
from ocpp_console.outputs.traces.log_lines import begins_anew, depth_of
from ocpp_console.outputs.traces.shapes import NotAnEntryError, Placed, UnfinishedError
from ocpp_console.outputs.traces.text_lines import Line

MOST_LINES = 5_000
MOST_CHARACTERS = 1024 * 1024
"""Of one entry over several lines; beyond it each line is taken for itself."""

_FRAME = re.compile(r"\s*\[\s*[2-6]\s*,")

Read = tuple[Line, list[Placed] | str]
"""A line with its entries, or with the reason why it has none."""


def _read(line: Line) -> tuple[Line, list[Placed] | NotAnEntryError]:
    """A line for itself."""
    if line.problem:
        return line, NotAnEntryError(line.problem)
    try:
        return line, entries_of_line(line.text)
    except NotAnEntryError as problem:
        return line, problem


class _Pieces:
    """Lines of which the first began something that was not finished."""

    def __init__(self) -> None:
        """None."""
        self.lines: list[tuple[Line, list[Placed] | NotAnEntryError]] = []
        self._depth = self._size = 0

    def begin(self, line: Line, problem: UnfinishedError) -> None:
        """The first."""
        self.lines, self._depth, self._size = [(line, problem)], problem.depth, len(line.text)

    def ended_by(self, line: Line, told: list[Placed] | NotAnEntryError) -> bool:
        """The line begins something else: an object of its own, a frame, another line of the log."""
        if line.problem or self._size > MOST_CHARACTERS or len(self.lines) > MOST_LINES:
            return True
        if self.lines[0][0].text.lstrip().startswith("{"):
            return isinstance(told, list) and line.text.lstrip().startswith("{")
        whole = isinstance(told, list) and (not line.text.lstrip().startswith("[") or bool(_FRAME.match(line.text)))
        return whole or begins_anew(line.text)

    def add(self, line: Line, told: list[Placed] | NotAnEntryError) -> bool:
        """One more; True when it closes the last bracket."""
        self.lines.append((line, told))
        self._depth += depth_of(line.text)
        self._size += len(line.text)
        return self._depth <= 0

    def give(self, *, whole: bool) -> Iterator[Read]:
        """What the lines are together; each for itself when that is nothing."""
        lines, self.lines = self.lines, []
        if whole:
            try:
                yield lines[0][0], entries_of_line("\n".join(line.text for line, _ in lines))
                return
            except NotAnEntryError:
                pass
        for line, told in lines:
            yield line, _alone(told)


def _alone(told: list[Placed] | NotAnEntryError) -> list[Placed] | str:
    """What a line is for itself: a frame that breaks off is one, when its log says it came so."""
    if isinstance(told, UnfinishedError) and told.entry is not None:
        return [Placed(told.entry)]
    return told if isinstance(told, list) else str(told)


def entries_in(lines: Iterable[Line]) -> Iterator[Read]:
    """Every line that is not blank, with its entries or the reason why it has none."""
    pieces = _Pieces()
    for line in lines:
        if not line.problem and (not line.text or line.text.isspace()):
            continue
        _, told = _read(line)
        if pieces.lines and not pieces.ended_by(line, told):
            if pieces.add(line, told):
                yield from pieces.give(whole=True)
            continue
        if pieces.lines:
            yield from pieces.give(whole=False)
        if isinstance(told, UnfinishedError):
            pieces.begin(line, told)
        else:
            yield line, _alone(told)
    yield from pieces.give(whole=False)

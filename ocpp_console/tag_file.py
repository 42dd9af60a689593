"""idTags that stand in a CSV file (the setting `tags`): read at the start and whenever settings are read again.

The file decides about its own tags: what it holds is put on the list, and what it held before and holds no longer is
taken off. Tags that were added by hand or by the API and never stood in the file stay as they are.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from ocpp_console.model.id_tag_csv import CsvReading, from_csv
from ocpp_console.model.id_tags import IdTag, IdTagList
from ocpp_console.visible import visible

SHOWN_PROBLEMS = 5
"""Lines of a file that are complained about one by one."""


class TagFileProblem(Exception):
    """The file cannot be used; `text` says why."""

    def __init__(self, text: str) -> None:
        """`text` is a sentence for the operator."""
        super().__init__(text)
        self.text = text
        self.exit_code = 2


class TagKeeper(Protocol):
    """What is needed of the engine."""

    def put_tag(self, tag: IdTag) -> None:
        """Add or replace a tag."""

    def remove_tag(self, token: str) -> bool:
        """Take a tag off the list."""


class TagFile:
    """One file of tags. What is read is taken in one go: no station is answered by half a list."""

    def __init__(self, path: str, tags: IdTagList, keeper: TagKeeper, complain: Callable[[str], None]) -> None:
        """Nothing is read before `start`; `complain` takes sentences about lines that give no tag."""
        self.path = path
        self._tags = tags
        self._keeper = keeper
        self._complain = complain

    async def start(self) -> None:
        """Read it the first time. Raises TagFileProblem."""
        self.take(self.read())

    async def stop(self) -> None:
        """Nothing to end."""

    def read(self) -> CsvReading:
        """What the file holds; touches nothing, so it may run in a thread.

        Raises:
            TagFileProblem: it cannot be read, or no line of it gives a tag.
        """
        try:
            reading = from_csv(Path(self.path).expanduser().read_bytes())
        except OSError as problem:
            raise TagFileProblem(f"The tags of {self.path} cannot be read: {problem.strerror}.") from problem
        if reading.problems and not reading.tags:
            line, text = reading.problems[0]
            raise TagFileProblem(f"{self.path} gives no tag; line {line}: {visible(text)}.")
        return reading

    def take(self, reading: CsvReading) -> str:
        """Bring the list in step with what was read; returns what changed, as a sentence."""
        self._report(reading.problems)
        known = {tag.token.casefold() for tag in reading.tags}
        gone = [tag.token for tag in self._tags.all() if tag.from_file and tag.token.casefold() not in known]
        for token in gone:
            self._keeper.remove_tag(token)
        new = changed = 0
        for tag in reading.tags:
            tag.from_file = True
            there = self._tags.get(tag.token)
            if there is not None:
                tag.last_used, tag.last_station = there.last_used, there.last_station
            if there != tag:
                new, changed = new + (there is None), changed + (there is not None)
                self._keeper.put_tag(tag)
        return f"{len(reading.tags)} tags in {self.path}: {new} new, {changed} changed, {len(gone)} removed."

    def _report(self, problems: list[tuple[int, str]]) -> None:
        """The first lines that gave no tag, and how many more."""
        for line, text in problems[:SHOWN_PROBLEMS]:
            self._complain(f"{self.path}, line {line} gives no tag: {visible(text)}.")
        if len(problems) > SHOWN_PROBLEMS:
            self._complain(f"{self.path}: {len(problems) - SHOWN_PROBLEMS} more lines give no tag.")

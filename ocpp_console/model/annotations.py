"""What the operator wrote on rows of the log: marks and comments, by the number of the row."""

from collections.abc import Callable, Mapping
from typing import Any

LONGEST_COMMENT = 2_000
"""Characters."""


class Annotations:
    """Marks and comments. They stay when the rows themselves leave the memory."""

    def __init__(self, keep: Callable[[int], None] = lambda seq: None) -> None:
        """`keep` is called with the number of each row whose mark or comment changed."""
        self._keep = keep
        self.marks: set[int] = set()
        """Numbers of the marked rows. Whoever changes the set itself calls `changed`."""
        self.comments: dict[int, str] = {}
        self.revision = 0
        """Goes up with every change."""

    def restore(self, seq: int, document: Mapping[str, Any]) -> None:
        """What was kept in an earlier run."""
        comment = document.get("comment")
        if document.get("marked") is True:
            self.marks.add(seq)
        if isinstance(comment, str) and comment:
            self.comments[seq] = comment[:LONGEST_COMMENT]

    def document(self, seq: int) -> dict[str, Any]:
        """What is kept of one row; empty when nothing is to be kept."""
        document: dict[str, Any] = {"marked": True} if seq in self.marks else {}
        if seq in self.comments:
            document["comment"] = self.comments[seq]
        return document

    def mark(self, seq: int, marked: bool) -> None:
        """Mark a row, or take its mark away."""
        if marked != (seq in self.marks):
            self.marks ^= {seq}
            self.changed(seq)

    def comment(self, seq: int, text: str) -> None:
        """Write on a row; an empty text takes the comment away."""
        text = text.strip()[:LONGEST_COMMENT]
        if text == self.comments.get(seq, ""):
            return
        if text:
            self.comments[seq] = text
        else:
            del self.comments[seq]
        self.changed(seq)

    def changed(self, seq: int) -> None:
        """A row was marked or written on."""
        self.revision += 1
        self._keep(seq)


NO_ANNOTATIONS = Annotations()
"""Of whoever keeps none; nobody writes into it."""

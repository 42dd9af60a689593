"""What the lines of a payload form ask of the form around them."""

from textual.message import Message

from ocpp_console.widgets.json_paths import Path


class ItemWanted(Message):
    """The operator wants an item more in a list (`by` = 1, before the last step of `path`) or one less (-1)."""

    def __init__(self, path: Path, by: int) -> None:
        """`path` is the place of the item."""
        super().__init__()
        self.path, self.by = path, by


class FileWanted(Message):
    """The value of a field should be the text of a file."""

    def __init__(self, path: Path, file: str) -> None:
        """`file` is its name as typed, without the sign before it."""
        super().__init__()
        self.path, self.file = path, file


class Moved(Message):
    """The cursor is on another line."""

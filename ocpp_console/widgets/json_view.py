"""Looking at a frame: as JSON with what is wrong at its place, or as the bytes that came."""

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import NamedTuple

from ocpp_console.glyphs import PLAIN, QUIET
from ocpp_console.protocol.findings import Finding
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.widgets.columns import Column, Piece
from ocpp_console.widgets.json_lines import JsonLine, deep_paths, json_lines, value_at_path
from ocpp_console.widgets.record_table import RecordTable

UNFOLDED_LINES = 120
"""A value with more lines than this is folded below depth two at first."""


class JsonView(RecordTable[JsonLine]):
    """A JSON value in lines; enter or a double click folds and unfolds."""

    def __init__(self, *, id: str | None = None) -> None:
        """Empty until `show` or `say`."""
        column: Column[JsonLine] = Column("json", "", lambda line: line.parts, 20, grow=1)
        super().__init__(
            (column,),
            self._fitted,
            lambda line: line.name,
            stamp=lambda line: line.parts,
            kind="detail",
            header=False,
            id=id,
        )
        self._written: Sequence[JsonLine] = ()
        self._fit: tuple[int, Sequence[JsonLine], list[JsonLine]] = (0, (), [])
        self._value: JsonValue = None
        self._findings: Sequence[Finding] = ()
        self._folded: set[str] = set()
        self.key_names: dict[str, str] = {"list.open": "fold"}
        """What the footer calls a key while this has the focus."""

    def show(self, value: JsonValue, findings: Sequence[Finding]) -> None:
        """Show another value; a long one is folded below depth two."""
        self._value, self._findings = value, findings
        self._folded = set()
        self._written = json_lines(value, findings, self._folded)
        if len(self._written) > UNFOLDED_LINES:
            self._folded = deep_paths(value, 2)
            self._written = json_lines(value, findings, self._folded)
        self.poke()

    def say(self, text: str, findings: Sequence[Finding] = ()) -> None:
        """Show a sentence instead of a value, what is odd above it."""
        self._value, self._findings = None, findings
        remarks = [line for line in json_lines(None, findings, ()) if line.name.startswith("!")]
        self._written = [*remarks, JsonLine("~", "", ((text, PLAIN),))]
        self.poke()

    def value_of(self, line: JsonLine) -> JsonValue:
        """What stands in a line; None for a remark or a bracket."""
        return value_at_path(self._value, line.path) if "=" in line.name else None

    def _fitted(self) -> list[JsonLine]:
        """The lines in the present width; what is longer goes on below. Made anew only when one of both changed."""
        room = max(16, self.size.width - 2)
        if self._fit[0] != room or self._fit[1] is not self._written:
            self._fit = (room, self._written, [row for line in self._written for row in wrapped(line, room)])
        return self._fit[2]

    def action_open(self) -> None:
        """Fold or unfold the container under the cursor; a value may lead elsewhere, which the page knows."""
        line = self.record
        if line is not None and not line.foldable:
            self.post_message(self.Opened(self, line))
        elif line is not None:
            self._folded ^= {line.path}
            self._written = json_lines(self._value, self._findings, self._folded)
            self.seek(line.name)
            self.poke()


def wrapped(line: JsonLine, room: int) -> list[JsonLine]:
    """`line` in rows of at most `room` characters, the further ones indented; words stay whole where it is a text."""
    if sum(len(text) for text, _ in line.parts) <= room:
        return [line]
    head = line.parts[0][0]
    indent = 0 if head.strip() else min(len(head), room // 2)
    rows = list(_texts(line, indent, room) if line.name.startswith(("!", "~")) else _pieces(line, indent, room))
    return [
        line._replace(name=f"{line.name}+{place}" if place else line.name, parts=row) for place, row in enumerate(rows)
    ]


def _texts(line: JsonLine, indent: int, room: int) -> Iterator[tuple[Piece, ...]]:
    """The rows of a remark or a sentence: between words."""
    text, tone = line.parts[-1]
    for row in wrap(text, room - indent, subsequent_indent="  " if line.name.startswith("!") else ""):
        yield (" " * indent, PLAIN), (row, tone)


def _pieces(line: JsonLine, indent: int, room: int) -> Iterator[tuple[Piece, ...]]:
    """The rows of a value: wherever the room ends."""
    row: list[Piece] = []
    free = room
    for text, tone in line.parts:
        rest = text
        while len(rest) > free:
            yield (*row, (rest[:free], tone))
            rest = rest[free:]
            row, free = [(" " * (indent + 2), PLAIN)], room - indent - 2
        row.append((rest, tone))
        free -= len(rest)
    yield tuple(row)


class RawRow(NamedTuple):
    """A piece of a frame."""

    offset: int
    text: str


class RawView(RecordTable[RawRow]):
    """The bytes of a frame: as text when they are UTF-8, else in hexadecimal; offsets count bytes or characters."""

    def __init__(self, *, id: str | None = None) -> None:
        """Empty until `show`."""
        columns: tuple[Column[RawRow], ...] = (
            Column("offset", "", lambda row: (str(row.offset), QUIET), 6, right=True, drop=1),
            Column("text", "", lambda row: row.text, 16, grow=1),
        )
        super().__init__(
            columns,
            self._pieces,
            lambda row: row.offset,
            stamp=lambda row: row.text,
            kind="detail",
            header=False,
            empty="Nothing.",
            id=id,
        )
        self._raw = b""
        self._cut: tuple[int, bytes, list[RawRow]] = (0, b"", [])

    def show(self, raw: bytes) -> None:
        """Show other bytes."""
        self._raw = raw
        self.poke()

    def _pieces(self) -> list[RawRow]:
        """The rows for the present width; made anew only when width or bytes changed."""
        room = max(16, self.size.width - 9)
        if self._cut[0] != room or self._cut[1] is not self._raw:
            self._cut = (room, self._raw, raw_rows(self._raw, room))
        return self._cut[2]


def raw_rows(raw: bytes, room: int) -> list[RawRow]:
    """`raw` in rows of at most `room` cells."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        step = max(4, room // 4 // 4 * 4)
        return [RawRow(at, _hexadecimal(raw[at : at + step], step)) for at in range(0, len(raw), step)]
    # a character that has to be spelled out (`\u202e`) takes up to ten cells; half the room leaves space for most
    step = room if text.isprintable() and text.isascii() else max(8, room // 2)
    return [RawRow(at, text[at : at + step]) for at in range(0, len(text), step)]


def _hexadecimal(part: bytes, step: int) -> str:
    """Bytes as two digits each, and beside them what is ASCII."""
    signs = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in part)
    return f"{part.hex(' '):<{step * 3}} {signs}"

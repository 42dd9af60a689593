"""Looking at a frame: as JSON with what is wrong at its place, or as the bytes that came."""

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import NamedTuple

from ocpp_console.glyphs import PLAIN, QUIET
from ocpp_console.protocol.findings import Finding
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.widgets.columns import Column, Piece
from ocpp_console.widgets.json_lines import JsonLine, ancestors, deep_paths, json_lines, paths_with, value_at_path
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
        self._outside = 0
        self.key_names: dict[str, str] = {"list.open": "fold"}
        """What the footer calls a key while this has the focus."""

    def show(self, value: JsonValue, findings: Sequence[Finding]) -> None:
        """Show another value; a long one is folded below depth two."""
        self._value, self._findings = value, findings
        self._folded = set()
        self._written = json_lines(value, findings, self._folded, UNFOLDED_LINES)
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

    @property
    def count(self) -> int:
        """Lines of the value, remarks included, before any is wrapped."""
        return len(self._written)

    @property
    def value(self) -> JsonValue:
        """All that is shown; None when it is a sentence."""
        return self._value

    def value_at(self, path: str) -> JsonValue:
        """The value at a path as lines carry it."""
        return value_at_path(self._value, path)

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
            self._fold(self._folded ^ {line.path}, line.name)

    def action_fold(self) -> None:
        """Fold the container under the cursor, or that around the value; of a folded one go to that around it."""
        line = self.record
        if line is None or not line.path:
            return
        if line.foldable and line.path not in self._folded:
            self.action_open()
            return
        around = ["", *ancestors(self._value, line.path)]
        self.to_path(around[-1])

    def action_unfold(self) -> None:
        """Unfold the container under the cursor; else one line down."""
        line = self.record
        if line is not None and line.foldable and line.path in self._folded:
            self.action_open()
        else:
            self.action_move(1)

    def action_unfold_all(self) -> None:
        """Unfold everything; when nothing is folded, fold below depth one."""
        line = self.record
        self._fold(set() if self._folded else deep_paths(self._value, 1), line.name if line is not None else "")

    def _fold(self, folded: set[str], name: str) -> None:
        """Other containers are folded from now on; the cursor stays on the line with this name."""
        self._folded = folded
        self._written = json_lines(self._value, self._findings, self._folded)
        self.seek(name)
        self.poke()

    def to_path(self, path: str) -> bool:
        """Put the cursor on the value at `path`, unfolding what is around it; False when no line shows it."""
        around = set(ancestors(self._value, path)) | {""}
        if self._folded & around:
            self._fold(self._folded - around, "")
        line = next((line for line in self._written if line.path == path and line.name[0] != "!"), None)
        if line is None:
            return False
        self.seek(line.name)
        self._go(self.view.cursor)
        return True

    def step(self, step: int, *, text: str = "") -> bool:
        """To the next (1) or previous (-1) remark, or value that has `text`; False when none is left that way.

        Values in folded containers are found as well: those are unfolded.
        """
        if text:
            return self._step_to_text(step, text)
        places = [at for at, row in enumerate(self._fitted()) if row.name[0] == "!" and "+" not in row.name]
        return self._step_to(places, step)

    def edge(self, step: int) -> None:
        """The cursor before the first line, as it were (1), or after the last (-1), so that a step finds the first."""
        self._outside = step

    def _step_to(self, places: Sequence[int], step: int) -> bool:
        """Put the cursor on the next of these rows."""
        here = self.view.cursor if self.record is not None else 0
        if self._outside:
            here, self._outside = (-1 if step > 0 else len(self._fitted())), 0
        left = [at for at in places if (at > here if step > 0 else at < here)]
        if left:
            self._go(left[0] if step > 0 else left[-1])
        return bool(left)

    def _step_to_text(self, step: int, text: str) -> bool:
        """Put the cursor on the next value or name with this text."""
        hits = paths_with(self._value, text)
        folded = {path for hit in hits for path in ancestors(self._value, hit)} & self._folded
        if folded:
            line = self.record
            self._fold(self._folded - folded, line.name if line is not None else "")
        wanted = set(hits)
        rows = self._fitted()
        places = [at for at, row in enumerate(rows) if row.path in wanted and row.name[-1] in "=("]
        if not wanted:  # a sentence, or remarks
            sought = text.casefold()
            places = [at for at, row in enumerate(rows) if sought in "".join(part for part, _ in row.parts).casefold()]
        return self._step_to(places, step)


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

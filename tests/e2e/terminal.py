"""A terminal as far as the console needs one: what stands in its cells, and everything it was asked to obey."""

import codecs
import re
import unicodedata

from rich.cells import get_character_cell_size

_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC, DCS, SOS, PM, APC
    r"|\x1b(?![\[\]PX^_])[ -/]*[0-~]"
)
_COLOUR = re.compile(r"([34]8);(?:5;\d+|2;\d+;\d+;\d+)")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
JOINER = "\u200d"


class Terminal:
    """Cells of text without their colours, private modes, and the kinds of sequences that came."""

    def __init__(self, columns: int, rows: int) -> None:
        """Blank, with the cursor at home."""
        self.columns, self.rows = columns, rows
        self.sequences: set[str] = set()
        """Each kind that came: `CSI H`, `SGR 38:2`, `CSI ?1049h`, `OSC 52`, `C0 0x07`, `U+202E`."""
        self.modes: dict[str, bool] = {}
        """The private modes that were touched, as they are."""
        self.frames = 0
        """Synchronized updates that ended."""
        self.colours: set[str] = set()
        """The parameters of every SGR that chose a colour."""
        self.clipboard: list[str] = []
        """What was put into the clipboard by OSC 52, still in base64."""
        self.beyond_ascii: set[str] = set()
        """Characters beyond ASCII that were written."""
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self._rest = ""
        self._at = [0, 0]
        self._frozen: str | None = None
        self._cells: list[list[str]] = []
        self._clear()

    def resize(self, columns: int, rows: int) -> None:
        """Another size; what was drawn is gone, as programs draw everything again."""
        self.columns, self.rows = columns, rows
        self._clear()

    @property
    def lines(self) -> list[str]:
        """What can be read, line by line."""
        return ["".join(row).rstrip() for row in self._cells]

    @property
    def text(self) -> str:
        """All lines; while a frame is being drawn, those before it."""
        return self._frozen if self._frozen is not None else "\n".join(self.lines)

    def feed(self, data: bytes) -> None:
        """Obey what the program wrote; bytes that are not UTF-8 raise."""
        text = self._rest + self._decoder.decode(data)
        at = 0
        while at < len(text):
            char = text[at]
            if char != "\x1b":
                self._put(char)
                at += 1
                continue
            found = _SEQUENCE.match(text, at)
            if found is None:
                break
            self._obey(found[0])
            at = found.end()
        self._rest = text[at:]

    def _obey(self, sequence: str) -> None:
        if sequence[1] == "[":
            self._control(sequence[2:-1], sequence[-1])
        elif sequence[1] == "]":
            number, _, rest = sequence[2:].rstrip("\x07\x1b\\").partition(";")
            self.sequences.add(f"OSC {number}")
            if number == "52":
                self.clipboard.append(rest.partition(";")[2])
        else:
            self.sequences.add(f"ESC {sequence[1:]!r}")

    def _control(self, parameters: str, final: str) -> None:
        if final == "m":
            self._look(parameters)
            return
        if final == "H":
            line, _, column = parameters.partition(";")
            self._at = [int(line or 1) - 1, int(column or 1) - 1]
            self.sequences.add("CSI H")
            return
        if final == "J":
            self._clear()
        elif final in "hl" and parameters.startswith("?"):
            self.modes[parameters[1:]] = final == "h"
            if parameters == "?2026":
                self._frozen = self.text if final == "h" else None
                self.frames += final == "l"
        self.sequences.add(f"CSI {parameters}{final}")

    def _look(self, parameters: str) -> None:
        """Colours and styles: noted by kind."""
        for colour in _COLOUR.finditer(parameters):
            self.sequences.add(f"SGR {colour[1]}")
            self.colours.add(colour[0])
        for each in _COLOUR.sub("", parameters).split(";"):
            if each:
                self.sequences.add(f"SGR {each}")
                if 30 <= int(each) <= 49 or 90 <= int(each) <= 107:
                    self.colours.add(each)

    def _put(self, char: str) -> None:
        """One character at the cursor."""
        if unicodedata.category(char) in _HIDDEN and char != JOINER:
            self.sequences.add(f"{'C0 ' if ord(char) < 32 else ''}U+{ord(char):04X}")
            if char == "\n":
                self._at[0] += 1
            if char in "\r\n":
                self._at[1] = 0
            return
        if not char.isascii():
            self.beyond_ascii.add(char)
        width = get_character_cell_size(char)
        line, column = self._at
        if not (0 <= line < self.rows and 0 <= column < self.columns):
            return
        row = self._cells[line]
        if not width:
            row[max(0, column - 1)] += char
            return
        row[column : column + width] = [char, *[""] * (width - 1)][: self.columns - column]
        self._at[1] += width

    def _clear(self) -> None:
        self._cells = [[" "] * self.columns for _ in range(self.rows)]

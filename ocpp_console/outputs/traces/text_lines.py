"""The lines of a file as UTF-8, whatever its encoding: with or without BOM, UTF-16, packed with gzip."""

import codecs
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TextIO, cast

LONGEST_LINE = 16 * 1024 * 1024
"""Characters; longer lines are passed over and counted. A frame of OCPP is at most some hundred kilobytes."""

_PEEKED = 64 * 1024
_UNPACKED = 4096
"""Bytes that are unpacked at once; so many at most are lost before a place that is damaged."""

_GZIP = 16 + zlib.MAX_WBITS
_MAGIC = b"\x1f\x8b"


class Line(NamedTuple):
    """One line of a file."""

    number: int
    text: str
    """Without its end. Bytes that are no UTF-8 are held as lone surrogates, so that they come back exactly."""
    problem: str = ""
    """Why it was not read; `text` is then its beginning."""


class _Unpacked(io.RawIOBase):
    """A file packed with gzip. What comes before a place where it is broken off or damaged is not lost."""

    def __init__(self, packed: "io.BufferedReader[Any]") -> None:
        """Nothing is unpacked yet."""
        self._packed = packed
        self._unpack = zlib.decompressobj(_GZIP)
        self.broken = ""
        """Why it ends before its end; empty while all is well."""

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, into: Any) -> int:
        """The next bytes; 0 at the end, be it the right one or not."""
        while not self.broken:
            more = self._unpack.unconsumed_tail or self._unpack.unused_data or self._packed.read1(_UNPACKED)
            if self._unpack.eof:
                if not more.startswith(_MAGIC):
                    return 0  # padding, or the end
                self._unpack = zlib.decompressobj(_GZIP)
            try:
                data = self._unpack.decompress(more, min(len(into), _UNPACKED))
            except zlib.error:
                self.broken = "the packed file is damaged"
                return 0
            if data:
                into[: len(data)] = data
                return len(data)
            if not more:
                self.broken = "the packed file breaks off"
        return 0


class TextFile:
    """A file that is read once, from its beginning, in pieces."""

    def __init__(self, path: Path) -> None:
        """Open it. Raises OSError when that is not possible."""
        self._bytes: BinaryIO = path.open("rb")
        self.size = path.stat().st_size
        """Bytes in the file, 0 when it is a pipe."""
        stream = io.BufferedReader(cast(io.RawIOBase, self._bytes), _PEEKED)
        self._packed: _Unpacked | None = None
        if stream.peek(2)[:2] == _MAGIC:
            self._packed = _Unpacked(stream)
            stream = io.BufferedReader(self._packed, _PEEKED)
        self._stream = stream
        try:
            start = stream.peek(4)[:4]
        except OSError:
            start = b""
        self.encoding = _encoding(start)
        """As it was recognised by the first bytes."""
        errors = "surrogateescape" if self.encoding.startswith("utf-8") else "replace"
        self._end = _line_end(self.head())
        self._text: TextIO = io.TextIOWrapper(stream, self.encoding, errors, newline=self._end)

    @property
    def done(self) -> int:
        """Bytes of the file that were read so far."""
        return 0 if self._bytes.closed else self._bytes.tell()

    def head(self) -> str:
        """The first characters, which are read again by whoever reads on; ends anywhere."""
        try:
            peeked = self._stream.peek(_PEEKED)[:_PEEKED]
        except OSError:
            return ""
        return peeked.decode(self.encoding, "replace")

    def read(self, characters: int) -> str:
        """The next characters; empty at the end. A packed file that breaks off ends there."""
        try:
            return self._text.read(characters)
        except (OSError, UnicodeError):
            return ""

    def lines(self) -> Iterator[Line]:
        """Every line from here on, numbered from 1."""
        number = 0
        while True:
            number += 1
            try:
                text = self._text.readline(LONGEST_LINE)
                long = len(text) == LONGEST_LINE and not text.endswith(self._end)
                if long:
                    self._skip_line()
            except (OSError, UnicodeError) as error:
                yield Line(number, "", f"the file cannot be read on from here: {_reason(error)}")
                return
            if not text:
                if self._packed is not None and self._packed.broken:
                    yield Line(number, "", f"the file cannot be read on from here: {self._packed.broken}")
                return
            problem = f"longer than {LONGEST_LINE // 1024 // 1024} MiB, which no message is" if long else ""
            yield Line(number, text.rstrip("\r\n")[: 200 if long else None], problem)

    def _skip_line(self) -> None:
        """Read to the end of a line that is too long."""
        while (text := self._text.readline(LONGEST_LINE)) and not text.endswith(self._end):
            pass

    def close(self) -> None:
        """Let go of the file."""
        self._text.close()
        self._bytes.close()


def _encoding(start: bytes) -> str:
    """The encoding by the first bytes: a BOM, or a NUL beside the first character, which is ASCII in all we read."""
    if start.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if len(start) >= 2 and (start[0] == 0) != (start[1] == 0):
        return "utf-16-be" if start[0] == 0 else "utf-16-le"
    return "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else "utf-8"


def _line_end(head: str) -> str:
    """How lines end, by the first characters of a file; alone a carriage return, as old terminal programs write."""
    return "\r" if "\r" in head.rstrip("\r") and "\n" not in head else "\n"


def _reason(error: Exception) -> str:
    """Why reading ended, in words."""
    return getattr(error, "strerror", None) or str(error)

"""Texts to look for in stored frames, as SQL that is quick."""

import json
from collections.abc import Sequence
from typing import Any

from ocpp_console.store.rows import BLOB
from ocpp_console.store.words import to_bytes

_LONGEST_TEXT = 2_000
"""Characters; SQLite takes patterns of up to 50,000 bytes, and one character may be fourteen of them."""

_COMMON = 'e",taonirsl:dmcp[u}{]bgf-hv0yTSw1.2_CEV53R64kM879xPAIBONDjqLzFGHUWZKXQYJ'
"""Characters of OCPP frames, the commonest first; others are rarer still."""

_RARITY = {ord(character): place for place, character in enumerate(_COMMON)}


def needles_of(text: str) -> list[bytes]:
    """The byte strings that may stand for `text` in a frame: as it is, and with JSON escapes outside ASCII."""
    text = text[:_LONGEST_TEXT]
    if not text:
        return []
    plain = to_bytes(text)
    escaped = "".join(c if c.isascii() else json.dumps(c)[1:-1] for c in text).encode("ascii")
    return [plain] if plain == escaped else [plain, escaped]


def containing(
    needles: list[bytes], columns: Sequence[str] = ("frame", "reply"), mark: str = ""
) -> tuple[str, dict[str, Any]]:
    """The SQL for "one of `columns` contains one of them", and its parameters, whose names end with `mark`.

    LIKE looks for the first character of its pattern and compares there: for a text that begins with a common one, a
    pattern of its tail from the rarest character on comes first.
    """
    alternatives: list[str] = []
    parameters: dict[str, Any] = {}
    for number, needle in enumerate(needles):
        patterns = {f"like{number}{mark}": needle} if b"\0" not in needle else {}  # no text has one
        if patterns and (start := _rarest(needle)) > 0:
            patterns = {f"tail{number}{mark}": needle[start:]} | patterns
        escape = " ESCAPE '\\'" if _escaped(needle) != needle else ""  # it costs a tenth of the time
        for column in columns if patterns else ():
            likes = [f"f.{column} LIKE CAST(:{name} AS TEXT){escape}" for name in patterns]
            alternatives.append(f"({' AND '.join(likes)})")
        alternatives.append(f"(f.kind >= {BLOB} AND instr(f.frame, :bytes{number}{mark}))")
        parameters |= {name: b"%" + _escaped(pattern) + b"%" for name, pattern in patterns.items()}
        parameters[f"bytes{number}{mark}"] = needle
    return " OR ".join(alternatives), parameters


def _escaped(needle: bytes) -> bytes:
    """For a LIKE pattern whose escape character is the backslash."""
    return needle.replace(b"\\", b"\\\\").replace(b"%", b"\\%").replace(b"_", b"\\_")


def _rarest(needle: bytes) -> int:
    """Where the ASCII character stands that frames contain least, the last one excepted: a tail of one tells little."""
    candidates = [position for position in range(len(needle) - 1) if needle[position] < 0x80]
    return max(candidates, key=lambda position: _RARITY.get(needle[position], len(_RARITY)), default=0)

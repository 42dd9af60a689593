"""Makes text from a station safe to draw: what a terminal would obey or hide becomes something to read.

A terminal executes escape sequences wherever they appear, so a vendor name may clear the screen or write the
clipboard; bidirectional overrides and invisible characters make one identity look like another. Every string that
came over the wire passes `visible` once before it is drawn, printed or copied.
"""

import re

ELLIPSIS = "…"

_LONE = {i: chr(0x2400 + i) for i in range(0x20)} | {0x0A: "␤", 0x09: "␉", 0x7F: "␡"}
"""Controls with a picture of their own."""

_HIDDEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\U000e0100-\U000e01ef]")
"""Characters that Python calls printable (marks and letters to Unicode) and that nobody can see."""

_ZWJ = "\u200d"
_VARIATION = "\ufe0f"
_EMOJI = re.compile("[\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
"""The blocks from which joined emoji are made."""


def visible(text: str, limit: int = 200) -> str:
    r"""`text` in at most `limit` characters, none of which a terminal obeys or hides.

    Controls become their pictures (`␛[2J`), everything else that cannot be seen `\u202e`; what did not fit is counted
    at the end (`…+9800`). Ordinary letters of every script stay, and so do emoji joined by U+200D. Applying it twice
    changes nothing.
    """
    # `isprintable` is false for exactly the categories Cc, Cf, Cs, Co, Cn, Zl, Zp, and for spaces other than " ".
    if len(text) <= limit and text.isprintable() and (text.isascii() or _HIDDEN.search(text) is None):
        return text
    return _rewrite(text, limit)


def _rewrite(text: str, limit: int) -> str:
    """The slow half of `visible`; looks at no more than `limit` + 1 characters of `text`."""
    shown: list[str] = []
    room = limit
    for index, char in enumerate(text[: limit + 1]):
        piece = _piece(text, index, char)
        room -= len(piece)
        if room < 0:
            return _cut(shown, len(text), limit)
        shown.append(piece)
    return "".join(shown)


def _piece(text: str, index: int, char: str) -> str:
    """What is drawn for the one character `char` at `index` of `text`."""
    code = ord(char)
    if code in _LONE:
        return _LONE[code]
    if char == _ZWJ and _joins_emoji(text, index):
        return char
    if (char.isprintable() and _HIDDEN.match(char) is None) or (char.isspace() and _is_plain_space(code)):
        return char
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _is_plain_space(code: int) -> bool:
    """True for the spaces of category Zs that `isprintable` leaves out, such as U+00A0 and the ideographic U+3000."""
    return code in (0xA0, 0x1680, 0x202F, 0x205F, 0x3000) or 0x2000 <= code <= 0x200A


def _joins_emoji(text: str, index: int) -> bool:
    """Whether the joiner at `index` stands between two emoji; a variation selector may follow the first."""
    before = index - 1
    if before > 0 and text[before] == _VARIATION:
        before -= 1
    if before < 0 or index + 1 >= len(text):
        return False
    return all(_EMOJI.match(char) and char.isprintable() for char in (text[before], text[index + 1]))


def _cut(shown: list[str], length: int, limit: int) -> str:
    """As many whole pieces of `shown` as fit in `limit` together with the count of the characters left out."""
    kept = sum(map(len, shown))
    while shown:
        tail = f"{ELLIPSIS}+{length - len(shown)}"
        if kept + len(tail) <= limit and shown[-1] != _ZWJ:
            return "".join(shown) + tail
        kept -= len(shown.pop())
    tail = f"{ELLIPSIS}+{length}"
    return tail if len(tail) <= limit else ELLIPSIS[: max(limit, 0)]

"""Texts inside texts: what stands in base64 is looked into as well before a trace leaves."""

import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable

_PACKED = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/]{8,}={0,2}(?![\w+/=-])")
"""Words that base64 (RFC 4648, 4) may have made."""


def packed_text(text: str, cover: Callable[[str], str]) -> str:
    """A text in which whatever is base64 of a text was changed by `cover` and packed again."""

    def changed(found: re.Match[str]) -> str:
        """One such word, as it was when nothing in it changed."""
        inside = _unpacked(found[0])
        if inside is None:
            return found[0]
        covered = cover(inside)
        return found[0] if covered == inside else b64encode(covered.encode()).decode()

    return _PACKED.sub(changed, text)


def credentials(word: str) -> bool:
    """Whether this is base64 of a user and a password (RFC 7617, 2)."""
    inside = _unpacked(word)
    return inside is not None and ":" in inside


def _unpacked(word: str) -> str | None:
    """The text that a word is base64 of; None when it is that of no text that can be printed."""
    if len(word) % 4:
        return None
    try:
        inside = b64decode(word, validate=True).decode()
    except (Error, UnicodeDecodeError):
        return None
    return inside if inside.replace("\n", "").replace("\r", "").isprintable() else None

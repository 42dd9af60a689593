"""Regular expressions that cannot hang: matched in time proportional to the text, whatever the pattern.

Python's `re` tries every way of matching, which for `(a+)+$` takes longer than anybody lives. The engine here is that
of `jsonschema-rs`, which knows neither back references nor looking around, and therefore never has to try twice.
"""

import re

LONGEST_TEXT = 1 << 20
"""Characters of a text that are looked through."""

_PROGRAM_BYTES = 1 << 20
"""How large a pattern may become; `(a{1000}){1000}` is refused."""


_LITERAL = re.compile(r"[A-Za-z0-9 _-]{3,}")
_AMBIGUOUS = re.compile(r"[|()\\[\]]")


def literal_of(pattern: str) -> str:
    """A text that stands in whatever the pattern matches; empty when none is sure, or when it would be very short."""
    if _AMBIGUOUS.search(pattern):
        return ""
    certain = re.sub(r".(?:[*?]|\{[^}]*\}?)", "|", pattern)
    return max(_LITERAL.findall(certain), key=len, default="")


class Regex:
    """A pattern; letters match in either case."""

    def __init__(self, pattern: str) -> None:
        """Make it ready.

        Raises:
            ValueError: it is no pattern, or uses what this engine does not have.
        """
        from jsonschema_rs import RegexOptions, ValidationError, validator_for

        try:
            options = RegexOptions(size_limit=_PROGRAM_BYTES, dfa_size_limit=_PROGRAM_BYTES)
            self._validator = validator_for({"pattern": f"(?i){pattern}"}, pattern_options=options)
        except (ValidationError, ValueError) as error:
            raise ValueError(f"{pattern!r} is no regular expression") from error
        self.pattern = pattern

    def found_in(self, text: str) -> bool:
        """The pattern matches somewhere in `text`."""
        return self._validator.is_valid(text[:LONGEST_TEXT].encode("utf-8", "replace").decode())

    def found_in_frame(self, raw: bytes) -> bool:
        """The same in bytes: what is no UTF-8 counts as U+FFFD."""
        return self._validator.is_valid(raw.decode("utf-8", "replace")[:LONGEST_TEXT])

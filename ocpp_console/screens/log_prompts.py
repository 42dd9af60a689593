"""The lines that the message log asks for: what to look for, and a time to go to. Each stays until it can be used."""

import re
from collections.abc import Callable

from ocpp_console.model.filter_values import moment
from ocpp_console.model.messages import FilterError, MessageFilter
from ocpp_console.screens.line_prompt import LinePrompt

DAY = 86_400_000_000
"""Microseconds."""
_CLOCK_ONLY = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?")


class SoughtPrompt(LinePrompt[MessageFilter]):
    """Asks for what the log is searched for."""

    def __init__(self, parse: Callable[[str], MessageFilter | FilterError], before: str) -> None:
        """`parse` reads a filter; `before` was looked for last."""
        question = "Look for what, in the rows shown? A text or a filter. Rows that have it get a *; p goes up, n down."
        super().__init__(question, before, "Search")
        self._parse = parse

    def read(self, text: str) -> tuple[MessageFilter | None, str]:
        """The filter, or which word of it is at fault."""
        if not text.strip():
            return None, "Nothing to look for: type a text, or ~word value; esc closes."
        words = self._parse(text)
        return (None, words.told) if isinstance(words, FilterError) else (words, "")


class TimePrompt(LinePrompt[int]):
    """Asks for a time; gives µs UTC."""

    def __init__(self, clock: Callable[[], int]) -> None:
        """`clock` tells the present, to which short times are relative."""
        super().__init__("To which time (UTC)? 14:03, 2026-11-20, 2026-11-20 14:03:21, or -10m, -2h, -1d.", "", "Go")
        self._clock = clock

    def read(self, text: str) -> tuple[int | None, str]:
        """The time; a time of day that is still to come was meant yesterday."""
        line, now = text.strip().lower(), self._clock()
        at = moment(line, now)
        if at is None:
            return None, f"“{text.strip()}” is no time: 14:03, 2026-11-20 14:03, or -10m for ten minutes ago."
        return (at - DAY if at > now and _CLOCK_ONLY.fullmatch(line) else at), ""

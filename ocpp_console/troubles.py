"""Troubles of the console itself: kept until the operator has seen them, or until they are over."""

from collections import deque
from typing import NamedTuple

from ocpp_console.protocol.findings import Severity

MOST = 100


class Notice(NamedTuple):
    """One trouble."""

    at: int
    severity: Severity
    text: str


class Troubles(deque[Notice]):
    """The newest are at the end; the oldest give way."""

    def __init__(self) -> None:
        """None so far."""
        super().__init__(maxlen=MOST)

    def withdraw(self, text: str) -> None:
        """What `text` says holds no more: a status line must not go on saying it."""
        for notice in [each for each in self if each.text == text]:
            self.remove(notice)

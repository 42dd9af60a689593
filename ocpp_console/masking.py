"""Passwords in URLs: hidden in everything that is printed, stored or shown."""

import re

MASK = "***"
_PASSWORD = re.compile(r"(?<=://)([^/@:\s]*):[^/\s]*(?=@)")
"""Greedy: whatever stands before the last `@` of the authority is secret, however badly it is typed."""


def masked(text: str) -> str:
    """`text` with the password of each URL in it hidden."""
    return _PASSWORD.sub(rf"\1:{MASK}", text)

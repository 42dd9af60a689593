"""The local authorization list of a station."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class LocalList:
    """Tokens with what is known of them, and the version of the whole."""

    version: int = 0
    entries: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def update(self, version: int, full: bool, entries: Mapping[str, Mapping[str, Any] | None]) -> bool:
        """Take a full or differential update; False when a differential one is not newer (VersionMismatch)."""
        if full:
            self.entries = {}
        elif version <= self.version:
            return False
        for token, info in entries.items():
            if info is None:
                self.entries.pop(token, None)
            else:
                self.entries[token] = info
        self.version = version
        return True

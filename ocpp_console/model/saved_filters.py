"""Filters that are kept: those with a name, and the last ones that were used."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

LONGEST_NAME = 60
MOST_RECENT = 50
MOST_NAMED = 500
"""How many the API keeps under names."""
LONGEST_FILTER = 2_000
RECENT = ""
"""The name under which the last ones are kept; no filter of the user's has an empty one."""

Keep = Callable[[str, dict[str, Any]], None]


class SavedFilters:
    """Filters by name (in any case the same), in the order of names; and a history, oldest first."""

    def __init__(
        self, keep: Keep = lambda name, document: None, drop: Callable[[str], None] = lambda name: None
    ) -> None:
        """`keep` stores a document under a name, `drop` removes one."""
        self._keep, self._drop = keep, drop
        self._texts: dict[str, tuple[str, str]] = {}
        self.recent: list[str] = []
        """Filters that were used, the latest last."""

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """(name, filter) by name."""
        return iter(self._texts[key] for key in sorted(self._texts))

    def __len__(self) -> int:
        """How many have a name."""
        return len(self._texts)

    def get(self, name: str) -> str | None:
        """The filter of this name."""
        found = self._texts.get(name.casefold())
        return found[1] if found is not None else None

    def named(self, name: str) -> tuple[str, str] | None:
        """(name as it was given, filter) of this name."""
        return self._texts.get(name.casefold())

    def restore(self, document: Mapping[str, Any]) -> None:
        """What was kept in an earlier run; what is no such document is passed over."""
        name, text, recent = document.get("name"), document.get("filter"), document.get("recent")
        if isinstance(recent, list):
            self.recent = [each for each in recent if isinstance(each, str)][-MOST_RECENT:]
        elif isinstance(name, str) and name and isinstance(text, str):
            self._texts[name.casefold()] = name, text

    def put(self, name: str, text: str) -> None:
        """Keep a filter under a name; one of the same name is replaced."""
        name = name.strip()[:LONGEST_NAME]
        if name:
            self._texts[name.casefold()] = name, text
            self._keep(name, {"name": name, "filter": text})

    def remove(self, name: str) -> bool:
        """Forget a filter; False when there is none of this name."""
        if self._texts.pop(name.casefold(), None) is None:
            return False
        self._drop(name)
        return True

    def used(self, text: str) -> None:
        """A filter was used: it is the latest of the history now."""
        text = text.strip()
        if not text or len(text) > LONGEST_FILTER or (self.recent and self.recent[-1] == text):
            return
        self.recent = [*[each for each in self.recent if each != text][1 - MOST_RECENT :], text]
        self._keep(RECENT, {"recent": self.recent})

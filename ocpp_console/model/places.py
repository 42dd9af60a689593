"""Where a tag may charge: stations by name or pattern, each with or without an EVSE (`AC-*, DC-01/2`)."""

import re
from fnmatch import fnmatchcase
from functools import lru_cache

EVERYWHERE: tuple[int, ...] = ()
"""The answer of `evses_at` for a station whose every EVSE is allowed."""

_SEPARATORS = re.compile(r"[,;]")


@lru_cache(maxsize=4096)
def _read(places: str) -> tuple[tuple[str, int], ...]:
    """(pattern in small letters, EVSE or 0 for any) of each entry."""
    found = []
    for entry in _SEPARATORS.split(places.casefold()):
        name, slash, number = entry.strip().rpartition("/")
        if slash and number.isdecimal() and number.isascii() and len(number) <= 9:
            found.append((name.strip(), int(number)))
        elif entry.strip():
            found.append((entry.strip(), 0))
    return tuple(found)


def evses_at(places: str, station: str) -> tuple[int, ...] | None:
    """The EVSEs (1.6: connectors) of a station that `places` allow: empty for all of them, None for none."""
    if not places.strip() or not station:
        return EVERYWHERE
    folded = station.casefold()
    numbers = [number for pattern, number in _read(places) if fnmatchcase(folded, pattern)]
    if not numbers:
        return None
    return EVERYWHERE if 0 in numbers else tuple(sorted(set(numbers)))

"""Names as numbers: a station or an action is written out once and is a small integer in every row."""

from collections.abc import Iterable

STATION = "station"
ACTION = "action"
_LONGEST_ACTION = 100
_MOST_ACTIONS = 4_096
"""OCPP knows about a hundred; a station that invents names all day must not fill memory and disk."""


def to_bytes(text: str) -> bytes:
    """UTF-8, with lone surrogates (which a station may well send) as they are."""
    return text.encode("utf-8", "surrogatepass")


def to_text(raw: bytes) -> str:
    """The way back; total."""
    return raw.decode("utf-8", "surrogatepass") if isinstance(raw, bytes) else str(raw)


class Words:
    """Both directions between names and numbers, and what the file has not been told yet."""

    def __init__(self, rows: Iterable[tuple[int, bytes, bytes]] = ()) -> None:
        """`rows` of the table, as bytes: (id, role, text)."""
        self.stations: dict[str, int] = {}
        self.actions: dict[str, int] = {}
        self.texts: dict[int | None, str] = {None: ""}
        """Text by number; the empty one for no number."""
        self.fresh: list[tuple[int, str, bytes]] = []
        """New rows, to be stored before the first fact that refers to them."""
        self._last = 0
        for number, role, raw in rows:
            self._enter(number, to_text(role), to_text(raw))

    def _enter(self, number: int, role: str, text: str) -> None:
        """Learn one pair."""
        (self.stations if role == STATION else self.actions)[text] = number
        self.texts[number] = text
        self._last = max(self._last, number)

    def station(self, text: str) -> int | None:
        """The number of a station, a new one if need be; None for the empty name."""
        return self.stations.get(text) or (self._add(STATION, text) if text else None)

    def action(self, text: str) -> int | None:
        """The number of an action; None for names that are empty, too long or too many."""
        known = self.actions.get(text)
        if known is None and text and len(text) <= _LONGEST_ACTION and len(self.actions) < _MOST_ACTIONS:
            return self._add(ACTION, text)
        return known

    def _add(self, role: str, text: str) -> int:
        """Give out the next number."""
        number = self._last + 1
        self._enter(number, role, text)
        self.fresh.append((number, role, to_bytes(text)))
        return number

"""Originals that are known, found again inside any text. Fast however many there are."""

import re
from collections import defaultdict

SHORTEST = 2
_GLUED = 8
"""Characters from which on an original is also found inside a longer word, as in names of files; shorter ones would be
found there by chance."""
_SHORTEST_FOLDED = 4
"""Characters from which on large and small letters are the same."""
_SMALL = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
"""ASCII alone: the length stays."""


class KnownNames:
    """What has to be replaced wherever it stands, and by what."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._names: dict[str, str] = {}
        self._folded: dict[str, str] = {}
        """The same in small letters, for those that are long enough: names of files are often written so."""
        self._lengths: dict[str, list[int]] = {}
        """Lengths of the originals that begin with these two characters, the longest first."""
        self._begin: re.Pattern[str] | None = None

    def add(self, original: str, name: str) -> None:
        """Know one more, of two characters or more; the first name of an original is kept."""
        if original in self._names:
            return
        self._names[original] = name
        if len(original) >= _SHORTEST_FOLDED:
            self._folded.setdefault(original.translate(_SMALL), name)
        lengths = self._lengths.setdefault(original[:SHORTEST].translate(_SMALL), [])
        if len(original) not in lengths:
            if not lengths:
                self._begin = None
            lengths.append(len(original))
            lengths.sort(reverse=True)

    def cover(self, text: str) -> str:
        """The text with everything known in it replaced, the longest first."""
        if not self._lengths or len(text) < SHORTEST:
            return text
        begin = self._begin = self._begin or _beginnings(self._lengths)
        small = text.translate(_SMALL)
        pieces: list[str] = []
        done = at = 0
        while (found := begin.search(small, at)) is not None:
            at = found.start()
            length = next((size for size in self._lengths[found[1]] if self._stands(text, at, size)), 0)
            if length:
                pieces += (text[done:at], self._name_of(text[at : at + length]))
                at = done = at + length
            else:
                at += 1
        return "".join((*pieces, text[done:])) if pieces else text

    def _name_of(self, word: str) -> str:
        """What replaces a word; empty when it is not known."""
        return self._names.get(word) or self._folded.get(word.translate(_SMALL), "")

    def _stands(self, text: str, at: int, size: int) -> bool:
        """An original of this length stands here; a short one not as a part of a longer word."""
        end = at + size
        if not self._name_of(text[at:end]):
            return False
        before = at > 0 and text[at - 1].isalnum() and text[at].isalnum()
        after = end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
        return size >= _GLUED or not (before or after)


def _beginnings(pairs: dict[str, list[int]]) -> re.Pattern[str]:
    """Finds the places at which one of the pairs of characters stands, by their first and second."""
    seconds: dict[str, list[str]] = defaultdict(list)
    for pair in pairs:
        seconds[pair[0]].append(pair[1])
    either = "|".join(f"{re.escape(one)}[{re.escape(''.join(others))}]" for one, others in seconds.items())
    return re.compile(f"(?=({either}))")

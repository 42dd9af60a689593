"""Cutting and padding text to a number of terminal cells. Counts cells, never characters: 中 takes two."""

from rich.cells import cell_len, set_cell_size

ELLIPSIS = "…"


def cells(text: str) -> int:
    """How many terminal cells `text` takes."""
    return len(text) if text.isascii() else cell_len(text)


def cut_end(text: str, width: int) -> str:
    """At most `width` cells; what does not fit is replaced by an ellipsis at the end."""
    if cells(text) <= width:
        return text
    if width <= 1:
        return ELLIPSIS if width == 1 else ""
    return set_cell_size(text, width - 1).rstrip() + ELLIPSIS


def cut_middle(text: str, width: int) -> str:
    """At most `width` cells; the middle goes, because identities differ at their ends."""
    if cells(text) <= width:
        return text
    if width <= 2:
        return cut_end(text, width)
    tail = (width - 1) // 2
    head = width - 1 - tail
    return set_cell_size(text, head) + ELLIPSIS + last_cells(text, tail)


def last_cells(text: str, width: int) -> str:
    """The end of `text` in exactly `width` cells; a half wide character becomes a space."""
    taken = 0
    start = len(text)
    while start and taken < width:
        start -= 1
        taken += cells(text[start])
    if taken > width:
        return " " + text[start + 1 :]
    return text[start:]


def fit(text: str, width: int, *, right: bool = False, middle: bool = False) -> str:
    """Exactly `width` cells: cut when too long, padded when too short."""
    if len(text) <= width and text.isascii():
        return text.rjust(width) if right else text.ljust(width)
    if width <= 0:
        return ""
    text = cut_middle(text, width) if middle else cut_end(text, width)
    blank = " " * (width - cells(text))
    return blank + text if right else text + blank

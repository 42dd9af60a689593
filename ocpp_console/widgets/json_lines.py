"""JSON as lines to look at: indented, foldable, with what is wrong said under the line it concerns."""

import json
from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from ocpp_console.glyphs import ATTENTION, BUSY, GOOD, PLAIN, QUIET, STRONG, WRONG
from ocpp_console.protocol.findings import Finding, Severity
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.widgets.columns import Piece

MOST_LINES = 50_000
MOST_DEPTH = 40
LONGEST = 2_000
"""Characters of one string that are looked at; the raw view has all of them."""


class JsonLine(NamedTuple):
    """One line: a value, a bracket, or a remark."""

    name: str
    """Unique among the lines of a value."""
    path: str
    """Of the value, as findings spell it."""
    parts: tuple[Piece, ...]
    foldable: bool = False


def json_lines(
    value: JsonValue, findings: Sequence[Finding], folded: Container[str], most: int = MOST_LINES
) -> list[JsonLine]:
    """The lines of `value`, at most so many; what is odd about a place that is missing or folded stands above it."""
    writer = _Writer(findings, folded)
    lines: list[JsonLine] = []
    for line in writer.value("", "", None, value, 0):
        lines.append(line)
        if len(lines) >= most:
            lines.append(JsonLine("end", "", (("… too long to show in full; the raw view has it", ATTENTION),)))
            break
    return [*writer.leftovers(), *lines]


def value_at_path(value: JsonValue, wanted: str) -> JsonValue:
    """The value at a path as lines carry it; None when there is none."""
    path = ""
    while path != wanted:
        inner = _children(path, value) if isinstance(value, dict | list) else []
        step = next((each for each in inner if each[0][1] == wanted or _is_below(wanted, each[0][1])), None)
        if step is None:
            return None
        (_, path), value = step
    return value


def ancestors(value: JsonValue, wanted: str) -> list[str]:
    """The paths of the containers around the value at a path, the outermost (which is the whole, "") left out."""
    path, found = "", []
    while path != wanted and isinstance(value, dict | list):
        step = next(
            (each for each in _children(path, value) if each[0][1] == wanted or _is_below(wanted, each[0][1])), None
        )
        if step is None:
            break
        (_, path), value = step
        if path != wanted:
            found.append(path)
    return found


def paths_with(value: JsonValue, text: str) -> list[str]:
    """The paths of everything whose name or value has `text` in it, whatever the case, in the order of the lines."""
    wanted, found = text.casefold(), []
    left: list[tuple[str | None, str, JsonValue]] = [(None, "", value)]
    while left:
        name, path, held = left.pop()
        inner = isinstance(held, dict | list) and held
        shown = "" if inner else held if isinstance(held, str) else json.dumps(held)
        if path and (wanted in shown.casefold() or (name is not None and wanted in name.casefold())):
            found.append(path)
        if inner:
            left += reversed([(label, place, each) for (label, place), each in _children(path, held)])
    return found


def deep_paths(value: JsonValue, depth: int) -> set[str]:
    """The paths of all non-empty containers at `depth` and below, to be folded at first."""
    found: set[str] = set()

    def visit(path: str, child: JsonValue, level: int) -> None:
        if level > MOST_DEPTH or not isinstance(child, dict | list) or not child:
            return
        if level >= depth:
            found.add(path)
        for step, inner in _children(path, child):
            visit(step[1], inner, level + 1)

    visit("", value, 0)
    return found


def _children(path: str, value: JsonValue) -> list[tuple[tuple[str | None, str], JsonValue]]:
    """((label, path), value) of everything directly in a container."""
    if isinstance(value, dict):
        return [((key, f"{path}.{key}" if path else key), inner) for key, inner in value.items()]
    return [((None, f"{path}[{index}]"), inner) for index, inner in enumerate(value)]


class _Writer:
    """Writes lines and keeps which findings have found their place."""

    def __init__(self, findings: Sequence[Finding], folded: Container[str]) -> None:
        self._left = list(findings)
        self._near = {finding.path[:at] for finding in findings for at in _ends(finding.path)}
        """The places of all findings and everything around them: of others there is nothing to say."""
        self._folded = folded
        self._remarks = 0

    def value(
        self, place: str, path: str, label: str | None, value: JsonValue, depth: int, comma: str = ""
    ) -> Iterator[JsonLine]:
        """The lines of one value and of everything in it; `place` counts positions, so that it is unique."""
        head: list[Piece] = [("  " * depth, PLAIN)]
        if label is not None:
            head += [(json.dumps(label, ensure_ascii=False), STRONG), (": ", QUIET)]
        if not isinstance(value, dict | list) or not value or depth >= MOST_DEPTH:
            yield JsonLine(f"{place}=", path, (*head, *_leaf(value), (comma, QUIET)))
            yield from self._remarked(path, depth)
            return
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        if path in self._folded:
            count = f" {len(value)} {'fields' if opening == '{' else 'items'} "
            yield JsonLine(f"{place}(", path, (*head, ("▸ ", BUSY), (opening + count + closing + comma, QUIET)), True)
            yield from self._remarked(path, depth)
            return
        yield JsonLine(f"{place}(", path, (*head, (opening, QUIET)), True)
        children = _children(path, value)
        yield from self._remarked(path, depth + 1, [inner_path for (_, inner_path), _ in children])
        for index, ((inner_label, inner_path), inner) in enumerate(children):
            last = index == len(children) - 1
            inner_place = f"{place}/{index}"
            yield from self.value(inner_place, inner_path, inner_label, inner, depth + 1, "" if last else ",")
        yield JsonLine(f"{place})", path, (("  " * depth, PLAIN), (closing + comma, QUIET)))

    def _remarked(self, path: str, depth: int, children: Sequence[str] | None = None) -> Iterator[JsonLine]:
        """Findings at `path` and below it; with `children` only those below that are in none of them."""
        if path not in self._near:
            return
        stay: list[Finding] = []
        for finding in self._left:
            here = bool(path) and finding.path == path
            lost = _is_below(finding.path, path) and not any(
                finding.path == child or _is_below(finding.path, child) for child in children or ()
            )
            if here or lost:
                yield self._remark(finding, path, depth)
            else:
                stay.append(finding)
        self._left = stay

    def leftovers(self) -> list[JsonLine]:
        """Findings about the frame as a whole; they stand above everything."""
        return [self._remark(finding, "", 0) for finding in self._left]

    def _remark(self, finding: Finding, path: str, depth: int) -> JsonLine:
        """What is wrong, in words; the place is named when the line above is not it."""
        self._remarks += 1
        tone = {Severity.INFO: QUIET, Severity.WARNING: ATTENTION}.get(finding.severity, WRONG)
        place = f"{finding.path}: " if finding.path != path else ""
        return JsonLine(f"!{self._remarks}", path, (("  " * depth, PLAIN), (f"▲ {place}{finding.text}", tone)))


def _ends(path: str) -> list[int]:
    """Where the path of something, and of each container around it, ends; names with dots in them give more."""
    return [0, *(at for at, sign in enumerate(path) if sign in ".["), len(path)]


def _is_below(path: str, ancestor: str) -> bool:
    """`path` is strictly inside `ancestor`; everything named is inside the root."""
    if not ancestor:
        return bool(path)
    return path.startswith((ancestor + ".", ancestor + "["))


def _leaf(value: JsonValue) -> tuple[Piece, ...]:
    """A value without children."""
    if isinstance(value, str):
        text = json.dumps(value[:LONGEST], ensure_ascii=False)
        rest = f" …+{len(value) - LONGEST}" if len(value) > LONGEST else ""
        return ((text, GOOD), (rest, QUIET))
    if isinstance(value, dict | list):
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        return ((opening + ("…" if value else "") + closing, QUIET),)
    return ((json.dumps(value), BUSY),)

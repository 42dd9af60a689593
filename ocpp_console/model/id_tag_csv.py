"""The idTag list as CSV, made to be edited in a spreadsheet and to survive one: `;` or `,`, with or without BOM."""

import csv
import io
from typing import NamedTuple

from ocpp_console.model.id_tags import LONGEST_TOKEN, STATUSES, IdTag, problem_of

COLUMNS = ("idTag", "status", "type", "parent", "expiry", "concurrent", "note")
"""As written; reading takes any order and the names below."""

MORE_COLUMNS = {"masterPass": "master_pass", "language": "language", "stations": "stations", "tariff": "tariff"}
"""Written behind the others when any tag has such a thing, and what they hold."""

_NAMES = {
    "idtag": "token",
    "token": "token",
    "idtoken": "token",
    "tag": "token",
    "uid": "token",
    "rfid": "token",
    "status": "status",
    "type": "type",
    "parent": "parent",
    "parentidtag": "parent",
    "group": "parent",
    "groupidtoken": "parent",
    "expiry": "expiry",
    "expirydate": "expiry",
    "validuntil": "expiry",
    "concurrent": "concurrent",
    "note": "note",
    "name": "note",
    "comment": "note",
    "masterpass": "master_pass",
    "masterpassgroup": "master_pass",
    "masterpassgroupid": "master_pass",
    "language": "language",
    "language1": "language",
    "stations": "stations",
    "allowedstations": "stations",
    "tariff": "tariff",
}
"""Column names, without case, blanks, `_` and `-`, and what they hold."""

_FORMULA_STARTS = "=+-@\t\r＝＋－＠"
"""Characters with which a cell becomes a formula in a spreadsheet, the full-width ones included."""

_SEPARATORS = (",", ";", "\t")
_NO = frozenset({"no", "false", "0", "n", "nein", "non"})
_VISIBLE_CONTROLS = {code: 0x2400 + code for code in range(32)} | {127: 0x2421}
_LONGEST_LINE = 100_000
"""Lines read from one file."""


class TagsRead(NamedTuple):
    """What became of a file of idTags."""

    new: int
    replaced: int
    """Tags that were in the list before."""
    problems: list[tuple[int, str]]
    """(line, sentence) for each line that gave no tag."""


class CsvReading(NamedTuple):
    """What a file holds."""

    tags: list[IdTag]
    problems: list[tuple[int, str]]
    """Line numbers from 1 and what is wrong there; those lines gave no tag."""


def to_csv(tags: list[IdTag], *, bom: bool = True) -> str:
    """The list as RFC 4180 text. The BOM makes spreadsheets read it as UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    more = {name: field for name, field in MORE_COLUMNS.items() if any(getattr(tag, field) for tag in tags)}
    writer.writerow([*COLUMNS, *more])
    for tag in tags:
        concurrent = "yes" if tag.concurrent else "no"
        cells = [tag.token, tag.status, tag.type, tag.parent, tag.expiry, concurrent, tag.note]
        cells += [getattr(tag, field) for field in more.values()]
        writer.writerow([_guarded(cell) for cell in cells])
    text = out.getvalue().encode("utf-8", "backslashreplace").decode("utf-8")
    return "\ufeff" + text if bom else text


def from_csv(data: str | bytes) -> CsvReading:
    """Read a list: the first line names the columns, or every line is a tag, its status and so on in our order."""
    content = (data if isinstance(data, str) else _decoded(data)).removeprefix("\ufeff")
    reading = CsvReading([], [])
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=_delimiter(content))
    columns: list[str] = []
    seen: dict[str, int] = {}
    try:
        for cells in reader:
            if reader.line_num > _LONGEST_LINE:
                reading.problems.append((reader.line_num, f"only {_LONGEST_LINE} lines are read"))
                break
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = _header(cells)
                if columns:
                    continue
                columns = [_NAMES[name.casefold()] for name in (*COLUMNS, *MORE_COLUMNS)]
            if len(cells) == 1 and len(columns) > 1 and (sign := _other_separator(cells[0], content)):
                text = f"its cells are separated by {sign}, those of the first line are not"
                reading.problems.append((reader.line_num, text))
                continue
            _read_line(reader.line_num, dict(zip(columns, cells, strict=False)), reading, seen)
    except csv.Error as error:
        reading.problems.append((reader.line_num, f"cannot be read as CSV: {error}"))
    return reading


def _decoded(data: bytes) -> str:
    """Text of a file: UTF-8, or what an older spreadsheet wrote."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _read_line(line: int, cells: dict[str, str], reading: CsvReading, seen: dict[str, int]) -> None:
    """One line becomes a tag or a problem."""
    values = {name: _unguarded(cell.strip()) for name, cell in cells.items() if name}
    tag = IdTag(
        values.get("token", ""),
        status=_status(values.get("status", "")),
        type=values.get("type", ""),
        parent=values.get("parent", ""),
        expiry=values.get("expiry", ""),
        note=values.get("note", ""),
        concurrent=values.get("concurrent", "").casefold() not in _NO,
        master_pass=values.get("master_pass", ""),
        language=values.get("language", ""),
        stations=values.get("stations", ""),
        tariff=values.get("tariff", ""),
    )
    problem = problem_of(tag)
    earlier = seen.setdefault(tag.token.casefold(), line)
    if not problem and earlier != line:
        problem = f"the same tag as in line {earlier}"
    if problem:
        reading.problems.append((line, problem))
    else:
        reading.tags.append(tag)


def _header(cells: list[str]) -> list[str]:
    """What each column holds, "" for unknown ones; empty when the line names no tag column."""
    names = [_NAMES.get(cell.casefold().translate({32: None, 95: None, 45: None}), "") for cell in cells]
    return names if "token" in names else []


def _delimiter(data: str) -> str:
    """`;`, tab or `,`: whichever the first line has more of."""
    first = data[: LONGEST_TOKEN * 8].lstrip().split("\n", 1)[0]
    return max(_SEPARATORS, key=first.count)


def _other_separator(cell: str, data: str) -> str:
    """The separator in the only cell of a line that the file does not use, in words; empty when there is none."""
    sign = next((sign for sign in _SEPARATORS if sign in cell and sign != _delimiter(data)), "")
    return "tabs" if sign == "\t" else sign


def _status(word: str) -> str:
    """A status in OCPP's spelling; empty means Accepted, other words stay as they are."""
    folded = (word or "Accepted").casefold()
    return next((status for status in STATUSES if status.casefold() == folded), word)


def _guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; an apostrophe in front is how they write texts."""
    shown = cell.translate(_VISIBLE_CONTROLS)
    start = cell.lstrip()[:1]
    if (start and start in _FORMULA_STARTS and not _is_number(cell)) or cell[:1] in ("'", "\t", "\r"):
        return "'" + shown
    return shown


def _unguarded(cell: str) -> str:
    """The cell without the apostrophe put in front of it."""
    rest = cell[1:].lstrip()[:1]
    return cell[1:] if cell[:1] == "'" and (rest == "'" or (rest and rest in _FORMULA_STARTS)) else cell


def _is_number(cell: str) -> bool:
    """A plain number such as -5 may stand as it is."""
    return cell.lstrip("+-").replace(".", "", 1).isdecimal() and cell.isascii()

"""Sequence diagrams as text for Mermaid and PlantUML. Nothing a station wrote can become syntax of either.

Both languages read line by line and have escapes for single characters: `#59;` in Mermaid, `&#59;` in PlantUML. All
but letters, digits and a few harmless signs is written that way.
"""

import re
from heapq import heappop, heappush
from typing import IO, ClassVar

from ocpp_console.clock import iso
from ocpp_console.model.messages import Message
from ocpp_console.model.sequence import SILENCE_US, Kind, Step, span, steps_of
from ocpp_console.visible import visible

LONGEST_LABEL = 120
"""Characters of a label before they are escaped."""

MOST_CODES = 6
"""Findings named in a note; more are counted."""

_HARMLESS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,_-✓✗▲●○•→…")
_MARKERS = frozenset("ﬂß")
"""Letters with which Mermaid marks escapes while it reads."""
_WORDS = re.compile(r"\bend\b", re.IGNORECASE)
"""A word that ends a block in Mermaid, even within a text."""

_LAST_OF_PLANE = "\uffff"
"""Signs above it (emoji) are written as they are: no syntax of either, and PlantUML loses them as escapes."""
_PLANTUML_OWN = {"&#92;": "<U+005C>", "&#36;": "<U+0024>", "&#43;": "<U+002B>"}
"""Escapes that PlantUML has to be given in its own way.

Of backslash and dollar, 1.2020.2 (as in Debian) ends with an exception; a plus could be part of this very escape.
"""


def escaped(text: str, escape: str) -> str:
    """A text made of letters, digits, harmless signs and escapes alone; `escape` has `{}` in place of the code.

    A dot, dash or underscore next to another one is escaped: two are markup in PlantUML.
    """
    shown = " ".join(visible(text, LONGEST_LABEL).split())
    parts: list[str] = []
    before = ""
    for sign in shown:
        plain = sign in _HARMLESS or sign > _LAST_OF_PLANE or (sign > "~" and sign.isalpha() and sign not in _MARKERS)
        doubled = sign == before and sign in "._-"
        parts.append(sign if plain and not doubled else escape.format(ord(sign)))
        before = sign
    return "".join(parts)


def mermaid(text: str) -> str:
    """A text as Mermaid shows it literally."""
    return _WORDS.sub(lambda word: f"#{ord(word[0][0])};{word[0][1:]}", escaped(text, "#{};"))


def plantuml(text: str) -> str:
    """A text as PlantUML shows it literally."""
    shown = escaped(text, "&#{};")
    for entity, creole in _PLANTUML_OWN.items():
        shown = shown.replace(entity, creole)
    return shown


class _DiagramWriter:
    """What both have in common: rows in, steps out in the order of time."""

    console: ClassVar[str] = "CSMS"
    """Its name in the file; stations are S1, S2…"""

    def __init__(self, out: IO[str]) -> None:
        """The beginning is written at once."""
        self.out = out
        self._held: list[tuple[int, int, int, Step]] = []
        self._count = 0
        self._names: dict[str, str] = {}
        self._last: int | None = None
        self._begin()

    def write(self, row: Message) -> None:
        """The steps of a row; its answer is held until what came before it is written."""
        while self._held and self._held[0][0] <= row.at:
            self._step(heappop(self._held)[3])
        for step in steps_of(row):
            self._count += 1
            heappush(self._held, (step.at, row.seq, self._count, step))

    def end(self) -> None:
        """What is held, and the last line."""
        while self._held:
            self._step(heappop(self._held)[3])
        self._finish()

    def _step(self, step: Step) -> None:
        """One step, after a break if there was one; the first tells the time."""
        station = self._name(step.row.station)
        if self._last is None:
            self._note(station, f"begins {iso(step.at)}")
        elif step.at - self._last >= SILENCE_US:
            self._silence(step.at - self._last)
            self._note(station, iso(step.at))
        self._last = step.at
        self._draw(step, station)
        if step.findings:
            codes = list(dict.fromkeys(finding.code for finding in step.findings))
            more = f" and {len(codes) - MOST_CODES} more" if len(codes) > MOST_CODES else ""
            self._note(station, "▲ " + ", ".join(codes[:MOST_CODES]) + more)

    def _name(self, station: str) -> str:
        """The short name of whoever a step is about; it is introduced before its first step.

        The central system comes second, right of the station of a diagram of one. What is about no station is its own.
        """
        names = self._names
        if station and station not in names:
            names[station] = f"S{len(names.keys() - {''}) + 1}"
            self._introduce(names[station], station)
        if "" not in names:
            names[""] = self.console
            self._introduce(self.console, "Central system")
        return names[station]

    def _said(self, step: Step) -> str:
        """What stands on an arrow."""
        if step.kind in (Kind.ANSWER, Kind.ERROR):
            return f"{step.label}  {_took(step.at - step.row.at)}"
        return f"{step.label}  {step.missing}".rstrip()

    def _draw(self, step: Step, station: str) -> None:
        """An event is a note, everything else an arrow."""
        if step.kind is Kind.EVENT or station == self.console:
            self._note(station, step.label)
            return
        ends = (station, self.console) if step.from_station else (self.console, station)
        self._arrow(*ends, step.kind, lost=step.missing.startswith("✗"), said=self._said(step))

    # what the languages write

    def _begin(self) -> None: ...

    def _finish(self) -> None: ...

    def _introduce(self, name: str, title: str) -> None: ...

    def _note(self, station: str, text: str) -> None: ...

    def _silence(self, us: int) -> None: ...

    def _arrow(self, source: str, target: str, kind: Kind, *, lost: bool, said: str) -> None: ...


def _took(us: int) -> str:
    """How long an answer took."""
    return f"{us / 1000:.0f} ms" if us < 1_000_000 else f"{us / 1_000_000:.2f} s"


class MermaidWriter(_DiagramWriter):
    """`sequenceDiagram` of Mermaid, as forges and note-taking programs draw it."""

    def _begin(self) -> None:
        self.out.write("sequenceDiagram\n")

    def _introduce(self, name: str, title: str) -> None:
        self.out.write(f"    participant {name} as {mermaid(title) or '-'}\n")

    def _note(self, station: str, text: str) -> None:
        self.out.write(f"    Note over {station}: {mermaid(text)}\n")

    def _silence(self, us: int) -> None:
        self.out.write(f"    Note over {','.join(list(self._names.values())[:2])}: … {span(us)} …\n")

    def _arrow(self, source: str, target: str, kind: Kind, *, lost: bool, said: str) -> None:
        line = "-x" if lost else {Kind.ANSWER: "-->>", Kind.ERROR: "--x", Kind.ALONE: "-)"}.get(kind, "->>")
        self.out.write(f"    {source}{line}{target}: {mermaid(said)}\n")


class PlantUmlWriter(_DiagramWriter):
    """A diagram between `@startuml` and `@enduml`."""

    def _begin(self) -> None:
        self.out.write("@startuml\n")

    def _finish(self) -> None:
        self.out.write("@enduml\n")

    def _introduce(self, name: str, title: str) -> None:
        self.out.write(f'participant "{plantuml(title) or "-"}" as {name}\n')

    def _note(self, station: str, text: str) -> None:
        self.out.write(f"note over {station} : {plantuml(text)}\n")

    def _silence(self, us: int) -> None:
        self.out.write(f"... {span(us)} ...\n")

    def _arrow(self, source: str, target: str, kind: Kind, *, lost: bool, said: str) -> None:
        line = "->x" if lost else {Kind.ANSWER: "-->", Kind.ERROR: "-[#red]->", Kind.ALONE: "->>"}.get(kind, "->")
        self.out.write(f"{source} {line} {target} : {plantuml(said)}\n")

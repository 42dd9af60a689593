"""Entries of a trace become facts, numbered and on connections, so that everything else takes them for live ones."""

from collections import OrderedDict
from collections.abc import Iterator

from ocpp_console.events import Fact, FrameReceived, FrameSent, ReplyLost, StationConnected, StationGone
from ocpp_console.outputs.traces.inference import Inference, version_of
from ocpp_console.outputs.traces.shapes import Entry
from ocpp_console.outputs.traces.told_times import next_time
from ocpp_console.protocol.actions import SUBPROTOCOLS
from ocpp_console.protocol.frames import Call, CallError, CallResult, Frame, parse

_REMEMBERED = 20_000
"""Numbers of calls that were changed and are kept for their answers."""


class Importer:
    """Makes facts of entries, one by one. Facts of our own traces keep their numbers as long as these rise."""

    def __init__(
        self, name: str, station: str = "", version: str = "", last_seq: int = 0, *, renumber: bool = False
    ) -> None:
        """`name` is the file's; `station` and `version` are for entries that do not tell; numbers follow `last_seq`.

        With `renumber` every fact gets a number of its own; otherwise facts of our own traces keep theirs.
        """
        self.name = name
        self.station = station
        self.version = version
        self._inference = Inference()
        self._last = last_seq
        self._renumbering = renumber
        self._numbers: OrderedDict[int, int] = OrderedDict()
        self._connections: dict[int, int] = {}
        self._begun: set[int] = set()
        self._of_station: dict[str, tuple[int, str]] = {}
        self._asked: OrderedDict[tuple[int, str], int] = OrderedDict()
        self._at = 0
        self.undated = 0
        """Frames of which the trace does not tell when they came."""

    def begin_at(self, at: int) -> None:
        """The time before the first fact, for those that do not tell theirs."""
        self._at = at

    @property
    def guessed(self) -> int:
        """Frames whose side was not told and had to be inferred."""
        return self._inference.guessed

    def facts(self, entry: Entry | Fact, version: str = "") -> Iterator[Fact]:
        """The facts of an entry: one, or two with the beginning of a connection nobody told of.

        `version` is what is told about the connection of a fact of ours.
        """
        if isinstance(entry, Entry):
            yield from self._foreign(entry)
            return
        if isinstance(entry, StationConnected):
            self._begun.add(entry.seq)
        elif version and isinstance(entry, FrameReceived | FrameSent) and entry.connection not in self._begun:
            self._begun.add(entry.connection)
            yield self._own(self._connected(entry.connection, entry.at, entry.station, version))
        yield self._own(entry)

    def _connected(self, number: int, at: int, station: str, version: str) -> StationConnected:
        """The beginning of a connection that the trace does not tell of; its address is the file."""
        offered = f"ocpp{version}"
        return StationConnected(number, at, station, version, offered, (offered,), "", self.name, False)

    # ------------------------------------------------------------ our own

    def _own(self, fact: Fact) -> Fact:
        """A fact as it was; with other numbers when it comes from another trace than those before it."""
        self._at = fact.at
        held = isinstance(fact, FrameSent) and fact.seq == fact.answers  # see `store.rows.facts_of`
        if not self._renumbering and not held and fact.seq <= self._last:
            self._renumbering = True
        if not self._renumbering:
            self._last = max(self._last, fact.seq)
            return fact
        return self._renumbered(fact)

    def _renumbered(self, fact: Fact) -> Fact:
        """The fact with the next number, and what it refers to with the numbers those have now."""
        changes: dict[str, int] = {"seq": self._next()}
        self._numbers[fact.seq] = changes["seq"]
        if len(self._numbers) > _REMEMBERED:
            self._numbers.popitem(last=False)
        if isinstance(fact, StationConnected):
            self._connections[fact.seq] = changes["seq"]
        elif connection := getattr(fact, "connection", 0):
            changes["connection"] = self._connections.setdefault(connection, connection)
        if isinstance(fact, FrameSent | ReplyLost) and fact.answers:
            changes["answers"] = self._numbers.get(fact.answers, fact.answers)
        if isinstance(fact, StationGone):
            self._connections.pop(fact.connection, None)
        changed: Fact = fact._replace(**changes)  # type: ignore[arg-type]
        return changed

    def _next(self) -> int:
        """The next number."""
        self._last += 1
        return self._last

    # ----------------------------------------------------------- foreign

    def _foreign(self, entry: Entry) -> Iterator[Fact]:
        """A frame of somebody else's trace."""
        station = entry.station or self.station or self.name
        told = entry.version if entry.version in SUBPROTOCOLS.values() else _plain_version(entry.version)
        connection, version = self._of_station.get(station, (0, ""))
        frame = parse(entry.raw, told or version or self.version or "1.6")
        at = self._at = next_time(self._at, frame) if entry.at is None else entry.at
        self.undated += entry.at is None
        wanted = told or version or self.version or version_of(frame)
        if not connection or (wanted and wanted != version):
            connection, version = self._next(), wanted or "1.6"
            self._of_station[station] = connection, version
            yield self._connected(connection, at, station, version)
            frame = parse(entry.raw, version)
        side = self._inference.side_of(entry._replace(station=station), frame)
        seq = self._next()
        if side == "station":
            self._note_call(connection, frame, seq)
            yield FrameReceived(seq, at, station, connection, entry.raw, frame=frame)
        else:
            yield FrameSent(seq, at, station, connection, entry.raw, self._answered(connection, frame), frame)

    def _note_call(self, connection: int, frame: Frame, seq: int) -> None:
        """Keep the number of a station's call for its answer."""
        if isinstance(frame, Call):
            self._asked[connection, repr(frame.id)] = seq
            if len(self._asked) > _REMEMBERED:
                self._asked.popitem(last=False)

    def _answered(self, connection: int, frame: Frame) -> int:
        """The number of the call that a frame of the central system answers; 0 when it answers none."""
        return self._asked.pop((connection, repr(frame.id)), 0) if isinstance(frame, CallResult | CallError) else 0


def _plain_version(text: str) -> str:
    """A version as others spell it: `ocpp1.6`, `1.6J`, `V201`, `2.0`."""
    plain = text.casefold().removeprefix("ocpp").strip(" _-v").removesuffix("j")
    spellings = {"1.6": "1.6", "16": "1.6", "2.0.1": "2.0.1", "201": "2.0.1", "2.0": "2.0.1", "2.1": "2.1", "21": "2.1"}
    return spellings.get(plain, "")

"""The idTag list: who may charge. A page of its own, and a pane for other pages.

`IdTagsPane(engine)` is the pane that the overview shows too: unknown tags on top the moment they are swiped, then the
list; it brings the keys of scope `tags` (add, edit, delete, policy, CSV) with it. `accept_unknown` belongs to the page:
`IdTagsPane.accept_unknown()` does the work and returns the sentence to say.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType

from ocpp_console.clock import iso, now_us
from ocpp_console.glyphs import ATTENTION, QUIET, STRONG, UNSEEN, tag_look
from ocpp_console.keys import LIVE_ACTIONS
from ocpp_console.model.id_tags import IdTag, Policy, UnknownTag, expiry_of
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.screens.page import Page
from ocpp_console.screens.path_prompt import path_to_read, path_to_write
from ocpp_console.screens.question import Question
from ocpp_console.visible import visible
from ocpp_console.widgets.bindings import bindings
from ocpp_console.widgets.columns import Cell, Column
from ocpp_console.widgets.pane import Pane
from ocpp_console.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

Row = IdTag | UnknownTag

CSV_NAME = "id-tags.csv"
EMPTY = """No idTags yet. What to do:
a  adds one by hand
r  reads a CSV file (token,status,type,parent,expiry,note)
i  accepts the unknown tag under the cursor, else the one swiped last
p  switches between known tags only and every tag"""


def _status(row: Row) -> Cell:
    look = UNSEEN if isinstance(row, UnknownTag) else tag_look("Expired" if _has_expired(row) else row.status)
    return look.text, look.tone


def _has_expired(tag: IdTag) -> bool:
    """It would be accepted if its date had not passed."""
    if tag.status != "Accepted" or not tag.expiry:
        return False
    until = expiry_of(tag)
    return until is not None and now_us() > until


def _group(row: Row) -> Cell:
    if isinstance(row, UnknownTag):
        return ""
    return ("master " + row.master_pass, STRONG) if row.master_pass else row.parent


def _expiry(row: Row) -> Cell:
    return "" if isinstance(row, UnknownTag) or not row.expiry else row.expiry[:16].replace("T", " ")


def _last_use(row: Row) -> Cell:
    at, place = (row.at, row.station) if isinstance(row, UnknownTag) else (row.last_used, row.last_station)
    return [(f"{iso(at)[5:16].replace('T', ' ')}  ", ""), (place, QUIET)] if at else ("never", QUIET)


def columns(note: Callable[[Row], Cell]) -> tuple[Column[Row], ...]:
    """The columns; which unknown tag a key would accept only the pane can tell in `note`."""
    return (
        Column("token", "idTag", lambda row: (row.token, STRONG), 16, 12, middle=True, order=lambda r: r.token.lower()),
        Column("status", "status", _status, 12, least=10, order=lambda row: getattr(row, "status", "")),
        Column("note", "note", note, 14, least=12, grow=2, order=lambda row: getattr(row, "note", "")),
        Column("type", "type", lambda row: row.type, 9, drop=5, order=lambda row: row.type),
        Column("parent", "group", _group, 12, least=8, middle=True, drop=4, order=lambda r: getattr(r, "parent", "")),
        Column("expiry", "until", _expiry, 16, least=10, drop=3, order=lambda row: getattr(row, "expiry", "")),
        Column("used", "last use", _last_use, 25, least=18, drop=2, order=lambda row: getattr(row, "last_used", 0)),
    )


def _identify(row: Row) -> tuple[bool, str]:
    return isinstance(row, UnknownTag), row.token.lower()


def _stamp(row: Row) -> Hashable:
    if isinstance(row, UnknownTag):
        return row.at, row.verdict
    words = row.token, row.status, row.type, row.parent, row.expiry, row.note, row.master_pass, row.stations
    return words, row.last_used, _has_expired(row)


class IdTagsPane(Pane):
    """The list with unknown tags on top; keys change it. See the module for use on other pages."""

    kind = "tags"
    BINDINGS: ClassVar[list[BindingType]] = bindings("tags")

    def __init__(
        self, engine: "Engine", *, most_unknown: int = 100, id: str | None = None, classes: str | None = None
    ) -> None:
        """Reads `engine.fleet.id_tags`, acts through the engine; shows the newest `most_unknown` unknown tags."""
        super().__init__(id=id, classes=classes)
        self.engine = engine
        self._most_unknown = most_unknown
        self._listed: list[Row] = []
        self._listed_for: tuple[int, str] = (-1, "")
        self.table = RecordTable(
            columns(self._note), self._rows, _identify, stamp=self._stamp, kind="tags", empty=EMPTY
        )

    def _rows(self) -> Sequence[Row]:
        tags = self.engine.fleet.id_tags
        stage = (tags.revision, self.filter_text)
        if stage != self._listed_for:
            self._listed, self._listed_for = self._list(), stage
        return self._listed

    def _list(self) -> list[Row]:
        """Unknown tags, the newest first, above those of the list."""
        tags = self.engine.fleet.id_tags
        unknown = {tag.token.lower(): tag for tag in tags.unknown if tags.get(tag.token) is None}
        shown: list[Row] = [*list(reversed(unknown.values()))[: self._most_unknown], *tags.all()]
        wanted = self.filter_text
        return [row for row in shown if wanted in plain(row)] if wanted else shown

    @property
    def _of_a_trace(self) -> bool:
        """A trace has no list of idTags, and answers nobody: what is shown are the tags that were used in it."""
        return getattr(self.engine, "playback", None) is not None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What changes tags is neither run nor offered where a trace is shown."""
        return not (action in LIVE_ACTIONS and self._of_a_trace) and super().check_action(action, parameters)

    def title_parts(self) -> Sequence[str]:
        """The number of tags and the policy; of a trace only what it is."""
        tags = self.engine.fleet.id_tags
        if self._of_a_trace:
            return "idTags", "used in the trace"
        policy = "known tags only" if tags.policy is Policy.KNOWN_ONLY else "every tag is accepted"
        return f"idTags {len(tags)}", policy

    def _accepted_next(self) -> UnknownTag | None:
        """The unknown tag that i would accept: the one under the cursor while somebody is here, else the newest."""
        if self._of_a_trace:
            return None
        row = self.table.view.record if self.table is not None and self.table.has_focus else None
        if isinstance(row, UnknownTag):
            return row
        unknown = self.engine.fleet.id_tags.unknown
        return unknown[-1] if unknown else None

    def _note(self, row: Row) -> Cell:
        if not isinstance(row, UnknownTag):
            where = f"{'  ' if row.note else ''}only {row.stations}"
            return [(row.note, ""), (where, QUIET)] if row.stations else row.note
        return ("i accepts", ATTENTION) if row is self._accepted_next() else (f"was {row.verdict}", QUIET)

    def _stamp(self, row: Row) -> Hashable:
        return _stamp(row), isinstance(row, UnknownTag) and row is self._accepted_next()

    def accept_unknown(self) -> str:
        """Accept the unknown tag under the cursor, or the one that was swiped last; a sentence about it."""
        assert self.table is not None
        self.table.poke()
        tag = self.engine.accept_unknown(self._accepted_next())
        self.poke()
        return "No unknown tag was swiped." if tag is None else f"{visible(tag.token)} is in the list now, accepted."

    # keys

    @work
    async def action_add_tag(self) -> None:
        """Add a tag; begins with the token of the unknown tag under the cursor."""
        assert self.table is not None
        row = self.table.record
        start = IdTag(row.token, type=row.type) if isinstance(row, UnknownTag) else IdTag("")
        await self._edit(start, new=True)

    @work
    async def action_edit_tag(self) -> None:
        """Change the tag under the cursor."""
        assert self.table is not None
        row = self.table.record
        if isinstance(row, IdTag):
            await self._edit(row, new=False)
        elif row is not None:
            await self._edit(IdTag(row.token, type=row.type), new=True)

    async def _edit(self, tag: IdTag, *, new: bool) -> None:
        from ocpp_console.screens.tag_form import TagForm  # the schemas it needs are not for the first page

        edited = await self.app.push_screen_wait(TagForm(tag, self.engine.fleet.id_tags, new=new))
        if edited is None:
            return
        if not new and edited.token.lower() != tag.token.lower():
            self.engine.remove_tag(tag.token)
        self.engine.put_tag(edited)
        self.poke()
        assert self.table is not None
        self.table.seek((False, edited.token.lower()))

    @work
    async def action_remove_tag(self) -> None:
        """Delete the marked tags, or the one under the cursor, after a question; an unknown one is dismissed."""
        assert self.table is not None
        row = self.table.record
        if isinstance(row, UnknownTag) and not self.table.marked:
            await self._dismiss(row)
            return
        doomed = [row.token for row in self.table.chosen if isinstance(row, IdTag)]
        if not doomed:
            return
        more = f" and {len(doomed) - 5} more" if len(doomed) > 5 else ""
        names = ", ".join(visible(token, 32) for token in doomed[:5]) + more
        if await self.app.push_screen_wait(Question(f"Delete {names} from the idTag list?", "Delete", "Keep")):
            for token in doomed:
                self.engine.remove_tag(token)
            self.table.marked.clear()
            self.poke()

    async def _dismiss(self, tag: UnknownTag) -> None:
        """Show an unknown tag no more, after a question."""
        text = f"Dismiss the unknown tag {visible(tag.token, 32)}? It appears again when it is swiped again."
        if await self.app.push_screen_wait(Question(text, "Dismiss", "Keep")):
            self.engine.fleet.id_tags.dismiss(tag.token)
            self.poke()

    def action_switch_policy(self) -> None:
        """Known tags only, or every tag."""
        known = self.engine.fleet.id_tags.policy is Policy.KNOWN_ONLY
        self.engine.set_policy(Policy.ACCEPT_ALL if known else Policy.KNOWN_ONLY)
        self.poke()

    @work
    async def action_import_tags(self) -> None:
        """Read a CSV file; lines with errors are named, the others are taken."""
        path = await path_to_read(self.app, "Read idTags from this CSV file:", CSV_NAME)
        if path is None:
            return
        try:
            new, replaced, errors = await self.engine.import_tags(path)
        except (OSError, UnicodeError) as error:
            self._say(f"{path} cannot be read: {error}", "error")
            return
        self.poke()
        counted = f"{new} new, {replaced} replaced"
        if errors:
            told = "\n".join(f"line {line}: {text}" for line, text in errors[:8])
            more = f"\nand {len(errors) - 8} more" if len(errors) > 8 else ""
            await self.app.push_screen_wait(
                Question(f"idTags read: {counted}; lines left out: {len(errors)}\n{told}{more}", "Seen", "")
            )
        else:
            self._say(f"idTags read from {path}: {counted}.")

    @work
    async def action_export_tags(self) -> None:
        """Write all tags to a CSV file; asks before it replaces one."""
        path = await path_to_write(self.app, "Write the idTags to this CSV file:", CSV_NAME)
        if path is None:
            return
        try:
            count = await self.engine.export_tags(path)
        except OSError as error:
            self._say(f"{path} cannot be written: {error}", "error")
            return
        self._say(f"{count} idTags written to {path}.")

    def _say(self, text: str, severity: str = "information") -> None:
        self.notify(visible(text, 300), severity=severity, markup=False)  # type: ignore[arg-type]

    @on(RecordTable.Opened)
    def _opened(self, event: RecordTable.Opened) -> None:
        event.stop()
        self.action_edit_tag()


def plain(row: Row) -> str:
    """What the filter looks in, in small letters."""
    parts = [row.token, row.type]
    if isinstance(row, UnknownTag):
        parts += [row.station, "unknown"]
    else:
        parts += [row.status, row.note, row.parent, row.expiry, row.master_pass, row.stations, row.tariff]
    return " ".join(parts).casefold()


class IdTagsPage(Page):
    """The page of the idTag list."""

    kind = "tags"
    HELP = (
        "Who may charge. Unknown tags appear on top when they are swiped: i accepts the one under the cursor, else the "
        "last one; a adds it with all its fields, d dismisses it."
    )

    def content(self) -> ComposeResult:
        """One pane."""
        yield IdTagsPane(self.engine, id="id-tags")

    def action_accept_unknown(self) -> None:
        """Accept the unknown tag under the cursor, or the last one."""
        self.say(self.query_one(IdTagsPane).accept_unknown())

    def action_command(self, shortcut: str) -> None:
        """Commands go to the station where the tag was used; S starts a session with this very tag."""
        table, stations = self.query_one(IdTagsPane).table, self.stations_chosen()
        row = table.record if table is not None else None
        if shortcut != "S" or row is None or not stations:
            super().action_command(shortcut)
            return
        from ocpp_console.screens.commands import CommandSheet
        from ocpp_console.screens.only_watching import refused

        if refused(self.app, self.engine, stations):
            return
        token: JsonValue = {"idToken": row.token, "type": row.type or "ISO14443"}
        version = self.engine.fleet.stations[stations[0]].version
        filled = {"idTag": row.token} if version == "1.6" else {"idToken": token}
        self.app.push_screen(CommandSheet(self.engine, stations, "S", filled=filled))

    def stations_chosen(self) -> list[str]:
        """The station where the tag under the cursor was swiped last; S starts a session there with it."""
        table = self.query_one(IdTagsPane).table
        row = table.record if table is not None else None
        place = "" if row is None else row.station if isinstance(row, UnknownTag) else row.last_station
        return [place] if place in self.engine.fleet.stations else []

"""What keys do in the message log beyond those of any list: search, jump, comment, saved filters, only this."""

from collections.abc import Awaitable, Iterator
from typing import TYPE_CHECKING, Any

from textual.app import App, SystemCommand

from ocpp_console.log_search import Found, Progress
from ocpp_console.model.filter_conditions import All
from ocpp_console.model.filter_payload import payloads, properties
from ocpp_console.model.messages import FilterError, Message, MessageFilter
from ocpp_console.model.reading import text
from ocpp_console.screens.destinations import destination
from ocpp_console.screens.log_rows import LogRows
from ocpp_console.screens.look_back import LookBack, Search
from ocpp_console.screens.neighbours import Neighbours
from ocpp_console.screens.pick_list import Line, PickList
from ocpp_console.visible import visible
from ocpp_console.widgets.pane import Pane
from ocpp_console.widgets.record_table import RecordTable

if TYPE_CHECKING:
    from ocpp_console.app import ConsoleApp
    from ocpp_console.engine import Engine

KEEP = "\n"
"""The line of the saved filters that keeps the present one; no filter has a line feed."""


class LogActions(Pane):
    """Mixed into the pane of the log, which has these."""

    _engine: "Engine"
    rows: LogRows
    back: LookBack
    listing: RecordTable[Message]
    _sought: MessageFilter | None = None
    """What was looked for last."""
    lit = ""
    """The text of it while rows that have it carry a sign."""
    _around = 0
    """The step that found nothing further: once more begins at the other end."""

    def say(self, words: str, severity: str = "warning") -> None:
        """A short notice."""
        self.app.notify(visible(words, 300), severity=severity, markup=False)  # type: ignore[arg-type]

    # ------------------------------------------------------------- search

    def action_search(self) -> None:
        """Ask for a text, or any filter, and go to the row before that has it."""
        from ocpp_console.screens.log_prompts import SoughtPrompt

        def told(words: MessageFilter | None) -> None:
            if words is not None:
                self._sought, self._around = words, 0
                self.action_hit(-1)

        before = self._sought.text if self._sought is not None else ""
        self.app.push_screen(SoughtPrompt(self._engine.log.filter, before), told)

    def is_hit(self, message: Message) -> bool:
        """The row has what was looked for last, and that is to be seen."""
        return bool(self.lit) and self._sought is not None and self._sought.matches(message) is True

    def unlight(self) -> bool:
        """Take the signs of hits away; n and p bring them back. False when there are none."""
        lit, self.lit = self.lit, ""
        if lit:
            self.listing.poke()
        return bool(lit)

    def action_hit(self, step: int) -> None:
        """To the next or previous row that has what was looked for; older rows are on disk."""
        if self._sought is None:
            self.action_search()
            return
        self.lit = self._sought.text
        self.listing.poke()
        if self._around == step:
            self.run_worker(self._hit_around(step), exclusive=True, group="hit")
            return
        self._around = 0
        here = self.listing.record
        rows, view = self.rows(), self.listing.view
        index = view.cursor + (step if here is not None and (step > 0 or self._sought.matches(here) is True) else 0)
        if here is not None and step < 0 and view.following:
            index = view.cursor
        while 0 <= index < len(rows):
            if self._sought.matches(rows[index]):
                self.listing.seek(rows[index].seq)
                self.renew_title()
                return
            index += step
        self.run_worker(self._hit_on_disk(step), exclusive=True, group="hit")

    async def _hit_on_disk(self, step: int) -> None:
        """The same in rows that are not loaded."""
        both = self._shown_and_sought()
        if step > 0 and not self.rows.detached:
            self._no_further(step)
            return

        async def search(progress: Progress) -> Found:
            if step < 0:
                return await self._engine.log.search.page(both, self.rows.first, 1, progress)
            return await self._engine.log.search.page_after(both, self.rows.last, 1, progress)

        await self._go_to_first(search, step)

    def _shown_and_sought(self) -> MessageFilter:
        """What is shown, and of that what was looked for, as one filter."""
        nodes = [words.node for words in (self.rows.wanted, self._sought) if words is not None and words.node]
        return MessageFilter("", All(tuple(nodes)) if nodes else None)

    async def _hit_around(self, step: int) -> None:
        """The first hit from the beginning of the log on, or the last one of all."""
        self._around = 0
        both, ring = self._shown_and_sought(), self._engine.fleet.messages
        if step < 0:
            latest = next((ring[at].seq for at in range(len(ring) - 1, -1, -1) if both.matches(ring[at])), None)
            if latest is not None:
                self._to_row(latest)
                return

        async def search(progress: Progress) -> Found:
            if step < 0:
                return await self._engine.log.search.page(both, ring[0].seq if len(ring) else 0, 1, progress)
            return await self._engine.log.search.page_after(both, 0, 1, progress)

        await self._go_to_first(search, step)

    async def _go_to_first(self, search: Search, step: int) -> None:
        """Go to what a search on disk found first, or say that there is nothing."""
        found = await self.back.first_hit(search)
        if found is None:
            self.say(self.back.words or "The search was given up: other rows are shown now.")
        elif found.rows:
            self._to_row(found.rows[-1 if step < 0 else 0].seq)
        elif found.ended:
            self._no_further(step)
        else:
            self.say(f"The search for “{self.lit}” was stopped.", "information")

    def _no_further(self, step: int) -> None:
        """Say so, and that the same key goes on at the other end."""
        self._around = step
        if step < 0:
            self.say(f"No earlier row has “{self.lit}”; p again begins at the newest.")
        else:
            self.say(f"No later row has “{self.lit}”; n again begins at the first.")

    def go(self, seq: int, at: int | None = None) -> None:
        """Show the log from a number on, or from a time on."""
        self.back.go(self.listing, seq, at=at)

    # ------------------------------------------------------------- jumps

    def action_to_time(self) -> None:
        """Ask for a time and go there."""
        from ocpp_console.screens.log_prompts import TimePrompt

        def told(at: int | None) -> None:
            if at is not None:
                self.go(0, at)

        self.app.push_screen(TimePrompt(self._engine.clock), told)

    def action_to_answer(self) -> None:
        """Open the message with the focus on its answer."""
        message = self.listing.record
        if message is None:
            return
        if message.answer_raw is None:
            self.say("It has no answer." if message.note == "" else message.note)
            return
        from ocpp_console.screens.message_detail import MessageDetail

        detail = MessageDetail(self._engine, message, Neighbours(self.listing))
        self.app.push_screen(detail)
        self.call_later(lambda: detail.query_one("#answer-json").focus() if detail.is_mounted else None)

    def action_to_call(self) -> None:
        """To the earlier call that this row repeats, or to the one that has its message id."""
        message = self.listing.record
        if message is None:
            return
        if message.repeats is not None:
            self._to_row(message.repeats.seq)
            return
        earlier = [
            row
            for row in self._engine.fleet.messages.for_station(message.station)
            if row.id == message.id and row.seq < message.seq and row.connection == message.connection
        ]
        if message.id is not None and earlier:
            self._to_row(earlier[-1].seq)
        else:
            self.say("No earlier call has this id: the row holds call and answer itself.")

    def _to_row(self, seq: int) -> None:
        """Put the cursor on a row, wherever it is."""
        if not self.listing.seek(seq):
            self.go(seq)

    def action_to_session(self) -> None:
        """To the session that the message names."""
        message = self.listing.record
        if message is None:
            return
        for payload in payloads(message):
            for _, name, value in properties(payload):
                if name == "transactionId" and text(value):
                    place = destination(self._engine, message.station, name, value)
                    if place is not None:
                        self.app.run_worker(self._follow(place.go(self.app)))
                    return
        self.say("This message names no transaction.")

    async def _follow(self, going: Awaitable[str]) -> None:
        missing = await going
        if missing:
            self.say(missing)

    def show_sequence(self) -> None:
        """Draw what was marked, or the station under the cursor, or what is shown, as a sequence diagram."""
        from ocpp_console.screens.sequence import SequencePage, of_log

        here = None if self.listing.following else self.listing.record
        subjects = of_log(self._engine, self.listing.record, self.rows.wanted)
        self.app.push_screen(SequencePage(self._engine, subjects, here))

    # ------------------------------------------------------------- notes and filters

    def action_comment(self) -> None:
        """Write on the row under the cursor; an empty line takes the comment away."""
        from ocpp_console.screens.text_prompt import TextPrompt

        message = self.listing.record
        if message is None:
            return
        notes = self._engine.log.notes

        def told(line: str | None) -> None:
            if line is not None:
                notes.comment(message.seq, line)
                self.listing.poke()

        question = f"Comment on {message.action} of {message.station or 'nobody'} (~comment finds it; empty removes it)"
        self.app.push_screen(TextPrompt(visible(question, 120), notes.comments.get(message.seq, ""), "Keep"), told)

    def use_filter(self, line: str) -> None:
        """Show what a filter lets through; what is wrong with it is said."""
        trouble = self.filter(line)
        if trouble is not None:
            self.say(FilterError(*trouble).told)
        else:
            self.filter_kept()

    def action_saved_filters(self) -> None:
        """Choose a saved filter, or keep the one in force."""
        saved = self._engine.log.filters
        lines = [Line("Keep this filter", self.filter_text, KEEP)] if self.filter_text else []
        lines += [Line(name, written, written, True) for name, written in saved]
        lines += [Line("(used before)", written, written) for written in reversed(saved.recent[-10:])]
        if not lines:
            self.say("No filter is saved yet: set one with /, then l keeps it under a name.", "information")
            return

        def remove(written: str) -> None:
            for name, each in list(saved):
                if each == written:
                    saved.remove(name)

        def chosen(written: str | None) -> None:
            if written == KEEP:
                self._keep_filter()
            elif written is not None:
                self.use_filter(written)

        self.app.push_screen(PickList("Filters", lines, remove), chosen)

    def _keep_filter(self) -> None:
        """Ask for the name of the filter in force."""
        from ocpp_console.screens.text_prompt import TextPrompt

        kept = self.filter_text

        def named(name: str | None) -> None:
            if name and name.strip():
                self._engine.log.filters.put(name, kept)
                self.say(f"Kept as {name.strip()}: l lists it, and so does the palette.", "information")

        self.app.push_screen(TextPrompt("Keep the filter under which name?", "", "Keep"), named)

    def only(self) -> None:
        """Choose what of the row under the cursor the log is narrowed to."""
        from ocpp_console.screens.only_this import OnlyThis, lines_of

        message = self.listing.record
        if message is None:
            return

        def chosen(written: str | None) -> None:
            if written is not None:
                self.use_filter(written)

        self.app.push_screen(OnlyThis(lines_of(message), self.filter_text), chosen)


async def show_filtered(app: App[Any], written: str, station: str = "") -> None:
    """Go to the page of the log and show only what this filter lets through, of all stations.

    A log that was narrowed to `station` already stays so: there the filter was made.
    """
    from ocpp_console.screens.messages import MessagesPane

    await app.switch_mode("messages")
    while len(app.screen_stack) > 1:
        await app.pop_screen()
    pane = app.screen.query_one(MessagesPane)
    if pane.station != station:
        pane.station = ""
    pane.use_filter(written)
    pane.listing.focus()


def saved_filter_entries(app: "ConsoleApp") -> Iterator[SystemCommand]:
    """Every saved filter in the palette."""
    for name, written in app.engine.log.filters:

        def show(written: str = written) -> None:
            app.run_worker(show_filtered(app, written))

        yield SystemCommand(f"Filter: {visible(name, 60)}", visible(f"Show only {written}", 200), show)

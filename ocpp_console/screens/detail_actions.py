"""What keys do in the detail of a message: fold, search, jump between what is odd, copy, compare, show the diagram."""

import json

from ocpp_console.model.messages import FilterError, Message, Origin
from ocpp_console.protocol.frames import JsonValue
from ocpp_console.screens.frame_pane import FramePane, Unreadable, payload_of
from ocpp_console.screens.log_actions import show_filtered
from ocpp_console.screens.messages import MessagesPane, put_into_clipboard
from ocpp_console.screens.only_this import OnlyThis, filter_of, lines_of, quoted
from ocpp_console.screens.page import Page
from ocpp_console.screens.pick_list import Line, PickList
from ocpp_console.visible import visible
from ocpp_console.widgets.json_lines import JsonLine

NONE_LEFT = {1: "below", -1: "above"}


class DetailActions(Page):
    """Mixed into the detail, which has these."""

    _sought = ""
    """The text that n and p look for; empty: they go from one oddity to the next."""

    @property
    def message(self) -> Message:
        """What is shown."""
        raise NotImplementedError

    def show(self, message: Message) -> None:
        """Show another message in the place of this one."""
        raise NotImplementedError

    @property
    def frame(self) -> FramePane:
        """The frame with the focus, or the request."""
        pane = self.focused_pane
        return pane if isinstance(pane, FramePane) else self.query_one("#request", FramePane)

    def _here(self) -> tuple[JsonLine | None, JsonValue]:
        """The line of JSON under the cursor, and the value in it; a container as a whole."""
        pane = self.frame
        line = pane.json.record if not pane.raw_shown else None
        return line, pane.json.value_at(line.path) if line is not None else None

    # ------------------------------------------------------------- folding, search, jumps

    def action_fold(self) -> None:
        """Fold, or go to what is around."""
        self.frame.json.action_fold()

    def action_unfold(self) -> None:
        """Unfold, or go down."""
        self.frame.json.action_unfold()

    def action_unfold_all(self) -> None:
        """Unfold everything, or fold it."""
        self.frame.json.action_unfold_all()

    def action_seek(self) -> None:
        """Ask for a text and go to the first place that has it."""
        from ocpp_console.screens.text_prompt import TextPrompt

        def told(line: str | None) -> None:
            if line is not None:
                self._sought = line.strip()
                if self._sought:
                    self.action_place(1)

        question = "Look for what in this message? n and p then go on; an empty line goes back to what is odd."
        self.app.push_screen(TextPrompt(question, self._sought, "Search"), told)

    def action_place(self, step: int) -> None:
        """To the next or previous place that was looked for, or where something is odd; on in the other frame."""
        if any(pane.raw_shown for pane in self.query(FramePane)):
            self.action_next_tab()
        panes = [pane for pane in self.query(FramePane) if pane.display]
        if step < 0:
            panes.reverse()
        first = panes.index(self.frame)
        for pane in panes[first:]:
            if pane is not panes[first]:
                pane.json.edge(step)
            if pane.json.step(step, text=self._sought):
                pane.json.focus()
                return
        what = f"“{self._sought}” is nowhere" if self._sought else "Nothing odd is"
        self.say(f"{what} further {NONE_LEFT[step]}.")

    def action_next_tab(self) -> None:
        """JSON, or the bytes."""
        panes = list(self.query(FramePane))
        raw = not panes[0].raw_shown
        for pane in panes:
            pane.turn(raw)

    # ------------------------------------------------------------- what is under the cursor

    def action_only(self) -> None:
        """The log with only what has the value under the cursor, or is like this message."""
        line, value = self._here()
        lines = list(lines_of(self.message))
        if line is not None and line.path and not isinstance(value, dict | list):
            written = filter_of(line.path, value)
            lines.insert(0, Line("this value", written, written))

        def chosen(written: str | None) -> None:
            if written is not None:
                self.app.run_worker(show_filtered(self.app, written, self.message.station))

        present = [pane.filter_text for screen in self.app.screen_stack for pane in screen.query(MessagesPane)]
        self.app.push_screen(OnlyThis(lines, present[-1] if present else ""), chosen)

    def action_copy(self) -> None:
        """Choose what to copy: the value under the cursor, its path, a frame, both."""

        def chosen(text: str | None) -> None:
            if text is not None:
                put_into_clipboard(self, text)

        self.app.push_screen(PickList("Copy…", list(self._forms())), chosen)

    def _forms(self) -> list[Line]:
        """What can be copied."""
        line, value = self._here()
        lines = []
        if line is not None and line.path:
            plain = value if isinstance(value, str) else pretty(value)
            lines += [Line("this value", plain, plain), Line("its path", line.path, line.path)]
            if not isinstance(value, dict | list):
                written = filter_of(line.path, value)
                lines.append(Line("a filter for it", written, written))
        message = self.message
        if message.origin is Origin.EVENT:
            return [*lines, Line("the sentence", text_of(message.raw), text_of(message.raw))]
        for name, raw in (("request", message.raw), ("answer", message.answer_raw)):
            if raw is not None:
                lines.append(Line(f"the {name} as it came", text_of(raw), text_of(raw)))
                try:
                    payload = pretty(payload_of(raw))
                except Unreadable:
                    continue
                lines.append(Line(f"the {name}'s payload", payload, payload))
        if message.answer_raw is not None:
            both = f"{text_of(message.raw)}\n{text_of(message.answer_raw)}"
            lines.append(Line("both frames", "one below the other", both))
        return lines

    # ------------------------------------------------------------- other messages

    async def action_difference(self) -> None:
        """Compare with the only marked message, else with the one before of the same station and action."""
        marks = self.engine.log.notes.marks - {self.message.seq}
        if len(marks) == 1:
            from ocpp_console.screens.neighbours import row_of

            other, problem = await row_of(self.engine, next(iter(marks)))
        else:
            other, problem = await self._before()
        if other is None:
            self.say(problem, "warning")
            return
        from ocpp_console.screens.message_difference import MessageDifference

        older, newer = sorted((other, self.message), key=lambda row: row.seq)
        self.app.push_screen(MessageDifference(older, newer))

    async def _before(self) -> tuple[Message | None, str]:
        """The message before of the same station and action, or a sentence that says that there is none."""
        from ocpp_console.engine import StoreProblem

        here = self.message
        rows = self.engine.fleet.messages.for_station(here.station)
        for row in reversed(rows):
            if row.seq < here.seq and row.action == here.action:
                return row, ""
        words = self.engine.log.filter(f"~s {quoted(f'={here.station}')} ~a {quoted(here.action)}")
        none = f"No earlier {here.action} of {here.station or 'nobody'} to compare with; mark any other with space."
        if isinstance(words, FilterError):
            return None, none
        try:
            found = await self.engine.log.search.page(words, here.seq, 1)
        except StoreProblem as problem:
            return None, problem.text
        exact = [row for row in found.rows if row.action == here.action and row.station == here.station]
        return (exact[-1], "") if exact else (None, none)

    def action_sequence(self) -> None:
        """The place of this message in the sequence diagram of its session, or of its station."""
        from ocpp_console.screens.sequence import SequencePage, of_message

        below = self.app.screen_stack[-2]
        if isinstance(below, SequencePage):
            below.seek(self.message)
            self.app.pop_screen()
        else:
            self.app.push_screen(SequencePage(self.engine, of_message(self.engine, self.message), self.message))


def pretty(value: JsonValue) -> str:
    """JSON over several lines, as written by people."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def text_of(raw: bytes) -> str:
    """A frame as text that no terminal obeys."""
    return visible(raw.decode("utf-8", "replace"), 1_000_000)

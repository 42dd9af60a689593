"""The builder of charging profiles: fields, the course it gives, what the station answered."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Grid, Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Select, Static

from ocpp_console.glyphs import ATTENTION, QUIET, STRONG, WRONG
from ocpp_console.model.charging import read_profile
from ocpp_console.model.profile_draft import KINDS, PERIODS_HELP, PURPOSES, RECURRENCIES, Draft, seconds_of
from ocpp_console.procedures.charging import Outcome, set_profile
from ocpp_console.screens.charging_view import HOUR, Line, Place, curves_of, outcome_lines, session_of, span, window_of
from ocpp_console.screens.question import Question
from ocpp_console.widgets.step_curve import StepCurve
from ocpp_console.widgets.toned import toned, toned_lines

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

TEXTS = (
    ("place", "place", "0 is the whole station"),
    ("level", "stack level", "0"),
    ("id", "profile id", ""),
    ("transaction", "session", "of a TxProfile"),
    ("start", "begins", "now; or 2026-11-20T14:00:00Z"),
    ("duration", "lasts", "for ever; or 2h, 30m, 90s"),
    ("valid_from", "valid from", "always"),
    ("valid_to", "valid to", "always"),
)
"""Typed fields: name in the draft, label, what an empty one tells."""


class ProfileSheet(ModalScreen[None]):
    """One profile for one or several places; stays after sending so that the answer is seen with the curve."""

    BINDINGS = [
        Binding("ctrl+enter,f10", "send", "Send", show=False),
        Binding("escape", "close", "Close", show=False),
    ]
    DEFAULT_CSS = """
    ProfileSheet { align: center middle; }
    ProfileSheet #profile { width: 100%; max-width: 130; height: 100%; max-height: 34; background: $surface;
                            border: round $primary; border-title-color: $foreground; }
    ProfileSheet Grid { grid-size: 2; grid-rows: 1; grid-gutter: 0 2; height: 6; }
    ProfileSheet .field { height: 1; }
    ProfileSheet .label { width: 13; padding: 0 1; color: $text-muted; }
    ProfileSheet Input { width: 1fr; }
    ProfileSheet Select { width: 1fr; height: 1; }
    ProfileSheet Static { height: auto; }
    ProfileSheet .buttons { height: 1; }
    ProfileSheet .buttons Button { margin: 0 1; }
    ProfileSheet #profile-preview { height: 1; padding: 0 1; color: $text-muted; text-wrap: nowrap;
                                    text-overflow: ellipsis; }
    ProfileSheet #profile-results { height: auto; max-height: 5; padding: 0 1; }
    ProfileSheet #profile-hint { width: 1fr; color: $text-muted; text-align: right; padding: 0 1; }
    """

    def __init__(self, engine: "Engine", targets: Sequence[Place], draft: Draft) -> None:
        """`draft` is what the form begins with; targets of another version than the first's are left out."""
        super().__init__()
        self.engine = engine
        known = [target for target in targets if target.station in engine.fleet.stations]
        stations = engine.fleet.stations
        self.version = stations[known[0].station].version if known else "1.6"
        self.targets = [target for target in known if stations[target.station].version == self.version]
        self.left_out = [target for target in known if stations[target.station].version != self.version]
        self._draft = draft
        self.outcomes: list[Outcome] = []
        """What came of it, one per target."""
        self._sending = False

    def compose(self) -> ComposeResult:
        """Fields, curve, payload, buttons, results."""
        with Vertical(id="profile") as box:
            names = ", ".join(f"{target.station} {target.name}" for target in self.targets[:3])
            more = f" and {len(self.targets) - 3} more" if len(self.targets) > 3 else ""
            box.border_title = toned((" Charging profile ", STRONG), f"→ {names}{more} ")
            box.border_subtitle = toned(f" OCPP {self.version} ")
            with Grid():
                yield from self._choice("purpose", "purpose", self._with(PURPOSES[self.version], self._draft.purpose))
                yield from self._choice("kind", "kind", self._with(KINDS[self.version], self._draft.kind))
                yield from self._choice("unit", "unit", ("A", "W"))
                yield from self._choice("recurrency", "recurs", RECURRENCIES, blank=True)
                for name, label, hint in TEXTS:
                    yield from self._text(name, label, hint)
            yield from self._text("periods", "limits", PERIODS_HELP)
            yield Static(id="profile-problem", markup=False)
            yield StepCurve(ascii_only=self.engine.settings.ascii, id="profile-curve")
            yield Static(id="profile-preview", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Send", "success", id="send", compact=True)
                yield Button("Close", id="close", compact=True)
                yield Static("ctrl+enter F10 send   esc close", id="profile-hint", markup=False)
            with VerticalScroll(id="profile-results", can_focus=False):
                yield Static(id="profile-outcomes", markup=False)

    @staticmethod
    def _with(offered: tuple[str, ...], value: str) -> tuple[str, ...]:
        """The usual words, and one that only this station knows."""
        return offered if value in offered or not value else (*offered, value)

    def _choice(self, name: str, label: str, options: Sequence[str], *, blank: bool = False) -> ComposeResult:
        value = getattr(self._draft, name)
        chosen: dict[str, Any] = {"value": value} if value in options else {}
        with Horizontal(classes="field"):
            yield Static(label, classes="label", markup=False)
            choices = [(toned(option), option) for option in options]
            yield Select(choices, allow_blank=blank, prompt="no", compact=True, id=f"profile-{name}", **chosen)

    def _text(self, name: str, label: str, hint: str) -> ComposeResult:
        value = getattr(self._draft, name)
        text = "" if value is None else span(value) if name == "duration" else str(value)
        several = name in ("place", "transaction") and len(self.targets) > 1
        with Horizontal(classes="field"):
            yield Static(label, classes="label", markup=False)
            yield Input(
                "" if several else text,
                placeholder="each its own" if several else hint,
                disabled=several,
                compact=True,
                id=f"profile-{name}",
            )

    def on_mount(self) -> None:
        """At the limits, which is what is changed most."""
        self.query_one("#profile-periods", Input).focus()
        self.call_after_refresh(self._look)

    # the draft

    def draft(self) -> Draft:
        """What the fields say."""
        texts = {name: self.query_one(f"#profile-{name}", Input).value.strip() for name, _, _ in TEXTS}
        chosen = {name: self._chosen(name) for name in ("purpose", "kind", "unit", "recurrency")}
        return Draft(
            place=_number(texts["place"], self._draft.place),
            id=_number(texts["id"], self._draft.id),
            level=_number(texts["level"], 0),
            periods=self.query_one("#profile-periods", Input).value,
            start=texts["start"],
            duration=seconds_of(texts["duration"].lower()) if texts["duration"] else None,
            valid_from=texts["valid_from"],
            valid_to=texts["valid_to"],
            transaction=texts["transaction"],
            **chosen,
        )

    def _chosen(self, name: str) -> str:
        value = self.query_one(f"#profile-{name}", Select).value
        return value if isinstance(value, str) else ""

    def draft_for(self, target: Place) -> Draft:
        """The draft for one of the targets: with several, each has its own place and session."""
        draft = self.draft()
        if len(self.targets) == 1:
            target = Place(target.station, draft.place)
        session = session_of(self.engine, target)
        bound = draft.transaction if len(self.targets) == 1 else ""
        if draft.purpose == "TxProfile" and not bound and session is not None:
            bound = session.id
        return replace(draft, place=target.place, transaction=bound if draft.purpose == "TxProfile" else "")

    def problem(self) -> str:
        """Why this cannot be sent; empty when it can."""
        if not self.targets:
            return "There is no station to send this to."
        duration = self.query_one("#profile-duration", Input).value.strip()
        if duration and not seconds_of(duration.lower()):
            return "Lasts: write 2h, 30m or 90s, or leave it empty."
        for name, label, _ in TEXTS[:3]:
            text = self.query_one(f"#profile-{name}", Input).value.strip()
            if text and not (text.isdecimal() and text.isascii() and len(text) < 11):
                return f"{label}: write a whole number."
        for target in self.targets:
            draft = self.draft_for(target)
            problem = draft.problem(self.version)
            if problem:
                return problem if len(self.targets) == 1 else f"{target.station} {target.name}: {problem}"
        return ""

    @on(Input.Changed)
    @on(Select.Changed)
    def _changed(self, event: Input.Changed | Select.Changed) -> None:
        event.stop()
        self._look()

    # drawing

    def poke(self, facts: int) -> None:
        """Something happened, or a second went by."""
        self._look()

    def _look(self) -> None:
        """Draw the course, the payload, what stands in the way."""
        if not self.is_mounted or not self.query("#profile-outcomes"):
            return
        problem, now = self.problem(), self.engine.clock()
        lines: list[Line] = []
        if problem:
            lines.append([(f"▲ {problem}", WRONG)])
        offline = [target.station for target in self.targets if not self.engine.fleet.stations[target.station].online]
        if offline:
            lines.append(
                [(f"▲ {', '.join(offline[:3])} is offline: what is written stays; send when it is back.", ATTENTION)]
            )
        if self.left_out:
            names = ", ".join(target.station for target in self.left_out[:3])
            lines.append([(f"Not sent to {names}: another OCPP version has another form.", ATTENTION)])
        self.query_one("#profile-problem", Static).update(toned_lines(lines))
        self.query_one("#profile-problem").display = bool(lines)
        if self.targets:
            self._draw(self.targets[0], now)
        self._tell()

    def _draw(self, target: Place, now: int) -> None:
        draft = self.draft_for(target)
        payload = draft.payload(self.version, now // 60_000_000 * 60_000_000)
        profile = read_profile(payload.get("csChargingProfiles") or payload.get("chargingProfile"))
        place = Place(target.station, draft.place)
        last = profile.schedule.periods[-1].start if profile is not None else 0
        ahead = min(max(HOUR, (last + last // 4) * 1_000_000), 7 * 24 * HOUR)
        begin, end = window_of(session_of(self.engine, place), now, ahead)
        curves = curves_of(self.engine, place, draft.unit, begin, end, profile) if profile is not None else []
        curve = self.query_one(StepCurve)
        curve.show(curves, begin, end, now=now, unit=draft.unit, empty="The limits above are drawn here.")
        self.query_one("#profile-preview", Static).update(toned(json.dumps(payload, ensure_ascii=False), limit=600))

    def _tell(self) -> None:
        lines: list[Line] = [line for outcome in self.outcomes for line in outcome_lines(outcome)]
        if self._sending:
            lines.append([("waiting for the answer", ATTENTION)])
        if not lines:
            lines = [[("Asks first where a session runs.", QUIET)]]
        self.query_one("#profile-outcomes", Static).update(toned_lines(lines))

    # sending

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "send":
            self.action_send()
        else:
            self.dismiss(None)

    def action_close(self) -> None:
        """Close; what was sent goes on."""
        self.dismiss(None)

    @work(exclusive=True)
    async def action_send(self) -> None:
        """Send to every target, one after another; asks first where a session runs."""
        if self.problem() or self._sending:
            self._look()
            return
        drafts = [(target, self.draft_for(target)) for target in self.targets]
        running = running_at(self.engine, [Place(target.station, draft.place) for target, draft in drafts])
        if running and not await self.app.push_screen_wait(
            Question(f"{running}\nThe profile changes its power at once. Send it?", "Send", "Do not send")
        ):
            return
        self.outcomes, self._sending = [], True
        for target, draft in drafts:
            self._tell()
            self.outcomes.append(await set_profile(self.engine.link(target.station), draft, self.engine.clock()))
        self._sending = False
        self._look()


def running_at(engine: "Engine", places: Sequence[Place]) -> str:
    """A sentence about the sessions that run at these places (0: anywhere at the station); empty when none does."""
    found = []
    for place in places:
        here = session_of(engine, place)
        sessions = [here] if here is not None else engine.fleet.transactions.running(place.station)
        if here is not None or not place.place:
            found += [f"{session.station} #{session.id}" for session in sessions]
    names = list(dict.fromkeys(found))
    if not names:
        return ""
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{'Sessions run' if len(names) > 1 else 'A session runs'}: {', '.join(names[:3])}{more}."


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 11 else otherwise

"""The first line: where stations connect, how many there are, how much is going on, what went wrong, the time."""

from typing import TYPE_CHECKING

from rich.text import Text
from textual.widget import Widget

from ocpp_console import glyphs
from ocpp_console.clock import hms
from ocpp_console.glyphs import ATTENTION, GOOD, QUIET, STRONG, WRONG
from ocpp_console.model.id_tags import Policy
from ocpp_console.visible import visible
from ocpp_console.widgets.fitting import cells, cut_end

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

SECOND = 1_000_000
LONGEST = 1_000
"""Characters of a sentence; `render` cuts it to the room there is."""


class StatusBar(Widget):
    """One line, drawn again only when it says something else; counts are taken once a second."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES = {f"status-bar--{tone}" for tone in glyphs.TONES}
    DEFAULT_CSS = """
    StatusBar {
        dock: top; height: 1; background: $panel; color: $foreground;
        & > .status-bar--good { color: $success; }
        & > .status-bar--attention { color: $warning; }
        & > .status-bar--wrong { color: $error; text-style: bold; }
        & > .status-bar--busy { color: $accent; }
        & > .status-bar--quiet { color: $foreground-muted; }
        & > .status-bar--strong { text-style: bold; }
    }
    """

    def __init__(self, engine: "Engine") -> None:
        """Reads the fleet, the listeners and the problems of `engine`."""
        super().__init__()
        self._engine = engine
        self._counted = 0
        self._total = 0
        self._online = 0
        self._offline = 0
        self._rate = 0.0
        self._findings = 0
        self._line: list[tuple[str, str]] = []

    def on_resize(self) -> None:
        """Wider lines say more."""
        self.poke()

    def poke(self) -> None:
        """Look again."""
        now = self._engine.clock()
        if now - self._counted >= SECOND or now < self._counted:
            self._count(now)
        line = self._parts(now)
        if line != self._line:
            self._line = line
            self.refresh()

    def _count(self, now: int) -> None:
        """Stations, messages per second and findings."""
        fleet = self._engine.fleet
        total, passed = fleet.messages.total, (now - self._counted) / SECOND
        self._rate = (total - self._total) / passed if self._counted and 0 < passed < 5 else 0.0
        stations = fleet.stations.values()
        self._online = sum(station.online for station in stations)
        self._offline = len(fleet.stations) - self._online
        self._findings = sum(station.findings for station in stations)
        self._counted, self._total = now, total

    def _parts(self, now: int) -> list[tuple[str, str]]:
        """Text and tone of each part, the most important first; the last two stand at the right."""
        parts = [("ocpp-console", STRONG), (self._address(), QUIET)]
        wide = self.size.width >= 100
        on, off = (" online", " off") if wide else ("", "")
        parts.append((f"{glyphs.ONLINE.glyph} {self._online}{on}", GOOD if self._online else QUIET))
        parts.append((f"{glyphs.OFFLINE.glyph} {self._offline}{off}", QUIET))
        problem = self._problem()
        if problem:
            parts.append((f"▲ {problem}", WRONG))
        parts.append((f"{self._rate:.0f} msg/s", ""))
        if self._findings:
            word = "" if self.size.width < 120 else " finding" if self._findings == 1 else " findings"
            parts.append((f"▲ {self._findings}{word}", ATTENTION))
        parts.append((self._store(), ATTENTION))
        parts += [(visible(words, LONGEST), QUIET) for words in self._services() if self.size.width >= 100]
        if self._engine.fleet.id_tags.policy is Policy.KNOWN_ONLY:
            parts.append(("known tags only", QUIET))
        if sending := self._engine.duties.sending:
            parts.append((f"{len(sending)} {'duty' if len(sending) == 1 else 'duties'} on (F4)", ATTENTION))
        parts.append((f"{hms(now)}Z", ""))
        settings = self._engine.settings
        words = [word for word, on in (("demo", settings.demo), ("read-only", settings.read_only)) if on]
        parts.append((" ".join(words), ATTENTION))
        return parts

    def _address(self) -> str:
        """The URL of the first listener when there is room, else its port; of a recording the file."""
        recording = getattr(self._engine, "recording", None)
        if recording is not None:
            return visible(recording.standing, LONGEST)
        listeners = self._engine.fleet.listeners
        if not listeners:
            return self._broker() or "not listening"
        first = listeners[0]
        if self.size.width < 100:
            return f":{first.port}"
        urls = self._engine.urls()
        return f"{urls[0].url.rstrip('/')}/‹id›" if urls else f":{first.port}"

    def _broker(self) -> str:
        """How the broker is by which stations are seen, with its place when there is room."""
        for view in self._engine.brokers:
            return f"{view.standing} {view.place}" if self.size.width >= 100 else view.standing
        return ""

    def _problem(self) -> str:
        """The newest trouble nobody has confirmed yet, with the count of the others."""
        problems = self._engine.problems
        if not problems:
            return ""
        more = f" (+{len(problems) - 1})" if len(problems) > 1 else ""
        return visible(problems[-1].text, 120) + more

    def _services(self) -> list[str]:
        """What runs beside the engine and has something to say."""
        return [words for service in self._engine.services if (words := getattr(service, "standing", ""))]

    def _store(self) -> str:
        """What the store has to say; nothing when all is well."""
        return visible(self._engine.store_status(), LONGEST)

    def render(self) -> Text:
        """The parts that fit; the clock stays at the right end."""
        if not self._line:
            self.poke()
        *left, clock, mode = self._line
        right = [part for part in (clock, mode) if part[0]]
        room = self.size.width - 2 - sum(cells(text) + 2 for text, _ in right)
        line = Text(" ", no_wrap=True, end="")
        for text, tone in left:
            left_over = room - cells(line.plain)
            if not text or left_over < 4:
                continue
            line.append(cut_end(text, left_over), self._style(tone)).append("  ")
        line.append(" " * max(0, self.size.width - 1 - cells(line.plain) - sum(cells(t) + 2 for t, _ in right)))
        for text, tone in right:
            line.append("  ").append(text, self._style(tone))
        return line

    def _style(self, tone: str) -> str:
        """The colour of a tone, as Rich names it."""
        return str(self.get_component_rich_style(f"status-bar--{tone}", partial=True)) if tone else ""

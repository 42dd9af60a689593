"""The screens that are shown in `screenshots/` and compared with `tests/golden/scenes/`, as data.

Each scene is the scripted day, keys pressed at its end, and what happens in between. Rendered, it is text (what the
golden files hold) and strips with their styles (what the pictures are drawn from).
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from scripted_day import one_second_more, the_day
from scripted_engine import SECOND, ScriptedEngine, clock_of
from textual.pilot import Pilot
from textual.strip import Strip

from ocpp_console.app import ConsoleApp
from ocpp_console.engine import Engine
from ocpp_console.outputs.traces.facts_json import line_of
from ocpp_console.outputs.traces.source import Trace
from ocpp_console.trace_engine import TraceEngine

WIDE, NARROW = (160, 45), (80, 24)
GOLDEN = Path(__file__).parent / "golden" / "scenes"
MOST_LOOKS = 200

Step = str | Callable[[ScriptedEngine], None]


class Scene(NamedTuple):
    """One screen."""

    name: str
    """Of its files."""
    title: str
    """What it shows, as a sentence."""
    steps: tuple[Step, ...] = ()
    """Keys (blanks between them), and functions that let something happen."""
    size: tuple[int, int] = WIDE
    publish: bool = True
    """It belongs in `screenshots/`."""
    opened: bool = False
    """The day is not live but a trace that was opened."""

    @property
    def golden(self) -> Path:
        """The text it has to look like."""
        return GOLDEN / f"{self.name}.txt"


class Picture(NamedTuple):
    """A scene as it was drawn."""

    text: str
    """Line by line, without blanks at the ends."""
    strips: list[Strip]


def typed(text: str) -> str:
    """The keys of a text."""
    names = {
        "~": "tilde",
        "(": "left_parenthesis",
        ")": "right_parenthesis",
        "|": "vertical_line",
        ":": "colon",
        "/": "slash",
        ".": "full_stop",
        "-": "minus",
        "_": "underscore",
        " ": "space",
    }
    return " ".join(names.get(sign, sign) for sign in text)


def started(engine: ScriptedEngine) -> None:
    """AC-07 accepts the start, and the session begins."""
    engine.now += SECOND * 84 // 1000
    engine.answers("AC-07", {"status": "Accepted"})
    engine.now += 2 * SECOND
    start = {"connectorId": 2, "idTag": "04E7553A91", "meterStart": 702_951, "timestamp": "2026-11-20T14:03:23Z"}
    engine.says("AC-07", "StartTransaction", start)


def updated(engine: ScriptedEngine) -> None:
    """AC-07 accepts the firmware and reports on it."""
    engine.now += SECOND * 84 // 1000
    engine.answers("AC-07", {})
    for status in ("Downloading", "Downloaded", "Installing", "Installed"):
        engine.now += 7 * SECOND
        engine.says("AC-07", "FirmwareStatusNotification", {"status": status})


def configured(engine: ScriptedEngine) -> None:
    """AC-04 tells its configuration; one key is then changed."""
    told = {
        "AuthorizeRemoteTxRequests": "true", "ChargingScheduleAllowedChargingRateUnit": "Current",
        "AuthorizationKey": "4F43415F4F43545F61", "ConnectionTimeOut": "60", "HeartbeatInterval": "300",
        "LocalAuthorizeOffline": "true", "MeterValueSampleInterval": "60",
        "MeterValuesSampledData": "Energy.Active.Import.Register,Power.Active.Import", "NumberOfConnectors": "1",
        "SupportedFeatureProfiles": "Core,FirmwareManagement,SmartCharging", "WebSocketPingInterval": "30",
    }  # fmt: skip
    fixed = {"NumberOfConnectors", "SupportedFeatureProfiles", "ChargingScheduleAllowedChargingRateUnit"}
    keys = [{"key": key, "readonly": key in fixed, "value": value} for key, value in told.items()]
    engine.asks("AC-04", "GetConfiguration", {}, {"configurationKey": keys}, 0.21)
    change = {"key": "MeterValueSampleInterval", "value": "30"}
    engine.asks("AC-04", "ChangeConfiguration", change, {"status": "Accepted"}, 0.07)


def limited(engine: ScriptedEngine) -> None:
    """AC-04 accepts a profile for its session: full power, then less, then more again."""
    session = next(each for each in engine.fleet.transactions.running("AC-04"))
    steps = [{"startPeriod": start, "limit": limit} for start, limit in ((0, 16.0), (900, 8.0), (2700, 13.0))]
    profile = {
        "chargingProfileId": 4, "stackLevel": 1, "transactionId": int(session.id),
        "chargingProfilePurpose": "TxProfile", "chargingProfileKind": "Relative",
        "chargingSchedule": {"chargingRateUnit": "A", "duration": 3600, "chargingSchedulePeriod": steps},
    }  # fmt: skip
    asked = {"connectorId": 1, "csChargingProfiles": profile}
    engine.asks("AC-04", "SetChargingProfile", asked, {"status": "Accepted"}, 0.09)


SCENES: tuple[Scene, ...] = (
    Scene(
        "overview",
        "Chargers, the message log and the idTags at once; an unknown tag was just swiped",
        (one_second_more,),
    ),
    Scene("overview-80x24", "The overview in a terminal of 80 columns and 24 lines", (one_second_more,), NARROW),
    Scene("messages", "The log of all chargers: call and answer in one row", ("2", one_second_more), (140, 38)),
    Scene(
        "filter",
        "A filter while it is typed: what it lets through, and what may come next",
        ("2 slash", typed("~s AC- & !~status Rejected & ~a M")),
        (140, 24),
    ),
    Scene("filter-80x24", "A filter with an error: which word", ("2 slash", typed("~s AC-04 ~latncy")), NARROW, False),
    Scene(
        "message-detail",
        "One message with everything that violates its schema, at the line it concerns",
        ("2 slash", typed("~f ~a Met"), "enter enter"),
        (140, 42),
    ),
    Scene("id-tags", "The idTag list; i accepts the tag that was swiped last", ("4",), (130, 20)),
    Scene("doors", "What to type into a charger, and who tried to connect and was refused", ("9 tab",), (120, 38)),
    Scene("station", "Everything known about one charger", ("down down enter",), (150, 42)),
    Scene("transaction", "Charging sessions with their energy and power curves", ("3 down",), (140, 42)),
    Scene("command", "RemoteStart with everything filled in that is known", ("down S",), (140, 42)),
    Scene(
        "command-answered",
        "UpdateFirmware, its answer, and what the charger reported afterwards",
        ("down U", typed("http://files.example/twin22-1.18.0.bin"), "f10 y", updated),
        (140, 42),
    ),
    Scene(
        "command-form",
        "A charging profile of OCPP 2.0.1 as a form made from its schema, the JSON beside it",
        ("down down N", typed("SetChargingP"), "enter"),
        (150, 46),
    ),
    Scene("configuration", "A charger's configuration; one key was just changed", (configured, "6"), (140, 30)),
    Scene("charging", "What limits a running session, drawn as a curve", (limited, "7 down"), (140, 38)),
    Scene("findings", "What is odd about the chargers, what it means and what to do", ("0 down",), (140, 38)),
    Scene("findings-80x24", "Findings in a small terminal", ("0",), NARROW, False),
    Scene(
        "sequence",
        "What the chargers and the console said to each other, as a sequence diagram",
        ("2 u full_stop",),
        (150, 38),
    ),
    Scene("sequence-80x24", "A station's sequence diagram in a small terminal", ("down u",), NARROW, False),
    Scene(
        "playback",
        "A trace played: chargers and log as they were at that moment, its time in the line at the bottom",
        ("f3", typed("14:02:20"), "enter"),
        (140, 32),
        opened=True,
    ),
    Scene("playback-80x24", "A trace in a small terminal", ("f3", typed("14:02:20"), "enter"), NARROW, False, True),
    Scene("help", "Every key, those of the focused pane first", ("question_mark",), (120, 40)),
    Scene("message-detail-80x24", "One message in a small terminal", ("2 enter",), NARROW, False),
    Scene("doors-80x24", "Doors in a small terminal", ("9",), NARROW, False),
    Scene("station-80x24", "One charger in a small terminal", ("down enter",), NARROW, False),
    Scene("transaction-80x24", "A session in a small terminal", ("3",), NARROW, False),
    Scene("command-80x24", "A command and its answer in a small terminal", ("down S", "f10 y", started), NARROW, False),
)


@asynccontextmanager
async def acted(scene: Scene) -> AsyncIterator[tuple[ConsoleApp, Pilot[Any]]]:
    """The real app on a scripted engine, or on a trace of its day, with the scene's steps done."""
    day = the_day()
    with clock_of(day), TemporaryDirectory() as folder:
        engine = opened(day, Path(folder)) if scene.opened else day
        app = ConsoleApp(engine, engine.settings)
        try:
            async with app.run_test(size=scene.size) as pilot:
                while not app.started:
                    await pilot.pause()
                await at_rest(engine, app, pilot)
                for step in scene.steps:
                    if isinstance(step, str):
                        await pilot.press(*step.split())
                    else:
                        step(day)
                    await at_rest(engine, app, pilot)
                yield app, pilot
        finally:
            await engine.stop()


def opened(day: ScriptedEngine, folder: Path) -> TraceEngine:
    """What `ocpp-console open` shows of a file that holds the day."""
    file = folder / "friday.jsonl"
    file.write_text("".join(f"{line_of(fact)}\n" for fact in day.facts), "utf-8")
    return TraceEngine(day.settings, Trace(file))


async def at_rest(engine: Engine, app: ConsoleApp, pilot: Pilot[Any]) -> None:
    """The screen has come to rest; a trace is loaded, and where it was to go."""
    if isinstance(engine, TraceEngine):
        await engine.loaded()
        await pilot.pause()
        await app.workers.wait_for_complete([each for each in app.workers if each.group == "playback"])
        await engine.playback.settled()
    await settled(app, pilot)


async def settled(app: ConsoleApp, pilot: Pilot[Any]) -> Picture:
    """What is on the screen once nothing changes any more."""
    before = None
    for _ in range(MOST_LOOKS):
        await pilot.pause()
        app.poke()
        await pilot.pause()
        picture = look(app)
        if picture.text == before:
            return picture
        before = picture.text
        await asyncio.sleep(0)
    raise AssertionError(f"the screen does not come to rest:\n{before}")


def look(app: ConsoleApp) -> Picture:
    """What is on the screen."""
    strips = list(app.screen._compositor.render_strips())
    lines = ["".join(segment.text for segment in strip).rstrip() for strip in strips]
    return Picture("\n".join(lines).rstrip() + "\n", strips)


async def render(scene: Scene) -> Picture:
    """Act a scene and look."""
    async with acted(scene) as (app, pilot):
        return await settled(app, pilot)

import re
import subprocess
import sys
import traceback
from typing import Any

import pytest
from textual.command import CommandPalette
from textual.widgets import Static

from ocpp_console.app import ConsoleApp
from ocpp_console.engine import Engine
from ocpp_console.keys import BY_ID, KEYS, PAGES, all_keys
from ocpp_console.settings import Settings
from ocpp_console.store.problems import TROUBLES

START = {"connectorId": 1, "idTag": "04A2", "meterStart": 0, "timestamp": "2026-11-20T14:03:21Z"}


async def test_digits_show_pages_and_escape_goes_home(open_console: Any) -> None:
    async with open_console() as console:
        for page in PAGES:
            await console.press(page.digit)
            assert console.app.current_mode == page.name
        await console.press("escape")
        assert console.app.current_mode == "overview"
        await console.press("escape", "escape")
        assert console.app.is_running


async def test_help_lists_every_key_with_its_sentence(open_console: Any) -> None:
    async with open_console(size=(120, 220)) as console:
        await console.press("question_mark")
        for key in all_keys():
            assert (key.id in console.text) is (key.scope != "playback"), "a live console plays no trace"
        await console.press("escape")
        assert len(console.app.screen_stack) == 1


async def test_the_users_keys_replace_ours_everywhere(open_console: Any) -> None:
    async with open_console(size=(140, 90), keys={"station.reset": "f5", "page.filter": "ctrl+f"}) as console:
        console.connect("AC-04")
        await console.look()
        assert "f5 reset" in console.lines[-1]
        await console.press("R")
        assert len(console.app.screen_stack) == 1
        await console.press("question_mark")
        assert "f5" in console.line("station.reset")
        await console.press("escape", "f5")
        assert len(console.app.screen_stack) == 2


async def test_keys_that_clash_or_are_unknown_are_told(open_console: Any) -> None:
    async with open_console(keys={"station.reset": "z", "no.such": "x"}) as console:
        complaints = " ".join(console.app.key_complaints())
        assert "no.such" in complaints
        assert "z is both" in complaints


@pytest.mark.parametrize("key", ["colon", "ctrl+p"])
async def test_the_palette_holds_everything_with_its_key(open_console: Any, key: str) -> None:
    async with open_console() as console:
        titles = {command.title: command for command in console.app.get_system_commands(console.app.screen)}
        assert "Reset  (R)" in titles
        assert "Filter  (/)" in titles
        assert any("(9)" in title for title in titles)
        await console.press(key)
        assert isinstance(console.app.screen, CommandPalette)


async def test_the_palette_runs_what_was_chosen(open_console: Any, until: Any) -> None:
    async with open_console() as console:
        await console.press("colon", *"Doors")
        await until(lambda: console.app.screen.query("CommandList").first().option_count)
        await console.press("enter")
        await until(lambda: console.app.current_mode == "doors")


async def test_the_palette_knows_commands_by_the_words_of_ocpp(open_console: Any, until: Any) -> None:
    async with open_console() as console:
        console.connect("AC-04")
        await console.look()
        await console.press("colon", *"remotestart")
        await until(lambda: console.app.screen.query("CommandList").first().option_count)
        await console.press("enter")
        await until(lambda: type(console.app.screen).__name__ == "CommandSheet")


async def test_q_quits_when_nothing_runs(open_console: Any) -> None:
    async with open_console() as console:
        await console.press("q")
        assert console.app.return_code == 0
        assert not console.app.is_running


async def test_q_asks_while_a_session_runs(open_console: Any) -> None:
    async with open_console() as console:
        console.connect("AC-04")
        console.says("AC-04", "StartTransaction", START, {"transactionId": 7, "idTagInfo": {"status": "Accepted"}})
        await console.press("q")
        assert console.app.is_running
        assert "AC-04" in console.text
        await console.press("n")
        assert console.app.is_running
        await console.press("q", "y")
        assert not console.app.is_running


async def test_ctrl_q_always_quits(open_console: Any) -> None:
    async with open_console() as console:
        await console.press("slash", "x", "ctrl+q")
        assert not console.app.is_running


async def test_a_port_in_use_ends_with_3_and_a_sentence() -> None:
    first = Engine(Settings(host=("127.0.0.1",), port=0, db=":memory:"))
    await first.start()
    try:
        settings = Settings(host=("127.0.0.1",), port=first.port, db=":memory:")
        second = Engine(settings)
        app = ConsoleApp(second, settings)
        await app.run_async(headless=True)
        await second.stop()
        assert app.return_code == 3
        assert f"Port {first.port}" in app.trouble
    finally:
        await first.stop()


async def test_ascii_draws_nothing_else(open_console: Any) -> None:
    async with open_console(ascii=True) as console:
        console.connect("AC-ž")
        console.says("AC-ž", "StatusNotification", {"connectorId": 1, "status": "Charging"}, {})
        await console.look()
        for key in ("2", "3", "4", "9", "question_mark"):
            await console.press(key)
            assert console.text.isascii()


async def test_no_color_draws_in_greys(open_console: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_console() as console:
        console.connect("AC-04")
        await console.look()
        for strip in console.app.screen._compositor.render_strips():
            for segment in strip:
                for color in (segment.style.color, segment.style.bgcolor) if segment.style else ():
                    triplet = color.triplet if color is not None else None
                    assert triplet is None or triplet.red == triplet.green == triplet.blue


@pytest.mark.parametrize("theme", ["console-dark", "console-light", "console-cb", "nord", "ansi-dark", "no-such-theme"])
async def test_every_theme_draws(open_console: Any, theme: str) -> None:
    async with open_console(theme=theme) as console:
        console.connect("AC-04")
        await console.look()
        assert "AC-04" in console.text


async def test_problems_stay_until_they_were_seen(open_console: Any) -> None:
    async with open_console(size=(120, 30)) as console:
        console.engine.report("The disk is full.")
        await console.look()
        assert "The disk is full." in console.lines[0]
        await console.press("exclamation_mark")
        assert "The disk is full." not in console.lines[0]


def test_ids_are_unique_and_capitals_write() -> None:
    assert len(BY_ID) == len(KEYS)
    for key in KEYS:
        first = key.keys.split(",")[0]
        capital = len(first) == 1 and first.isupper()
        assert key.writes == capital or key.id == "list.last"


def test_no_two_keys_of_a_scope_clash() -> None:
    taken: set[tuple[str, str]] = set()
    for key in all_keys():
        for each in key.keys.split(","):
            assert (key.scope, each) not in taken
            taken.add((key.scope, each))


def test_over_ssh_it_looks_five_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(db=":memory:")
    app = ConsoleApp(Engine(settings), settings)
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    assert app.pump_interval == 0.1
    monkeypatch.setenv("SSH_CONNECTION", "x")
    assert app.pump_interval == 0.2


def test_the_first_frame_waits_for_no_engine() -> None:
    heavy = ("ocpp_console.engine", "websockets", "aiosqlite", "jsonschema_rs", "ocpp", "ocpp_console.screens.overview")
    code = f"import sys, ocpp_console.app; print([name for name in {heavy} if name in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


async def test_the_engine_is_made_after_the_first_frame(until: Any) -> None:
    settings = Settings(host=("127.0.0.1",), port=0, db=":memory:")
    made: list[str] = []

    def make() -> Engine:
        made.append(type(app.screen).__name__)
        return Engine(settings)

    app = ConsoleApp(make, settings)
    async with app.run_test():
        await until(lambda: app.started)
    await app.stop_engine()
    assert made == ["OpeningScreen"]


async def test_a_widget_that_forgets_to_be_careful_is_caught_by_the_net(open_console: Any) -> None:
    async with open_console() as console:
        raw = "\x1b]52;c;eA==\x07 \x9b2J \u202e [/] \ud83d"
        await console.app.screen.mount(Static(raw, markup=False))
        console.app.notify(raw, title="x", markup=False)
        await console.look()
        assert not set(console.text) & set("\x1b\x07\x9b\u202e\ud83d")


async def test_what_breaks_is_kept_for_the_log_without_local_variables(capsys: pytest.CaptureFixture[str]) -> None:
    def make() -> Engine:
        secret = "-".join(["the", "secret", "password"])
        raise RuntimeError(f"broken \x1b[2J {len(secret)}")

    app = ConsoleApp(make, Settings(db=":memory:"))
    await app.run_async(headless=True)
    assert app.return_code == 1
    told = "".join(traceback.format_exception(app.broken))
    assert "RuntimeError: broken" in told
    assert "the-secret-password" not in told + capsys.readouterr().err


async def test_a_trouble_of_the_store_is_said_as_far_as_there_is_room(open_console: Any) -> None:
    async with open_console(size=(200, 40)) as console:
        console.engine._persistence._log.trouble = TROUBLES["locked"]
        await console.look()
        assert "Close it there; writing resumes by itself." in console.lines[0]
    async with open_console(size=(80, 24)) as console:
        console.engine._persistence._log.trouble = TROUBLES["locked"]
        await console.look()
        assert "The database is lo" in console.lines[0]
        assert console.lines[0].count("…") == 1


@pytest.mark.parametrize(
    ("own", "lost"),
    [
        ({"list.follow": "r"}, ""),
        ({"station.reset": "f"}, "list.follow"),
        ({"app.help": "S"}, "station.start"),
        ({"list.mark": "p"}, "tags.policy"),
        ({"tags.policy": "h"}, ""),
        ({"page.filter": "?"}, "app.help"),
    ],
)
async def test_a_key_that_takes_another_ones_place_is_told(open_console: Any, own: dict[str, str], lost: str) -> None:
    async with open_console(keys=own) as console:
        complaints = " ".join(console.app.key_complaints())
        assert (lost in complaints) if lost else ("list.follow" in own) == bool(complaints)


async def test_complaints_about_keys_stay_until_they_were_seen(open_console: Any) -> None:
    async with open_console(keys={"station.rest": "f5"}) as console:
        assert "did you mean station.reset?" in console.engine.problems[0].text
        assert "[keys]" in console.lines[0]
        await console.press("exclamation_mark")
        assert "[keys]" not in console.lines[0]


async def test_help_says_how_much_of_it_is_in_view(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        await console.press("question_mark")
        assert re.search(r"1–\d+ of \d+  esc closes", console.text)
        await console.press("G")
        assert re.search(r"(\d+) of \1  esc closes", console.text)


async def test_help_begins_with_the_keys_of_the_page(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        await console.press("5", "tab", "question_mark")
        assert "Send again" in console.text


async def test_help_lists_the_words_of_the_filter_where_there_is_a_log(open_console: Any) -> None:
    async with open_console(size=(140, 110)) as console:
        await console.press("2", "question_mark")
        assert "~from WHO" in console.text
        await console.press("escape", "4", "question_mark")
        assert "~from WHO" not in console.text


async def test_the_words_of_the_filter_fit_into_80_columns(open_console: Any) -> None:
    async with open_console(size=(80, 24)) as console:
        await console.press("2", "slash")
        assert console.lines[-1].rstrip().endswith("? the words")


async def test_without_colour_the_title_of_the_pane_with_the_focus_is_marked(
    open_console: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with open_console() as console:
        assert "› Stations" in console.text
        await console.press("tab")
        assert "› Stations" not in console.text
        assert "› idTags" in console.text


async def test_the_footer_of_the_smallest_window_keeps_the_word_for_help(open_console: Any) -> None:
    async with open_console(size=(60, 18)) as console:
        for page in "123456789":
            await console.press(page)
            assert "? help" in console.lines[-1]


async def test_what_an_empty_list_says_goes_on_in_the_next_line(open_console: Any) -> None:
    async with open_console(size=(60, 18)) as console:
        await console.press("3", "z")
        assert "start one from here." in " ".join(console.text.replace("│", " ").split())

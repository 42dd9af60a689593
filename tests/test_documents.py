"""The documents say what the program does: tables follow from declarations, examples are played."""

import importlib.util
import re
import shlex
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from ocpp_console.events import FrameReceived, FrameSent
from ocpp_console.model.times import parse_time
from ocpp_console.narration import Narrator
from ocpp_console.settings import SETTINGS, load
from ocpp_console.shell.parsing import parse
from ocpp_console.shell.subcommands import SUBCOMMANDS
from ocpp_console.themes import THEMES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = sorted(path for path in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")))
REMEDY = "run python3 docs/make.py"


def maker() -> ModuleType:
    """docs/make.py."""
    spec = importlib.util.spec_from_file_location("documents", ROOT / "docs" / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAKER = maker()


def blocks(language: str = "") -> list[str]:
    """The code blocks of the README in a language."""
    return [text for named, text in re.findall(r"^```(\w*)\n(.*?)^```$", README, re.M | re.S) if named == language]


@pytest.mark.parametrize("name", MAKER.PAGES_WRITTEN)
def test_what_follows_from_declarations_is_up_to_date(name: str) -> None:
    assert (ROOT / name).read_text("utf-8") == MAKER.PAGES_WRITTEN[name](), REMEDY


def test_the_tables_of_the_readme_are_up_to_date() -> None:
    assert MAKER.with_tables(README) == README, REMEDY
    assert all(f"`{setting.flag}`" in README for setting in SETTINGS.values())


def test_the_two_commands_stand_on_lines_of_their_own() -> None:
    install = 'python3 -m pip install -e ".[test]"'
    lines = README.splitlines()
    assert f"{install} && python3 -m ocpp_console --demo" in lines
    assert f"{install} && python3 -m pytest" in lines


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_and_pictures_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", document.read_text("utf-8"))
    missing = [target for target in targets if "://" not in target and not (document.parent / target).exists()]
    assert not missing


def test_every_flag_that_the_readme_names_exists() -> None:
    of_subcommands = {each.name for subcommand in SUBCOMMANDS.values() for each in subcommand.arguments if each.is_flag}
    known = {setting.flag for setting in SETTINGS.values()} | {"--config", "--no-mouse", "--extra"} | of_subcommands
    assert set(re.findall(r"(?<![\w-])--[a-z][\w-]+", README)) <= known


def test_every_command_line_of_the_readme_is_understood() -> None:
    given = re.findall(r"(?:ocpp-console|-m ocpp_console) ((?:info|--)[^`\n]*)", README)
    assert len(given) >= 4
    for arguments in given:
        parse(shlex.split(arguments))


def test_the_configuration_file_of_the_readme_can_be_read(tmp_path: Path) -> None:
    [example] = blocks("toml")
    file = tmp_path / "config.toml"
    file.write_text(example, "utf-8")
    settings, origins = load({}, {}, file, required=True)
    assert settings.keys == {"station.reset": "f5"}
    assert {name for name, origin in origins.items() if origin == "file"} == set(tomllib.loads(example))
    assert settings.theme in {theme.name for theme in THEMES}


def test_the_plain_lines_of_the_readme_are_those_of_the_program() -> None:
    [example] = [block for block in blocks() if "from station" in block]
    at = parse_time("2026-11-20T14:03:05Z")
    assert at is not None
    narrator = Narrator()
    asked = FrameReceived(1, at, "AC-07", 9, b'[2,"1","Authorize",{"idTag":"7C11A0EE9B"}]')
    told = FrameSent(2, at + 400, "AC-07", 9, b'[3,"1",{"idTagInfo":{"status":"Invalid"}}]', 1)
    assert [narrator.line(asked), narrator.line(told)] == example.splitlines()


def test_the_page_of_the_architecture_is_short_and_has_the_layers_that_are_kept() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    assert len(page.splitlines()) <= 150
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    kept = [line for each in contracts if each["id"] == "layers" for line in each["layers"]]
    (drawn,) = (text for text in re.findall(r"^```\n(.*?)^```$", page, re.M | re.S) if text.startswith("cli\n"))
    layers = [layer.strip() for line in drawn.splitlines() for layer in re.split(r" {3,}", line)[0].split(" / ")]
    assert layers == kept

"""The promises of the architecture that a machine can keep: who imports whom, sizes, docstrings, safe text."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "ocpp_console"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
NOWHERE_NAMES = {"utils", "helpers", "common", "manager", "base"}

MARKUP_CALLS = {"Static", "Label", "Button", "Option", "Collapsible", "TabPane", "notify"}
"""What Textual parses as markup unless it is told not to: one `[/]` from a charger would end the program."""

MARKUP_ATTRIBUTES = {"border_title", "border_subtitle", "tooltip"}


def named(path: Path) -> str:
    """The path inside the repository, as a test's id."""
    return str(path.relative_to(ROOT))


def public_definitions(tree: ast.Module) -> Iterator[ast.AST]:
    """The public classes and functions of a module and the public methods of those classes."""
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in tree.body:
        if isinstance(node, kinds) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from (each for each in node.body if isinstance(each, kinds) and not each.name.startswith("_"))


def is_setter(node: ast.AST) -> bool:
    """Whether a function is the other half of a property, whose docstring stands with the first."""
    return any(getattr(each, "attr", "") == "setter" for each in node.decorator_list)


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_module_says_what_it_is_for_and_stays_small(path):
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "the module has no docstring"
    mute = [node.name for node in public_definitions(tree) if not ast.get_docstring(node) and not is_setter(node)]
    assert not mute, f"without docstring: {mute}"
    assert len(text.splitlines()) <= LONGEST_MODULE
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    long = [node.name for node in functions if node.end_lineno - node.lineno >= LONGEST_FUNCTION]
    assert not long, f"longer than {LONGEST_FUNCTION} lines: {long}"


def test_no_module_has_a_name_that_says_nothing():
    assert not [named(path) for path in PACKAGE.rglob("*") if path.stem in NOWHERE_NAMES]


def test_imports_point_downwards():
    command = Path(sys.executable).with_name("lint-imports")
    found = str(command) if command.exists() else shutil.which("lint-imports")
    if not found:
        pytest.skip("import-linter is not installed")
    done = subprocess.run([found, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def imported_by(code: str) -> set[str]:
    """The modules that are loaded after running `code` in a fresh interpreter."""
    script = f"import sys\n{code}\nprint('\\n'.join(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines())


def test_plain_lines_need_no_textual():
    assert not {"textual", "rich"} & imported_by("import ocpp_console.headless, ocpp_console.engine")


def test_a_console_without_broker_and_api_loads_nothing_of_theirs():
    code = "import ocpp_console.app, ocpp_console.engine, ocpp_console.screens.overview"
    loaded = imported_by(code)
    assert not {"aiomqtt", "paho", "fastapi", "uvicorn", "ocpp", "segno", "html.entities"} & loaded


@pytest.mark.parametrize("flag", ["--help", "--version"])
def test_help_and_version_load_nothing_heavy(flag):
    code = f"from ocpp_console.cli import main\ntry: main(['{flag}'])\nexcept SystemExit: pass"
    assert not {"textual", "rich", "asyncio", "sqlite3", "websockets", "ocpp", "jsonschema_rs"} & imported_by(code)


def is_made_up_text(node: ast.expr) -> bool:
    """Whether an expression puts text together at run time: an f-string, a sum with text, or `format`."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp):
        return any(isinstance(side, (ast.JoinedStr, ast.Constant)) for side in (node.left, node.right))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in {"format", "join"}
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"str", "visible"}


def without_markup(call: ast.Call) -> bool:
    """Whether a call says `markup=False`."""
    return any(
        word.arg == "markup" and isinstance(word.value, ast.Constant) and word.value.value is False
        for word in call.keywords
    )


def markup_from_text(tree: ast.Module) -> Iterator[int]:
    """The lines in which text made at run time is handed to something that reads markup."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            told = [
                *node.args[:1],
                *(word.value for word in node.keywords if word.arg in {"title", "label", "message"}),
            ]
            risky = any(
                not isinstance(text, ast.Constant) if name == "notify" else is_made_up_text(text) for text in told
            )
            if name in MARKUP_CALLS and risky and not without_markup(node):
                yield node.lineno
        elif isinstance(node, ast.Assign) and is_made_up_text(node.value):
            yield from (node.lineno for target in node.targets if getattr(target, "attr", "") in MARKUP_ATTRIBUTES)


FRONT = [path for path in MODULES if {"screens", "widgets"} & set(path.parts) or path.name == "app.py"]


@pytest.mark.parametrize("path", FRONT, ids=named)
def test_text_made_at_run_time_is_never_read_as_markup(path):
    lines = list(markup_from_text(ast.parse(path.read_text("utf-8"))))
    assert not lines, f"{named(path)}, lines {lines}: hand over Text or Content, or say markup=False"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("Static(f'{a}')", [1]),
        ("Static(f'{a}', markup=False)", []),
        ("Static('fixed')", []),
        ("self.notify(text)", [1]),
        ("self.app.notify(text, markup=False)", []),
        ("self.border_title = f'{a}'", [1]),
        ("Label('a' + b)", [1]),
        ("Option(visible(a))", [1]),
        ("Static(Text(a))", []),
    ],
)
def test_the_search_for_markup_finds_what_it_should(code, found):
    assert list(markup_from_text(ast.parse(code))) == found

"""Writes what follows from declarations: `python3 docs/make.py`.

Key tables from `keys.py`, the table of settings from `settings.py`, the list of actions from `actions.toml`. In the
README they stand between markers; a test compares all of them. The commands with their fields come from the schemas.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from textual.app import App  # noqa: E402
from textual.binding import Binding  # noqa: E402

from ocpp_console.keys import FOOTERS, PAGES, Key, all_keys, keys_of  # noqa: E402
from ocpp_console.model.finding_words import Explanation, catalogue  # noqa: E402
from ocpp_console.protocol.actions import ACTIONS, Action, Version, actions_of  # noqa: E402
from ocpp_console.protocol.field_help import limits, meaning  # noqa: E402
from ocpp_console.protocol.fields import Field, fields  # noqa: E402
from ocpp_console.screens.help import WHERE  # noqa: E402
from ocpp_console.settings import SETTINGS, Setting  # noqa: E402
from ocpp_console.shell.declaring import EXIT_WORDS, Subcommand  # noqa: E402
from ocpp_console.shell.parsing import PROGRAM  # noqa: E402
from ocpp_console.shell.subcommands import SUBCOMMANDS  # noqa: E402
from ocpp_console.widgets.payload_lines import EXTENSION  # noqa: E402

WHO = {"csms": "console", "station": "charger", "both": "both"}
NOTE = "<!-- Written by docs/make.py. -->"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def spelled(key: Key) -> str:
    """A key's names as people read them."""
    names = App[None]()
    displays = (names.get_key_display(Binding(each.strip(), "")) for each in key.keys.split(","))
    return " ".join(f"`{display.replace('⏎', 'enter').replace('^', 'ctrl+')}`" for display in displays)


def short_keys() -> str:
    """The table of the README: what writes to the selected charger, and what the footers show."""
    shown = {id for ids in FOOTERS.values() for id in ids} | {"list.mark", "page.next_pane", "app.quit", "app.seen"}
    listed = [key for key in all_keys() if key.scope in ("app", "page", "list", "tags")]
    writing = [key for key in listed if key.writes]
    looking = [key for key in listed if key.id in shown and not key.writes]
    pages = f"`{PAGES[0].digit}` … `{PAGES[-1].digit}`"
    rows = [(spelled(key), key.help, WHERE[key.scope], "yes") for key in writing]
    rows += [(pages, "Pages: " + ", ".join(f"{page.digit} {page.title}" for page in PAGES), WHERE["app"], "")]
    rows += [(spelled(key), key.help, WHERE[key.scope], "") for key in looking]
    return table(("key", "what it does", "where", "writes to a charger"), rows)


def keys_page() -> str:
    """Every key, with the name to change it by."""
    parts = [
        "# Keys",
        NOTE,
        "Capital letters write to a charger and vanish with `--read-only`; small letters never do (`G`, for the end of "
        "a list, is the one old habit).\n"
        'Keys are changed by name in the configuration file, for example `[keys]` and `"station.reset" = "f5"`.',
    ]
    for scope in dict.fromkeys((*WHERE, *(key.scope for key in all_keys()))):
        rows = [(spelled(key), key.help, "yes" if key.writes else "", f"`{key.id}`") for key in keys_of(scope)]
        parts += [f"## Keys: {WHERE.get(scope, scope)}", table(("key", "what it does", "writes", "name"), rows)]
    return "\n\n".join(parts) + "\n"


def default_of(setting: Setting) -> str:
    """A default as it would be typed."""
    if isinstance(setting.default, bool):
        return "on" if setting.default else "off"
    if isinstance(setting.default, tuple):
        return f"`{', '.join(setting.default)}`"
    if isinstance(setting.default, float):
        return f"`{setting.default:g}`"
    return f"`{setting.default}`" if setting.default not in ("", {}) else ""


def settings_table() -> str:
    """Every setting with its flag and default."""
    rows = [(f"`{each.flag}`", default_of(each), each.help) for each in SETTINGS.values()]
    return table(("flag", "default", "what it is"), rows)


def action_row(action: Action) -> tuple[str, ...]:
    """One action."""
    versions = tuple("●" if version in action.versions else "" for version in Version)
    after = f"Then: {', '.join(action.followed_by)}." if action.followed_by else ""
    never = "Is never answered." if action.kind == "send" else ""
    return (action.name, *versions, WHO[action.by], " ".join(filter(None, (action.caution, after, never))))


def actions_page() -> str:
    """Every action of every version, by subject."""
    counts = [(f"OCPP {v}", str(len(actions_of(v, "csms"))), str(len(actions_of(v, "station")))) for v in Version]
    parts = [
        "# Actions",
        NOTE,
        f"All {len(ACTIONS)} actions of OCPP 1.6 (with the security extensions), 2.0.1 and 2.1.\n"
        "Every call of a charger is answered. `N` sends any command of the console by name, and asks first where there "
        "is something to mind.",
        table(("version", "sent by the console", "sent by a charger"), counts),
        "DataTransfer counts on both sides.",
    ]
    for block in dict.fromkeys(action.block for action in ACTIONS.values()):
        rows = [action_row(action) for action in ACTIONS.values() if action.block == block]
        parts += [f"## {block}", table(("action", *Version, "sent by", "to mind"), rows)]
    return "\n\n".join(parts) + "\n"


LONGEST_WORDS = 160
"""Characters of what is said about a field; forms show all of it."""


def field_rows(version: str, action: str, field: Field, depth: int = 0) -> Iterator[tuple[str, ...]]:
    """Every field of a payload in its order; what any object may carry besides is left out."""
    for child in field.children:
        if child.name != EXTENSION:
            yield (
                f"{'· ' * depth}`{child.name}`",
                allowed(child),
                "yes" if child.required else "",
                about(version, action, child),
            )
            yield from field_rows(version, action, child.items if child.items is not None else child, depth + 1)


def allowed(field: Field) -> str:
    """What may stand in a field."""
    inner = field.items if field.items is not None and not field.items.children else None
    words = field.enum or (inner.enum if inner is not None else ())
    rules = limits(field) + (f" of {limits(inner)}" if inner is not None else "")
    return f"{rules}: {', '.join(words)}" if words else rules


def about(version: str, action: str, field: Field) -> str:
    """One line of what a field is for."""
    words = " ".join(meaning(version, action, field).split())
    return words if len(words) <= LONGEST_WORDS else f"{words[: LONGEST_WORDS - 1].rstrip()}…"


def command_part(action: Action) -> list[str]:
    """One command: what to mind, and its fields in each version; versions with the same fields share a table."""
    notes = [action.caution, f"Then: {', '.join(action.followed_by)}." if action.followed_by else ""]
    parts = [f"### {action.name}", *(note for note in notes if note)]
    tables: dict[str, list[str]] = {}
    for version in Version:
        root = fields(version, action.name) if version in action.versions else None
        if root is not None:
            rows = list(field_rows(version, action.name, root))
            head = ("field", "what may stand there", "required", "what it is")
            tables.setdefault(table(head, rows) if rows else "No fields.", []).append(version)
    return parts + [f"OCPP {' and '.join(versions)}\n\n{text}" for text, versions in tables.items()]


def commands_page() -> str:
    """Every command of the console with its fields."""
    commands = [action for action in ACTIONS.values() if action.by in ("csms", "both")]
    pairs = sum(len(actions_of(version, "csms")) for version in Version)
    parts = [
        "# Commands",
        NOTE,
        f"The {len(commands)} commands of the console, {pairs} with their versions, and what may stand in them. "
        "`:` and `N` send each of them.\n"
        "A dot stands before what is inside the field above. Every object of 2.x may carry `customData` besides.",
    ]
    for block in dict.fromkeys(action.block for action in commands):
        parts.append(f"## {block}")
        for action in commands:
            parts += command_part(action) if action.block == block else []
    return "\n\n".join(parts) + "\n"


def subcommand_part(subcommand: Subcommand) -> list[str]:
    """One subcommand: how it is used, its arguments, examples; or its verbs one after another."""
    if subcommand.verbs:
        return [
            part
            for verb in subcommand.verbs
            for part in subcommand_part(verb._replace(name=f"{subcommand.name} {verb.name}"))
        ]
    rows = [(f"`{each.name}`", each.help) for each in subcommand.arguments]
    rows += [("flags of settings", "all, see the README")] if subcommand.settings else []
    lines = "\n".join(f"{PROGRAM} {line.partition('  ')[0]}" for line in subcommand.examples)
    return [
        f"## {subcommand.name}",
        f"{subcommand.help[0].upper()}{subcommand.help[1:]}.",
        table(("argument", "what it is"), rows) if rows else "",
        f"```\n{lines}\n```" if lines else "",
        f"```\n{subcommand.words}\n```" if "\n  " in subcommand.words else subcommand.words,
        f"Exit codes: {', '.join(str(int(code)) for code in sorted(subcommand.exits))}.",
    ]


def shell_page() -> str:
    """Every subcommand with its arguments, and what the exit codes mean."""
    codes = [(str(int(code)), text) for code, text in sorted(EXIT_WORDS.items())]
    parts = [
        "# From the shell",
        NOTE,
        "What the program does besides being a console. Commands that ask a running console need it to run with "
        "`--api`; on the same\nmachine it is found by itself. With `--json` they print JSON, for programs. "
        f"`{PROGRAM} COMMAND --help` says the same.",
        "Every command means the same by its exit code:",
        table(("exit code", "meaning"), codes),
    ]
    for subcommand in SUBCOMMANDS.values():
        parts += filter(None, subcommand_part(subcommand))
    return "\n\n".join(parts) + "\n"


def findings_page() -> str:
    """Every finding: what it means and what to do."""
    topics: dict[str, list[Explanation]] = {}
    for each in catalogue().values():
        topics.setdefault(each.topic, []).append(each)
    parts = [
        "# Findings",
        NOTE,
        "What the console points out about messages and stations, live and in traces alike. The severity is the worst "
        "a code can have. Codes marked ◆ mean the same in OCPP DebugKit. Page `0` of the console lists what was found; "
        "`--strict` refuses calls that break their schema.",
    ]
    for topic in sorted(topics):
        parts.append(f"## {topic}")
        for each in topics[topic]:
            mark = " ◆" if each.shared else ""
            word = each.severity.name.lower()
            parts.append(f"**`{each.code}`**{mark} · {word} · {each.title}. {each.means}\n*Do:* {each.advice}")
    return "\n\n".join(parts) + "\n"


PAGES_WRITTEN: dict[str, Callable[[], str]] = {
    "docs/keys.md": keys_page,
    "docs/actions.md": actions_page,
    "docs/commands.md": commands_page,
    "docs/shell.md": shell_page,
    "docs/findings.md": findings_page,
}
TABLES_WRITTEN: dict[str, Callable[[], str]] = {"keys": short_keys, "settings": settings_table}


def with_tables(readme: str) -> str:
    """The README with what stands between its markers made anew."""
    for name, make in TABLES_WRITTEN.items():
        begin, end = f"<!-- {name}: docs/make.py -->", f"<!-- {name} end -->"
        if begin not in readme or end not in readme:
            raise SystemExit(f"README.md has lost the markers of the table of {name}")
        pattern = re.escape(begin) + ".*?" + re.escape(end)
        made = f"{begin}\n\n{make()}\n\n{end}"
        readme = re.sub(pattern, lambda _, made=made: made, readme, flags=re.S)
    return readme


def main() -> None:
    """Write all of it."""
    for name, make in PAGES_WRITTEN.items():
        (ROOT / name).write_text(make(), "utf-8", newline="\n")
    readme = ROOT / "README.md"
    readme.write_text(with_tables(readme.read_text("utf-8")), "utf-8", newline="\n")


if __name__ == "__main__":
    main()

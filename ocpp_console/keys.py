"""Every key of the console, declared once: bindings, footer, palette, help and the documentation follow from it.

The rule behind the letters: small letters look and arrange, capital letters write to a charger (`writes`), and those
vanish with `--read-only`. (`G` for the end of a list is the one old habit kept.) A user changes keys by id.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple


class Key(NamedTuple):
    """One thing a key does."""

    id: str
    """Stable name for the user's own keys: `[keys]` in the settings file, `"station.reset" = "f5"`."""
    keys: str
    """Textual key names, comma separated; the first is the one shown."""
    action: str
    """The Textual action it runs."""
    short: str
    """One or two words for the footer."""
    help: str
    """A sentence for the palette and the help page."""
    scope: str
    """Where it works: `app` everywhere; `page` on every page; otherwise the kind of pane that has the focus."""
    writes: bool = False
    """It sends something to a charger."""


KEYS: tuple[Key, ...] = (
    # capital letters: a charger hears of it
    Key("station.start", "S", "command('S')", "start", "Start a session: RemoteStart / RequestStart", "page", True),
    Key("station.stop", "X", "command('X')", "stop", "Stop a running session", "page", True),
    Key("station.reset", "R", "command('R')", "reset", "Reset the station", "page", True),
    Key("station.firmware", "U", "command('U')", "firmware", "Send UpdateFirmware", "page", True),
    Key("station.unlock", "L", "command('L')", "unlock", "Unlock a connector", "page", True),
    Key("station.availability", "A", "command('A')", "availability", "Take out of or back into service", "page", True),
    Key("station.trigger", "T", "command('T')", "trigger", "Ask the station to send a message", "page", True),
    Key("station.configuration", "C", "command('C')", "configuration", "Read all of the configuration", "page", True),
    Key("station.command", "N", "command('N')", "command", "Send any command", "page", True),
    Key("station.disconnect", "D", "disconnect", "disconnect", "Close the connection; it dials again", "page", True),
    # lists
    Key("list.open", "enter", "open", "open", "Open what the cursor is on", "list"),
    Key("list.up", "up,k", "move(-1)", "up", "One row up", "list"),
    Key("list.down", "down,j", "move(1)", "down", "One row down", "list"),
    Key("list.page_up", "pageup", "move_page(-1)", "page up", "One page up", "list"),
    Key("list.page_down", "pagedown", "move_page(1)", "page down", "One page down", "list"),
    Key("list.first", "home,g", "first", "first", "To the first row", "list"),
    Key("list.last", "end,G", "last", "last", "To the last row; a paused log follows again", "list"),
    Key("list.follow", "f", "follow", "follow", "Follow the newest row, or stay where you are", "list"),
    Key("list.mark", "space,m", "mark", "mark", "Mark the row; commands go to all marked stations", "list"),
    Key("list.next_mark", "apostrophe", "next_mark", "next mark", "To the next marked row", "list"),
    Key("list.order", "o", "order", "order", "Order by the next column; then the other way round", "list"),
    # any page
    Key("page.filter", "slash", "filter", "filter", "Show only what matches", "page"),
    Key("page.station_only", "full_stop", "station_only", "all/station", "Log of all or of one station", "page"),
    Key("page.zoom", "z", "zoom", "zoom", "One pane over the whole page, and back", "page"),
    Key("page.boot_answer", "b", "boot_answer", "boot answer", "Accept, hold or reject its boots (Pending…)", "page"),
    Key("station.words", "w", "station_words", "name", "Name and notes of the station", "page"),
    Key("station.settings", "f12", "station_settings", "settings", "Set for the station: password, limits…", "page"),
    Key("station.forget", "delete", "forget", "forget", "Forget an offline station; asks first", "page"),
    Key("page.copy", "y", "copy", "copy", "Copy what the cursor is on to the clipboard", "page"),
    Key("page.next_pane", "tab", "app.focus_next", "next pane", "To the next pane", "page"),
    Key("page.previous_pane", "shift+tab", "app.focus_previous", "previous pane", "To the previous pane", "page"),
    Key("page.next", "right_square_bracket", "neighbour(1)", "next", "The next station or message", "page"),
    Key("page.previous", "left_square_bracket", "neighbour(-1)", "previous", "The previous one", "page"),
    Key("page.back", "escape", "back", "back", "One step back; never leaves the console", "page"),
    # idTags
    Key("tags.accept_unknown", "i", "accept_unknown", "accept", "Accept the unknown tag here, or the last one", "page"),
    Key("tags.add", "a", "add_tag", "add", "Add an idTag", "tags"),
    Key("tags.edit", "e", "edit_tag", "edit", "Change the idTag", "tags"),
    Key("tags.remove", "d,delete", "remove_tag", "delete", "Delete the idTag, or dismiss an unknown one", "tags"),
    Key("tags.policy", "p", "switch_policy", "policy", "Known tags only, or accept every tag", "tags"),
    Key("tags.import", "r", "import_tags", "read CSV", "Read idTags from a CSV file", "tags"),
    Key("tags.export", "x", "export_tags", "write CSV", "Write idTags to a CSV file", "tags"),
    # configuration
    Key(
        "variables.edit", "E", "edit", "edit", "Change the value; asks if it may cut the station off", "variables", True
    ),
    Key("variables.read_rows", "V", "read_rows", "read again", "Read the marked values again", "variables", True),
    Key("variables.read_base", "B", "read_base", "report", "Read a report of your choice (2.x)", "variables", True),
    Key("variables.report", "P", "read_report", "part", "Report of a part: criterion, component…", "variables", True),
    Key("variables.cancel", "c", "cancel", "cancel", "Stop reading or writing; what was sent stays sent", "variables"),
    Key("variables.layout", "t", "layout", "tree/flat", "By component as a tree, or a flat list (2.x)", "variables"),
    Key("variables.secrets", "p", "secrets", "secrets", "Show passwords and keys, or hide them again", "variables"),
    Key("variables.keep", "s", "keep", "keep", "Keep the configuration as it is now, under a name", "variables"),
    Key("variables.kept", "d", "kept", "compare", "Kept configurations: compare, restore, delete", "variables"),
    Key(
        "variables.undo",
        "Z",
        "undo",
        "undo",
        "Back to before the last writing; shows the plan first",
        "variables",
        True,
    ),
    Key(
        "variables.import",
        "I",
        "import_template",
        "apply TOML",
        "Apply a template; shows the plan first",
        "variables",
        True,
    ),
    Key("variables.export", "x", "export_template", "write TOML", "Write the values as a template", "variables"),
    # commands
    Key("commands.again", "W", "send_again", "again", "Send again; asks where the command asks", "commands", True),
    Key("commands.edit", "E", "edit_and_send", "edit", "Edit and send; a saved one: to whom", "commands", True),
    Key("commands.procedures", "h", "procedures", "procedures", "Show or hide calls of procedures", "commands"),
    Key("commands.cancel", "c", "cancel_command", "cancel", "Take back a command without an answer", "commands"),
    Key("commands.keep", "a", "keep_command", "keep", "Keep the command under a name", "commands"),
    Key("commands.rename", "e", "rename_command", "rename", "Change name or note of a saved command", "commands"),
    Key("commands.remove", "d,delete", "remove_command", "forget", "Forget a saved command; asks first", "commands"),
    Key("commands.import", "r", "import_commands", "read TOML", "Read commands; tells what is skipped", "commands"),
    Key("commands.export", "x", "export_commands", "write TOML", "Write saved commands to a file", "commands"),
    # the sheet of a command
    Key("sheet.whole", "f9", "whole", "whole", "The sheet of a command over the whole screen, and back", "sheet"),
    # findings
    Key("findings.acknowledge", "a", "acknowledge", "known", "You know of it: counts when it comes again", "findings"),
    Key("findings.hide", "h", "hide_code", "hide code", "Hide the code at all stations, or show it again", "findings"),
    Key(
        "findings.all_known",
        "c",
        "acknowledge_all",
        "all known",
        "You know of all that is listed; asks",
        "findings",
    ),
    Key("findings.messages", "e", "messages", "messages", "All messages concerned, in the log", "findings"),
    Key("findings.export", "x", "export_findings", "report", "Write what is listed as a Markdown report", "findings"),
    Key("findings.hidden", "v", "show_hidden", "hidden", "List hidden codes as well, or not", "findings"),
    # charging limits
    Key("charging.limit", "M", "limit_now", "limit now", "Limit at once; the purpose by situation", "charging", True),
    Key("charging.build", "P", "build_profile", "profile", "Build a charging profile and send it", "charging", True),
    Key("charging.clear", "K", "clear_profiles", "clear", "Clear charging profiles; asks first", "charging", True),
    Key("charging.read", "V", "read_limits", "ask", "Ask for profiles (2.x) and composite schedule", "charging", True),
    Key("charging.unit", "u", "switch_unit", "A/W", "Draw the curve in amperes or in watts", "charging"),
    Key("charging.span", "h", "switch_span", "span", "Draw an hour, six, a day or a week ahead", "charging"),
    # local lists and reservations
    Key("lists.changes", "W", "send_list('changes')", "send", "Send what changed; asks first", "lists", True),
    Key("lists.full", "F", "send_list('full')", "full list", "Send the full local list; asks first", "lists", True),
    Key("lists.version", "V", "read_versions", "version", "Ask for the version of the local list", "lists", True),
    Key("lists.reserve", "E", "reserve", "reserve", "Reserve a connector for a tag", "lists", True),
    Key("lists.cancel", "K", "cancel_reservation", "cancel", "Cancel a reservation; asks first", "lists", True),
    # message log
    Key("log.difference", "d", "difference", "compare", "Compare the marked message with the one here", "messages"),
    Key("log.export", "x", "export_log", "export", "Write what is shown to a file: trace, CSV, text", "messages"),
    Key("messages.search", "s", "search", "search", "Look for a text in what is shown", "messages"),
    Key("messages.next_hit", "n", "hit(1)", "next hit", "To the next row that has the text", "messages"),
    Key("messages.previous_hit", "p", "hit(-1)", "previous hit", "To the previous row that has the text", "messages"),
    Key("messages.time", "t", "to_time", "to a time", "Go to a time, anywhere in the log", "messages"),
    Key("messages.answer", "a", "to_answer", "answer", "Open the message with its answer under the cursor", "messages"),
    Key("messages.call", "c", "to_call", "call", "To the call this one repeats or answers once more", "messages"),
    Key("messages.session", "e", "to_session", "session", "To the session that the message belongs to", "messages"),
    Key("messages.comment", "semicolon", "comment", "comment", "Write a comment on the row", "messages"),
    Key("messages.filters", "l", "saved_filters", "filters", "Saved filters: use, keep this one, forget", "messages"),
    Key(
        "sequence.export",
        "x",
        "export_sequence",
        "export",
        "Write the diagram: Mermaid, PlantUML…",
        "sequence",
    ),
    Key("page.sequence", "u", "sequence", "sequence", "Sequence diagram: station, session or marked rows", "page"),
    Key("page.only", "v", "only", "only this", "Only this station, action, session, tag, value…", "page"),
    # message detail
    Key("detail.place", "n", "place(1)", "next odd", "To what is odd next, or to the next hit of a search", "detail"),
    Key("detail.place_back", "p", "place(-1)", "previous odd", "To what is odd before it, or the hit before", "detail"),
    Key("detail.search", "s", "seek", "search", "Look for a text in the message", "detail"),
    Key("detail.fold", "left", "fold", "fold", "Fold, or go to what is around", "detail"),
    Key("detail.unfold", "right", "unfold", "unfold", "Unfold, or go down", "detail"),
    Key("detail.unfold_all", "e", "unfold_all", "unfold all", "Unfold everything, or fold it again", "detail"),
    Key("detail.difference", "d", "difference", "compare", "Compare with the marked one, or the one before", "detail"),
    Key("detail.tab", "t", "next_tab", "JSON/raw", "JSON, or the bytes as they came", "page"),
    # a trace that is shown
    Key("playback.play", "f5", "playback('play')", "play/pause", "Play the trace from here, or pause", "playback"),
    Key("playback.step", "f6,shift+right", "playback('step')", "step", "On by one message, or what fits", "playback"),
    Key(
        "playback.step_back",
        "comma",
        "playback('step_back')",
        "step back",
        "Back by one, as far as it fits",
        "playback",
    ),
    Key(
        "playback.finding", "right_curly_bracket", "playback('finding')", "next finding", "On to a finding", "playback"
    ),
    Key(
        "playback.finding_back",
        "left_curly_bracket",
        "playback('finding_back')",
        "finding before",
        "Back to the finding before",
        "playback",
    ),
    Key("playback.start", "f7", "playback('start')", "to start", "To the start of the trace", "playback"),
    Key("playback.end", "f9", "playback('end')", "to end", "To the end: the whole trace", "playback"),
    Key("playback.time", "f3", "playback('time')", "play at", "To a time of the trace: all as it was then", "playback"),
    Key("playback.back", "minus", "playback('back')", "-1 min", "One minute back in the trace", "playback"),
    Key("playback.on", "plus,equals_sign", "playback('on')", "+1 min", "One minute on in the trace", "playback"),
    Key("playback.slower", "less_than_sign", "playback('slower')", "slower", "Play the trace slower", "playback"),
    Key("playback.faster", "greater_than_sign", "playback('faster')", "faster", "Play the trace faster", "playback"),
    # the application
    Key("app.palette", "colon,ctrl+p", "command_palette", "palette", "Everything by name, with its key", "app"),
    Key("app.help", "question_mark,f1", "help", "help", "This page of keys", "app"),
    Key("app.duties", "f4", "duties", "duties", "What the console does by itself, and switches for it", "app"),
    Key("app.reload", "f3", "reload", "read again", "Read settings and the file of idTags again", "app"),
    Key("app.recording", "f2", "recording", "trace", "The opened trace: how far it is, bad lines", "app"),
    Key("app.picture", "f8,ctrl+g", "picture", "picture", "Save the screen as an SVG picture", "app"),
    Key("app.seen", "exclamation_mark", "seen", "seen", "Problems in the status line have been seen", "app"),
    Key("app.quit", "q", "leave", "quit", "Quit; asks when a session runs", "app"),
    Key("app.quit_now", "ctrl+q", "quit", "quit now", "Quit without a question", "app"),
)

BY_ID: dict[str, Key] = {key.id: key for key in KEYS}

FOOTERS: dict[str, tuple[str, ...]] = {
    "stations": ("station.start", "station.stop", "station.reset", "station.firmware", "station.command", "app.help"),
    "messages": ("list.open", "list.follow", "page.filter", "page.station_only", "page.zoom", "app.help"),
    "sequence": ("list.open", "list.follow", "sequence.export", "page.station_only", "page.back", "app.help"),
    "tags": ("tags.accept_unknown", "tags.add", "tags.edit", "tags.remove", "tags.policy", "app.help"),
    "variables": (
        "station.configuration",
        "variables.edit",
        "variables.keep",
        "variables.kept",
        "page.filter",
        "app.help",
    ),
    "commands": ("list.open", "commands.again", "commands.edit", "commands.keep", "page.station_only", "app.help"),
    "saved": ("list.open", "commands.rename", "commands.remove", "commands.import", "commands.export", "app.help"),
    "story": ("list.open", "commands.again", "commands.edit", "page.zoom", "page.back", "app.help"),
    "findings": (
        "list.open",
        "findings.messages",
        "findings.acknowledge",
        "findings.export",
        "page.station_only",
        "app.help",
    ),
    "places": ("list.open", "page.next_pane", "page.zoom", "page.back", "app.help"),
    "charging": ("charging.limit", "charging.build", "charging.clear", "charging.read", "charging.unit", "app.help"),
    "lists": ("lists.changes", "lists.full", "lists.version", "lists.reserve", "lists.cancel", "app.help"),
    "transactions": ("list.open", "station.stop", "page.filter", "page.zoom", "page.back", "app.help"),
    "doors": ("list.open", "page.copy", "page.zoom", "app.palette", "page.back", "app.help"),
    "detail": ("list.open", "detail.tab", "detail.place", "page.next", "page.sequence", "app.help"),
    "": ("list.open", "page.filter", "page.zoom", "page.back", "app.palette", "app.help"),
}
"""The six keys that matter, by the kind of the focused pane; the empty kind is for everything else."""

READ_ONLY_FOOTER = ("list.open", "page.filter", "page.station_only", "page.zoom", "app.palette", "app.help")
"""Shown in place of a footer whose keys write, with `--read-only`."""

WRITING_ACTIONS = frozenset(key.action.partition("(")[0] for key in KEYS if key.writes)

_TAG_ACTIONS = ("accept_unknown", "add_tag", "edit_tag", "remove_tag", "switch_policy", "import_tags")
LIVE_ACTIONS = frozenset((*_TAG_ACTIONS, "boot_answer", "station_words", "station_settings", "forget", "duties"))
"""Actions that decide what chargers will be answered, or change what is kept of them; none where a trace is shown."""


class PageEntry(NamedTuple):
    """One page of the console, reached by its digit."""

    digit: str
    name: str
    title: str
    where: str
    """`module:Class`, imported when the page is first shown."""


PAGES: tuple[PageEntry, ...] = (
    PageEntry("1", "overview", "Overview", "ocpp_console.screens.overview:OverviewPage"),
    PageEntry("2", "messages", "Messages", "ocpp_console.screens.messages:MessagesPage"),
    PageEntry("3", "transactions", "Transactions", "ocpp_console.screens.transactions:TransactionsPage"),
    PageEntry("4", "id_tags", "idTags", "ocpp_console.screens.id_tags:IdTagsPage"),
    PageEntry("5", "commands", "Commands", "ocpp_console.screens.command_page:CommandsPage"),
    PageEntry("6", "configuration", "Configuration", "ocpp_console.screens.variables:ConfigurationPage"),
    PageEntry("7", "charging", "Charging", "ocpp_console.screens.charging:ChargingPage"),
    PageEntry("8", "lists", "Lists & reservations", "ocpp_console.screens.local_list:ListsPage"),
    PageEntry("9", "doors", "Doors", "ocpp_console.screens.doors:DoorsPage"),
    PageEntry("0", "findings", "Findings", "ocpp_console.screens.findings:FindingsPage"),
)


def keys_of(scope: str) -> list[Key]:
    """The keys of one scope, in the order declared; those of the pages belong to `app`."""
    pages = [
        Key(f"page.{page.name}", page.digit, f"show_page('{page.name}')", page.title, f"The page {page.title}", "app")
        for page in PAGES
        if scope == "app"
    ]
    return pages + [key for key in KEYS if key.scope == scope]


COMMON_SCOPES = frozenset({"app", "page", "list", "playback"})
"""Scopes whose keys work in any pane; those of one kind of pane never meet those of another."""


def met_together(one: Key, other: Key) -> bool:
    """Both keys may be wanted at the same place: the same letter for both loses one of them."""
    places = {_place(one), _place(other)}
    return len(places) == 1 or bool(places & COMMON_SCOPES)


def _place(key: Key) -> str:
    """The scope of a key; the message detail is a page of its own without any other pane."""
    return "detail" if key.id.startswith("detail.") else key.scope


def all_keys() -> list[Key]:
    """Every key, pages first."""
    return keys_of("app") + [key for key in KEYS if key.scope != "app"]


def complaints_about(own: Mapping[str, str], name_of: Callable[[str], str] = str) -> list[str]:
    """What is wrong with keys of the user's own, by id, as sentences; `name_of` names a key that has several spellings.

    A key that takes another one's place would take its command away without a word.
    """
    known = {key.id: key for key in all_keys()}
    complaints = [_no_such_key(id, list(known)) for id in own if id not in known]
    taken: dict[str, list[Key]] = {}
    for key in known.values():
        for each in own.get(key.id, key.keys).split(","):
            name = name_of(each.strip())
            for other in taken.setdefault(name, []):
                if other.id != key.id and (key.id in own or other.id in own) and met_together(key, other):
                    complaints.append(f"[keys]: {name} is both {other.id} and {key.id}; one of them is lost.")
            taken[name].append(key)
    return complaints


def _no_such_key(id: str, known: list[str]) -> str:
    """A name that no key has, and the one that was probably meant."""
    from difflib import get_close_matches

    near = get_close_matches(id, known, 1)
    meant = f"did you mean {near[0]}? " if near else ""
    return f"[keys]: nothing is called {id}; {meant}docs/keys.md lists the names, ? as well in a wide window."

"""Where a value of a message leads: a tag to the idTag list, a session to the transactions, a station to its page."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.app import App

from ocpp_console.model.reading import text
from ocpp_console.protocol.frames import JsonValue

if TYPE_CHECKING:
    from ocpp_console.engine import Engine

TAGS = frozenset({"idTag", "idToken", "parentIdTag"})


class Destination(NamedTuple):
    """A place to go to."""

    word: str
    """For the footer: `to the tag`."""
    go: Callable[[App[Any]], Awaitable[str]]
    """Goes there; a sentence when what was looked for is not there, else an empty text."""


def destination(engine: "Engine", station: str, path: str, value: JsonValue) -> Destination | None:
    """Where the value at `path` of a message of `station` leads; None when nowhere."""
    name, said = path.rpartition(".")[2], text(value)
    if not said:
        return None
    if name in TAGS:
        return Destination("to the tag", lambda app: _to_tag(app, said))
    if name == "transactionId":
        return Destination("to the session", lambda app: _to_session(app, station, said))
    if said in engine.fleet.stations:
        return Destination("to the station", lambda app: _to_station(app, engine, said))
    return None


async def _to_tag(app: App[Any], token: str) -> str:
    """The tag in the list, or among the unknown ones."""
    from ocpp_console.screens.id_tags import IdTagsPane

    page = await _page(app, "id_tags")
    table = page.query_one(IdTagsPane).table
    assert table is not None
    table.focus()
    found = any(table.seek((unknown, token.lower())) for unknown in (False, True))
    return "" if found else f"{token} is neither in the list nor among the unknown tags that are remembered."


async def _to_session(app: App[Any], station: str, id: str) -> str:
    """The session in the list of transactions."""
    from ocpp_console.screens.transactions import TransactionsPane

    page = await _page(app, "transactions")
    table = page.query_one(TransactionsPane).table
    assert table is not None
    table.focus()
    return "" if table.seek((station, id)) else f"No session {id} of {station} is known."


async def _to_station(app: App[Any], engine: "Engine", identity: str) -> str:
    """The page of a station."""
    from ocpp_console.screens.station import StationPage

    await app.push_screen(StationPage(engine, identity))
    return ""


async def _page(app: App[Any], name: str) -> Any:
    """Switch to a page, without what was opened over it, and without a filter that may hide what is looked for."""
    await app.switch_mode(name)
    while len(app.screen_stack) > 1:
        await app.pop_screen()
    for pane in app.screen.query("Pane"):
        if getattr(pane, "filter_text", ""):
            pane.filter("")  # type: ignore[attr-defined]
    return app.screen

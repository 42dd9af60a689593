"""Marks, comments and saved filters by HTTP: the same ones as on the screen, kept like there."""

from ocpp_console.api.log import MessagePage
from ocpp_console.api.shapes import LoggedMessage
from ocpp_console.model.saved_filters import MOST_NAMED


async def row_of(api, words="~a Heartbeat"):
    """The number of the newest row that fits."""
    page = await api.asked("GET", "/api/messages", params={"filter": words, "limit": 1})
    MessagePage.model_validate(page)
    return page["messages"][-1]["seq"]


async def test_a_row_is_marked_and_written_on_and_found_by_it(api):
    charger = await api.charger("CP1")
    await charger.call("Heartbeat", {})
    seq = await row_of(api)
    note = f"/api/messages/{seq}/note"
    assert await api.asked("GET", note) == {"seq": seq, "marked": False, "comment": ""}
    written = await api.asked("PUT", note, json={"marked": True, "comment": " why so late? "})
    assert written == {"seq": seq, "marked": True, "comment": "why so late?"}
    assert await api.asked("PUT", note, json={"marked": None}) == written
    assert seq in api.engine.log.notes.marks
    for words in ("~marked", "~comment late"):
        [row] = (await api.asked("GET", "/api/messages", params={"filter": words}))["messages"]
        assert (row["seq"], row["marked"], row["comment"]) == (seq, True, "why so late?")
    one = await api.asked("GET", f"/api/messages/{seq}")
    LoggedMessage.model_validate(one)
    assert (one["action"], one["comment"]) == ("Heartbeat", "why so late?")
    await api.asked("DELETE", note, 204)
    assert (await api.asked("GET", "/api/messages?filter=~marked"))["messages"] == []
    assert api.engine.log.notes.document(seq) == {}


async def test_what_is_no_row_gets_no_note(api):
    charger = await api.charger("CP1")
    await charger.call("Heartbeat", {})
    answer = await row_of(api) + 1
    for number in (answer, 10**9):
        assert "number" in await api.refused("PUT", f"/api/messages/{number}/note", 404, json={"marked": True})
    assert api.engine.log.notes.marks == set()
    seq = await row_of(api)
    assert "comment" in await api.refused("PUT", f"/api/messages/{seq}/note", 422, json={"comment": "x" * 3_000})
    assert "colour" in await api.refused("PUT", f"/api/messages/{seq}/note", 422, json={"colour": "red"})


async def test_notes_and_filters_are_there_after_a_restart(house, tmp_path):
    first = await house(db=str(tmp_path / "c.db"))
    charger = await first.charger("CP1")
    await charger.call("Heartbeat", {})
    seq = await row_of(first)
    await first.asked("PUT", f"/api/messages/{seq}/note", json={"comment": "kept"})
    await first.asked("PUT", "/api/filters/Late", 201, json={"filter": "~latency >2s"})
    await first.close()
    again = await house(db=str(tmp_path / "c.db"))
    assert (await again.asked("GET", f"/api/messages/{seq}"))["comment"] == "kept"
    assert await again.asked("GET", "/api/filters/late") == {"name": "Late", "filter": "~latency >2s"}


async def test_filters_are_kept_listed_replaced_and_deleted(api):
    assert await api.asked("GET", "/api/filters") == []
    await api.asked("PUT", "/api/filters/Errors", 201, json={"filter": " ~e "})
    await api.asked("PUT", "/api/filters/errors", json={"filter": "~e & ~s CP1"})
    assert await api.asked("GET", "/api/filters") == [{"name": "errors", "filter": "~e & ~s CP1"}]
    assert list(api.engine.log.filters) == [("errors", "~e & ~s CP1")]
    await api.asked("DELETE", "/api/filters/ERRORS", 204)
    assert "ERRORS" in await api.refused("DELETE", "/api/filters/ERRORS", 404)


async def test_a_filter_that_is_none_is_refused_with_its_word(api):
    assert "~nosuch" in await api.refused("PUT", "/api/filters/x", 422, json={"filter": "~e & ~nosuch"})
    assert "blank" in await api.refused("PUT", "/api/filters/%20", 422, json={"filter": "~e"})
    for number in range(MOST_NAMED):
        api.engine.log.filters.put(f"f{number}", "~e")
    assert "delete some" in await api.refused("PUT", "/api/filters/x", 409, json={"filter": "~e"})
    await api.asked("PUT", "/api/filters/f1", json={"filter": "~f"})

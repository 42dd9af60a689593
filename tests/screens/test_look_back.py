"""Scrolling up over the end of the memory reads on in the database."""

from stage import stage

from ocpp_console.screens.messages import MessagesPane

CALLS = 500


async def test_scrolling_up_reads_on_in_the_database() -> None:
    async with stage((120, 30), log_rows=100) as s:
        station = await s.charger("AC-07")
        for number in range(CALLS):
            await station.call("DataTransfer", {"vendorId": "x", "data": f"number-{number}"})
        await s.press("2")
        await s.sees(f"number-{CALLS - 1}")
        await s.press("home")
        await s.sees("back to")
        for _ in range(4):
            await s.press("home")
        await s.sees("from the beginning")
        await s.press("home")
        await s.sees("BootNotification")
        assert "number-0 " in await s.shown()
        pane = s.app.screen.query_one(MessagesPane)
        seqs = [row.seq for row in pane.rows()]
        assert seqs == sorted(set(seqs))
        assert len([row for row in pane.rows() if row.action == "DataTransfer"]) == CALLS


async def test_what_comes_meanwhile_leaves_no_gap_and_following_lets_go() -> None:
    async with stage((120, 30), log_rows=100) as s:
        station = await s.charger("AC-07")
        for number in range(150):
            await station.call("DataTransfer", {"vendorId": "x", "data": f"number-{number}"})
        await s.press("2", "home")
        await s.sees("back to")
        pane = s.app.screen.query_one(MessagesPane)
        for number in range(150, 300):
            await station.call("DataTransfer", {"vendorId": "x", "data": f"number-{number}"})
        await s.shown()
        assert sum(row.action == "DataTransfer" for row in pane.rows()) == 300
        await s.press("G")
        await s.sees("number-299")
        await s.shown()
        assert len(pane.rows()) == 100
        assert "back to" not in await s.shown()


async def test_a_filter_looks_at_older_rows_too() -> None:
    async with stage((120, 30), log_rows=100) as s:
        station = await s.charger("AC-07")
        for number in range(CALLS):
            await station.call("DataTransfer", {"vendorId": "x", "data": f"number-{number}"})
        await s.press("2", "slash", *"number-7 ", "enter")
        await s.sees("f looks at older messages")
        await s.press("f")
        await s.sees("DataTransfer")
        await s.sees("from the beginning")


async def test_another_choice_forgets_what_was_read() -> None:
    async with stage((120, 30), log_rows=100) as s:
        station = await s.charger("AC-07")
        for number in range(300):
            await station.call("DataTransfer", {"vendorId": "x", "data": f"number-{number}"})
        await s.press("2", "home")
        await s.sees("back to")
        await s.press("slash", *"nothing", "enter")
        assert "back to" not in await s.shown()

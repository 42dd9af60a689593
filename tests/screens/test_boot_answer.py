from stage import stage


async def test_a_station_is_held_pending_by_a_key_and_let_in_again() -> None:
    async with stage() as s:
        charger = await s.charger("AC-07")
        await s.sees("AC-07")
        await s.press("b")
        await s.sees("is answered Accepted")
        await s.press("p")
        await s.said("The next boot of AC-07 is answered Pending")
        answer = await charger.call("BootNotification", {"chargePointVendor": "ACME", "chargePointModel": "One"})
        assert answer["status"] == "Pending"
        await s.press("b")
        await s.sees("is answered Pending")
        await s.press("shift+tab", "shift+tab", "end", *["backspace"] * 3, "4", "2", "tab", "a")
        answer = await charger.call("BootNotification", {"chargePointVendor": "ACME", "chargePointModel": "One"})
        assert (answer["status"], answer["interval"]) == ("Accepted", 42)


async def test_an_interval_that_is_none_is_refused_and_escape_changes_nothing() -> None:
    async with stage() as s:
        await s.charger("AC-07")
        await s.sees("AC-07")
        await s.press("b", "shift+tab", "end", *["backspace"] * 3, "0", "enter")
        await s.sees("must be a number of seconds")
        await s.press("escape")
        assert (s.engine.registration_of("AC-07"), s.engine.interval_of("AC-07")) == ("Accepted", 300)


async def test_a_connection_is_closed_by_a_key_after_a_question() -> None:
    async with stage() as s:
        await s.charger("AC-07")
        await s.sees("AC-07")
        await s.press("D")
        await s.sees("Close the connection to AC-07?")
        await s.press("y")
        await s.sees("offline")
        assert not s.engine.fleet.stations["AC-07"].online

"""The window of duties: what the console does by itself, switched by keys and from the palette."""

from stage import stage

from ocpp_console.model.duties import DUTIES

TIME = "2026-11-20T14:00:00Z"


async def test_a_tariff_is_set_in_the_window_and_costs_appear_with_the_sessions() -> None:
    async with stage((120, 40)) as s:
        charger = await s.charger("AC-04")
        await s.press("3")
        session = await charger.start(1, "T1")
        await s.sees("Session")
        await s.press("f4")
        await s.sees("What the console does by itself")
        await s.press("enter", *"cheap", "enter")
        await s.said("must be a price such as")
        assert s.engine.duties.tariff == ""
        await s.press("enter", *"1/session EUR", "enter")
        await s.sees("● 1/session EUR")
        await s.press("escape")
        screen = await s.sees("1.00 EUR")
        assert "cost" in screen
        assert session


async def test_a_duty_that_sends_asks_first_and_is_told_in_the_status_line() -> None:
    async with stage((80, 24)) as s:
        assert "on (F4)" not in await s.shown()
        await s.press("f4", "down", "down")
        await s.sees("--list-sync")
        await s.press("enter", "enter")
        await s.sees("Let the console send by itself")
        await s.press("n")
        assert not s.engine.duties.list_sync
        await s.press("enter", "enter", "y")
        await s.sees("● on")
        assert s.engine.duties.list_sync
        await s.press("escape")
        await s.sees("1 duty on (F4)")


async def test_every_duty_is_in_the_palette_and_can_be_changed_there() -> None:
    async with stage((120, 40)) as s:
        titles = [command.title for command in s.app.get_system_commands(s.app.screen)]
        assert all(any(title.startswith(f"{duty.title}: ") for title in titles) for duty in DUTIES)
        await s.press("colon", *"Charging needs of")
        await s.sees("Charging needs of cars: Rejected")
        await s.press("enter")
        await s.sees("Charging needs of cars is Rejected")
        await s.press("right", "enter")
        await s.said("Charging needs of cars: Processing")
        assert s.engine.duties.charging_needs == "Processing"


async def test_what_came_of_a_duty_stands_below_it() -> None:
    async with stage((100, 30), read_only=True) as s:
        s.engine.duties.tell("list_sync", "AC-\x1b[31m04", False, "Failed.")
        await s.press("f4", "down", "down")
        screen = await s.sees("Failed.")
        assert "read-only: nothing is sent" in screen
        assert "\x1b" not in screen


async def test_everything_about_a_duty_is_told_at_80_columns() -> None:
    async with stage(
        (80, 24), tariff="0.39/kWh 0.02/min 1.5/session EUR", gateway=True, mqtt="mqtt://127.0.0.1:1"
    ) as s:
        await s.press("f4")
        screen = await s.sees("set to 0.39/kWh 0.02/min 1.5/session EUR")
        assert "a change holds until the" in screen
        await s.press("down", "down")
        screen = await s.sees("sends GetLocalListVersion and SendLocalList, to idle stations one after")
        assert "only watched (no" in screen
        assert "kept for later starts" in screen

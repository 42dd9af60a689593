from stage import stage


async def test_everything_known_about_a_station_is_on_its_page() -> None:
    async with stage((140, 50)) as s:
        charger = await s.charger("AC-07")
        await charger.status(1, "Charging")
        await charger.start(1, "04A2B1C9D0")
        await s.sees("Charging")
        await s.press("enter")
        screen = await s.sees("Station  AC-07")
        for part in ("ACME One", "OCPP 1.6", "answered ocpp1.6", "/AC-07", "127.0.0.1", "Accepted", "not encrypted"):
            assert part in screen, part
        assert "▶ Charging" in screen
        assert "04A2B1C9D0" in screen
        assert "StartTransaction" in screen
        assert "Nothing was sent to this station yet" in screen


async def test_the_page_fits_80_by_24() -> None:
    async with stage((80, 24)) as s:
        charger = await s.charger("AC-07")
        await charger.status(1, "Available")
        await s.sees("Available")
        await s.press("enter")
        screen = await s.sees("Station  AC-07")
        for part in ("ACME One", "● Available", "Messages", "Commands", "No session runs"):
            assert part in screen, part


async def test_empty_parts_teach_the_key_that_fills_them() -> None:
    async with stage((140, 50)) as s:
        await s.charger("AC-07", boot=False)
        await s.sees("AC-07")
        await s.press("enter")
        screen = await s.sees("Station  AC-07")
        assert "T asks for a boot" in screen
        assert "No status yet: T asks for it" in screen
        assert "S starts one" in screen


async def test_commands_sent_from_the_page_stay_on_it() -> None:
    async with stage((140, 50)) as s:
        charger = await s.charger("AC-07")
        charger.answers["TriggerMessage"] = {"status": "Accepted"}
        await s.sees("AC-07")
        await s.press("enter", "T", "f10")
        await s.sees("answered")
        await s.press("escape")
        screen = await s.sees("Commands  1")
        assert "TriggerMessage" in screen


async def test_brackets_go_to_the_neighbours_and_escape_goes_back() -> None:
    async with stage() as s:
        await s.charger("AC-01")
        await s.charger("AC-02")
        await s.sees("AC-02")
        await s.press("enter")
        await s.sees("Station  AC-01")
        await s.press("right_square_bracket")
        await s.sees("Station  AC-02")
        await s.press("escape")
        await s.sees("Stations")


async def test_hostile_names_are_drawn_as_typed() -> None:
    async with stage((140, 50)) as s:
        charger = await s.charger("AC-07", boot=False)
        await charger.boot(vendor="[/]\x1b]52;c;AA\x07", model="[@click=app.quit]x[/]")
        await s.sees("AC-07")
        await s.press("enter")
        screen = await s.sees("Station  AC-07")
        assert "[/]␛]52;c;AA␇ [@click=app.quit]x[/]" in screen


async def test_a_station_that_left_says_how() -> None:
    async with stage((140, 50)) as s:
        charger = await s.charger("AC-07")
        await s.sees("AC-07")
        await s.press("enter")
        await charger.leave()
        screen = await s.sees("○ offline")
        assert "gone" in screen


async def test_read_only_teaches_no_key_that_writes() -> None:
    async with stage((140, 50), read_only=True) as s:
        await s.charger("AC-07")
        await s.sees("AC-07")
        await s.press("enter")
        screen = await s.sees("Commands")
        assert "with --read-only nothing will be" in screen
        assert "S starts" not in screen
        assert "Capital letters" not in screen


async def test_name_and_notes_are_written_by_key_and_stand_on_the_card():
    async with stage() as on:
        await on.charger("AC-07")
        await on.sees("AC-07")
        await on.press("1", "enter", "w")
        await on.sees("Name and notes of AC-07")
        await on.press(*"bay", "tab", *"door", "enter")
        card = await on.sees("door")
        assert "AC-07  bay" in card
        assert on.engine.station_settings.of("AC-07").name == "bay"

"""The findings page: listed, explained, opened, acknowledged, hidden, filtered."""

from stage import stage


async def test_findings_are_listed_with_words_and_lead_to_their_message() -> None:
    async with stage((80, 24)) as s:
        await s.press("0")
        await s.sees("Nothing odd was found")
        charger = await s.charger("AC-07")
        await charger.call("MakeCoffee", {})
        screen = await s.sees("ACTION_UNKNOWN")
        for part in ("AC-07", "▲ warning", "Unknown action", "Answered NotImplemented", "OCPP 1.6 has no action"):
            assert part in screen, part
        await s.press("enter")
        await s.sees("MakeCoffee")
        await s.press("escape")
        await s.sees("Findings 1")
        await s.press("tab", "enter")
        await s.sees("MakeCoffee")


async def test_a_finding_is_acknowledged_and_counts_again_when_it_comes_again() -> None:
    async with stage((120, 30)) as s:
        charger = await s.charger("AC-07")
        await charger.call("MakeCoffee", {})
        await s.press("0")
        await s.sees("1 new")
        await s.press("a")
        assert "1 new" not in await s.shown()
        assert s.engine.fleet.findings == s.engine.fleet.stations["AC-07"].findings == 0
        await charger.call("MakeTea", {})
        await s.sees("1 new")


async def test_a_code_is_hidden_and_shown_again() -> None:
    async with stage((120, 30)) as s:
        charger = await s.charger("AC-07")
        await charger.call("MakeCoffee", {})
        await s.press("0")
        await s.sees("ACTION_UNKNOWN")
        await s.press("h")
        await s.sees("1 codes hidden")
        assert s.engine.fleet.findings == 0
        await s.press("v")
        await s.sees("ACTION_UNKNOWN")
        await s.press("h")
        assert "codes hidden" not in await s.shown()
        assert s.engine.fleet.findings == 1


async def test_the_filter_looks_at_station_code_and_topic() -> None:
    async with stage((120, 30)) as s:
        charger = await s.charger("AC-07")
        await charger.call("MakeCoffee", {})
        await charger.call("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Sleepy"})
        await s.press("0")
        await s.sees("SCHEMA_ENUM")
        await s.press("slash", *"schema")
        screen = await s.sees("/schema")
        assert "ACTION_UNKNOWN" not in screen


async def test_station_text_is_harmless_here() -> None:
    async with stage((120, 30)) as s:
        charger = await s.charger("AC-07")
        await charger.call("[/bold]", {"[red]": 1})
        await s.press("0")
        await s.sees("ACTION_UNKNOWN")

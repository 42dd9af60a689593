from stage import NOW, Charger, stage


async def meter(charger: Charger, transaction: int, at: str, wh: int, w: int) -> None:
    samples = [
        {"value": str(wh), "unit": "Wh"},
        {"value": str(w), "measurand": "Power.Active.Import", "unit": "W"},
        {"value": "230.1", "measurand": "Voltage", "phase": "L1-N", "unit": "V"},
    ]
    values = [{"timestamp": at, "sampledValue": samples}]
    await charger.call("MeterValues", {"connectorId": 1, "transactionId": transaction, "meterValue": values})


async def test_a_session_is_listed_with_its_figures_and_its_curves() -> None:
    async with stage((80, 24)) as s:
        charger = await s.charger("AC-07")
        await s.press("3")
        await s.sees("No session yet")
        transaction = await charger.start(1, "04A2B1C9D0", meter=1000)
        for minute, wh in enumerate((1000, 1180, 1400)):
            await meter(charger, transaction, f"2026-11-20T14:{minute:02d}:00Z", wh, 11000)
        screen = await s.sees("0.40")
        for part in ("running", "AC-07", "04A2B1C9D0", "11.0", "230.1 V", "kWh ", "Voltage"):
            assert part in screen, part
        stop = {"transactionId": transaction, "meterStop": 1500, "timestamp": NOW, "reason": "EVDisconnected"}
        await charger.call("StopTransaction", stop)
        screen = await s.sees("✓ ended")
        assert "0.50" in screen
        assert "EVDisconnected"[:9] in screen


async def test_an_orphan_is_kept_and_said_to_be_one() -> None:
    async with stage() as s:
        charger = await s.charger("AC-07")
        await charger.call("StopTransaction", {"transactionId": 4711, "meterStop": 5, "timestamp": NOW})
        await s.press("3")
        screen = await s.sees("? orphan")
        assert "4711" in screen


async def test_stop_takes_the_session_under_the_cursor() -> None:
    async with stage() as s:
        charger = await s.charger("AC-07")
        charger.answers["RemoteStopTransaction"] = {"status": "Accepted"}
        first = await charger.start(1, "A1")
        await charger.start(2, "A2")
        await s.press("3")
        await s.sees("A2")
        await s.press("down", "X", "f10", "y")
        await s.sees("Accepted")
        assert charger.asked == [("RemoteStopTransaction", {"transactionId": first})]


async def test_enter_opens_the_station_of_the_session() -> None:
    async with stage() as s:
        charger = await s.charger("AC-07")
        await charger.start(1, "A1")
        await s.press("3")
        await s.sees("A1")
        await s.press("enter")
        await s.sees("Station  AC-07")
        await s.press("escape")
        await s.sees("Transactions 1")


async def test_the_filter_narrows_the_list() -> None:
    async with stage() as s:
        charger = await s.charger("AC-07")
        await charger.start(1, "FIRST")
        await charger.start(2, "SECOND")
        await s.press("3", "slash", *"second")
        screen = await s.sees("/second")
        assert "FIRST" not in screen


async def test_a_register_that_went_back_is_no_energy() -> None:
    async with stage((160, 45)) as s:
        charger = await s.charger("AC-01")
        number = await charger.start(1, "04A2", meter=1000)
        sample = [{"value": "950", "measurand": "Energy.Active.Import.Register", "unit": "Wh"}]
        values = [{"timestamp": "2026-11-20T14:03:21Z", "sampledValue": sample}]
        await charger.call("MeterValues", {"connectorId": 1, "transactionId": number, "meterValue": values})
        assert "-0.05" not in await s.sees("? kWh")
        await s.press("3")
        assert "-0.05" not in await s.sees("? kWh")


async def test_a_session_of_16_has_the_word_of_its_connector() -> None:
    async with stage((120, 40)) as s:
        charger = await s.charger("AC-01")
        await charger.start(1, "04A2")
        await charger.status(1, "SuspendedEV")
        await s.press("3")
        await s.sees("‖ SuspendedEV")

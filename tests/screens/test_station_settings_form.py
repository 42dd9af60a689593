"""What is set for a station, in a form."""

from stage import stage

from ocpp_console.model.station_settings import StationSettings
from ocpp_console.screens.station_settings_form import FORM, PLAIN, from_form, to_form


def test_the_form_has_every_setting_and_gives_back_what_it_shows() -> None:
    given = StationSettings("Pending", 60, 1, "hash", "Bay", "notes", "1/kWh EUR", "1.6", frozenset({"no_pings"}))
    given.limits["GetReport"] = 4
    assert set(PLAIN) | {"password", "quirks", "limits"} == set(StationSettings.__dataclass_fields__)
    assert set(to_form(given)) <= {field.name for field in FORM.children}
    assert from_form(to_form(given), given) == (given, None)
    assert "hash" not in str(to_form(given))


async def test_settings_are_changed_in_a_form_and_refused_with_the_reason() -> None:
    async with stage() as s:
        await s.charger("AC-07")
        await s.sees("AC-07")
        await s.press("f12")
        await s.sees("no password is set")
        form = s.app.screen.query_one("PayloadForm")
        form.payload = {"security_profile": 1, "limits": 3}
        await s.press("f10")
        await s.sees("there is no such setting")
        form.payload = {"security_profile": 1, "GetReport": 3}
        await s.press("f10")
        await s.sees("needs a password")
        form.payload = {"security_profile": 1, "GetReport": 3, "password": "at-least-16-chars"}
        await s.press("f10")
        kept = s.engine.station_settings.of("AC-07")
        assert (kept.security_profile, kept.limits, kept.password != "") == (1, {"GetReport": 3}, True)


async def test_a_password_is_typed_in_dots_until_somebody_wants_to_see_it() -> None:
    async with stage((80, 24)) as s:
        await s.charger("AC-07")
        await s.sees("AC-07")
        await s.press("f12")
        await s.sees("Show password (F9)")
        form = s.app.screen.query_one("PayloadForm")
        form.focus_at("password")
        await s.press(*"hunter2hunter2hu")
        assert form.payload["password"] == "hunter2hunter2hu"
        assert "hunter2" not in await s.shown()
        await s.press("down")
        assert "hunter2" not in await s.shown()
        await s.press("up", "f9")
        assert "Hide password" in await s.sees("hunter2hunter2hu")
        await s.press("up")
        assert s.app.screen.query_one("ValueInput").password is False
        await s.press("down", "f9")
        assert "hunter2" not in await s.shown()
        await s.press("f10")
        assert s.engine.station_settings.of("AC-07").password

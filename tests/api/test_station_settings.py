"""What is set for a station holds: at the handshake, in answers, in procedures, and after a restart."""

import asyncio
import base64
import hashlib
import threading
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

PASSWORD = "a-password-of-20-chr"
HEX = "00ff7f80" * 4


def basic(user: str, password: bytes) -> dict[str, str]:
    """A Basic header with these very bytes."""
    return {"Authorization": "Basic " + base64.b64encode(user.encode() + b":" + password).decode()}


async def refused(api, identity: str, version: str = "1.6", **options) -> InvalidStatus:
    """The HTTP answer to a charger that does not get in."""
    with pytest.raises(InvalidStatus) as caught:
        await api.charger(identity, version, **options)
    return caught.value.response


async def test_a_station_is_set_up_before_it_ever_connects(api):
    made = await api.asked("PUT", "/api/stations/CP1", 201, json={"name": "the bay", "registration": "Pending"})
    assert (made["name"], made["online"], made["settings"]["registration"]) == ("the bay", False, "Pending")
    charger = await api.charger("CP1", boot=False)
    boot = {"chargePointVendor": "V", "chargePointModel": "M"}
    assert (await charger.call("BootNotification", boot))["status"] == "Pending"
    patched = await api.asked("PATCH", "/api/stations/CP1", json={"registration": None, "interval": 77})
    assert patched["settings"]["name"] == "the bay"
    answer = await charger.call("BootNotification", boot)
    assert (answer["status"], answer["interval"]) == ("Accepted", 77)
    assert "connected" in await api.refused("DELETE", "/api/stations/CP1", 409)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"registration": "Perhaps"}, "registration"),
        ({"interval": 0}, "interval"),
        ({"security_profile": 4}, "security_profile"),
        ({"security_profile": 1}, "needs a password"),
        ({"security_profile": 0, "password": PASSWORD}, "asks for no password"),
        ({"version": "1.5"}, "version"),
        ({"quirks": ["moody"]}, "there is no quirk 'moody'; there are no_pings"),
        ({"limits": {"Reset": 3}}, "there is no limit for 'Reset'"),
        ({"limits": {"GetVariables": 0}}, "limits.GetVariables"),
        ({"colour": "red"}, "colour"),
        ({"name": "x" * 81}, "name"),
        ([], "dictionary"),
    ],
)
async def test_what_cannot_be_set_is_refused_with_its_reason(api, body, sentence):
    assert sentence in await api.refused("PUT", "/api/stations/CP1", 422, json=body)
    assert await api.asked("GET", "/api/stations") == []


async def test_an_identity_that_no_charger_can_have_is_refused(api):
    assert "No station can have" in await api.refused("PUT", "/api/stations/a%5Cb", 422, json={})


async def test_a_password_that_is_set_is_asked_for(api):
    await api.asked("PUT", "/api/stations/CP1", 201, json={"password": PASSWORD, "security_profile": 1})
    response = await refused(api, "CP1")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Basic realm=")
    assert b"A password is set for this station, and it sent none." in response.body
    response = await refused(api, "CP1", additional_headers=basic("CP1", b"wrong"))
    assert response.status_code == 401
    told = [(attempt.station, attempt.reason, attempt.status) for attempt in api.engine.fleet.attempts]
    assert told == [("CP1", "no_password", 401), ("CP1", "wrong_password", 401)]
    await api.charger("CP1", additional_headers=basic("CP1", PASSWORD.encode()))
    station = await api.asked("GET", "/api/stations/CP1")
    assert station["online"]
    assert station["settings"]["password_set"]
    assert PASSWORD not in str(station)
    await api.charger("CP2")  # nothing is set for others


@pytest.mark.parametrize(
    ("kept", "sent", "code"),
    [
        (PASSWORD, PASSWORD.encode().hex().encode(), "PASSWORD_AS_HEX"),
        (HEX, bytes.fromhex(HEX), None),
        (HEX, HEX.upper().encode(), "PASSWORD_AS_HEX"),
        ("pässwort:with-colon", "pässwort:with-colon".encode(), None),
    ],
)
async def test_passwords_are_compared_on_bytes_as_text_or_as_digits(api, kept, sent, code):
    await api.asked("PUT", "/api/stations/CP1", 201, json={"password": kept})
    await api.charger("CP1", additional_headers=basic("CP1", sent))
    codes = [notice["code"] for notice in (await api.asked("GET", "/api/stations/CP1"))["notices"]]
    assert codes == ([code] if code else [])


async def test_another_user_name_is_tolerated_and_told(api):
    await api.asked("PUT", "/api/stations/CP1", 201, json={"password": PASSWORD})
    await api.charger("CP1", additional_headers=basic("someone", PASSWORD.encode()))
    assert (await api.asked("GET", "/api/stations/CP1"))["notices"][0]["code"] == "BASIC_USER"


async def test_whoever_guesses_is_not_listened_to_for_a_while(api):
    await api.asked("PUT", "/api/stations/CP1", 201, json={"password": PASSWORD})
    for _ in range(5):
        await refused(api, "CP1", additional_headers=basic("CP1", b"wrong"))
    response = await refused(api, "CP1", additional_headers=basic("CP1", PASSWORD.encode()))
    assert response.status_code == 429
    assert api.engine.fleet.attempts[-1].reason == "too_many_passwords"


async def test_passwords_are_worked_out_while_other_stations_are_served(api, monkeypatch, until):
    await api.asked("PUT", "/api/stations/CP1", 201, json={"password": PASSWORD})
    began, go_on, real = threading.Event(), threading.Event(), hashlib.scrypt

    def slow(*args, **options):
        began.set()
        assert go_on.wait(10)
        return real(*args, **options)

    monkeypatch.setattr(hashlib, "scrypt", slow)
    joining = asyncio.create_task(api.charger("CP1", additional_headers=basic("CP1", PASSWORD.encode())))
    leaving = asyncio.create_task(api.charger("CP1", additional_headers=basic("CP1", b"wrong")))
    await until(began.is_set)
    other = await api.charger("CP2")
    await other.call("Heartbeat", {})
    assert not joining.done()
    leaving.cancel()  # this one is gone when its password is known
    go_on.set()
    await asyncio.wait_for(joining, 10)
    assert (await api.asked("GET", "/api/stations/CP1"))["first_seen"] is not None
    monkeypatch.setattr(hashlib, "scrypt", None)  # who was right once is known for this run
    await api.charger("CP1", additional_headers=basic("CP1", PASSWORD.encode()))


async def test_a_password_is_taken_back_with_null_and_stays_when_it_is_left_out(api):
    await api.asked("PUT", "/api/stations/CP1", 201, json={"password": PASSWORD})
    assert (await api.asked("PUT", "/api/stations/CP1", json={"notes": "n"}))["settings"]["password_set"]
    await refused(api, "CP1")
    assert not (await api.asked("PATCH", "/api/stations/CP1", json={"password": None}))["settings"]["password_set"]
    await api.charger("CP1")


async def test_another_version_or_a_plain_line_is_refused_when_it_is_not_allowed(api):
    await api.asked("PUT", "/api/stations/CP1", 201, json={"version": "2.0.1"})
    response = await refused(api, "CP1", "1.6")
    assert response.status_code == 400
    assert b"only OCPP 2.0.1 is set for it" in response.body
    await api.charger("CP1", "2.0.1")
    await api.asked("PUT", "/api/stations/CP2", 201, json={"security_profile": 3})
    response = await refused(api, "CP2")
    assert response.status_code == 403
    assert b"must connect with TLS" in response.body


async def test_quirks_are_adapted_to(house):
    api = await house(strict=True)
    charger = await api.charger("CP1", boot=False)
    assert (await charger.call("Heartbeat", {"more": 1})) == "FormationViolation"
    await api.asked("PATCH", "/api/stations/CP1", json={"quirks": ["tolerate", "heartbeat_interval", "no_pings"]})
    boot = {"chargePointVendor": "V", "chargePointModel": "M", "more": 1}
    assert (await charger.call("BootNotification", boot))["heartbeatInterval"] == 300


async def test_everything_survives_a_restart(house, tmp_path: Path):
    settings = {
        "registration": "Rejected",
        "interval": 60,
        "security_profile": 1,
        "password": PASSWORD,
        "name": "the bay",
        "notes": "by the door",
        "version": "1.6",
        "quirks": ["no_pings"],
        "limits": {"GetVariables": 3},
    }
    first = await house(db=str(tmp_path / "one.db"))
    made = await first.asked("PUT", "/api/stations/CP1", 201, json=settings)
    await first.engine.stop()
    assert PASSWORD.encode() not in (tmp_path / "one.db").read_bytes()
    again = await house(db=str(tmp_path / "one.db"))
    station = await again.asked("GET", "/api/stations/CP1")
    assert station["settings"] == made["settings"]
    assert (await refused(again, "CP1")).status_code == 401
    await again.charger("CP1", additional_headers=basic("CP1", PASSWORD.encode()))
    for charger in again.chargers:
        await charger.leave()
    await again.engine.until("CP1", lambda: not again.engine.fleet.stations["CP1"].online, 5)
    await again.asked("DELETE", "/api/stations/CP1", 204)
    await again.charger("CP1")

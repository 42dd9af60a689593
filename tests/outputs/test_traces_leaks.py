"""A trace full of names and secrets, under other names in every format: none of the originals is anywhere in it."""

import json
from base64 import b64encode
from urllib.parse import quote

import pytest
from outputs.test_traces_round_trip import export
from tape import tape
from traffic import boot, call

from ocpp_console import events
from ocpp_console.outputs.traces.export import FORMATS
from ocpp_console.outputs.traces.inspection import Inspection
from ocpp_console.outputs.traces.known_names import KnownNames
from ocpp_console.outputs.traces.packed import packed_text
from ocpp_console.outputs.traces.pseudonyms import Pseudonyms
from ocpp_console.outputs.traces.redaction import Nothing, Redaction, text_without_secrets
from ocpp_console.outputs.traces.report_parts import Manner
from ocpp_console.outputs.traces.reports import REPORTS
from ocpp_console.outputs.traces.source import Trace

STATION = "DEPOT-NORTH-07"
TAGS = ("04F3A2B1C9D8", "04AA55BB66CC", "PARENT77TAG", "DEADBEEF0001", "04BROKENTAG9", "99887766554")
SERIALS = ("SNX-55-4471", "89491000012345678", "262019876543210", "MTR-00918", "861234567890123")
ADDRESSES = ("203.0.113.77", "2a02:8109:9d40::7f", "aa:bb:cc:dd:ee:0f", "AABBCCDDEE0F", "files.north-depot.com")
PEOPLE = ("jane.roe@north-depot.com", "janeroe", "DepotWifi5G", "home.north-depot.com")
CERTIFICATE = "MIICszCCAZugAwIBAgIUNORTH"
SECRETS = (
    "s3cr3t-Pa55",
    "p@ss-w0rd-ftp",
    "bearertokenABCDEF0123456789",
    "sidcookie1234",
    "apnpw-778",
    "querytoken99",
)
NAMES = (STATION, *TAGS, *SERIALS, *ADDRESSES, *PEOPLE, CERTIFICATE)


def packed(text):
    return b64encode(text.encode()).decode()


def rich():
    """Names and secrets wherever a station, a CSMS or a vendor may put them."""
    made = tape(station=STATION, live=False)
    first = made.facts[0]
    made.facts[0] = first._replace(
        path=f"/ocpp/{STATION}?access_token={SECRETS[5]}",
        address=f"{ADDRESSES[0]}:50123",
        offered=("ocpp1.6", f"id-{STATION}"),
        subprotocol="ocpp1.6",
    )
    request = (
        f"GET /{STATION} HTTP/1.1\r\nHost: {PEOPLE[3]}:9000\r\n"
        f"Authorization: Basic {packed(f'{STATION}:{SECRETS[0]}')}\r\n"
        f"Cookie: sid={SECRETS[3]}\r\nX-Forwarded-For: {ADDRESSES[0]}\r\n\r\n"
    )
    refused = ("[2a02:8109:9d40::7f]:9", STATION, "bad_password", f"The password of {STATION} is wrong.", f"/{STATION}")
    made.apply(events.HandshakeRefused(*made.next(), *refused, ("ocpp1.6",), 401, request.encode()))
    serials = {"chargePointSerialNumber": SERIALS[0], "iccid": SERIALS[1], "imsi": SERIALS[2]}
    made.exchange(boot(**serials, meterSerialNumber=SERIALS[3]))
    accepted = {"idTagInfo": {"status": "Accepted", "parentIdTag": TAGS[2]}}
    made.exchange(call("Authorize", {"idTag": TAGS[0]}, id=f"{STATION}/{SERIALS[0]}"), accepted)
    made.exchange(call("Authorize", {"idTag": int(TAGS[5])}, id="n"))
    vendor = [
        {"cards": [{"idTag": TAGS[1], "user": "x"}], "imei": SERIALS[4], "ssid": PEOPLE[2], "username": PEOPLE[1]},
        f'wifi {{"idTag": "{TAGS[3]}", "password": "{SECRETS[0]}"',
        f"{STATION} at {ADDRESSES[1]} / {ADDRESSES[2]} / {ADDRESSES[3]} / {PEOPLE[0]}",
        f"ftp://{PEOPLE[1]}:{SECRETS[1]}@{ADDRESSES[4]}/diag{STATION}20261120.zip?sig={SECRETS[5]}",
        f"blob {packed(f'{STATION} {TAGS[0]} {ADDRESSES[0]}')} end",
        f"Authorization: Bearer {SECRETS[2]}",
        f"-----BEGIN CERTIFICATE-----\n{CERTIFICATE}\n-----END CERTIFICATE-----",
        f"/logs/{quote(STATION)}/{TAGS[0].lower()}.txt",
    ]
    for at, each in enumerate(vendor):
        data = json.dumps(each) if isinstance(each, dict) else each
        made.exchange(call("DataTransfer", {"vendorId": "v", "data": data}, id=f"d{at}"))
    odd = {"vendorId": "v", "extra": {STATION: {TAGS[0]: [SERIALS[0]]}}}
    made.exchange(call("DataTransfer", odd, id="odd"))
    note = {"connectorId": 1, "errorCode": "OtherError", "status": "Faulted", "info": f"card {TAGS[0]} of {STATION}"}
    made.exchange(call("StatusNotification", note, id="s"))
    made.ask("GetDiagnostics", {"location": f"ftp://u:{SECRETS[0]}@{ADDRESSES[0]}/{STATION}"}, f"{STATION}#1")
    made.abandon(f"{STATION}#1")
    made.ask("ChangeConfiguration", {"key": "ApnPassword", "value": SECRETS[4]}, "c")
    made.ask("ChangeConfiguration", {"key": "ChargePointId", "value": STATION}, "c2")
    made.hear(f'[2,"9","Authorize",{{"idTag":"{TAGS[4]}"'.encode())
    made.hear(b"\xff\x00" + f'{STATION} {{"authorizationKey":"{SECRETS[0]}"}}'.encode())
    made.gone(reason=f"{STATION} left for {ADDRESSES[0]}")
    return made.facts


def unpacked(text):
    """The text and, behind it, what stands in base64 in it."""
    found = []
    packed_text(text, lambda inside: found.append(inside) or inside)
    return "\n".join([text, text.replace('\\\\"', '"').replace('\\"', '"'), *found])


@pytest.mark.parametrize("name", FORMATS)
def test_no_name_and_no_secret_leaves_in_any_format(tmp_path, name):
    facts = rich()
    veil = Pseudonyms()
    for fact in facts:
        veil.learn(fact)
    export(facts, tmp_path / f"share{FORMATS[name].endings[0]}", veil=veil)
    for path in tmp_path.iterdir():
        text = unpacked(path.read_text("utf-8")).casefold()
        leaked = [each for each in (*NAMES, *SECRETS) if each.casefold() in text]
        assert leaked == [], path.name
    listed = {original.casefold() for _, _, original in veil.listed()}
    assert {each.casefold() for each in (STATION, *TAGS, *SERIALS)} <= listed


@pytest.mark.parametrize("name", FORMATS)
def test_no_secret_leaves_in_any_format_by_default(tmp_path, name):
    export(rich(), tmp_path / f"share{FORMATS[name].endings[0]}", veil=Redaction())
    for path in tmp_path.iterdir():
        text = unpacked(path.read_text("utf-8"))
        assert [each for each in SECRETS if each in text] == [], path.name


@pytest.mark.parametrize("form", REPORTS)
def test_no_secret_stands_in_a_report(tmp_path, form):
    export(rich(), tmp_path / "t.jsonl")
    inspection = Inspection(Trace(tmp_path / "t.jsonl"))
    list(inspection.run())
    text = unpacked(REPORTS[form](inspection, Manner(everything=True)))
    assert [each for each in SECRETS if each in text] == []


@pytest.mark.parametrize("form", REPORTS)
def test_an_anonymised_report_names_nobody_and_finds_the_same(tmp_path, form):
    path = tmp_path / f"{STATION}.jsonl"
    export(rich(), path, veil=Nothing())
    with path.open("a") as file:
        file.write(f"no line about {STATION} and {TAGS[0]}\n")
    veil = Pseudonyms()
    for fact in Trace(path).facts():
        veil.learn(fact)
    open_, hidden = Inspection(Trace(path)), Inspection(Trace(path), veil)
    assert list(open_.run()) == list(hidden.run())
    assert [(each.code, each.count) for each in hidden.findings] == [(each.code, each.count) for each in open_.findings]
    text = unpacked(REPORTS[form](hidden, Manner(everything=True))).casefold()
    assert [each for each in (*NAMES, *SECRETS) if each.casefold() in text] == []
    assert "cp-0001" in text


@pytest.mark.parametrize(
    "text",
    [
        "basic information",
        "Basic block",
        "a=b, c: deadbeefdeadbeef=",
        "ws://host:9000/CP1?since=1",
        "bearer of news: x",
    ],
)
def test_what_only_looks_like_a_secret_stays(text):
    assert text_without_secrets(text) == text


def test_a_short_name_is_found_as_a_word_and_a_long_one_anywhere():
    known = KnownNames()
    known.add("AC-1", "CP-0001")
    known.add("DEPOT-NORTH", "CP-0002")
    known.add("A7", "CP-0003")
    assert known.cover("AC-1, ac-1, AC-12, XAC-1, logdepot-north7, A7/a7") == (
        "CP-0001, CP-0001, AC-12, XAC-1, logCP-00027, CP-0003/a7"
    )

"""What leaves the console has no secrets in it, and under other names nobody's name."""

import json
import re

import pytest
from outputs.facts import day
from outputs.test_traces_round_trip import export, read
from tape import tape
from traffic import boot, call, result

from ocpp_console.events import FrameReceived
from ocpp_console.model.secrets import MASK, veiled
from ocpp_console.outputs.traces.pseudonyms import Pseudonyms
from ocpp_console.outputs.traces.redaction import Redaction, bytes_without_secrets, text_without_secrets
from ocpp_console.outputs.traces.source import sibling_of

SECRET = "hunter2hunter2"


@pytest.mark.parametrize(
    "frame",
    [
        call("ChangeConfiguration", {"key": "AuthorizationKey", "value": SECRET}),
        result({"configurationKey": [{"key": "WifiPassword", "readonly": False, "value": SECRET}]}),
        call(
            "SetVariables", {"setVariableData": [{"attributeValue": SECRET, "variable": {"name": "BasicAuthPassword"}}]}
        ),
        call(
            "NotifyReport",
            {"reportData": [{"variable": {"name": "BasicAuthPassword"}, "variableAttribute": [{"value": SECRET}]}]},
        ),
        call("SetNetworkProfile", {"connectionData": {"vpn": {"key": SECRET}, "apn": {"apnPassword": SECRET}}}),
        call("GetDiagnostics", {"location": f"ftp://user:{SECRET}@10.0.0.1/logs"}),
        call("DataTransfer", {"vendorId": "v", "data": json.dumps({"wifi": {"password": SECRET}})}),
        call("DataTransfer", {"vendorId": "v", "data": f"https://x/y?token={SECRET}&a=1"}),
        f'[2,"1","ChangeConfiguration",{{"key":"AuthorizationKey","value":"{SECRET}"'.encode(),
        f'[2,"1","X",{{"password": "{SECRET}", "b'.encode(),
        f"GET /CP1 HTTP/1.1\r\nAuthorization: Basic {SECRET}\r\n".encode(),
        f"\xff GET /CP1?password={SECRET} HTTP/1.1".encode("latin-1"),
    ],
)
def test_no_secret_leaves_in_a_frame(frame):
    shown = bytes_without_secrets(frame)
    assert SECRET.encode() not in shown
    assert bytes_without_secrets(shown) == shown


@pytest.mark.parametrize(
    "frame",
    [
        boot(),
        call("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "300"}),
        result({"configurationKey": [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}]}),
        b'[2, "1","GetDiagnostics", {"location":"ftp://10.0.0.1/logs"}]',
        b'[2,"1","X",{"key":"a"',
    ],
)
def test_a_frame_without_secrets_keeps_its_bytes(frame):
    assert bytes_without_secrets(frame) == frame


def test_texts_keep_what_is_no_secret():
    text = "connected to ws://10.0.0.1:9000/CP1 at 12:00:00, key: none"
    assert text_without_secrets(text) == text


def test_the_report_of_a_device_model_masks_secret_variables_only():
    data = {"variable": {"name": "SSID"}, "variableAttribute": [{"type": "Actual", "value": "home"}]}
    assert veiled(data) == data
    secret = {"variable": {"name": "WifiPassword"}, "variableAttribute": [{"type": "Actual", "value": "x"}]}
    assert veiled(secret)["variableAttribute"] == [{"type": "Actual", "value": MASK}]


@pytest.mark.parametrize("name", ["t.jsonl", "t.facts.jsonl", "t.json", "t.csv", "t.txt", "t.md"])
def test_an_export_is_without_secrets_unless_told_otherwise(tmp_path, name):
    done = export(day().facts, tmp_path / name, veil=Redaction())
    assert all(SECRET not in path.read_text("utf-8") for path in tmp_path.iterdir())
    assert done.words == ["secrets masked in 2 places"]
    export(day().facts, tmp_path / name)
    told = (tmp_path / name).read_text("utf-8")
    assert (SECRET in told) is not name.endswith(".md")  # it has summaries alone, which never tell one


def anonymised(facts, path):
    names = Pseudonyms()
    for fact in facts:
        names.learn(fact)
    done = export(facts, path, veil=names)
    return names, done


def revealing():
    """A day full of names."""
    made = tape(station="ACME-0815", live=False)
    made.facts[0] = made.facts[0]._replace(path="/ocpp/ACME-0815?key=1", address="10.1.2.3:5000")
    made.exchange(boot(chargePointSerialNumber="SN-99-1", iccid="894910", meterType="at 12:30:45"))
    made.exchange(
        call("Authorize", {"idTag": "04aabbcc"}), {"idTagInfo": {"status": "Accepted", "parentIdTag": "FAM1"}}
    )
    made.exchange(
        call("StartTransaction", {"idTag": "04AABBCC", "connectorId": 1, "meterStart": 0}), {"transactionId": 1}
    )
    made.exchange(
        call("DataTransfer", {"vendorId": "v", "data": "ACME-0815 saw 04AABBCC of SN-99-1 at 10.1.2.3, fe80::1"})
    )
    made.exchange(
        call("DataTransfer", {"vendorId": "v", "data": "mac 00:1A:2b:3c:4d:5e, mail joe@acme.com, XACME-08159"})
    )
    made.exchange(call("DataTransfer", {"vendorId": "v", "data": "ftp://joe:pw@files.acme.com/ACME-0815.log"}))
    made.exchange(
        call("DataTransfer", {"vendorId": "v", "data": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"})
    )
    made.hear(b'[2,"9","Authorize",{"idTag":"04AABBCC"')
    made.gone(reason="ACME-0815 left")
    return made


def test_names_are_replaced_everywhere_and_consistently(tmp_path):
    names, done = anonymised(revealing().facts, tmp_path / "t.jsonl")
    text = "".join(path.read_text() for path in (tmp_path / "t.jsonl", sibling_of(tmp_path / "t.jsonl")))
    for original in ("ACME-0815 ", "04aabbcc", "04AABBCC", "FAM1", "SN-99-1", "894910", "10.1.2.3", "fe80::1", "MIIB"):
        assert original not in text, original
    for original in ("00:1A:2b", "joe", "acme.com", "ACME-0815.log", "ACME-0815?"):
        assert original not in text, original
    assert set(re.findall(r"TAG\d+", text)) == {"TAG00001", "TAG00002"}
    assert set(re.findall(r"CP-\d{4}", text)) == {"CP-0001"}
    assert "12:30:45" in text
    assert "ACME-0815" not in text
    assert ("CP-0001", "station", "ACME-0815") in list(names.listed())
    assert "2 × tag replaced" in done.words


def test_an_anonymised_trace_gives_the_same_rows(tmp_path):
    tape = revealing()
    anonymised(tape.facts, tmp_path / "t.jsonl")
    _, back = read(tmp_path / "t.jsonl")
    assert len(back) == len(tape.facts)
    assert [(type(fact), fact.seq, fact.at) for fact in back] == [
        (type(fact), fact.seq, fact.at) for fact in tape.facts
    ]
    anonymised(tape.facts, tmp_path / "u.jsonl")
    assert (tmp_path / "u.jsonl").read_bytes() == (tmp_path / "t.jsonl").read_bytes()


@pytest.mark.parametrize("name", ["t.csv", "t.md", "t.jsonl", "t.facts.jsonl", "t.txt", "t.json"])
def test_a_filter_is_about_the_real_names_also_when_others_are_written(tmp_path, name):
    facts = day().facts
    [station] = {fact.station for fact in facts if isinstance(fact, FrameReceived)}

    def keep(row):
        return row.station == station and row.action == "Authorize"

    plain = export(facts, tmp_path / f"plain-{name}", keep=keep)
    names = Pseudonyms()
    for fact in facts:
        names.learn(fact)
    done = export(facts, tmp_path / name, veil=names, keep=keep)
    assert done.rows == plain.rows > 0
    text = (tmp_path / name).read_text()
    assert "Authorize" in text
    assert station not in text

"""The opening handshake as bytes, and why somebody does not get in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpp_console.csms.handshake import Knock, Terms, Welcome
from ocpp_console.csms.refusals import Refusal


def request(path: str = "/CP1", protocol: str | None = "ocpp1.6", **changed: str | None) -> bytes:
    """A handshake request; keyword arguments change, add (or with None remove) headers."""
    headers: dict[str, str | None] = {
        "Host": "10.0.0.1:9000",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Protocol": protocol,
    }
    headers.update({name.replace("_", "-"): value for name, value in changed.items()})
    lines = [f"{name}: {value}\r\n" for name, value in headers.items() if value is not None]
    return f"GET {path} HTTP/1.1\r\n{''.join(lines)}\r\n".encode()


def judge(data: bytes, **terms: object) -> Welcome | Refusal | None:
    return Knock(Terms(**terms)).feed(data)  # type: ignore[arg-type]


def welcome(data: bytes, **terms: object) -> Welcome:
    outcome = judge(data, **terms)
    assert isinstance(outcome, Welcome), outcome
    return outcome


def refusal(data: bytes, **terms: object) -> Refusal:
    outcome = judge(data, **terms)
    assert isinstance(outcome, Refusal), outcome
    return outcome


def codes(outcome: Welcome) -> set[str]:
    return {finding.code for finding in outcome.findings}


def test_a_good_request_is_welcome() -> None:
    outcome = welcome(request("/ocpp/CP%201"))
    assert (outcome.identity, outcome.version, outcome.subprotocol) == ("CP 1", "1.6", "ocpp1.6")
    assert outcome.path == "/ocpp/CP%201"
    assert outcome.response.startswith(b"HTTP/1.1 101 ")
    # RFC 6455 §1.3 gives this pair of key and answer.
    assert b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in outcome.response
    assert b"Sec-WebSocket-Protocol: ocpp1.6\r\n" in outcome.response
    assert not outcome.findings


def test_it_may_come_byte_by_byte() -> None:
    knock = Knock(Terms())
    data = request()
    assert all(knock.feed(data[at : at + 1]) is None for at in range(len(data) - 1))
    assert isinstance(knock.feed(data[-1:]), Welcome)


def test_what_follows_the_request_is_kept() -> None:
    assert welcome(request() + b"\x81\x80abcd").rest == b"\x81\x80abcd"


@pytest.mark.parametrize(
    ("offered", "version", "answered"),
    [
        ("ocpp1.6, ocpp2.0.1, ocpp2.1", "1.6", "ocpp1.6"),
        ("ocpp2.1,ocpp2.0.1,ocpp1.6", "2.1", "ocpp2.1"),
        ("ocpp1.5, ocpp2.0.1", "2.0.1", "ocpp2.0.1"),
        ("OCPP1.6", "1.6", "OCPP1.6"),
        ("ocpp2.0.1.1", "2.0.1", "ocpp2.0.1.1"),
    ],
)
def test_the_client_s_order_decides_the_version(offered: str, version: str, answered: str) -> None:
    outcome = welcome(request(protocol=offered))
    assert (outcome.version, outcome.subprotocol) == (version, answered)
    assert f"Sec-WebSocket-Protocol: {answered}\r\n".encode() in outcome.response


def test_no_subprotocol_is_taken_for_1_6_with_a_note() -> None:
    outcome = welcome(request(protocol=None))
    assert (outcome.version, outcome.subprotocol) == ("1.6", "")
    assert codes(outcome) == {"SUBPROTOCOL_MISSING"}
    assert b"Sec-WebSocket-Protocol" not in outcome.response


def test_a_foreign_subprotocol_is_refused_with_what_we_speak() -> None:
    outcome = refusal(request(protocol="ocpp1.5, mqtt"))
    assert (outcome.reason, outcome.status, outcome.station) == ("foreign_subprotocol", 400, "CP1")
    assert outcome.offered == ("ocpp1.5", "mqtt")
    assert b"ocpp2.0.1" in outcome.response


@pytest.mark.parametrize("value", [None, "keep-alive", "close"])
def test_a_missing_connection_upgrade_is_repaired(value: str | None) -> None:
    assert codes(welcome(request(Connection=value))) == {"CONNECTION_HEADER"}


def test_a_connection_header_with_more_tokens_is_fine() -> None:
    assert not codes(welcome(request(Connection="keep-alive, upgrade")))


def test_only_2_x_has_rules_for_identities() -> None:
    assert not codes(welcome(request("/RDAM%20123")))
    assert codes(welcome(request("/RDAM%20123", "ocpp2.0.1"))) == {"IDENTITY_CHARACTERS"}


def test_a_blank_in_the_path_is_repaired() -> None:
    outcome = welcome(request("/ocpp/RDAM 123"))
    assert outcome.identity == "RDAM 123"
    assert "PATH_NOT_ENCODED" in codes(outcome)


def test_raw_utf8_in_the_path_is_repaired() -> None:
    assert welcome(request("/Säule")).identity == "Säule"


@pytest.mark.parametrize(
    ("data", "reason", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00", "tls_on_plain_port", 0),
        (b"\x00\x01\x02", "not_http", 0),
        (b'[2,"1","Heartbeat",{}]', "not_http", 0),
        (b"POST /CP1 HTTP/1.1\r\nContent-Type: application/soap+xml\r\nContent-Length: 3\r\n\r\n<a>", "soap", 405),
        (b"POST /CP1 HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "not_websocket", 405),
        (b"GET /CP1 HTTP/1.1\r\nHost: a\r\n\r\n", "not_websocket", 426),
        (b"GET /CP1 HTTP/1.1\nHost: a\n\n", "bad_request", 400),
        (b"GET\r\n\r\n", "not_websocket", 405),
        (b"GET /" + b"x" * 20_000, "head_too_long", 431),
        (request(Sec_WebSocket_Key="short"), "bad_handshake", 400),
        (request(Sec_WebSocket_Key=None), "bad_handshake", 400),
        (request(Sec_WebSocket_Version="8"), "bad_handshake", 400),
        (request().replace(b"HTTP/1.1", b"HTTP/1.0"), "bad_handshake", 505),
        (request("/"), "bad_identity", 400),
        (request("/a%00b"), "bad_identity", 400),
        (request(Origin="http://evil.example", User_Agent="Mozilla/5.0"), "browser", 403),
        (request(Origin="null", Sec_Fetch_Mode="websocket"), "browser", 403),
    ],
)
def test_everything_else_is_refused_with_its_reason(data: bytes, reason: str, status: int) -> None:
    outcome = refusal(data)
    assert (outcome.reason, outcome.status) == (reason, status)
    assert outcome.text.endswith(".") or outcome.text.endswith("?")
    if status:
        assert outcome.response.startswith(f"HTTP/1.1 {status} ".encode())


@pytest.mark.parametrize("origin", ["file://", "http://127.0.0.1", "null"])
def test_stations_may_send_an_origin(origin: str) -> None:
    assert welcome(request(Origin=origin)).identity == "CP1"


def test_a_browser_gets_a_page_that_helps() -> None:
    knock = Knock(Terms("/ocpp"))
    knock.address = "10.0.0.7:9000"
    outcome = knock.feed(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert isinstance(outcome, Refusal)
    page = outcome.response
    assert b"ws://10.0.0.7:9000/ocpp/<identity of the charger>" in page
    assert b"ocpp1.6, ocpp2.0.1, ocpp2.1" in page
    assert b"Content-Type: text/plain" in page


def test_the_refused_request_names_its_path() -> None:
    outcome = refusal(request("/a%FFb"))
    assert (outcome.path, outcome.station) == ("/a%FFb", "a\ufffdb")


def test_compression_is_agreed_upon_only_when_it_is_on() -> None:
    data = request(Sec_WebSocket_Extensions="permessage-deflate")
    assert welcome(data).codec is None
    assert b"permessage-deflate" not in welcome(data).response
    assert welcome(data, compression=True).codec is not None
    assert b"permessage-deflate" in welcome(data, compression=True).response


@given(st.binary(min_size=1, max_size=300))
def test_no_bytes_raise(data: bytes) -> None:
    assert isinstance(judge(data), Welcome | Refusal | None)


@given(st.binary(max_size=60), st.integers(0, 200))
def test_no_damaged_request_raises(damage: bytes, at: int) -> None:
    data = request()
    assert isinstance(judge(data[:at] + damage + data[at + len(damage) :]), Welcome | Refusal | None)

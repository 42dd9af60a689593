"""Facts of every kind as hypothesis makes them, and a short day of a station as they come from the wire."""

from typing import Any

from hypothesis import strategies as st
from tape import Tape, tape
from traffic import authorize, boot, call, heartbeat, meter, result, start, status, stop

from ocpp_console import events
from ocpp_console.events import Fact
from ocpp_console.protocol.findings import Finding, Severity

TEXTS = st.text(max_size=12)
FRAMES = st.one_of(
    st.binary(max_size=40),
    st.text(max_size=30).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from(
        [
            boot(),
            heartbeat(id="é\ud800"),
            call("DataTransfer", {"vendorId": "a", "data": "\ud83d\u202e\x00"}, id=7),
            b'[3,"1",{"a":1e999}]',
            b'[ 2 , "1", "Heartbeat" ,{ } ] ',
            b'\xef\xbb\xbf[2,"1","Heartbeat",{}]',
            b'[2,"1","Heartbeat",{"x":"\xff"}]',
            b'[4,"1",null,7,[]]',
            b'[6,"1","NotifyPeriodicEventStream",{}]',
            b"",
        ]
    ),
)
TIMES = st.one_of(st.integers(0, 4_000_000_000_000_000), st.integers(-(10**18), 10**18))
FINDINGS = st.lists(st.builds(Finding, TEXTS, st.sampled_from(Severity), TEXTS, TEXTS), max_size=2).map(tuple)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
_BY_TYPE: dict[Any, Any] = {
    str: TEXTS,
    bool: st.booleans(),
    int: st.integers(0, 10**9),
    bytes: FRAMES,
    tuple[str, ...]: st.lists(TEXTS, max_size=3).map(tuple),
    tuple[Finding, ...]: FINDINGS,
}
KINDS = Fact.__args__


def _strategy(kind: Any) -> Any:
    fields = {}
    for name, declared in kind.__annotations__.items():
        if name == "at":
            fields[name] = TIMES
        elif name == "payload":
            fields[name] = JSON
        elif name not in ("seq", "frame"):
            fields[name] = _BY_TYPE[declared]
    return st.fixed_dictionaries(fields).map(lambda values: kind(seq=0, **values))


FACTS = st.lists(st.one_of([_strategy(kind) for kind in KINDS]), max_size=12).map(
    lambda facts: [fact._replace(seq=number) for number, fact in enumerate(facts, 1)]
)


def day(version: str = "1.6", station: str = "CP1") -> Tape:
    """A station boots, charges, and is asked for its configuration; somebody knocks in vain; a frame is broken."""
    made = tape(version, station=station, live=False)
    made.exchange(boot(version), {"status": "Accepted", "currentTime": "2026-11-20T12:00:00Z", "interval": 300})
    made.exchange(status("Available", version=version, id="2"))
    made.exchange(authorize("04A2B3C4", version, id="3"), {"idTagInfo": {"status": "Accepted"}})
    made.exchange(start("04A2B3C4", version=version, id="4"), {"transactionId": 1, "idTagInfo": {"status": "Accepted"}})
    made.exchange(meter(version=version, id="5"))
    made.exchange(stop(version=version, id="6"))
    made.hear(b'[2,"7","Heart')
    made.ask("ChangeConfiguration", {"key": "AuthorizationKey", "value": "hunter2hunter2"}, "c1")
    made.hear(result({"status": "Accepted"}, id="c1"))
    made.apply(
        events.HandshakeRefused(
            *made.next(), "10.0.0.7:9", "CP9", "bad_identity", "No.", "/CP9", (), 404, b"GET /CP9 \xff HTTP/1.1"
        )
    )
    made.ask("Reset", {"type": "Soft"}, "c2")
    made.abandon("c2")
    made.gone()
    return made

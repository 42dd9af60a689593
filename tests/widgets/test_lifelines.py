"""Steps between lifelines: golden lines, every width, any text, and signs that have a stand-in in ASCII."""

from hypothesis import given
from hypothesis import strategies as st
from outputs.facts import day
from tape import tape
from traffic import call, heartbeat

from ocpp_console.glyphs import ASCII
from ocpp_console.model.fleet import Fleet
from ocpp_console.model.sequence import SequenceDiagram
from ocpp_console.visible import visible
from ocpp_console.widgets.fitting import cells
from ocpp_console.widgets.lifelines import LINE, Lifelines

ALL_SHARE_ONE = """\
stations                                                CSMS
    ● CP1: connected from 10.0.0.9:5000 as OCPP 1.6, /C… │
    │─ CP1: BootNotification  Acme  Wallbox 11  1.2.3…──▶│
    │◀╌ CP1: ✓ Accepted ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ 10 ms ╌│
    │─ CP1: StatusNotification  #1  Available ──────────▶│
    │◀╌ CP1: ✓ ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ 10 ms ╌│
    │─ CP1: Authorize  04A2B3C4 ────────────────────────▶│
    │◀╌ CP1: ✓ Accepted ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ 10 ms ╌│
    │─ CP1: StartTransaction  #1  04A2B3C4  1000 Wh…────▶│
    │◀╌ CP1: ✓ Accepted ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ 10 ms ╌│
    │─ CP1: MeterValues  #1  2500 Wh  Power.Active.Im…──▶│
    │◀╌ CP1: ✓ ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ 10 ms ╌│
    │─ CP1: StopTransaction  transaction 1  8000 Wh…────▶│
    │◀╌ CP1: ✓ ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ 10 ms ╌│
    │╌ CP1: unreadable  [2,"7","Heart ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌▶│
    │◀─ CP1: ChangeConfiguration  AuthorizationKey = •…──│
    │╌ CP1: ✓ Accepted ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ 1.00 s ╌▶│
    ▲ CP9: refused  No. (10.0.0.7:9)                     │
    │◀─ CP1: Reset  type Soft ───────────── ✗ no answer ─│
    ○ CP1: gone  the line broke (code 1006)              │
"""


def drawn(fleet, width):
    """The diagram of a log as text."""
    diagram = SequenceDiagram(lambda row: True)
    diagram.take(fleet.messages)
    lines = Lifelines(diagram.stations, width)
    return [lines.header, *("".join(text for text, _ in lines.row(step)) for step in diagram.steps)]


def test_a_day_between_two_lifelines():
    made = day(station="CP1")
    lines = [line.rstrip() for line in drawn(made.fleet, 60)]
    assert lines == ALL_SHARE_ONE.splitlines()


def test_lines_have_their_width_whatever_it_is():
    fleet = Fleet()
    for number in range(9):
        made = tape(station=f"CP-{number}", fleet=fleet)
        made.seq = 1000 * number
        made.connect()
        made.hear(heartbeat(id=str(number)))
    for width in (44, 60, 66, 100, 140):
        for line in drawn(fleet, width)[1:]:
            assert cells(line) == width, line


def test_stations_without_room_share_a_lifeline_and_are_named():
    fleet = Fleet()
    for number in range(4):
        made = tape(station=f"CP-{number}", fleet=fleet)
        made.seq = 1000 * number
        made.connect()
        made.hear(heartbeat(id=str(number)))
    header, *lines = drawn(fleet, 70)
    assert "CP-0" in header
    assert "others" in header
    assert not any("CP-0: " in line for line in lines)
    assert any("CP-3: Heartbeat" in line for line in lines)


@given(text=st.text(max_size=60), width=st.integers(30, 140))
def test_no_text_disturbs_the_lines(text, width):
    made = tape(station=text or "x")
    made.hear(call("DataTransfer", {"vendorId": text}))
    made.ask("Reset", {"type": text}, "c")
    made.abandon("c")
    header, *lines = drawn(made.fleet, width)
    assert cells(header) == max(width, 24)
    for line in lines:
        assert cells(line) == max(width, 24)
        assert visible(line, 1000) == line


def test_every_sign_has_a_stand_in():
    made = day()
    signs = set("".join(drawn(made.fleet, 66)))
    assert LINE in signs
    assert {sign for sign in signs if not sign.isascii()} <= set(ASCII)

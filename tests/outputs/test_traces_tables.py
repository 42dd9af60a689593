"""CSV, Markdown and plain text: safe for spreadsheets, renderers and terminals."""

import csv
import io

from outputs.facts import day
from outputs.test_traces_round_trip import export
from tape import tape
from traffic import call

from ocpp_console.outputs.traces.row_writers import cell, markdown


def test_a_csv_has_one_line_for_a_call_and_its_answer(tmp_path):
    export(day().facts, tmp_path / "t.csv")
    data = (tmp_path / "t.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbftime,station,")
    assert b"\n" not in data.replace(b"\r\n", b"")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    booted = next(row for row in rows if row["action"] == "BootNotification")
    assert (booted["station"], booted["direction"], booted["outcome"]) == ("CP1", "station to csms", "Accepted")
    assert (booted["latency_ms"], booted["id"]) == ("10.000", "1")
    assert booted["request"].startswith('[2,"1","BootNotification"')
    assert booted["answer"].startswith('[3, "1"')


def test_no_cell_is_a_formula():
    for text in ("=1+1", "+x", "-x", "@x", " =x", "\u00a0=x", "\t=x", "＝x", "\r=x"):
        assert cell(text).startswith("'"), text
    for text in ("-1.5", "1e3", "a=b", "[2,1]", ""):
        assert cell(text) == text
    assert cell("a\x00\x1b[2J") == "a␀␛[2J"
    assert len(cell("x" * 100_000)) < 32_767
    cell("\ud800").encode()


def test_markdown_of_a_station_is_no_markup():
    assert markdown("a|b <img> [x](y) `c` *d*") == r"a\|b \<img\> \[x\](y) \`c\` \*d\*"
    assert "\x1b" not in markdown("\x1b[2J")
    assert "\n" not in markdown("a\nb")


def test_a_markdown_table_has_as_many_cells_in_each_line(tmp_path):
    made = tape(live=False)
    made.exchange(call("DataTransfer", {"vendorId": "a|b\n", "data": "|"}))
    export(made.facts, tmp_path / "t.md")
    lines = (tmp_path / "t.md").read_text("utf-8").splitlines()
    assert {line.replace("\\|", "").count("|") for line in lines} == {9}


def test_plain_text_is_safe_to_print(tmp_path):
    made = tape(live=False)
    made.hear(b'[2,"1","X",{"a":"\x1b]52;c;eA==\x07\xe2\x80\xae"}]')
    export(made.facts, tmp_path / "t.txt")
    text = (tmp_path / "t.txt").read_text("utf-8")
    assert not set(text) & set("\x1b\x07\u202e")
    assert "CP: receive message [2," in text

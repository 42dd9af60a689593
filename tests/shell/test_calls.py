"""`call`: real chargers on loopback, and the exit code by what they answer."""

import io
import json

import pytest

from ocpp_console.shell.calls import is_yes


async def test_yes_is_0_and_the_payload_is_on_stdout(shell):
    charger = await shell.charger("CP1")
    charger.answers["Reset"] = {"status": "Accepted"}
    ran = await shell.run("call", "CP1", "Reset", '{"type": "Soft"}')
    assert ran.code == 0
    assert ran.document == {"status": "Accepted"}
    assert ran.err.startswith("ocpp-console: Reset at CP1: Accepted, ")
    assert charger.asked == [("Reset", {"type": "Soft"})]


async def test_a_no_is_5_an_error_6_silence_4_and_nobody_7(shell):
    charger = await shell.charger("CP1")
    charger.answers["Reset"] = {"status": "Rejected"}
    assert (await shell.run("call", "CP1", "Reset", '{"type": "Hard"}')).code == 5
    silent = await shell.run("call", "CP1", "ClearCache", "--timeout", "0.2")
    assert silent.code == 4
    assert silent.out == ""
    assert "ClearCache at CP1: " in silent.err
    for station in ("CP2", "CP 2?"):
        nobody = await shell.run("call", station, "ClearCache")
        assert nobody.code == 7
        assert f"No station {station}" in nobody.err


async def test_a_call_error_is_6_with_its_code_and_details(shell):
    charger = await shell.charger("CP1")

    original = charger.socket.send

    async def as_error(text):
        frame = json.loads(text)
        if frame[0] == 3:
            text = json.dumps([4, frame[1], "NotSupported", "no \x1bcache", {"why": "small"}])
        await original(text)

    charger.socket.send = as_error
    charger.answers["ClearCache"] = {}
    ran = await shell.run("call", "CP1", "ClearCache")
    assert ran.code == 6
    assert "error NotSupported: no ␛cache" in ran.err
    assert ran.document == {"why": "small"}


async def test_every_violation_is_listed_and_no_check_sends_all_the_same(shell):
    charger = await shell.charger("CP1")
    charger.answers["Reset"] = {"status": "Accepted"}
    wrong = '{"type": "Warm", "more": 1}'
    ran = await shell.run("call", "CP1", "Reset", wrong)
    assert (ran.code, ran.out, charger.asked) == (2, "", [])
    listed = [line for line in ran.err.splitlines() if "  ▲ " in line]
    assert [line.split()[2] for line in listed] == ["type", "more"]
    assert ran.err.count("Warm") == 1
    assert "--no-check sends it all the same" in ran.err
    assert len((await shell.run("call", "CP1", "Reset", wrong, "--json")).document["findings"]) == 2
    assert (await shell.run("call", "CP1", "Reset", wrong, "--no-check")).code == 0
    assert charger.asked == [("Reset", json.loads(wrong))]


async def test_the_payload_comes_from_a_file_or_from_stdin(shell, tmp_path, monkeypatch):
    charger = await shell.charger("CP1")
    charger.answers["Reset"] = {"status": "Accepted"}
    file = tmp_path / "reset.json"
    file.write_text('{"type": "Soft"}')
    assert (await shell.run("call", "CP1", "Reset", f"@{file}")).code == 0
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"type": "Hard"}')))
    assert (await shell.run("call", "CP1", "Reset", "-")).code == 0
    assert [payload for _, payload in charger.asked] == [{"type": "Soft"}, {"type": "Hard"}]


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ('{"type": Soft}', "The payload is not JSON: Expecting value at line 1, column 10."),
        ("@/nowhere/x.json", "/nowhere/x.json cannot be read: No such file or directory."),
        ("[" * 100_000, "The payload is nested too deeply."),
    ],
)
async def test_a_payload_that_is_none_ends_with_2_and_says_where(shell, word, sentence):
    ran = await shell.run("call", "CP1", "Reset", word)
    assert ran.code == 2
    assert sentence in ran.err


async def test_a_read_only_console_sends_nothing_and_says_so(house):
    careful = await house(read_only=True)
    await careful.charger("CP1")
    ran = await careful.run("call", "CP1", "ClearCache")
    assert ran.code == 1
    assert "read-only" in ran.err


async def test_as_json_the_whole_answer_is_one_line(shell):
    charger = await shell.charger("CP1")
    charger.answers["ClearCache"] = {"status": "Accepted"}
    ran = await shell.run("call", "CP1", "ClearCache", "--json")
    assert len(ran.out.splitlines()) == 1
    assert ran.document["status"] == "result"
    assert ran.err == ""


@pytest.mark.parametrize(
    ("verdict", "yes"),
    [
        ("", True),
        ("Accepted", True),
        ("RebootRequired", True),
        ("Scheduled", True),
        ("Accepted 2", True),
        ("Accepted 2, RebootRequired 1", True),
        ("Accepted 2, Rejected 1", False),
        ("Rejected", False),
        ("NotImplemented", False),
        ("EmptyResultSet", False),
        ("Perhaps", False),
    ],
)
def test_what_counts_as_yes(verdict, yes):
    assert is_yes(verdict) is yes

"""`log` and `transactions`: what real chargers said, read and followed from the shell."""

import asyncio
import json
import subprocess
import sys
import threading

import pytest


async def charged(shell, identity="CP1"):
    """A charger that charged, and charges again."""
    charger = await shell.charger(identity)
    first = await charger.start(1, "04A2B3C4", 1_000)
    stop = {"transactionId": first, "meterStop": 8_500, "timestamp": "2026-11-20T15:03:21Z"}
    await charger.call("StopTransaction", stop)
    await charger.start(2, "TAG2", 0)
    return charger


async def test_the_log_is_oldest_first_and_takes_a_filter(shell):
    await charged(shell)
    ran = await shell.run("log")
    actions = [line.split()[3] for line in ran.out.splitlines() if "  ← " in line]
    assert (ran.code, actions) == (0, ["BootNotification", "StartTransaction", "StopTransaction", "StartTransaction"])
    only = await shell.run("log", "StopTransaction")
    assert [line.split()[3] for line in only.out.splitlines()] == ["StopTransaction"]
    last = await shell.run("log", "--limit", "1", "--json")
    assert last.document["action"] == "StartTransaction"
    assert (await shell.run("log", "--limit", "0")).out == ""


async def test_a_filter_that_is_none_ends_with_2_and_the_word(shell):
    ran = await shell.run("log", "~nosuch")
    assert ran.code == 2
    assert "~nosuch" in ran.err


async def test_hostile_words_of_the_log_are_made_visible(shell):
    charger = await shell.charger("CP1", boot=False)
    await charger.boot(vendor="\x1b]0;owned\x07")
    ran = await shell.run("log")
    assert "\x1b" not in ran.out
    assert "\x07" not in ran.out


class Following:
    """`log --follow` as a process of its own, and the lines it printed."""

    def __init__(self, url, token, *words):
        """Start it; a thread reads."""
        command = [sys.executable, "-m", "ocpp_console", "log", "--follow", "--api", url, "--token", token, *words]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.lines = []
        self.came = threading.Event()
        self._reader = threading.Thread(target=lambda: self.lines.extend(iter(self._line, None)), daemon=True)
        self._reader.start()

    def _line(self):
        text = self.process.stdout.readline()
        self.came.set()
        return text.rstrip("\n") if text else None

    async def ended(self):
        """Its exit code and what it said on stderr."""
        code = await asyncio.to_thread(self.process.wait, 20)
        self._reader.join(5)
        said = self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        return code, said


async def test_follow_tells_what_comes_each_once_and_calls_with_their_answer(shell, until):
    charger = await shell.charger("CP1")
    following = Following(shell.url, shell.engine.settings.api_token, "--json", "~s CP1 & !Heartbeat")
    try:
        await until(lambda: following.lines, 30)
        charger.answers["Reset"] = {"status": "Accepted"}
        for number in range(1, 6):
            await charger.status(number, "Available")
        await until(lambda: sum("StatusNotification" in line for line in following.lines) == 5, 30)
        assert (await shell.run("call", "CP1", "Reset", '{"type": "Soft"}')).code == 0
        await until(lambda: '"Reset"' in following.lines[-1], 30)
    finally:
        following.process.terminate()
        code, said = await following.ended()
    assert (code, said) == (-15, "")
    rows = [row for line in following.lines if (row := json.loads(line))["origin"] != "event"]
    assert [row["action"] for row in rows] == ["BootNotification", *["StatusNotification"] * 5, "Reset"]
    assert rows[-1]["verdict"] == "Accepted"
    assert len({row["seq"] for row in rows}) == len(rows)


@pytest.mark.parametrize("limit", ["0", "20"])
async def test_follow_tells_calls_when_they_are_answered_wherever_they_are_by_then(house, until, limit):
    shell = await house(log_rows=5)
    charger = await shell.charger("CP1", boot=False)
    early = shell.engine.request("CP1", "GetConfiguration", {})
    await until(lambda: charger.asked)
    words = "GetConfiguration | ~e & ClearCache | StatusNotification"
    following = Following(shell.url, shell.engine.settings.api_token, "--json", "--limit", limit, words)
    try:
        other = await shell.charger("CP2")
        while not following.lines:
            await other.status(1, "Available")
            await asyncio.to_thread(following.came.wait, 0.2)
        late = shell.engine.request("CP2", "ClearCache", {})
        await until(lambda: other.asked)
        for _ in range(8):
            await other.call("Heartbeat", {})
        assert not {"GetConfiguration", "ClearCache"} & {row.action for row in shell.engine.fleet.messages}
        for asked, by, answer in (
            (early, charger, [3, early.id, {}]),
            (late, other, [4, late.id, "GenericError", "", {}]),
        ):
            await by.socket.send(json.dumps(answer))
            await until(lambda said=asked.action: any(said in line for line in following.lines), 30)
    finally:
        following.process.terminate()
        await following.ended()
    rows = [json.loads(line) for line in following.lines if "StatusNotification" not in line]
    assert [(row["action"], row["state"]) for row in rows] == [("GetConfiguration", "result"), ("ClearCache", "error")]


async def test_follow_ends_with_3_when_the_console_goes(shell, until):
    await shell.charger("CP1")
    following = Following(shell.url, shell.engine.settings.api_token)
    await until(lambda: following.lines, 30)
    await shell.engine.stop()
    code, said = await following.ended()
    assert code == 3
    assert "cannot be reached" in said


async def test_sessions_are_a_table_the_newest_first(shell):
    assert (await shell.run("transactions")).err == "ocpp-console: No session is known.\n"
    await charged(shell)
    await charged(shell, "CP2")
    ran = await shell.run("transactions", "CP1")
    _, newest, oldest = ran.out.splitlines()
    assert "TAG2" in newest
    assert "runs" in newest
    assert "7.50" in oldest
    running = await shell.run("transactions", "--running", "--json")
    assert [each["station"] for each in running.document] == ["CP2", "CP1"]
    assert len((await shell.run("transactions", "--limit", "1", "--json")).document) == 1


async def test_wait_sees_a_session_begin_and_end(shell):
    charger = await charged(shell)
    before = await shell.run("wait", "--until", "transaction", "CP1", "--timeout", "0.1")
    assert before.code == 4
    since = await shell.run("wait", "--until", "stopped", "CP1", "--since", "60")
    assert since.code == 0
    waiting = asyncio.create_task(shell.run("wait", "--until", "transaction", "--timeout", "20"))
    begun = 0
    while not waiting.done():
        begun = await charger.start(1, "TAG3", 100 + begun)  # the same values again would be the same session
        await asyncio.wait({waiting}, timeout=0.5)
    ran = await waiting
    assert ran.code == 0
    assert ran.out.startswith("CP1 session ")
    assert begun


async def test_a_saved_filter_is_used_by_its_name_and_narrowed(shell):
    await charged(shell)
    shell.engine.log.filters.put("Sessions", "StartTransaction | StopTransaction")
    ran = await shell.run("log", "--saved", "sessions", "StopTransaction | Heartbeat")
    assert [line.split()[3] for line in ran.out.splitlines()] == ["StopTransaction"]
    assert len((await shell.run("log", "--saved", "Sessions")).out.splitlines()) == 3
    missing = await shell.run("log", "--saved", "nothing")
    assert (missing.code, missing.out) == (1, "")
    assert "No filter is kept as 'nothing'" in missing.err


async def test_secrets_are_masked_unless_asked_for(shell):
    charger = await shell.charger("CP1")
    charger.answers["ChangeConfiguration"] = {"status": "Accepted"}
    await shell.run("call", "CP1", "ChangeConfiguration", '{"key": "AuthorizationKey", "value": "hunter2hunter2"}')
    for words, told in ((), False), (("--json",), False), (("--json", "--secrets"), True):
        ran = await shell.run("log", "ChangeConfiguration", *words)
        assert "AuthorizationKey" in ran.out
        assert ("hunter2" in ran.out) is told

"""`ocpp-console call STATION ACTION [PAYLOAD]`: one command to a charger; the exit code tells what it answered."""

import json
import re
import sys
from pathlib import Path
from typing import Any

from ocpp_console.glyphs import ATTENTION, WRONG, YES_WORDS, verdict_look
from ocpp_console.shell import printing
from ocpp_console.shell.colour import paint_of
from ocpp_console.shell.declaring import Exit, Given, WrongWords
from ocpp_console.shell.running_console import Refused, console_of, segment

YES_IN_THE_END = frozenset({"Scheduled", "RebootRequired", "AcceptedCanceled"})
"""Words that mean yes with a condition: it will be done, or is done and works after a reboot."""

_COUNTED = re.compile(r"(.*\S) \d+")
"""A part of the verdict on a list: `Rejected 2`."""

_CODES = {
    "error": Exit.CALL_ERROR,
    "timeout": Exit.LATE,
    "lost": Exit.NOT_CONNECTED,
    "cancelled": Exit.BROKEN,
    "not_sent": Exit.BROKEN,
}
"""What a call ends with that has no answer to look at, by the API's `status`."""


def run(given: Given) -> int:
    """Send it, wait, print the answer."""
    payload = payload_of(given.payload)
    console = console_of(given)
    path = f"/stations/{segment(given.station)}/calls/{segment(given.action)}"
    query = {"check": False if given.no_check else None, "timeout": given.timeout}
    try:
        reply = console.ask("POST", path, payload, seconds=None, **query)
    except Refused as problem:
        return _refused(problem, given.json)
    answer = reply.document
    if given.json:
        printing.as_json(answer)
    else:
        _print(given, answer)
    return code_of(answer)


def payload_of(word: str | None) -> Any:
    """The payload: JSON as it stands, of a file (`@file`), or of stdin (`-`); an empty object when there is none.

    Raises:
        WrongWords: it cannot be read or is not JSON; the text says where.
    """
    if word is None:
        return {}
    where, text = _text_of(word)
    try:
        return json.loads(text)
    except json.JSONDecodeError as problem:
        place = f"line {problem.lineno}, column {problem.colno}"
        raise WrongWords(f"{where} is not JSON: {problem.msg} at {place}.") from None
    except RecursionError:
        raise WrongWords(f"{where} is nested too deeply.") from None


def _text_of(word: str) -> tuple[str, str]:
    """What to call it in a sentence, and its text."""
    if word == "-":
        return "What came from stdin", sys.stdin.buffer.read().decode("utf-8-sig", "replace")
    if not word.startswith("@"):
        return "The payload", word
    try:
        return word[1:], Path(word[1:]).expanduser().read_bytes().decode("utf-8-sig")
    except OSError as problem:
        raise WrongWords(f"{word[1:]} cannot be read: {problem.strerror}.") from None
    except UnicodeDecodeError:
        raise WrongWords(f"{word[1:]} is not UTF-8.") from None


def code_of(answer: dict[str, Any]) -> int:
    """The exit code for an answer of the API."""
    if answer["status"] in ("result", "sent"):
        return Exit.OK if is_yes(answer.get("verdict", "")) or answer["status"] == "sent" else Exit.REFUSED
    return _CODES.get(answer["status"], Exit.BROKEN)


def is_yes(verdict: str) -> bool:
    """Whether a verdict, of one item or of a list, has nothing in it but yes; an answer without a status is a yes."""
    words = [(_COUNTED.fullmatch(part) or [part, part])[1] for part in verdict.split(", ")] if verdict else []
    return all(word in YES_WORDS or word in YES_IN_THE_END for word in words)


def _print(given: Given, answer: dict[str, Any]) -> None:
    """The answer for people: what came of it on stderr, the payload on stdout."""
    took = f", {answer['latency_ms']:.1f} ms" if answer.get("latency_ms") is not None else ""
    error = answer.get("error") or {}
    words = {
        "result": answer.get("verdict") or "answered",
        "error": f"error {error.get('code', '')}: {error.get('description', '')}",
        "sent": "sent; no answer is expected",
    }
    said = words.get(answer["status"]) or error.get("description") or answer["status"]
    paint = paint_of(given, sys.stderr)
    tone = verdict_look(answer.get("verdict") or "").tone if answer["status"] in ("result", "sent") else WRONG
    printing.remark(f"{given.action} at {given.station}: {said.rstrip(': ')}{took}", tone, paint)
    for finding in answer.get("findings") or ():
        printing.remark(f"▲ {finding['path']} {finding['text']}".replace("  ", " "), ATTENTION, paint)
    if answer["status"] == "result":
        print(printing.payload(answer["payload"]))
    elif error.get("details"):
        print(printing.payload(error["details"]))


def _refused(problem: Refused, as_json: bool) -> int:
    """Nothing was sent: why, and every violation of the payload."""
    if as_json and problem.document is not None:
        printing.as_json(problem.document)
        return problem.exit_code
    listed = problem.document.get("findings") if isinstance(problem.document, dict) else None
    text = problem.text.replace("With ?check=false it is", "With --no-check it is")
    for first in (listed or ())[:1]:  # each violation once: all of them come below
        text = text.removesuffix(f" {first['path'] or 'payload'}: {first['text']}.")
    printing.remark(text)
    for finding in listed or ():
        printing.remark(f"  ▲ {finding['path']}  {finding['text']}")
    if listed:
        printing.remark("--no-check sends it all the same.")
    return problem.exit_code

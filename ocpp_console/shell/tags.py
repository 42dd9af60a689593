"""`ocpp-console tags …`: the idTag list of a running console: list, add, remove, and CSV files in and out."""

import os
import sys
from pathlib import Path
from typing import Any

from ocpp_console.glyphs import tag_look
from ocpp_console.shell import printing
from ocpp_console.shell.colour import Toned, paint_of
from ocpp_console.shell.declaring import Exit, Given, WrongWords
from ocpp_console.shell.running_console import Refused, console_of, segment

HEAD = ("idTag", "status", "parent", "expiry", "last used", "at", "note")
FIELDS = ("status", "type", "parent", "expiry", "note")
"""What `add` may say of a tag, by flags of the same names."""
SHOWN_PROBLEMS = 20


def run(given: Given) -> int:
    """Do what the verb says."""
    verbs = {"list": _list, "add": _add, "remove": _remove, "import": _import, "export": _export}
    return verbs[given.command.partition(" ")[2]](given)


def _list(given: Given) -> int:
    """All tags, or those whose token or note holds a text."""
    found = console_of(given).ask("GET", "/id-tags").document
    if given.text:
        wanted = given.text.casefold()
        found = [tag for tag in found if wanted in tag["token"].casefold() or wanted in tag["note"].casefold()]
    if given.json:
        printing.as_json(found)
    elif found:
        print(printing.table(HEAD, [_row(tag) for tag in found], paint=paint_of(given), keep=("idTag", "status")))
    else:
        printing.remark("No tag is listed." if not given.text else f"No tag holds {given.text}.")
    return Exit.OK


def _row(tag: dict[str, Any]) -> tuple[object, ...]:
    """One tag of the table."""
    used = (tag["last_used"] or "").replace("T", " ")[:16]
    status = Toned(tag["status"], tag_look(tag["status"]).tone)
    return tag["token"], status, tag["parent"], tag["expiry"], used, tag["last_station"], tag["note"]


def _add(given: Given) -> int:
    """Add a tag, or replace the one with this token."""
    said = {name: value for name in FIELDS if (value := getattr(given, name)) is not None}
    body = said | ({"concurrent": False} if given.once else {})
    reply = console_of(given).ask("PUT", f"/id-tags/{segment(given.tag)}", body)
    if given.json:
        printing.as_json(reply.document)
    else:
        printing.remark(f"{given.tag} {'added' if reply.status == 201 else 'replaced'}.")
    return Exit.OK


def _remove(given: Given) -> int:
    """Take tags off the list; 1 when one of them was not there."""
    console, missing = console_of(given), 0
    for token in given.tag:
        try:
            console.ask("DELETE", f"/id-tags/{segment(token)}")
            printing.remark(f"{token} removed.")
        except Refused as problem:
            if problem.exit_code != Exit.BROKEN:
                raise
            printing.remark(problem.text)
            missing += 1
    return Exit.BROKEN if missing else Exit.OK


def _import(given: Given) -> int:
    """Add the tags of a CSV file; 1 when a line of it gave none."""
    from ocpp_console.model.id_tag_csv import from_csv

    try:
        raw = sys.stdin.buffer.read() if given.file == "-" else Path(given.file).expanduser().read_bytes()
    except OSError as problem:
        raise WrongWords(f"{given.file} cannot be read: {problem.strerror}.") from None
    reading = from_csv(raw)
    for number, text in reading.problems[:SHOWN_PROBLEMS]:
        printing.remark(f"line {number} gives no tag: {text}.")
    if len(reading.problems) > SHOWN_PROBLEMS:
        printing.remark(f"{len(reading.problems) - SHOWN_PROBLEMS} more lines give no tag.")
    names = ("token", *FIELDS, "concurrent")
    body = [{name: getattr(tag, name) for name in names} for tag in reading.tags]
    said = console_of(given).ask("PUT", "/id-tags", body).document if body else {"new": 0, "replaced": 0}
    if given.json:
        printing.as_json(said | {"problems": reading.problems})
    else:
        printing.remark(f"{said['new']} new, {said['replaced']} replaced, {len(reading.problems)} lines without a tag.")
    return Exit.BROKEN if reading.problems else Exit.OK


def _export(given: Given) -> int:
    """Write the list as CSV to a file or to stdout."""
    text = console_of(given).ask("GET", "/id-tags", format="csv").document or ""
    if given.file in (None, "-"):
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode()) if hasattr(sys.stdout, "buffer") else print(text, end="")
        return Exit.OK
    try:
        Path(given.file).expanduser().write_text(text, "utf-8", newline="")
    except OSError as problem:
        raise WrongWords(f"{given.file} cannot be written: {problem.strerror}.") from None
    printing.remark(f"{max(0, len(text.splitlines()) - 1)} tags written to {os.path.basename(given.file)}.")
    return Exit.OK

"""Which consoles of this user run with an API, and where: one small file each, see the package's docstring."""

import contextlib
import json
import os
import socket
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ocpp_console.settings import default_database

_PROBE_SECONDS = 0.5
"""How long a console on this machine may take to accept a connection."""


class RunningConsole(NamedTuple):
    """A console whose API listens."""

    url: str
    """`http://127.0.0.1:9180`, without a slash at the end."""
    token_file: str | None
    """The file with the token; None when it was given as a setting."""
    pid: int
    started: str
    """ISO 8601, UTC: the newest console has the highest."""
    port: int
    """Where its chargers connect."""
    db: str
    """Its database."""

    def token(self, setting: str = "") -> str:
        """The token: that of the file, else `setting` (the client's own `api_token`); empty when there is none."""
        if self.token_file is None or setting:
            return setting
        try:
            return Path(self.token_file).read_text("utf-8").strip()
        except (OSError, UnicodeError):
            return ""


def folder() -> Path:
    """Where the files are."""
    return Path(default_database()).with_name("running")


def _file_of(url: str) -> Path:
    return folder() / f"api-{urlsplit(url).port}.json"


def announce(console: RunningConsole) -> Path:
    """Write the file of a console whose API listens now. Raises OSError."""
    file = _file_of(console.url)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(file, json.dumps(console._asdict(), indent=1) + "\n")
    return file


def withdraw(console: RunningConsole) -> None:
    """Take the file away again; one that a newer console wrote meanwhile stays."""
    file = _file_of(console.url)
    if (there := _read(file)) is not None and there.pid == console.pid:
        with contextlib.suppress(OSError):
            file.unlink()


def consoles() -> list[RunningConsole]:
    """The consoles of this user that listen, the newest first."""
    found = [console for file in sorted(folder().glob("api-*.json")) if (console := _read(file)) is not None]
    return sorted(filter(_listens, found), key=lambda console: console.started, reverse=True)


def _read(file: Path) -> RunningConsole | None:
    """What a file says; None when it says nothing that can be used."""
    try:
        said: Any = json.loads(file.read_bytes())
        console = RunningConsole(**said)
        return console if urlsplit(console.url).port and isinstance(console.started, str) else None
    except (OSError, ValueError, TypeError):
        return None


def _listens(console: RunningConsole) -> bool:
    """Somebody accepts connections there."""
    where = urlsplit(console.url)
    try:
        socket.create_connection((where.hostname or "127.0.0.1", where.port or 0), _PROBE_SECONDS).close()
    except OSError:
        return False
    return True


def write_private(file: Path, text: str) -> None:
    """Replace a file by one that only this user can read, in one step: nobody ever reads half of it."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
    fresh.replace(file)

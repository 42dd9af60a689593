"""One instance a database: an operating-system lock that dies with its process."""

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import IO

from ocpp_console.store.problems import StoreProblem, why


class InstanceLock:
    """The lock on `<database>.lock`. The file stays: its content says who holds it, or how the last one ended."""

    def __init__(self, database: Path) -> None:
        """Name the lock of `database`; nothing is touched yet."""
        self.path = database.with_name(database.name + ".lock")
        self.ended_well = True
        """The last holder closed the database in order, with everything in it."""
        self._made = False
        """The lock file was not there before; it goes again when no database of ours comes of it."""
        self._inode = 0
        """Of the database file that a holder had open last; 0 when none is known."""
        self._file: IO[str] | None = None
        self._holder: dict[str, object] = {}

    def take(self, database: Path, *, at: int, port: int) -> None:
        """Take the lock, or raise `StoreProblem` that says who has it. `at` is µs UTC, `port` the first listener's."""
        self._made = not self.path.exists()
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            text = f"The folder of the database {database} cannot be written: {why(error)}. Use --db PATH."
            raise StoreProblem(text) from error
        file = os.fdopen(descriptor, "r+", encoding="utf-8", errors="replace")
        try:
            _lock(file)
        except (BlockingIOError, PermissionError) as error:
            holder = _read(file)
            file.close()
            raise StoreProblem(_in_use(database, holder)) from error
        except OSError:  # a file system without locks: better no protection than no database
            pass
        found = _read(file)
        self.ended_well = bool(found.get("ended", True))
        inode = found.get("inode")
        self._inode = inode if type(inode) is int else 0
        self._file = file
        self._holder = {"pid": os.getpid(), "port": port, "started": at}
        self._write(self._holder | {"inode": self._inode})

    def is_ours(self, inode: int) -> bool:
        """A console had this very file open as its database, whatever is in it now."""
        return inode != 0 and inode == self._inode

    def opened(self, inode: int) -> None:
        """Leave word which file is the database now."""
        if self._file is not None and inode != self._inode:
            self._inode = inode
            self._write(self._holder | {"inode": inode})

    def release(self, *, ended_well: bool) -> None:
        """Give it back and leave word how it ended. Nothing is left beside a file that never was a database of ours."""
        if self._file is None:
            return
        self._write(self._holder | {"inode": self._inode, "ended": ended_well})
        self._file.close()
        self._file = None
        if self._made and not self._inode:
            with contextlib.suppress(OSError):
                self.path.unlink()

    def _write(self, content: dict[str, object]) -> None:
        """Replace the content; a full disk must not keep anybody from working."""
        assert self._file is not None
        try:
            self._file.seek(0)
            self._file.truncate()
            self._file.write(json.dumps({"ended": False} | content) + "\n")
            self._file.flush()
        except OSError:
            return


def _in_use(database: Path, holder: dict[str, object]) -> str:
    """The sentence for the second instance."""
    pid, port = holder.get("pid"), holder.get("port")
    who = f" (process {pid}{f', port {port}' if port else ''})" if pid else ""
    return f"The database {database} is in use by another ocpp-console{who}. End that one, or use --db PATH."


def _read(file: IO[str]) -> dict[str, object]:
    """What the file says; nothing when it is empty or garbled."""
    try:
        file.seek(0)
        content = json.loads(file.read(4096))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[str]) -> None:
        """Lock one byte far behind the content, so that others can still read who holds it."""
        file.seek(1 << 20)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: IO[str]) -> None:
        """Lock the file, or raise OSError at once."""
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def is_free(lock: Path) -> bool:
    """Whether a lock file is there and nobody holds it: whoever did has ended, in whatever way."""
    try:
        with lock.open("r+", encoding="utf-8", errors="replace") as file:
            _lock(file)
    except OSError:
        return False
    return True

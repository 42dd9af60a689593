"""Traces that come through a pipe: stdin, `<(…)` of a shell, a named one. They are read twice, so they are kept."""

import atexit
import contextlib
import shutil
import sys
import tempfile
from pathlib import Path

from ocpp_console.outputs.traces.export import STDOUT as STDIN

_PIECE = 1024 * 1024


def is_stream(path: str) -> bool:
    """Whether what the name stands for can be read only once."""
    file = Path(path).expanduser()
    return path == STDIN or (file.exists() and not file.is_file() and not file.is_dir())


def kept(path: str) -> Path:
    """All of a stream in a file of its own, which is removed at the end of the program; only its owner may read it.

    Raises:
        OSError: the stream cannot be read, or there is no room.
    """
    with tempfile.NamedTemporaryFile(prefix="ocpp-console-", suffix=".trace", delete=False) as file:
        atexit.register(_remove, Path(file.name))
        if path == STDIN:
            shutil.copyfileobj(sys.stdin.buffer, file, _PIECE)
        else:
            with Path(path).expanduser().open("rb") as stream:
                shutil.copyfileobj(stream, file, _PIECE)
    return Path(file.name)


def _remove(path: Path) -> None:
    """Leave nothing behind."""
    with contextlib.suppress(OSError):
        path.unlink()

"""The files that subcommands for traces write: never over what is read, never half, never over another unasked."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ocpp_console.outputs.traces.export import STDOUT
from ocpp_console.outputs.traces.source import Trace, sibling_of
from ocpp_console.shell.declaring import WrongWords


def to_stdout(path: str | None) -> bool:
    """Whether what is written goes to stdout."""
    return path is None or path == STDOUT


def refuse_over(path: str, trace: Trace) -> None:
    """Refuse to write over the trace that is read, or the file beside it, by whatever name.

    Raises:
        WrongWords: `path` is one of them.
    """
    target = Path(path).expanduser()
    for source in (trace.path, sibling_of(trace.path)):
        with contextlib.suppress(OSError):
            if target.samefile(source):
                raise WrongWords(f"{path} would be written over itself.")


def refuse_there(path: str, *, force: bool) -> None:
    """Refuse to replace a file that is there, unless that is wanted; pipes and devices are no files.

    Raises:
        WrongWords: there is one.
    """
    if not force and Path(path).expanduser().is_file():
        raise WrongWords(f"{path} is there already; --force replaces it.")


@contextlib.contextmanager
def written(path: str, mode: int = 0o666) -> Iterator[IO[str]]:
    """A file that appears under its name when it is complete. Pipes and devices are written to as they are.

    Raises:
        WrongWords: it cannot be written; nothing of it is left.
    """
    target = Path(path).expanduser()
    plain = not target.exists() or target.is_file()
    place = target.with_name(target.name + ".part") if plain else target
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with open(handle, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            yield file
        if plain:
            os.replace(place, target)
    except BrokenPipeError:
        raise  # whoever read has read enough
    except OSError as problem:
        _remove(place, plain)
        raise WrongWords(f"{path} cannot be written: {problem.strerror or problem}.") from None
    except BaseException:
        _remove(place, plain)
        raise


def _remove(place: Path, plain: bool) -> None:
    """Leave nothing of a file that did not become one."""
    if plain:
        with contextlib.suppress(OSError):
            place.unlink()

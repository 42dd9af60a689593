"""What happens at a running console, as its API tells it (server-sent events), read by a thread of its own.

So a command can wait for an event, for a time and for ctrl+c at once, on every system and with TLS.
"""

import contextlib
import http.client
import json
import queue
import socket
import threading
from typing import Any, NamedTuple

from ocpp_console.shell.running_console import Refused, RunningConsole

SILENCE = 40.0
"""Seconds without a word after which the console is taken for gone; it says something every 15."""
MOST_WAITING = 5_000
"""Events read ahead; beyond it the console keeps them, and counts what it drops."""


class Event(NamedTuple):
    """One event."""

    kind: str
    """The kind of fact, such as `StationGone`; `dropped` when some were lost."""
    document: dict[str, Any]


class EventStream:
    """The events of one console from now on, or from a number on."""

    def __init__(self, console: RunningConsole, station: str | None, since: int | None = None) -> None:
        """Listens when it returns: whatever happens from here on comes. Raises Refused."""
        self.last = since
        """The number of the last event taken: where the next stream may go on."""
        self._console = console
        self._came: queue.Queue[tuple[int | None, Event] | Refused] = queue.Queue(MOST_WAITING)
        self._closed = False
        connection = console.open(SILENCE)
        try:
            connection.connect()
            self._socket: socket.socket = connection.sock
            response = console.begin(connection, "GET", "/events", station=station, since=since)
            if response.status >= 400:
                raise console.problem(response)
            response.readline()  # its first words: from here on it listens
        except (OSError, http.client.HTTPException) as problem:
            connection.close()
            raise console.unreachable(problem) from problem
        except Refused:
            connection.close()
            raise
        self._reader = threading.Thread(target=self._read, args=(connection, response), daemon=True)
        self._reader.start()

    def next(self, seconds: float) -> Event | None:
        """The next event; None when there is none in so many seconds. Raises Refused when the stream broke."""
        try:
            came = self._came.get(timeout=max(0.0, seconds))
        except queue.Empty:
            return None
        if isinstance(came, Refused):
            raise came
        number, event = came
        self.last = self.last if number is None else number
        return event

    def close(self) -> None:
        """Listen no more."""
        self._closed = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _read(self, connection: http.client.HTTPConnection, response: http.client.HTTPResponse) -> None:
        """Put every event into the queue, and at the end why it ended."""
        ended: Exception = ConnectionError("it ended the stream of events")
        number: int | None = None
        kind = ""
        try:
            while (line := response.readline()) and not self._closed:
                name, _, value = line.decode("utf-8", "replace").rstrip("\r\n").partition(": ")
                if name == "id":
                    number = int(value)
                elif name == "event":
                    kind = value
                elif name == "data":
                    self._put((number, Event(kind, json.loads(value))))
        except (OSError, http.client.HTTPException, ValueError, AttributeError) as problem:
            ended = problem  # AttributeError: the response was closed while it was read
        finally:
            connection.close()
        self._put(self._console.unreachable(ended))

    def _put(self, what: tuple[int | None, Event] | Refused) -> None:
        """Hand over, as soon as there is room and while anybody listens."""
        while not self._closed:
            with contextlib.suppress(queue.Full):
                return self._came.put(what, timeout=1.0)

"""Tells systemd how the console is: ready, reloading, stopping, alive. Does nothing where nobody asked.

The protocol is sd_notify(3): datagrams of `NAME=value` lines to the socket that NOTIFY_SOCKET names. With WATCHDOG_USEC
systemd wants to hear something in that time, and takes a console that stays silent for stuck.
"""

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import Mapping


class Readiness:
    """The service manager that started this process, if there is one."""

    def __init__(self, environ: Mapping[str, str], process: int | None = None) -> None:
        """`process` is the id of this process; systemd may mean another one."""
        named = environ.get("NOTIFY_SOCKET", "")
        self._address = "\0" + named[1:] if named.startswith("@") else named
        self._told: socket.socket | None = None
        if named[:1] in ("@", "/") and hasattr(socket, "AF_UNIX"):
            self._told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
            self._told.setblocking(False)
        mine = environ.get("WATCHDOG_PID", "") in ("", str(os.getpid() if process is None else process))
        usec = environ.get("WATCHDOG_USEC", "")
        self.watch_seconds = int(usec) / 1_000_000 if mine and usec.isascii() and usec.isdecimal() else 0.0
        """Seconds in which systemd wants to hear from us; 0 when it does not watch."""

    def ready(self, status: str = "") -> None:
        """It listens, or the reload is over; `status` is what `systemctl status` shows."""
        self._say("READY=1", *([f"STATUS={status}"] if status else []))

    def starting(self, status: str) -> None:
        """The start takes longer: systemd may not end it for that, while it hears this again within half a minute."""
        self._say(f"STATUS={status}", "EXTEND_TIMEOUT_USEC=30000000")

    def reloading(self) -> None:
        """Tags and settings are read again; `ready` ends it."""
        self._say("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """It says goodbye to the stations."""
        self._say("STOPPING=1")

    async def keep_alive(self) -> None:
        """Say twice in the time wanted that the loop turns; returns at once when nobody watches."""
        while self._told is not None and self.watch_seconds:
            self._say("WATCHDOG=1")
            await asyncio.sleep(self.watch_seconds / 2)

    def _say(self, *lines: str) -> None:
        """One datagram; a manager that takes none at the moment is not worth waiting for."""
        if self._told is not None:
            with contextlib.suppress(OSError):
                self._told.sendto("\n".join(lines).encode(), self._address)

    def close(self) -> None:
        """Give the socket back."""
        if self._told is not None:
            self._told.close()
            self._told = None

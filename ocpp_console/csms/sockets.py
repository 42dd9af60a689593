"""Listening sockets: opened with every failure put into words, and the limits of the system raised."""

import errno
import os
import socket
import sys
from asyncio import AbstractEventLoop

BACKLOG = 4_096
"""Connections the kernel keeps until they are accepted: thousands of stations may come at once after a power cut."""
TRIED_PORTS = 100
"""Ports looked at to name a free one."""
WANTED_FILES = 65_536
"""Open files to ask the system for."""


class ListenError(Exception):
    """A socket cannot listen; `text` says why and what to do."""

    def __init__(self, text: str, host: str, port: int) -> None:
        """`host` and `port` are what was asked for."""
        super().__init__(text)
        self.text = text
        self.host = host
        self.port = port


class PortInUse(ListenError):
    """Another program listens there; `next_free` is a port that is free, or 0."""

    def __init__(self, host: str, port: int, next_free: int) -> None:
        """The text names the next free port when there is one."""
        advice = f" Port {next_free} is free: --port {next_free}" if next_free else " Choose another with --port."
        super().__init__(f"Port {port} on {host} is in use by another program.{advice}", host, port)
        self.next_free = next_free


def listening_socket(family: int, address: tuple[str, int]) -> socket.socket:
    """A non-blocking socket that listens; raises OSError."""
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":  # there, reuse would let a second program take over a port in use
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.setblocking(False)
        sock.bind(address)
        sock.listen(BACKLOG)
    except OSError:
        sock.close()
        raise
    return sock


def next_free_port(family: int, host: str, port: int) -> int:
    """The next port after `port` on which we could listen; 0 when none of a hundred is free."""
    for candidate in range(port + 1, min(port + TRIED_PORTS, 65_535) + 1):
        try:
            listening_socket(family, (host, candidate)).close()
        except OSError:
            continue
        return candidate
    return 0


async def open_sockets(loop: AbstractEventLoop, hosts: tuple[str, ...], port: int) -> list[socket.socket]:
    """Listen on every host; all or none. Port 0 takes a free one, the same for all. Raises `ListenError`."""
    opened: list[socket.socket] = []
    try:
        for host in hosts:
            for family, address in await _resolve(loop, host, port):
                chosen = opened[0].getsockname()[1] if opened and port == 0 else port
                opened.append(_open(family, address, chosen, host))
    except ListenError:
        for sock in opened:
            sock.close()
        raise
    return opened


async def _resolve(loop: AbstractEventLoop, host: str, port: int) -> list[tuple[int, str]]:
    """The addresses of a host name, without repeats."""
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as problem:
        raise ListenError(f"{host} is no address of this machine: {problem}.", host, port) from problem
    return list(dict.fromkeys((int(entry[0]), str(entry[4][0])) for entry in found))


def _open(family: int, address: str, port: int, host: str) -> socket.socket:
    """One listening socket, its failure in words."""
    try:
        return listening_socket(family, (address, port))
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            raise PortInUse(host, port, next_free_port(family, address, port)) from problem
        if problem.errno == errno.EADDRNOTAVAIL:
            text = f"{host} is not an address of this machine. Use one of its own, or 0.0.0.0 for all."
        elif problem.errno in (errno.EACCES, errno.EPERM):
            text = f"The system does not let this user listen on port {port}. Ports from 1024 on need no permission."
        else:
            text = f"Cannot listen on {host} port {port}: {os.strerror(problem.errno or 0)}."
        raise ListenError(text, host, port) from problem


def raise_file_limit() -> int:
    """Let this process hold as many sockets as the system allows; returns the limit, 0 when unknown."""
    try:
        import resource
    except ImportError:  # not on Windows, which has no such limit
        return 0
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_FILES if hard == resource.RLIM_INFINITY else min(WANTED_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):  # the system knows a limit that it does not tell
            return soft
        return wanted
    return soft

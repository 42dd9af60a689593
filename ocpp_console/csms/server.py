"""The listener: accepts stations as fast as it can serve them, and never turns one away because others came too."""

import asyncio
import errno
import socket
import uuid

from ocpp_console.csms.chronicle import Means
from ocpp_console.csms.connection import Connection
from ocpp_console.csms.sockets import ListenError, PortInUse, open_sockets, raise_file_limit
from ocpp_console.csms.sweeper import sweep_forever
from ocpp_console.csms.switchboard import Limits, Switchboard
from ocpp_console.csms.wire import Phase
from ocpp_console.events import ListenerFailed, ListenerStarted

__all__ = ["Limits", "ListenError", "Listener", "PortInUse"]

OUT_OF_FILES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
"""The system cannot give another socket at the moment."""
FILES_PAUSE = 1.0
"""Seconds without accepting when the system has no sockets left."""
NOTE_EVERY = 60.0
"""Seconds between two notes of the same trouble."""


class Listener:
    """Listens on all configured addresses and owns every connection."""

    def __init__(self, means: Means, limits: Limits = Limits()) -> None:  # noqa: B008 - an immutable tuple
        """Nothing is opened before `start`."""
        self.settings = means.settings
        self.limits = limits
        self.refusal = ""
        """Why nothing may be sent to stations: there is no such reason here."""
        self.addresses: list[tuple[str, int]] = []
        """Where it listens."""
        self._means = means
        self._board: Switchboard | None = None
        self._sockets: list[socket.socket] = []
        self._accepting = False
        self._stopping = False
        self._tasks: set[asyncio.Task[object]] = set()
        self._noted: dict[str, float] = {}

    @property
    def board(self) -> Switchboard:
        """What the connections share; only while it runs."""
        if self._board is None:
            raise RuntimeError("the listener was not started")
        return self._board

    async def start(self) -> None:
        """Listen. Raises `PortInUse` or `ListenError`, whose texts are for the operator."""
        raise_file_limit()
        board = Switchboard(self._means, self.limits)
        self._board = board
        board.on_space = self._accept_if_room
        try:
            self._sockets = await open_sockets(board.loop, self.settings.host, self.settings.port)
        except ListenError as problem:
            at = board.clock()
            board.publish(ListenerFailed(board.bus.number(), at, problem.host, problem.port, problem.text))
            raise
        self.addresses = [sock.getsockname()[:2] for sock in self._sockets]
        for host, port in self.addresses:
            fact = ListenerStarted(board.bus.number(), board.clock(), host, port, self.settings.path, False)
            board.publish(fact)
        self._keep(board.loop.create_task(sweep_forever(board)))
        self._accept_if_room()

    async def stop(self) -> None:
        """Stop accepting, close every connection in good order, cut off those that do not agree in time."""
        self._stopping = True
        self._stop_accepting()
        for sock in self._sockets:
            sock.close()
        self._sockets.clear()
        board = self._board
        if board is None:
            return
        for connection in list(board.everyone):
            connection.stop()
        try:
            async with asyncio.timeout(self.limits.close):
                await board.deserted()
        except TimeoutError:
            for connection in list(board.everyone):
                connection.cut("The console stopped.")
            await asyncio.sleep(0)
        board.password_checks.end()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def connection_of(self, identity: str) -> Connection | None:
        """The live connection of a station; None while it is offline."""
        if self._board is None:
            return None
        connection = self._board.online.get(identity)
        return connection if connection is not None and connection.phase is Phase.OPEN else None

    def new_id(self) -> str:
        """A message id for a call of ours."""
        return str(uuid.uuid4())

    # Accepting.

    def _accept_if_room(self) -> None:
        """Accept again once there is room; called whenever a place became free."""
        if self._accepting or self._stopping or not self._room():
            return
        self._accepting = True
        for sock in self._sockets:
            self.board.loop.add_reader(sock, self._accept, sock)

    def _stop_accepting(self) -> None:
        """Leave newcomers in the kernel's queue: they wait, nobody is refused."""
        if self._accepting:
            self._accepting = False
            for sock in self._sockets:
                self.board.loop.remove_reader(sock)

    def _room(self) -> bool:
        """There is room for another connection."""
        board = self.board
        return len(board.knocking) < self.limits.knocking and board.total < self.settings.max_connections

    def _accept(self, sock: socket.socket) -> None:
        """Accept what waits on one socket, as far as there is room."""
        while self._room():
            try:
                accepted, _ = sock.accept()
            except (BlockingIOError, InterruptedError):
                return
            except OSError as problem:
                if problem.errno in OUT_OF_FILES:
                    self._out_of_files(problem)
                    return
                continue  # this one peer went away while it waited
            self._admit(accepted)
        self._stop_accepting()
        if self.board.total >= self.settings.max_connections:
            text = f"{self.settings.max_connections} connections are open, the most allowed; newcomers wait."
            self._note("full", text)

    def _admit(self, accepted: socket.socket) -> None:
        """Give an accepted socket its connection."""
        accepted.setblocking(False)
        board = self.board
        connection = Connection(board)
        board.admit(connection)
        self._keep(board.loop.create_task(self._connect(connection, accepted)))

    async def _connect(self, connection: Connection, accepted: socket.socket) -> None:
        """Let the event loop drive the socket."""
        try:
            await self.board.loop.connect_accepted_socket(lambda: connection, accepted)
        except OSError:  # it was gone already
            accepted.close()
            self.board.forget(connection)

    def _out_of_files(self, problem: OSError) -> None:
        """Wait until the system has sockets again."""
        self._stop_accepting()
        self.board.loop.call_later(FILES_PAUSE, self._accept_if_room)
        self._note("out_of_files", f"The system gives no more sockets ({problem.strerror}); newcomers wait.")

    def _note(self, code: str, text: str) -> None:
        """Write a note, each kind once a minute at most."""
        now = self.board.loop.time()
        if now - self._noted.get(code, float("-inf")) >= NOTE_EVERY:
            self._noted[code] = now
            self.board.note("", code, text)

    def _keep(self, task: asyncio.Task[object]) -> None:
        """Hold on to a task until it is done: the event loop alone would not."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

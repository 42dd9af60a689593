"""A real MQTT broker for tests: Debian's mosquitto on a free loopback port, which can be killed and restarted."""

import contextlib
import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

PATIENCE = 10.0
"""Seconds a broker may take to listen or to end."""
SBIN = "/usr/sbin"
"""Where Debian keeps the broker; not on everybody's search path."""

LARGE_QUEUES = ("max_queued_messages 100000", "max_inflight_messages 200", "set_tcp_nodelay true")
"""What is recommended to users; mosquitto's own 1000 and 20 lose a storm of boots."""


def program(name: str = "mosquitto") -> str | None:
    """The path of the broker, or of a tool that comes with it; None when it is not installed."""
    return shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), SBIN)))


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mosquitto:
    """One broker. Everybody may do everything unless `users` or `rules` are given."""

    def __init__(
        self,
        folder: Path,
        *,
        users: Mapping[str, str] | None = None,
        rules: str = "",
        tls: tuple[Path, Path] | None = None,
        lines: Iterable[str] = LARGE_QUEUES,
    ) -> None:
        """Nothing runs before `start`. `folder` is the broker's own.

        `users` are names and passwords; `rules` is the text of an ACL file (`user x`, `topic read ocpp/cp/#` …); `tls`
        a certificate and its key, which makes the port a TLS one; `lines` go into the configuration as they are.
        """
        self.folder = folder
        self.port = free_port()
        self.tls = tls
        self._process: subprocess.Popen[bytes] | None = None
        self._configuration = folder / "mosquitto.conf"
        folder.mkdir(parents=True, exist_ok=True)
        said = [f"listener {self.port} 127.0.0.1", "persistence false", "log_dest stderr", *lines]
        said.append(f"user {getpass.getuser()}")  # as root it would become a user who cannot read these files
        said.append(f"allow_anonymous {'false' if users else 'true'}")
        if users:
            said.append(f"password_file {self._password_file(users)}")
        if rules:
            (folder / "rules").write_text(rules)
            said.append(f"acl_file {folder / 'rules'}")
        if tls:
            said += [f"certfile {tls[0]}", f"keyfile {tls[1]}"]
        self._configuration.write_text("\n".join(said) + "\n")

    def _password_file(self, users: Mapping[str, str]) -> Path:
        """A file with the users' hashed passwords."""
        path = self.folder / "passwords"
        path.touch(mode=0o600)
        path.write_text("".join(f"{name}:{password}\n" for name, password in users.items()))
        subprocess.run(
            [program("mosquitto_passwd") or "mosquitto_passwd", "-U", str(path)], check=True, timeout=PATIENCE
        )
        return path

    @property
    def url(self) -> str:
        """Where it is, without a user."""
        return f"{'mqtts' if self.tls else 'mqtt'}://127.0.0.1:{self.port}"

    def url_for(self, user: str, password: str) -> str:
        """The same with a user in it."""
        return self.url.replace("://", f"://{user}:{password}@")

    @property
    def log(self) -> str:
        """What it said on its standard error, of all its runs."""
        return (self.folder / "log").read_text("utf-8", "replace")

    def start(self) -> None:
        """Run it, and return once it listens."""
        broker = program()
        assert broker, "mosquitto is not installed"
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen([broker, "-c", str(self._configuration)], stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE
        while not self._listens():
            assert self._process.poll() is None, f"mosquitto ended: {self.log}"
            assert time.monotonic() < deadline, f"mosquitto does not listen: {self.log}"
            time.sleep(0.01)

    def _listens(self) -> bool:
        """Whether somebody takes connections on its port."""
        with contextlib.closing(socket.socket()) as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        """End it without a goodbye to anybody, as a power cut does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in good order. Safe to call when it does not run."""
        self._end(signal.SIGTERM)

    def _end(self, by: signal.Signals) -> None:
        """Send a signal, and return once it is gone."""
        if self._process is not None:
            self._process.send_signal(by)
            self._process.wait(PATIENCE)
            self._process = None

    def freeze(self) -> None:
        """Keep its sockets open and let it do nothing, like a machine that hangs; `thaw` undoes it."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

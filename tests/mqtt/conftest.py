"""Real brokers for the tests in this folder, and programs of others that talk over them."""

import itertools
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from bridged import bridge_of
from mosquitto import Mosquitto, program
from npm_session import Session, node

from ocpp_console.engine import Engine
from ocpp_console.mqtt.link import Limits
from ocpp_console.services import console
from ocpp_console.settings import Settings

HERE = Path(__file__).parent
_numbers = itertools.count(1)
LIMITS = Limits()


@pytest.fixture(scope="session")
def _mosquitto() -> None:
    """Skip what needs a broker where none is installed; where changes are judged `.ci/run` refuses to go on then."""
    if program() is None:
        pytest.skip("mosquitto is not installed (Debian: apt-get install mosquitto)")


@pytest.fixture(scope="module")
def broker(_mosquitto: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """A broker that all tests of a module share; they keep apart by the names of their stations or by `root`."""
    broker = Mosquitto(tmp_path_factory.mktemp("broker"))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def brokers(_mosquitto: None, tmp_path: Path) -> Iterator[Callable[..., Mosquitto]]:
    """`brokers(users=…, rules=…, tls=…)`: running brokers of the test's own, which it may kill and start again."""
    running: list[Mosquitto] = []

    def begin(**options: Any) -> Mosquitto:
        made = Mosquitto(tmp_path / f"broker-{len(running)}", **options)
        running.append(made)
        made.start()
        return made

    yield begin
    for each in running:
        each.stop()


@pytest.fixture
def root() -> str:
    """A mountpoint of this test's own, such as `t7/`, for those who share a broker."""
    return f"t{next(_numbers)}/"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("certificate")
    made, key = folder / "certificate.pem", folder / "key.pem"
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    words += ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-out", str(made), "-keyout", str(key)]
    subprocess.run(words, check=True, capture_output=True, timeout=60)
    return made, key


@pytest.fixture
async def service(npm_clients: Path) -> AsyncIterator[Callable[..., Any]]:
    """`await service(broker.url, **options)`: the third-party service of `mqtt_service.js`, running."""
    async with AsyncExitStack() as stack:

        async def begin(url: str, **options: Any) -> Session:
            return await stack.enter_async_context(node(HERE / "mqtt_service.js", npm_clients, url, **options))

        yield begin


@pytest.fixture
async def gateway(npm_clients: Path) -> AsyncIterator[Callable[..., Any]]:
    """`await gateway(broker.url, **options)`: the EMQX-like gateway of `mqtt_gateway.js`, running."""
    async with AsyncExitStack() as stack:

        async def begin(url: str, **options: Any) -> Session:
            return await stack.enter_async_context(node(HERE / "mqtt_gateway.js", npm_clients, url, **options))

        yield begin


@pytest.fixture
async def bridged(broker: Mosquitto, root: str, until: Callable[..., Any]) -> AsyncIterator[Callable[..., Any]]:
    """`await bridged(mqtt_commands=…)`: a running console with a bridge to the shared broker, `linked` to it."""
    running: list[Engine] = []

    async def begin(url: str = broker.url, limits: Limits = LIMITS, linked: bool = True, **settings: Any) -> Engine:
        common = {"host": ("127.0.0.1",), "port": 0, "db": ":memory:", "bridge": True, "mqtt": url, "mqtt_root": root}
        engine = console(Settings(**{**common, **settings}))
        bridge_of(engine).limits = limits
        running.append(engine)
        await engine.start()
        if linked:
            await until(lambda: bridge_of(engine).link.online)
        return engine

    yield begin
    for engine in running:
        await engine.stop()

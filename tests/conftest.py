"""What every test may use: a home of its own, a clock that only tests move, and waiting for a fact."""

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# the same examples every time, and no verdict about how fast a shared machine makes them
settings.register_profile("steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")


class SteppingClock:
    """A clock that stands still until it is told to move; gives microseconds like the real one."""

    def __init__(self) -> None:
        """Begins at 2026-11-20T14:03:21Z."""
        self.now = 1_795_183_401_000_000

    def __call__(self) -> int:
        return self.now

    def step(self, seconds: float) -> int:
        """Move on and give the new time."""
        self.now += round(seconds * 1_000_000)
        return self.now


@pytest.fixture
def clock() -> SteppingClock:
    """A clock of this test's own."""
    return SteppingClock()


@pytest.fixture
def until() -> Callable[..., object]:
    """`await until(condition)`: waits for a fact instead of for a time; fails after `seconds`."""

    async def wait(condition: Callable[[], object], seconds: float = 10.0) -> object:
        deadline = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < deadline, "the awaited fact never came"
            await asyncio.sleep(0.002)
        return found

    return wait


@pytest.fixture(scope="session")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home folder for configuration, data and logs, so that no test meets those of the user."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("OCPP_CONSOLE_") and name != "OCPP_CONSOLE_NPM"]:
            patch.delenv(name)
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
            patch.setenv(name, str(home / name.lower()))
        for name in ("SSH_CONNECTION", "NO_COLOR", "TEXTUAL_FPS", "TEXTUAL_ANIMATIONS"):
            patch.delenv(name, raising=False)
        yield home


@pytest.fixture(autouse=True)
def _at_home(own_home: Path) -> None:
    """Every test lives in `own_home`."""


@pytest.fixture
def npm_clients() -> Path:
    """The folder in which the npm clients are installed; without it the test is skipped."""
    folder = os.environ.get("OCPP_CONSOLE_NPM", "")
    if not folder or not Path(folder, "node_modules").is_dir():
        pytest.skip("OCPP_CONSOLE_NPM names no folder with the npm clients")
    return Path(folder)

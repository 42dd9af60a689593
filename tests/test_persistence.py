"""What an engine on a file brings back at the next start, beside the facts."""

from dataclasses import replace
from pathlib import Path

import pytest

from ocpp_console.engine import Engine
from ocpp_console.model.id_tags import IdTag, Policy
from ocpp_console.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A database of its own."""
    return Settings(host=("127.0.0.1",), port=0, db=str(tmp_path / "console.db"))


async def test_the_last_use_of_tags_and_the_unknown_ones_survive(settings: Settings) -> None:
    engine = Engine(settings)
    await engine.start()
    tags = engine.fleet.id_tags
    engine.put_tag(IdTag("04A2", note="van"))
    tags.presented("04a2", "", 5, "AC-04", "Accepted")
    tags.presented("0BAD", "ISO14443", 6, "AC-07", "Accepted")
    tags.presented("0BEE", "", 7, "AC-07", "Accepted")
    await engine.stop()

    engine = Engine(settings)
    await engine.start()
    tags = engine.fleet.id_tags
    try:
        known = tags.get("04A2")
        assert known is not None
        assert (known.last_used, known.last_station, known.note) == (5, "AC-04", "van")
        assert [(tag.token, tag.type, tag.at, tag.station) for tag in tags.unknown] == [
            ("0BAD", "ISO14443", 6, "AC-07"),
            ("0BEE", "", 7, "AC-07"),
        ]
        accepted = engine.accept_unknown()
        assert accepted is not None
        assert (accepted.token, accepted.last_used, accepted.last_station) == ("0BEE", 7, "AC-07")
    finally:
        await engine.stop()

    engine = Engine(settings)
    await engine.start()
    assert [tag.token for tag in engine.fleet.id_tags.unknown] == ["0BAD"]
    await engine.stop()


async def test_a_policy_given_for_one_run_is_not_kept(settings: Settings) -> None:
    engine = Engine(replace(settings, policy="known"))
    await engine.start()
    engine.fleet.id_tags.presented("0BAD", "", 6, "AC-07", "Invalid")
    await engine.stop()

    engine = Engine(settings)
    await engine.start()
    assert engine.fleet.id_tags.policy is Policy.ACCEPT_ALL
    engine.set_policy(Policy.KNOWN_ONLY)
    await engine.stop()

    engine = Engine(settings)
    await engine.start()
    assert engine.fleet.id_tags.policy is Policy.KNOWN_ONLY
    await engine.stop()

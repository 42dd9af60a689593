"""Tags and settings read again while the console runs: over a real engine, its store and its files."""

import pytest

from ocpp_console.model.id_tags import IdTag, Policy
from ocpp_console.reloading import CHANGEABLE, reloading_of
from ocpp_console.services import console
from ocpp_console.settings import SETTINGS, load
from ocpp_console.tag_file import TagFileProblem


class Running:
    """An engine with a configuration file and a file of tags."""

    def __init__(self, folder):
        self.config = folder / "config.toml"
        self.tags = folder / "tags.csv"
        self.db = folder / "store.db"
        self.engine = None

    def write(self, text="", tags=None):
        """Fill the files."""
        self.config.write_text(f"host = '127.0.0.1'\nport = 0\ndb = '{self.db}'\n{text}")
        if tags is not None:
            self.tags.write_text(tags)

    def settings(self):
        """What the file says now."""
        return load({}, {}, self.config, required=True)[0]

    async def start(self, text="", tags=None):
        """Begin with these files."""
        self.write(text, tags)
        self.engine = console(self.settings(), load=self.settings)
        await self.engine.start()
        self.reload = reloading_of(self.engine).reload

    def listed(self):
        """The tags of the list with their status."""
        return {tag.token: tag.status for tag in self.engine.fleet.id_tags.all()}


@pytest.fixture
async def running(tmp_path):
    """Not yet started; stopped at the end."""
    one = Running(tmp_path)
    yield one
    if one.engine is not None:
        await one.engine.stop()


def test_what_may_change_is_a_setting():
    assert set(CHANGEABLE) <= set(SETTINGS)


async def test_settings_take_effect_and_those_that_need_a_restart_are_named(running):
    await running.start()
    running.write(
        "registration = 'Pending'\ninterval = 60\nread_only = true\npolicy = 'known'\nlog_rows = 500\npath = '/x'"
    )
    told = await running.reload()
    engine = running.engine
    assert engine.registration_of("CP1") == "Pending"
    assert engine.interval_of("CP1") == 60
    assert engine.settings.read_only
    assert engine.fleet.id_tags.policy is Policy.KNOWN_ONLY
    assert "interval is now 60, from the next boot on." in told
    assert "read_only is now true." in told
    assert told[-1] == "Changed, but only after a restart: path, log_rows."
    assert engine.settings.path == ""


async def test_a_wrong_file_changes_nothing_and_says_where(running):
    await running.start("interval = 60")
    running.write("interval = 'often'")
    [said] = await running.reload()
    assert said.startswith("Settings stay as they are: ")
    assert "interval" in said
    assert running.engine.interval_of("CP1") == 60


async def test_nothing_changed_is_said_too(running):
    await running.start()
    assert await running.reload() == ["No setting changed."]


async def test_the_list_follows_the_file_and_leaves_other_tags_alone(running):
    setting = f"tags = '{running.tags}'"
    await running.start(setting, "idTag,status\nAA11,Accepted\nBB22,Accepted\n")
    running.engine.put_tag(IdTag("BYHAND"))
    assert running.listed() == {"AA11": "Accepted", "BB22": "Accepted", "BYHAND": "Accepted"}
    running.write(setting, "idTag,status\nbb22,Blocked\nCC33,Accepted\n")
    told = await running.reload()
    assert told[-1] == f"2 tags in {running.tags}: 1 new, 1 changed, 1 removed."
    assert running.listed() == {"bb22": "Blocked", "BYHAND": "Accepted", "CC33": "Accepted"}


async def test_a_tag_that_left_the_file_while_nothing_ran_is_gone_at_the_next_start(running):
    setting = f"tags = '{running.tags}'"
    await running.start(setting, "idTag\nAA11\nBB22\n")
    running.engine.put_tag(IdTag("BYHAND"))
    await running.engine.stop()
    await running.start(setting, "idTag\nBB22\n")
    assert set(running.listed()) == {"BB22", "BYHAND"}


async def test_a_reload_keeps_when_a_tag_was_used_and_writes_nothing_that_is_the_same(running):
    setting = f"tags = '{running.tags}'"
    await running.start(setting, "idTag\nAA11\n")
    running.engine.fleet.id_tags.presented("AA11", "", 5_000_000, "CP1", "Accepted")
    before = running.engine.fleet.id_tags.get("AA11")
    assert (await running.reload())[-1] == f"1 tags in {running.tags}: 0 new, 0 changed, 0 removed."
    assert running.engine.fleet.id_tags.get("AA11") is before
    assert before.last_station == "CP1"


async def test_lines_that_give_no_tag_are_told_and_the_others_taken(running):
    lines = "".join(f"X{number},Sleeping\n" for number in range(8))
    await running.start(f"tags = '{running.tags}'", f"idTag,status\nAA11,Accepted\n{lines}")
    assert list(running.listed()) == ["AA11"]
    texts = [problem.text for problem in running.engine.problems]
    assert len(texts) == 6
    assert "line 3 gives no tag: the status must be" in texts[0]
    assert "3 more lines give no tag" in texts[-1]


async def test_a_file_that_vanished_or_is_none_leaves_the_list_as_it_is(running):
    setting = f"tags = '{running.tags}'"
    await running.start(setting, "idTag\nAA11\n")
    for spoil in (running.tags.unlink, lambda: running.tags.write_bytes(b"\0\1\2" * 50)):
        spoil()
        assert (await running.reload())[-1].startswith("The idTags stay as they are: ")
        assert list(running.listed()) == ["AA11"]


async def test_a_file_that_is_missing_at_the_start_ends_it_with_2(running):
    with pytest.raises(TagFileProblem, match=r"cannot be read: No such file") as problem:
        await running.start(f"tags = '{running.tags}'")
    assert problem.value.exit_code == 2

"""F3: settings and idTags are read again while the console is on the screen."""

from dataclasses import replace

from stage import stage

from ocpp_console.reloading import Reloading
from ocpp_console.settings import SettingsProblem


async def test_files_are_read_again_by_key_and_by_palette() -> None:
    async with stage((80, 24)) as s:
        await s.press("f3")
        await s.said("no files to read again")
        written = replace(s.engine.settings, read_only=True)
        s.engine.services.append(Reloading(s.engine, lambda: written))
        assert "S start" in await s.shown()
        await s.press("f3")
        await s.said("read_only is now true.")
        assert "S start" not in await s.shown()
        written = replace(written, read_only=False)
        await s.press("colon", *"read again", "enter")
        await s.said("read_only is now false.")


async def test_a_file_that_cannot_be_used_is_told_and_made_safe() -> None:
    def broken() -> None:
        raise SettingsProblem("config.toml: strange \x1b[2J")

    async with stage((80, 24)) as s:
        s.engine.services.append(Reloading(s.engine, broken))
        await s.press("f3")
        await s.said("Settings stay as they are: config.toml: strange ␛[2J")

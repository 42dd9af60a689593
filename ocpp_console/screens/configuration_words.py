"""What the configuration page offers and asks, and the templates it reads."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from ocpp_console.model.configurations import Configuration, Setting
from ocpp_console.model.cutting_off import warnings
from ocpp_console.model.secrets import secret
from ocpp_console.model.templates import Template, TemplateProblem
from ocpp_console.procedures.variable_changes import Change
from ocpp_console.procedures.variables import CRITERIA, wire_of
from ocpp_console.protocol.frames import JsonValue

LARGEST_TEMPLATE = 1 << 20
"""Bytes."""


async def read_template(path: Path) -> Template:
    """The template in a file.

    Raises:
        TemplateProblem: it cannot be read, or is none.
    """
    try:
        data = await asyncio.to_thread(path.read_bytes)
        if len(data) > LARGEST_TEMPLATE:
            raise TemplateProblem("It is larger than 1 MiB.")
        return Template.from_toml(data.decode("utf-8-sig"))
    except (OSError, UnicodeError) as error:
        raise TemplateProblem(f"It cannot be read: {error}") from None


def sure_words(station: str, changes: Sequence[Change]) -> str:
    """What is asked before changes by which the station may be lost; empty when there is none."""
    told = warnings((change.setting, change.value) for change in changes)
    return "\n".join([f"{station} may not come back after this:", *told]) if told else ""


def parts_wanted(setting: Setting | None) -> dict[str, dict[str, JsonValue]]:
    """What a GetReport may ask for, by the words of the choice."""
    parts: dict[str, dict[str, JsonValue]] = {}
    if setting is not None and setting.name.component:
        wire = wire_of(setting)
        place = {"component": wire["component"]}
        parts[f"component {setting.name.place}"] = {"componentVariable": [place]}
        if setting.name.variable:
            variable = {**place, "variable": wire["variable"]}
            parts[f"variable {setting.name}"] = {"componentVariable": [variable]}
    words = "components that are {}, as far as the station knows"
    return parts | {words.format(each): {"componentCriteria": [each]} for each in CRITERIA}


def secrets_lost(kept: Configuration) -> str:
    """Which settings cannot go back to what they were, because secrets are not kept."""
    names = [
        str(setting) for setting, held in kept.settings.values() if held.writable and secret(setting.name.variable)
    ]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"Secrets are not kept and stay as they are now: {', '.join(names[:3])}{more}." if names else ""

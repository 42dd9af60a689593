"""One value of a setting: read from the text of a flag or a variable, checked against what its declaration allows."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ocpp_console.masking import masked
from ocpp_console.tariff import EXPECTS, problem_with, read_tariff
from ocpp_console.visible import visible

if TYPE_CHECKING:
    from ocpp_console.settings import Setting

ADDRESS = "[HOST:]PORT"
FORMS = {ADDRESS: re.compile(r"(?:(?:(?:\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+):)?\d{1,5})?")}
"""How some texts are written, as the help says it, and what fits; an empty text always does."""


class SettingsProblem(Exception):
    """A setting cannot be used; the text names the place, the setting and what is expected."""


def from_text(setting: "Setting", given: object, place: str) -> Any:
    """The value of a flag or of an environment variable (`place` names it)."""
    value = given
    if isinstance(given, str):
        try:
            value = _read_text(setting.kind, given.strip())
        except ValueError:
            raise SettingsProblem(f"{place} {_expects(setting)}, not {quoted(given)}.") from None
    return checked(setting, value, place)


def _read_text(kind: Any, text: str) -> Any:
    """`text` as a `kind`; a ValueError when it is none."""
    if kind is bool:
        words = {
            "1": True,
            "true": True,
            "yes": True,
            "on": True,
            "0": False,
            "false": False,
            "no": False,
            "off": False,
        }
        if text.lower() not in words:
            raise ValueError(text)
        return words[text.lower()]
    if kind in (int, float):
        return kind(text)
    if kind == dict[str, str]:
        pairs = [entry.partition("=") for entry in text.split(";") if entry.strip()]
        if not all(name.strip() and key.strip() for name, _, key in pairs):
            raise ValueError(text)
        return {name.strip(): key.strip() for name, _, key in pairs}
    if kind == tuple[str, ...]:
        return text.split(",")
    return text


def checked(setting: "Setting", value: Any, place: str) -> Any:
    """`value` as the setting wants it, with its limits kept."""
    fitting = _fitted(setting, value)
    if fitting is None:
        raise SettingsProblem(f"{place} {_expects(setting)}, not {quoted(value)}.")
    return fitting


def _fitted(setting: "Setting", value: Any) -> Any:
    """`value` in the setting's type and within its limits, or None."""
    if setting.kind is bool:
        return value if isinstance(value, bool) else None
    if setting.kind in (int, float):
        if isinstance(value, bool) or not isinstance(value, (int, setting.kind)):
            return None
        return setting.kind(value) if setting.least <= value <= setting.most else None
    if setting.kind == tuple[str, ...]:
        given = [value] if isinstance(value, str) else value
        items = [item.strip() for item in given] if isinstance(given, (list, tuple)) and _all_text(given) else []
        return tuple(items) if items and all(items) else None
    if setting.kind == dict[str, str]:
        flat = _flattened(value) if isinstance(value, dict) else {}
        if setting.name == "station_tariffs" and not all(_is_tariff(tariff) for tariff in flat.values()):
            return None
        return flat if isinstance(value, dict) and _all_text(flat.values()) else None
    if not isinstance(value, str) or "\0" in value or (setting.choices and value not in setting.choices):
        return None
    if setting.form and not FORMS[setting.form].fullmatch(value):
        return None
    if setting.name == "tariff":
        return None if problem_with(value) else str(read_tariff(value) or "")
    return _as_prefix(value) if setting.name == "path" else value


def _is_tariff(text: Any) -> bool:
    """A tariff, not an empty one."""
    return isinstance(text, str) and bool(text.strip()) and not problem_with(text)


def _flattened(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested tables as one with dotted names: in TOML `station.reset = "f5"` means a table inside a table."""
    flat: dict[str, Any] = {}
    for name, value in table.items():
        flat |= _flattened(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value}
    return flat


def _all_text(items: Iterable[Any]) -> bool:
    """Whether all of `items` are strings."""
    return all(isinstance(item, str) for item in items)


def _as_prefix(path: str) -> str:
    """`/ocpp/` and `ocpp` as `/ocpp`; `/` as nothing."""
    return "/" + path.strip("/") if path.strip("/") else ""


def _expects(setting: "Setting") -> str:
    """What the setting takes, to be put between its name and `, not …`."""
    if setting.choices:
        return "must be " + " or ".join(setting.choices)
    if setting.form:
        return f"must be written as {setting.form}"
    if setting.kind in (int, float):
        kind = "a whole number" if setting.kind is int else "a number"
        return f"must be {kind} between {setting.least:g} and {_plain(setting.most)}"
    if setting.name == "tariff":
        return EXPECTS
    if setting.name == "station_tariffs":
        return f"must be a table of chargers, each {EXPECTS.removeprefix('must be ')}"
    words = {bool: "must be true or false", str: "must be text", tuple[str, ...]: "must be a text or a list of texts"}
    return words.get(setting.kind, 'must be a table of texts, such as station.reset = "f5"')


def _plain(number: float) -> str:
    """A number without exponent."""
    return str(int(number)) if number == int(number) else str(number)


def quoted(value: object) -> str:
    """A wrong value in a sentence: at most 60 characters of it."""
    if isinstance(value, bool):
        return str(value).lower()
    return visible(masked(f'"{value}"' if isinstance(value, str) else str(value)), 60)

"""What `ocpp-console info` prints: every setting and its source, the files, the versions, this machine's addresses."""

import json
import platform
import sqlite3
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from ocpp_console import __version__
from ocpp_console.addresses import urls
from ocpp_console.masking import masked
from ocpp_console.settings import MEMORY, SETTINGS, Origins, Settings, log_path, token_path, unknown_variables
from ocpp_console.visible import visible

PACKAGES = (
    "textual",
    "websockets",
    "ocpp",
    "jsonschema-rs",
    "aiosqlite",
    "platformdirs",
    "segno",
    "ifaddr",
    "fastapi",
    "uvicorn",
    "aiomqtt",
)


class Info(NamedTuple):
    """Everything that `info` tells, as plain values."""

    settings: dict[str, dict[str, Any]]
    """Name → value and origin."""
    files: dict[str, str]
    versions: dict[str, str]
    addresses: dict[str, str]
    """URL → interface."""
    unknown_variables: list[str]
    broker: dict[str, str]
    """What is known of the MQTT broker, in words."""


def collect(
    settings: Settings,
    origins: Origins,
    config: Path,
    environ: Mapping[str, str],
    broker: Mapping[str, str] = MappingProxyType({}),
) -> Info:
    """What is to be told about this run; `broker` is what whoever asked it found out."""
    where = settings.host, settings.port, settings.path
    listens = settings.listen or not settings.gateway
    return Info(
        settings={name: {"value": _told(settings, name), "origin": origins[name]} for name in SETTINGS},
        files={
            "config": _with_presence(config),
            "database": settings.db if settings.db == MEMORY else _with_presence(Path(settings.db)),
            "log": _with_presence(log_path()),
            "api token": "in the setting api_token" if settings.api_token else _with_presence(token_path()),
        },
        versions=versions(),
        addresses={one.url: one.interface for one in urls(*where)} if listens else {},
        unknown_variables=unknown_variables(environ),
        broker=dict(broker),
    )


def _told(settings: Settings, name: str) -> Any:
    """A setting's value; passwords in URLs are hidden, and of the token only that it is set."""
    value = getattr(settings, name)
    if name == "api_token" and value:
        return "(set)"
    return masked(value) if isinstance(value, str) else value


def versions() -> dict[str, str]:
    """The versions of everything this program stands on."""
    known = {
        "ocpp-console": __version__,
        "python": f"{platform.python_version()} ({platform.system()} {platform.machine()})",
        "sqlite": sqlite3.sqlite_version,
    }
    return known | {name: _version(name) for name in PACKAGES}


def _version(package: str) -> str:
    """The installed version of a package."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "missing"


def _with_presence(path: Path) -> str:
    """The path, and whether it is there."""
    return f"{path}" if path.exists() else f"{path} (not there yet)"


def as_json(info: Info) -> str:
    """`info` as one JSON document."""
    return json.dumps(info._asdict(), indent=2)


def as_text(info: Info) -> str:
    """`info` in columns for people."""
    # the value comes last: however long it is, the columns before it stay in line
    settings = [(name, one["origin"], _shown(one["value"])) for name, one in info.settings.items()]
    parts = [
        _section("Settings", settings),
        _section("Files", list(info.files.items())),
        _section("Versions", list(info.versions.items())),
    ]
    if info.addresses:
        title = "Addresses to give to a charger, which appends its identity"
        parts.append(_section(title, list(info.addresses.items())))
    if info.broker:
        parts.append(_section("MQTT broker", list(info.broker.items())))
    if info.unknown_variables:
        parts.append(_section("Environment variables that set nothing", [(name,) for name in info.unknown_variables]))
    return "\n".join(parts)


def _section(title: str, rows: list[Any]) -> str:
    """A title and rows of texts in aligned columns."""
    texts = [[visible(str(cell), 300) for cell in row] for row in rows]
    columns = max((len(row) for row in texts), default=0)
    widths = [max(len(row[at]) for row in texts) for at in range(columns)]
    lines = ["  " + "  ".join(f"{cell:<{widths[at]}}" for at, cell in enumerate(row)).rstrip() for row in texts]
    return "\n".join([title, *lines, ""])


def _shown(value: Any) -> str:
    """A setting's value the way it would be typed."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ", ".join(value) or "(none)"
    if isinstance(value, dict):
        return "; ".join(f"{name} = {key}" for name, key in value.items()) or "(none)"
    return str(value) if value != "" else "(none)"

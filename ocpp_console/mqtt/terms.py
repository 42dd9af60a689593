"""What the settings say about MQTT, checked and made ready: the broker, its topics, what this console does there."""

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import NamedTuple, TypeVar
from urllib.parse import unquote, urlsplit, urlunsplit

from ocpp_console.masking import masked
from ocpp_console.mqtt.broker import BadBroker, Broker, broker_of
from ocpp_console.mqtt.topics import BadTemplate, Template, Topics, topics_of
from ocpp_console.protocol.actions import ACTIONS
from ocpp_console.settings import SETTINGS, Settings, SettingsProblem

_GROUP = re.compile(r"[^/+#\0]{1,100}")
GATEWAY_ONLY = ("respond", "share", "listen", "emqx_api")
BRIDGE_ONLY = ("mqtt_commands", "mqtt_answers", "mqtt_qos", "presence")
ANY = "any"
"""Stands for every action among those that are allowed by MQTT."""
T = TypeVar("T")


class RestApi(NamedTuple):
    """EMQX's REST API."""

    url: str
    """Without key and secret, without a slash at its end."""
    key: str
    secret: str

    def __repr__(self) -> str:
        """Never the secret."""
        return f"RestApi({self.url!r})"


class Terms(NamedTuple):
    """What was agreed with the operator about a broker."""

    broker: Broker
    topics: Topics
    presence: tuple[Template, ...]
    """Topics that tell who comes and goes; a broker's own (`$SYS/…`) have no mountpoint."""
    share: str
    respond: bool
    pace: float
    """Seconds between two messages to one charger."""
    ca_file: str
    rest: RestApi | None


def terms_of(settings: Settings) -> Terms:
    """The terms of these settings. Raises `SettingsProblem` with a sentence for the operator."""
    if not settings.mqtt:
        mode = "--bridge" if settings.bridge else "--gateway"
        raise SettingsProblem(f"{mode} needs a broker: --mqtt mqtt://user:password@host:1883.")
    if settings.share and not _GROUP.fullmatch(settings.share):
        raise SettingsProblem("--share must be a name without / + and #.")
    return Terms(
        _read("--mqtt", lambda: broker_of(settings.mqtt)),
        _read("--mqtt-…", lambda: _topics(settings)),
        _read("--mqtt-presence", lambda: _presence(settings)),
        settings.share,
        settings.respond,
        settings.mqtt_pace,
        settings.mqtt_ca,
        _read("--emqx-api", lambda: rest_of(settings.emqx_api)),
    )


def allowed_names(listed: Iterable[str]) -> list[str]:
    """The actions of `--mqtt-commands`, however they were separated."""
    return [name.strip() for item in listed for name in item.split(",") if name.strip()]


def _complain_about_commands(settings: Settings) -> None:
    """Refuse a name that nothing bears: whoever wrote it would wait for commands that never come through."""
    known = [action.name for action in ACTIONS.values() if action.by in ("csms", "both")]
    for name in allowed_names(settings.mqtt_commands):
        if name not in known and name != ANY:
            near = get_close_matches(name, known, 1)
            hint = f"; {near[0]} is one" if near else ""
            raise SettingsProblem(f"--mqtt-commands: {name[:60]!r} is no command of OCPP to a charger{hint}.")


def _complain_about_group(settings: Settings) -> None:
    """Whoever only watches must not take part: the calls that it gets are answered by nobody."""
    if settings.share and not settings.respond:
        raise SettingsProblem(
            "--share divides the calls of the chargers among consoles that answer: what came to this one would be "
            "answered by nobody. Give --respond as well, or leave --share out to watch everything."
        )


def complain(settings: Settings) -> None:
    """Raise `SettingsProblem` when what is said about MQTT cannot be used, or means nothing as it stands."""
    if settings.gateway or settings.bridge or settings.mqtt:
        terms_of(settings)
    if settings.gateway and settings.bridge:
        raise SettingsProblem("--gateway and --bridge are two consoles: one would hear what the other tells.")
    for mode, names in (("gateway", GATEWAY_ONLY), ("bridge", BRIDGE_ONLY)):
        for name in names:
            if getattr(settings, name) != SETTINGS[name].default and not getattr(settings, mode):
                raise SettingsProblem(f"--{name.replace('_', '-')} means something with --{mode} only.")
    _complain_about_group(settings)
    _complain_about_commands(settings)


def _topics(settings: Settings) -> Topics:
    return topics_of(settings.mqtt_root, settings.mqtt_calls, settings.mqtt_replies, settings.mqtt_down)


def _presence(settings: Settings) -> tuple[Template, ...]:
    """Topics of presence; what the broker itself tells has no mountpoint."""
    return tuple(Template(text, "" if text[:1] == "$" else settings.mqtt_root) for text in settings.mqtt_presence)


def rest_of(url: str) -> RestApi | None:
    """The REST API that `url` names; None for no text. Raises ValueError with a sentence, without the secret."""
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is None or parts.password is None:
        raise ValueError(f"{masked(url)} is not http[s]://key:secret@host:18083.")
    bare = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path.rstrip("/"), "", ""))
    return RestApi(bare, unquote(parts.username), unquote(parts.password))


def _read(flag: str, reading: Callable[[], T]) -> T:
    """What `reading` gives; its refusal with the flag in front."""
    try:
        return reading()
    except (BadBroker, BadTemplate, ValueError) as problem:
        raise SettingsProblem(f"{flag}: {problem}") from None

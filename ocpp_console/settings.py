"""Every setting, declared once: its type, default, limits and help. Flags, environment and file follow from it.

A value given as a flag wins over the environment variable, that over the configuration file, that over the default.
"""

import dataclasses
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from ocpp_console.setting_values import ADDRESS, checked, from_text, quoted
from ocpp_console.setting_values import SettingsProblem as SettingsProblem

ENVIRONMENT_PREFIX = "OCPP_CONSOLE_"
APPLICATION = "ocpp-console"
MEMORY = ":memory:"
LIKENESS = 0.7
"""From which on a word may be meant by another: `prot` is near `port` (0.75), `bogus` is not near `mouse` (0.6)."""

T = TypeVar("T")


def _setting(
    default: T,
    help: str,
    *,
    group: str,
    least: float = 0,
    most: float = 2**53,
    choices: tuple[str, ...] = (),
    form: str = "",
) -> T:
    """One declared setting: a dataclass field that carries its help and limits; `form` is a key of `FORMS`."""
    about = {"help": help, "group": group, "least": least, "most": most, "choices": choices, "form": form}
    return dataclasses.field(default=default, metadata=about)


def _table(help: str, *, group: str) -> dict[str, str]:
    """A declared setting that is a table of texts, empty by default."""
    about = {"help": help, "group": group, "least": 0, "most": 0, "choices": (), "form": ""}
    return dataclasses.field(default_factory=dict, metadata=about)


_LISTEN, _ANSWER, _LIMITS, _STORE, _SCREEN, _RUN = "Listening", "Answering", "Limits", "Storing", "Screen", "Running"
_MQTT = "MQTT"
_API = "Control API"
_DUTY = "Duties"


@dataclasses.dataclass(frozen=True)
class Settings:
    """All settings of one run. Times are seconds, sizes are bytes."""

    host: tuple[str, ...] = _setting(("0.0.0.0",), "address to listen on; may be given several times", group=_LISTEN)
    port: int = _setting(9000, "port to listen on; 0 takes a free one", group=_LISTEN, most=65535)
    path: str = _setting("", "path before the charger's identity, such as /ocpp; empty accepts any", group=_LISTEN)
    compression: bool = _setting(False, "offer per-message compression (RFC 7692)", group=_LISTEN)

    strict: bool = _setting(False, "answer a message that violates its schema with an error", group=_ANSWER)
    read_only: bool = _setting(False, "never send a command to a charger", group=_ANSWER)
    policy: str = _setting(
        "last",
        "tags to accept: any tag, only known ones, or as last chosen on the screen, at first any",
        group=_ANSWER,
        choices=("any", "known", "last"),
    )
    tags: str = _setting("", "CSV file of idTags to keep the list in step with", group=_ANSWER)
    registration: str = _setting(
        "Accepted",
        "answer to the boot of a charger not seen before",
        group=_ANSWER,
        choices=("Accepted", "Pending", "Rejected"),
    )
    interval: int = _setting(300, "seconds between heartbeats, told at boot", group=_ANSWER, least=1, most=604_800)
    call_timeout: float = _setting(
        30.0, "seconds to wait for the answer to a command", group=_ANSWER, least=0.1, most=86_400
    )
    grace: float = _setting(
        5.0, "seconds a fresh connection may take to speak before commands are sent", group=_ANSWER, most=3600
    )

    tariff: str = _setting("", "price of charging: 0.39/kWh 0.02/min 1/session EUR, or free; empty is off", group=_DUTY)
    station_tariffs: dict[str, str] = _table(  # noqa: RUF009
        "prices of single chargers: name or pattern = tariff, such as DC-* = 0.59/kWh EUR", group=_DUTY
    )
    running_cost: str = _setting(
        "off",
        "tell 2.x chargers the cost while they charge: in answers to their events, or by CostUpdated commands",
        group=_DUTY,
        choices=("off", "answer", "command"),
    )
    cost_interval: float = _setting(
        60.0, "least seconds between two CostUpdated of one session", group=_DUTY, least=1, most=86_400
    )
    list_sync: bool = _setting(False, "bring local lists of idle chargers in step when idTags change", group=_DUTY)
    charging_needs: str = _setting(
        "Rejected",
        "answer to the charging needs of a car (2.x)",
        group=_DUTY,
        choices=("Rejected", "Accepted", "Processing"),
    )
    needs_profile: bool = _setting(False, "send a charging profile made from a car's needs (2.x)", group=_DUTY)

    ping_interval: float = _setting(30.0, "seconds between pings; 0 sends none", group=_LIMITS, most=86_400)
    log_pings: bool = _setting(False, "write pings and their answers into the log", group=_LIMITS)
    max_connections: int = _setting(10_000, "chargers connected at once", group=_LIMITS, least=1, most=1_000_000)
    max_size: int = _setting(1_048_576, "largest message in bytes", group=_LIMITS, least=1024, most=268_435_456)
    station_rate: float = _setting(
        100.0, "messages per second read from one charger; 0 sets no limit", group=_LIMITS, most=1_000_000
    )
    station_burst: int = _setting(
        500, "messages one charger may send at once above its rate", group=_LIMITS, least=1, most=1_000_000
    )

    mqtt: str = _setting("", "broker, as mqtt[s]://user:password@host:1883", group=_MQTT)
    gateway: bool = _setting(
        False, "see the chargers behind an OCPP gateway of EMQX, by the broker, instead of listening", group=_MQTT
    )
    respond: bool = _setting(False, "answer and command these chargers; without it only watch", group=_MQTT)
    listen: bool = _setting(False, "with --gateway: listen for chargers as well", group=_MQTT)
    share: str = _setting("", "name of a group of consoles that share the calls of the chargers", group=_MQTT)
    mqtt_root: str = _setting("ocpp/", "mountpoint before every topic", group=_MQTT)
    mqtt_calls: tuple[str, ...] = _setting(("cp/${cid}",), "topic of chargers' calls; may be several", group=_MQTT)
    mqtt_replies: tuple[str, ...] = _setting(
        ("cp/${cid}/Reply",), "topic of chargers' results and errors; may be several", group=_MQTT
    )
    mqtt_down: str = _setting("cs/${cid}", "topic of everything to a charger", group=_MQTT)
    mqtt_presence: tuple[str, ...] = _setting(
        ("$SYS/brokers/+/gateway/ocpp/clients/${cid}/+", "presence/${cid}"),
        "topic that tells who comes and goes; may be several",
        group=_MQTT,
    )
    mqtt_pace: float = _setting(
        0.05,
        "seconds between two messages to a charger, which EMQX may glue; 0 with piggyback = multiple",
        group=_MQTT,
        most=10,
    )
    mqtt_ca: str = _setting("", "file with the authorities that the broker's certificate is checked by", group=_MQTT)
    emqx_api: str = _setting("", "EMQX's REST API, as http[s]://key:secret@host:18083, asked who is there", group=_MQTT)
    bridge: bool = _setting(False, "tell a broker what our own chargers say, as EMQX's gateway would", group=_MQTT)
    mqtt_commands: tuple[str, ...] = _setting(
        (), "commands that may come over the bridge, such as Reset,TriggerMessage; any allows all", group=_MQTT
    )
    mqtt_answers: str = _setting(
        "internal",
        "who answers chargers of the bridge: the console, or an MQTT service when it does so in time",
        group=_MQTT,
        choices=("internal", "external"),
    )
    answer_timeout: float = _setting(
        5.0, "seconds an MQTT service may take to answer, then the console does", group=_MQTT, least=0.1, most=60
    )
    mqtt_qos: int = _setting(
        1, "quality of service (0, 1, 2) of what the bridge publishes; EMQX's gateway has 2", group=_MQTT, most=2
    )
    presence: bool = _setting(False, "publish who is connected to the bridge, retained", group=_MQTT)

    api: str = _setting(
        "", "serve the HTTP control API there; the host is 127.0.0.1 unless given", group=_API, form=ADDRESS
    )
    api_token: str = _setting("", "what clients of the API must know; empty: made once and kept in a file", group=_API)

    db: str = _setting("", "database file, or :memory:; empty is the user's data folder", group=_STORE)
    durability: str = _setting(
        "normal",
        "normal survives the end of the program; full survives a power cut too",
        group=_STORE,
        choices=("normal", "full"),
    )
    log_rows: int = _setting(
        10_000, "messages kept in memory; older ones come from the database", group=_STORE, least=100, most=1_000_000
    )

    ascii: bool = _setting(False, "draw with plain ASCII signs", group=_SCREEN)
    mouse: bool = _setting(True, "use the mouse", group=_SCREEN)
    theme: str = _setting("", "colour theme, such as nord or ansi-dark", group=_SCREEN)
    fps: int = _setting(0, "most redraws per second; 0 is 5 over SSH, else the terminal's", group=_SCREEN, most=120)
    keys: dict[str, str] = _table("keys of your own: what they do = key, or keys with commas", group=_SCREEN)  # noqa: RUF009

    demo: bool = _setting(False, "start three simulated chargers; nothing is kept unless --db names a file", group=_RUN)
    headless: bool = _setting(False, "print plain lines instead of drawing a screen", group=_RUN)
    json: bool = _setting(False, "print the plain lines as JSON", group=_RUN)
    quiet: bool = _setting(False, "print no line for events, only what concerns the console itself", group=_RUN)
    give_up: float = _setting(
        0.0, "without a screen: end with 4 when no charger came in these seconds; 0 waits", group=_RUN, most=604_800
    )

    def take_over(self, other: "Settings", name: str) -> None:
        """Take one value from `other`: the only way in which settings change while the console runs.

        All parts of a console hold the same object, and see the value when they read it the next time.
        """
        object.__setattr__(self, name, getattr(other, name))


Origins = dict[str, str]
"""Setting name → "flag", "env", "file", "default", or "demo…" for what the demo changes."""


class Setting(NamedTuple):
    """What is known of one setting; made from its declaration in `Settings`."""

    name: str
    kind: Any
    """The Python type: bool, int, float, str, tuple[str, ...] or dict[str, str]."""
    default: Any
    help: str
    group: str
    least: float
    most: float
    choices: tuple[str, ...]
    form: str
    """How a text is written, as a key of `FORMS`; empty for any."""

    @property
    def flag(self) -> str:
        """Its command line flag."""
        return "--" + self.name.replace("_", "-")

    @property
    def environment(self) -> str:
        """Its environment variable."""
        return ENVIRONMENT_PREFIX + self.name.upper()


def _declared() -> dict[str, Setting]:
    """The settings by name, in the order in which they are declared."""
    bare = Settings()
    return {
        field.name: Setting(field.name, field.type, getattr(bare, field.name), **field.metadata)
        for field in dataclasses.fields(Settings)
    }


SETTINGS: dict[str, Setting] = _declared()


def config_path(given: str | None, environ: Mapping[str, str]) -> tuple[Path, bool]:
    """Where the configuration file is, and whether somebody named it (then it has to exist)."""
    named = given or environ.get(ENVIRONMENT_PREFIX + "CONFIG")
    if named:
        return Path(named).expanduser(), True
    import platformdirs  # costs some milliseconds that --help need not spend

    return platformdirs.user_config_path(APPLICATION, appauthor=False) / "config.toml", False


def default_database() -> str:
    """The database file of this user."""
    import platformdirs

    return str(platformdirs.user_data_path(APPLICATION, appauthor=False) / "ocpp-console.db")


def log_path() -> Path:
    """The file that unexpected errors are written to."""
    import platformdirs

    return platformdirs.user_log_path(APPLICATION, appauthor=False) / "ocpp-console.log"


def token_path() -> Path:
    """The file with the token of the control API, used unless the setting names one."""
    return Path(default_database()).with_name("api-token")


def load(
    flags: Mapping[str, object], environ: Mapping[str, str], file: Path, *, required: bool = False
) -> tuple[Settings, Origins]:
    """The settings of this run and where each came from.

    `flags` holds only what was given, as text (a list of texts when repeated, a bool for a switch). Without
    `required` a missing `file` is no problem.

    Raises:
        SettingsProblem: a value, a key or the file cannot be used.
    """
    values: dict[str, Any] = {}
    origins: Origins = dict.fromkeys(SETTINGS, "default")
    for name, value in _read_file(file, required=required).items():
        values[name], origins[name] = value, "file"
    for name, setting in SETTINGS.items():
        if setting.environment in environ:
            values[name] = from_text(setting, environ[setting.environment], setting.environment)
            origins[name] = "env"
        if name in flags:
            values[name] = from_text(setting, flags[name], setting.flag)
            origins[name] = "flag"
    _place_database(values, origins)
    return Settings(**values), origins


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Environment variables that carry our prefix and set nothing; most likely misspelt."""
    known = {setting.environment for setting in SETTINGS.values()} | {ENVIRONMENT_PREFIX + "CONFIG"}
    return sorted(name for name in environ if name.startswith(ENVIRONMENT_PREFIX) and name not in known)


def near(word: str, known: Mapping[str, str]) -> str:
    """` Did you mean …?` when a key of `known` is near `word`, else nothing; the value is how it is spelt."""
    import difflib

    matches = difflib.get_close_matches(word.lower().replace("-", "_"), known, n=1, cutoff=LIKENESS)
    return f" Did you mean {known[matches[0]]}?" if matches else ""


def _place_database(values: dict[str, Any], origins: Origins) -> None:
    """Puts the demo's database in memory unless a flag names one, and gives an unnamed database its place.

    The database of environment or file is that of the daily work: invented chargers have no place in it.
    """
    if values.get("demo") and origins["db"] != "flag":
        aside = "" if origins["db"] == "default" else f" (that of the {origins['db']} is left aside)"
        values["db"], origins["db"] = MEMORY, "demo" + aside
    elif not values.get("db"):
        values["db"] = default_database()
    elif values["db"] != MEMORY:
        values["db"] = str(Path(values["db"]).expanduser())


def _read_file(file: Path, *, required: bool) -> dict[str, Any]:
    """The checked values of a configuration file; nothing when it does not exist and need not."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
        table = tomllib.loads(text)
    except FileNotFoundError:
        if required:
            raise SettingsProblem(f"{file}: there is no such configuration file.") from None
        return {}
    except OSError as error:
        raise SettingsProblem(f"{file}: cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SettingsProblem(f"{file}, line {line}: is not UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsProblem(_syntax_sentence(file, text, str(error))) from None
    for name in table:
        if name not in SETTINGS:
            hint = near(name, dict(zip(SETTINGS, SETTINGS, strict=True)))
            raise SettingsProblem(f"{_place(file, text, name)}: there is no such setting.{hint}")
    return {name: checked(SETTINGS[name], value, _place(file, text, name)) for name, value in table.items()}


def _syntax_sentence(file: Path, text: str, error: str) -> str:
    """What tomllib says (`Invalid value (at line 3, column 8)`), with the place and the key in front."""
    found = re.search(r"^(.*?) \(at (?:line (\d+), column \d+|end of document)\)$", error)
    if not found:
        return f"{file}: {error}."
    lines = text.splitlines()
    line = int(found[2]) if found[2] else max(len(lines), 1)
    key, equals, _ = (lines[line - 1] if line <= len(lines) else "").partition("=")
    named = f", {quoted(key.strip())}" if equals else ""
    return f"{file}, line {line}{named}: {found[1]}."


def _place(file: Path, text: str, name: str) -> str:
    """`file, line 3, name`: where the top-level key `name` stands in `text`."""
    key = rf"(?:{re.escape(name)}|\"{re.escape(name)}\"|'{re.escape(name)}')"
    wanted = re.compile(rf"\s*(?:\[\[?\s*{key}\s*[\].]|{key}\s*[=.])")
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if wanted.match(line) and (not inside or line.lstrip().startswith("[")):
            return f"{file}, line {number}, {quoted(name)[1:-1]}"
        inside = inside or line.lstrip().startswith("[")
    return f"{file}, {quoted(name)[1:-1]}"

"""Settings: flag over environment over file over default, and a sentence with the place for everything wrong."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocpp_console.settings import (
    SETTINGS,
    Settings,
    SettingsProblem,
    config_path,
    default_database,
    load,
    unknown_variables,
)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "config.toml"


def problem(file, text="", flags=None, environ=None, required=False):
    """The sentence with which loading ends."""
    if text:
        file.write_text(text, "utf-8")
    with pytest.raises(SettingsProblem) as caught:
        load(flags or {}, environ or {}, file, required=required)
    return str(caught.value)


def test_without_anything_the_defaults_hold_and_the_database_has_its_place(file):
    settings, origins = load({}, {}, file)
    assert settings == dataclasses.replace(Settings(), db=default_database())
    assert set(origins.values()) == {"default"}
    assert list(origins) == list(SETTINGS)


def test_flag_wins_over_environment_over_file_over_default(file):
    file.write_text("port = 1\ninterval = 1\ngrace = 1\nstrict = true\n")
    environ = {"OCPP_CONSOLE_PORT": "2", "OCPP_CONSOLE_INTERVAL": "2", "OCPP_CONSOLE_STRICT": "no"}
    settings, origins = load({"port": "3"}, environ, file)
    assert (settings.port, settings.interval, settings.grace, settings.strict) == (3, 2, 1.0, False)
    assert [origins[name] for name in ("port", "interval", "grace", "strict", "db")] == [
        "flag",
        "env",
        "file",
        "env",
        "default",
    ]


@pytest.mark.parametrize("name", SETTINGS)
def test_each_setting_can_be_given_in_all_three_ways(name, file):
    setting = SETTINGS[name]
    texts = {bool: "true", int: "2000", float: "2.5", str: "x", tuple[str, ...]: "::1", dict[str, str]: "a.b = f5"}
    tomls = {
        bool: "true",
        int: "2000",
        float: "2.5",
        str: '"x"',
        tuple[str, ...]: '["::1"]',
        dict[str, str]: '{a.b="f5"}',
    }
    special = {"fps": "20", "mqtt_qos": "2", "api": "[::1]:9180", "tariff": "1/h EUR", "station_tariffs": "A-*=free"}
    text = setting.choices[-1] if setting.choices else special.get(name, texts[setting.kind])
    toml = (
        f'"{text}"'
        if setting.choices
        else {
            "fps": "20",
            "mqtt_qos": "2",
            "api": '"[::1]:9180"',
            "tariff": '"1/h EUR"',
            "station_tariffs": '{"A-*"="free"}',
        }.get(name, tomls[setting.kind])
    )
    by_flag, _ = load({name: text}, {}, file)
    by_environment, origins = load({}, {setting.environment: text}, file)
    assert origins[name] == "env"
    file.write_text(f"{name} = {toml}\n")
    by_file, origins = load({}, {}, file)
    assert origins[name] == "file"
    assert getattr(by_flag, name) == getattr(by_environment, name) == getattr(by_file, name)
    assert setting.help


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('port = "9000"', 'line 1, port must be a whole number between 0 and 65535, not "9000".'),
        ("# x\n\nport = 70000", "line 3, port must be a whole number between 0 and 65535, not 70000."),
        ("port = true", "line 1, port must be a whole number between 0 and 65535, not true."),
        ("grace = nan", "line 1, grace must be a number between 0 and 3600, not nan."),
        ('strict = "yes"', 'line 1, strict must be true or false, not "yes".'),
        ('policy = "all"', 'line 1, policy must be any or known or last, not "all".'),
        ("host = [1]", "line 1, host must be a text or a list of texts, not [1]."),
        ("host = []", "line 1, host must be a text or a list of texts, not []."),
        ('db = "a\\u0000b"', 'line 1, db must be text, not "a␀b".'),
        ("[keys]\nquit = 3", "line 1, keys must be a table of texts"),
        ("prot = 1", "line 1, prot: there is no such setting. Did you mean port?"),
        ("call-timeout = 1", "line 1, call-timeout: there is no such setting. Did you mean call_timeout?"),
        ("port = 1\n[listener]\nport = 2", "line 2, listener: there is no such setting."),
        ("port = 1\nstrict = maybe", 'line 2, "strict": Invalid value.'),
        ("port = 1\nport = 2", 'line 2, "port": Cannot overwrite a value.'),
        ('port = 1\ntheme = "nord', "line 2"),
        ('"\\u001b[2J" = 1', "␛[2J: there is no such setting."),
    ],
)
def test_what_is_wrong_in_the_file_is_said_with_line_and_key(file, text, sentence):
    said = problem(file, text)
    assert str(file) in said
    assert sentence in said


def test_an_unreadable_file_is_said(file, tmp_path):
    assert "no such configuration file" in problem(file, required=True)
    assert "cannot be read" in problem(tmp_path)
    file.write_bytes(b'port = 1\ntheme = "\xff"\n')
    assert "line 2: is not UTF-8" in problem(file)


def test_a_byte_order_mark_does_no_harm(file):
    file.write_bytes(b"\xef\xbb\xbfport = 1\n")
    assert load({}, {}, file)[0].port == 1


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("port", "abc", '--port must be a whole number between 0 and 65535, not "abc".'),
        ("port", "-1", "--port must be a whole number between 0 and 65535, not -1."),
        ("call_timeout", "0", "--call-timeout must be a number between 0.1 and 86400, not 0.0."),
        ("durability", "half", '--durability must be normal or full, not "half".'),
        ("keys", "quit", '--keys must be a table of texts, such as station.reset = "f5", not "quit".'),
        ("db", "\x1b[2J\0", '--db must be text, not "␛[2J␀".'),
    ],
)
def test_a_wrong_flag_is_said(file, name, value, sentence):
    assert problem(file, flags={name: value}) == sentence


def test_a_wrong_variable_is_said(file):
    sentence = 'OCPP_CONSOLE_STRICT must be true or false, not "perhaps".'
    assert problem(file, environ={"OCPP_CONSOLE_STRICT": "perhaps"}) == sentence


def test_hosts_are_repeated_or_separated_by_commas(file):
    assert load({"host": ["127.0.0.1", "::1"]}, {}, file)[0].host == ("127.0.0.1", "::1")
    assert load({}, {"OCPP_CONSOLE_HOST": "127.0.0.1, ::1"}, file)[0].host == ("127.0.0.1", "::1")


@pytest.mark.parametrize(("given_path", "path"), [("/", ""), ("", ""), ("ocpp", "/ocpp"), ("/a/b/", "/a/b")])
def test_the_path_is_a_prefix_without_slash_at_its_end(file, given_path, path):
    assert load({"path": given_path}, {}, file)[0].path == path


def test_keys_with_dots_may_be_written_as_tables(file):
    file.write_text('[keys]\nstation.reset = "f5"\n"quit" = "ctrl+x"\n[keys.page]\nhelp = "h"\n')
    assert load({}, {}, file)[0].keys == {"station.reset": "f5", "quit": "ctrl+x", "page.help": "h"}


def test_the_demo_keeps_nothing_unless_a_flag_names_a_database(file):
    file.write_text('db = "real.db"\n')
    settings, origins = load({"demo": True}, {"OCPP_CONSOLE_DB": "real.db"}, file)
    assert (settings.db, origins["db"]) == (":memory:", "demo (that of the env is left aside)")
    assert load({"demo": True}, {}, file.with_name("none.toml"))[1]["db"] == "demo"
    settings, origins = load({"demo": True, "db": "demo.db"}, {}, file)
    assert (settings.db, origins["db"]) == ("demo.db", "flag")


def test_a_tilde_in_the_database_means_the_home_folder(file, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load({"db": "~/x.db"}, {}, file)[0].db == str(tmp_path / "x.db")


def test_the_file_is_named_by_flag_then_by_variable_then_by_the_system(tmp_path, own_home):
    environ = {"OCPP_CONSOLE_CONFIG": str(tmp_path / "b")}
    assert config_path(str(tmp_path / "a"), environ) == (tmp_path / "a", True)
    assert config_path(None, environ) == (tmp_path / "b", True)
    path, required = config_path(None, {})
    assert path.name == "config.toml"
    assert own_home in path.parents
    assert not required


def test_variables_that_set_nothing_are_found():
    environ = {"OCPP_CONSOLE_PROT": "1", "OCPP_CONSOLE_PORT": "1", "OCPP_CONSOLE_CONFIG": "x", "HOME": "/"}
    assert unknown_variables(environ) == ["OCPP_CONSOLE_PROT"]


def outcome(flags, file):
    """The settings, or the sentence instead of them."""
    try:
        return load(flags, {}, file)[0]
    except SettingsProblem as problem:
        return str(problem)


@given(st.sampled_from(list(SETTINGS)), st.text() | st.lists(st.text()) | st.booleans())
def test_whatever_is_given_loading_ends_with_settings_or_a_sentence(tmp_path_factory, name, value):
    result = outcome({name: value}, tmp_path_factory.getbasetemp() / "missing.toml")
    if isinstance(result, Settings):
        assert type(getattr(result, name)) is type(SETTINGS[name].default)
    else:
        assert result.startswith(SETTINGS[name].flag)
        assert result.isprintable()


LINES = st.sampled_from(list(SETTINGS)).flatmap(
    lambda name: st.sampled_from(["[", "1", "nan", '"x"', "[1]", "{a=1}", "1979-05-27", "true"]).map(
        lambda value: f"{name} = {value}".encode()
    )
)


@given(st.binary() | st.text().map(str.encode) | LINES)
def test_whatever_stands_in_the_file_loading_ends_with_settings_or_a_sentence(tmp_path_factory, content):
    file = tmp_path_factory.getbasetemp() / "fuzzed.toml"
    file.write_bytes(content)
    result = outcome({}, file)
    assert isinstance(result, Settings) or str(file) in result

"""The command line of subcommands: one declared entry each, from which parser, help and hints follow."""

from importlib import import_module

import pytest

from ocpp_console.shell.parsing import console_parser, parse, subcommand_parser
from ocpp_console.shell.subcommands import SUBCOMMANDS


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_every_subcommand_has_a_module_that_runs_and_help_in_80_columns(name, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    declared = SUBCOMMANDS[name]
    assert callable(import_module(declared.module).run)
    text = subcommand_parser(declared).format_help()
    assert max(map(len, text.splitlines())) <= 80
    assert "exit codes:" in text
    assert f"\n  {name} " in console_parser().format_help()
    for argument in declared.arguments:
        assert argument.name in text


def test_without_a_subcommand_it_is_the_console():
    assert parse(["--port", "9001"]) == (None, {"port": "9001"})


def test_a_subcommand_may_stand_after_flags_of_settings():
    for words in (["info", "--port", "9001"], ["--port", "9001", "info"]):
        subcommand, values = parse(words)
        assert subcommand is SUBCOMMANDS["info"]
        assert values == {"port": "9001"}


def test_the_value_of_a_flag_is_no_subcommand():
    assert parse(["--theme", "info"]) == (None, {"theme": "info"})


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["inof"], "ocpp-console: there is no command inof. Did you mean info?"),
        (["info", "--prot", "1"], "ocpp-console info: there is no flag --prot. Did you mean --port?"),
        (["info", "more"], "ocpp-console info: there is no place for more."),
    ],
)
def test_wrong_words_end_with_2_and_a_hint(words, sentence, capsys):
    with pytest.raises(SystemExit) as ended:
        parse(words)
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("group", [each for each in SUBCOMMANDS.values() if each.verbs], ids=lambda each: each.name)
def test_every_verb_has_a_module_and_help_in_80_columns(group, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    for verb in group.verbs:
        assert callable(import_module(verb.module).run)
        text = subcommand_parser(verb._replace(name=f"{group.name} {verb.name}")).format_help()
        assert max(map(len, text.splitlines())) <= 80

"""What the settings say about MQTT: made ready, or refused in a sentence that keeps secrets."""

import dataclasses
from typing import Any

import pytest

from ocpp_console.cli import main
from ocpp_console.mqtt.terms import complain, terms_of
from ocpp_console.settings import Settings, SettingsProblem

GOOD = Settings(mqtt="mqtt://u:secret@h", gateway=True)


def test_terms_of_the_defaults() -> None:
    terms = terms_of(dataclasses.replace(GOOD, emqx_api="http://key:hidden@h:18083/"))
    assert terms.topics.down.filter == "ocpp/cs/+"
    assert terms.presence[0].filter == "$SYS/brokers/+/gateway/ocpp/clients/+/+"
    assert terms.rest is not None
    assert (terms.rest.url, terms.rest.secret) == ("http://h:18083", "hidden")
    assert "hidden" not in repr(terms)
    assert "secret" not in repr(terms)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"mqtt": ""}, "--gateway needs a broker"),
        ({"mqtt": "http://u:secret@h"}, "--mqtt: "),
        ({"mqtt_down": "cs/x"}, "needs ${cid}"),
        ({"mqtt_calls": ("cp/${cid}/${nonsense}",)}, "${nonsense}"),
        ({"mqtt_presence": ("cp/a",)}, "--mqtt-presence"),
        ({"share": "a/b"}, "--share"),
        ({"share": "office", "respond": False}, "answered by nobody"),
        ({"emqx_api": "http://secret@h"}, "--emqx-api"),
        ({"gateway": False, "respond": True}, "--respond means something with --gateway only"),
        ({"gateway": False, "bridge": True, "mqtt": ""}, "--bridge needs a broker"),
        ({"bridge": True}, "--gateway and --bridge"),
        ({"mqtt_commands": ("Reset",)}, "--mqtt-commands means something with --bridge only"),
        ({"gateway": False, "bridge": True, "mqtt_commands": ("Rest,Reset",)}, "'Rest' is no command of OCPP"),
        (
            {"gateway": False, "bridge": True, "mqtt_commands": ("BootNotification",)},
            "'BootNotification' is no",
        ),
        ({"mqtt_qos": 2}, "--mqtt-qos means something with --bridge only"),
        ({"mqtt_answers": "external"}, "--mqtt-answers means something with --bridge only"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsProblem) as refused:
        complain(dataclasses.replace(GOOD, **changes))
    assert said in str(refused.value)
    assert "u:secret" not in str(refused.value)


def test_the_program_ends_with_2_and_says_no_password(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--gateway", "--mqtt", "http://u:secret@h"]) == 2
    told = capsys.readouterr().err
    assert "mqtt://user:password@host:1883" in told
    assert "secret" not in told


def test_info_shows_no_password(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCPP_CONSOLE_MQTT", "mqtt://u:secret@h")
    assert main(["info", "--gateway", "--emqx-api", "http://key:secret@h"]) == 0
    told = capsys.readouterr().out
    assert "mqtt://u:***@h" in told
    assert "http://key:***@h" in told
    assert "secret" not in told

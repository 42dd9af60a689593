"""The broker's URL: what it means, and that its password is shown nowhere."""

import pytest

from ocpp_console.masking import masked
from ocpp_console.mqtt.broker import BadBroker, Broker, broker_of


@pytest.mark.parametrize(
    ("url", "broker"),
    [
        ("mqtt://host", Broker("host", 1883, False)),
        ("mqtts://host", Broker("host", 8883, True)),
        ("mqtt://u:p%40%2F@host:1", Broker("host", 1, False, "u", "p@/")),
        ("mqtts://u@[::1]:9", Broker("::1", 9, True, "u")),
        (" mqtt://:@host/ ", Broker("host", 1883, False, "", "")),
    ],
)
def test_a_url_names_a_broker(url: str, broker: Broker) -> None:
    assert broker_of(url) == broker


@pytest.mark.parametrize(
    "url",
    [
        "host:1883",
        "http://u:secret@host",
        "mqtt://",
        "mqtt://u:secret@host:port",
        "mqtt://u:secret@host/x",
        "",
        "mqtt://[",
    ],
)
def test_another_url_is_refused_without_telling_the_password(url: str) -> None:
    with pytest.raises(BadBroker) as refused:
        broker_of(url)
    assert "mqtt://user:password@host:1883" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_the_password_is_shown_nowhere() -> None:
    broker = broker_of("mqtt://u:secret@host")
    assert broker.url == "mqtt://u:***@host:1883"
    assert "secret" not in repr(broker)
    assert "secret" not in f"{broker!s}"
    assert masked("see mqtt://u:sec@ret@host and mqtts://:secret@b") == "see mqtt://u:***@host and mqtts://:***@b"
    assert masked("no mqtt://host:1883 here") == "no mqtt://host:1883 here"

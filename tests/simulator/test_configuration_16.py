import pytest

from ocpp_console.simulator.configuration_16 import KEYS, Configuration


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("HeartbeatInterval", "60", "Accepted"),
        ("heartbeatinterval", " 60 ", "Accepted"),
        ("HeartbeatInterval", "soon", "Rejected"),
        ("HeartbeatInterval", "-5", "Rejected"),
        ("LocalPreAuthorize", "True", "Accepted"),
        ("LocalPreAuthorize", "yes", "Rejected"),
        ("NumberOfConnectors", "9", "Rejected"),
        ("AuthorizationKey", "0123456789abcdef", "RebootRequired"),
        ("FlashOnArrival", "true", "NotSupported"),
        ("MeterValuesSampledData", "SoC,Voltage", "Accepted"),
        ("MeterValuesSampledData", "SoC,Kilometres", "Rejected"),
        ("CpoName", "x" * 501, "Rejected"),
    ],
)
def test_a_change_is_judged_by_its_key(name, value, status):
    configuration = Configuration()
    before = configuration.text(name) if status != "NotSupported" else ""
    assert configuration.change(name, value) == status
    if status == "Rejected":
        assert configuration.text(name) == before


def test_all_keys_are_read_when_none_is_named():
    known, unknown = Configuration().read(None)
    assert [one["key"] for one in known] == [key.name for key in KEYS]
    assert unknown == []


def test_named_keys_are_found_whatever_their_case_and_the_rest_is_told():
    known, unknown = Configuration(NumberOfConnectors="2").read(["numberofconnectors", "Nonsense"])
    assert known == [{"key": "NumberOfConnectors", "readonly": True, "value": "2"}]
    assert unknown == ["Nonsense"]


def test_a_secret_is_written_and_never_read():
    configuration = Configuration()
    configuration.change("AuthorizationKey", "hidden")
    known, _ = configuration.read(["AuthorizationKey"])
    assert known == [{"key": "AuthorizationKey", "readonly": False, "value": None}]

"""What becomes a name when a command is saved."""

from ocpp_console.screens.placeholders import templated


def test_values_that_are_good_once_become_names() -> None:
    assert templated({"transactionId": 7, "type": "Soft"}) == {"transactionId": "{transactionId}", "type": "Soft"}


def test_a_secret_is_never_kept() -> None:
    assert templated({"key": "AuthorizationKey", "value": "4F43415F"}) == {
        "key": "AuthorizationKey",
        "value": "{secret}",
    }
    data = {"component": {"name": "SecurityCtrlr"}, "variable": {"name": "BasicAuthPassword"}, "attributeValue": "pw"}
    [kept] = templated({"setVariableData": [data]})["setVariableData"]
    assert kept["attributeValue"] == "{secret}"
    assert templated({"location": "ftp://user:pw@host/f.bin"}) == {"location": "ftp://user:{secret}@host/f.bin"}

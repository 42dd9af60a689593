"""What must not be read over a shoulder: values of keys that hold credentials, and passwords inside URLs."""

import re
from typing import Any

MASK = "••••••"
"""Drawn in place of a secret; always as long, so that it does not tell the length."""

_PARTS = (
    "authorizationkey",
    "password",
    "passwd",
    "passphrase",
    "secret",
    "privatekey",
    "apikey",
    "vpnkey",
    "wpakey",
    "wifikey",
    "psk",
    "simpin",
    "credential",
)
"""Parts of the names of keys and variables that hold credentials, in small letters (AuthorizationKey,
BasicAuthPassword, ApnPassword, VpnKey… and what vendors call theirs)."""

_URL_PASSWORD = re.compile(r"(?<=://)([^/@:\s]{0,200}):([^/\s]{1,200})@")
"""Up to the last `@` of the authority: a password may hold one that is not escaped."""


def secret(name: str) -> bool:
    """A key or variable of this name holds a credential."""
    plain = name.casefold().replace("_", "").replace("-", "").replace(" ", "")
    return any(part in plain for part in _PARTS)


def masked(name: str, value: str) -> str:
    """The value as it may be shown: a credential as a mask, a URL without its password, everything else as it is."""
    if secret(name):
        return MASK if value else ""
    return _URL_PASSWORD.sub(rf"\1:{MASK}@", value) if "://" in value else value


_VALUES = ("value", "attributeValue", "actualValue")
"""Properties that hold the value of what another property of the object names."""

_INSIDE = "variableAttribute"
"""A list with the values of the variable named beside it (NotifyReport)."""


def veiled(value: Any, name: str = "") -> Any:
    """A payload as it may be shown: what stands for the value of a secret key, variable or property is a mask."""
    if isinstance(value, dict):
        variable = value.get("variable")
        about = value.get("key") or (variable.get("name") if isinstance(variable, dict) else "")
        about = about if isinstance(about, str) else ""
        if name.startswith(_OF):
            about = name.removeprefix(_OF)
        return {part: veiled(held, _name_of(str(part), about, name)) for part, held in value.items()}
    if isinstance(value, list):
        return [veiled(held, name) for held in value]
    if isinstance(value, str):
        return masked(name, value)
    return MASK if isinstance(value, (int, float)) and not isinstance(value, bool) and secret(name) else value


_OF = "of "
"""Before the name of a variable whose attributes are looked into."""


def _name_of(part: str, about: str, within: str) -> str:
    """The name by which a property of an object is judged; `about` is what the object tells the value of."""
    if part in _VALUES:
        return about
    if part == "key" and within == "vpn":  # SetNetworkProfile: the key itself
        return "vpnkey"
    return f"{_OF}{about}" if part == _INSIDE and about else part

"""Which broker, as the operator names it: `mqtts://user:password@host:8883`. The password is never shown."""

from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from ocpp_console.masking import MASK, masked

PORTS = {"mqtt": 1883, "mqtts": 8883}
"""The schemes that are understood, and the port each of them means (IANA)."""


class BadBroker(ValueError):
    """The text names no broker; the message says what is expected, without the password."""


class Broker(NamedTuple):
    """Where a broker is and who we are there."""

    host: str
    port: int
    secure: bool
    username: str | None = None
    password: str | None = None

    @property
    def url(self) -> str:
        """The broker's URL as it may be shown to anybody."""
        who = "" if self.username is None else quote(self.username, safe="")
        if self.password is not None:
            who += f":{MASK}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'mqtts' if self.secure else 'mqtt'}://{who and who + '@'}{host}:{self.port}"

    def __repr__(self) -> str:
        """Never the password: a repr ends in logs and tracebacks."""
        return f"Broker({self.url!r})"


def broker_of(url: str) -> Broker:
    """The broker that `url` names. User and password may be percent-encoded. Raises `BadBroker`."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise BadBroker(f"{masked(url)} is no URL of a broker: {_EXPECTED}") from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise BadBroker(f"{masked(url)} names no broker: {_EXPECTED}")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise BadBroker(f"{masked(url)} has something after the port, which MQTT does not know: {_EXPECTED}")
    username = None if parts.username is None else unquote(parts.username)
    password = None if parts.password is None else unquote(parts.password)
    return Broker(parts.hostname, port or PORTS[parts.scheme], parts.scheme == "mqtts", username, password)


_EXPECTED = "expected is mqtt://user:password@host:1883, or mqtts:// for TLS (a / or @ in a password is %2F, %40)."

"""Who is let in under an identity: the version and the security profile that were set for it, and its password.

Passwords are HTTP Basic (RFC 7617), compared on bytes: 1.6 passwords are bytes that need not be text (security
whitepaper A00.FR.205). The user name is the identity; another one is tolerated and told, for the path decides.
"""

import base64
import binascii
from collections import defaultdict, deque
from collections.abc import Callable
from typing import NamedTuple

from websockets.datastructures import Headers

from ocpp_console.csms import passwords
from ocpp_console.csms.password_checks import Unverified
from ocpp_console.csms.refusals import Refusal
from ocpp_console.model.station_settings import AllStationSettings, StationSettings, trouble_with
from ocpp_console.protocol.findings import Finding, Severity

WRONG_BY_IDENTITY, WRONG_BY_HOST = 5, 20
"""Wrong passwords within a minute after which no other one is looked at."""
MINUTE_US = 60_000_000
MOST_WATCHED = 10_000
"""Identities and hosts whose wrong passwords are remembered."""

Admitted = Refusal | Unverified | tuple[Finding, ...]


class Credentials(NamedTuple):
    """What a Basic header says."""

    user: bytes
    password: bytes


class Admission:
    """Judges handshakes by what was set for each station."""

    def __init__(self, settings: AllStationSettings, clock: Callable[[], int]) -> None:
        """`clock` gives µs UTC."""
        self._settings = settings
        self._clock = clock
        self._wrong: defaultdict[str, deque[int]] = defaultdict(deque)

    def version_of(self, identity: str) -> str:
        """The only version this station may speak; empty for any."""
        return self._settings.of(identity).version

    def judge(self, identity: str, headers: Headers, peer: str, *, secure: bool) -> Admitted:
        """Let a station in, with what was tolerated, or say why not. `peer` is `host:port`.

        A password that was not compared yet is given back for that; judge again when it was.
        """
        settings = self._settings.of(identity)
        profile = settings.security_profile
        if profile in (2, 3) and not secure:
            text = f"Security profile {profile} is set for this station: it must connect with TLS (wss://)."
            return Refusal("security_profile", f"{text} This port is plain; set another profile, or none.", 403)
        if trouble := trouble_with(settings):
            return Refusal("security_profile", trouble, 401)
        if not settings.password:
            return ()
        return self._password(identity, settings, headers, peer)

    def _password(self, identity: str, settings: StationSettings, headers: Headers, peer: str) -> Admitted:
        """Ask for the password."""
        now, host = self._clock(), f"host {peer.rpartition(':')[0]}"
        if self._many(f"id {identity}", WRONG_BY_IDENTITY, now) or self._many(host, WRONG_BY_HOST, now):
            text = "Too many wrong passwords within a minute: another one is looked at when the minute is over."
            return Refusal("too_many_passwords", text, 429)
        given = headers.get_all("Authorization")
        credentials = basic(given[0]) if len(given) == 1 else None
        if credentials is None:
            return Refusal("no_password", _missing(given), 401)
        form = passwords.remembered(credentials.password, settings.password)
        if form is None:
            return Unverified(credentials.password, settings.password)
        if not form:
            self._note(f"id {identity}", now)
            self._note(host, now)
            size = len(credentials.password)
            text = f"The password ({size} byte{'s' if size != 1 else ''}) is not the one that is set for this station."
            return Refusal("wrong_password", f"{text} Type the same into the charger, or set it anew here.", 401)
        return tuple(_oddities(identity, credentials, form))

    def _many(self, who: str, most: int, now: int) -> bool:
        """So many were wrong within the last minute."""
        times = self._wrong.get(who)
        while times and now - times[0] > MINUTE_US:
            times.popleft()
        return times is not None and len(times) >= most

    def _note(self, who: str, now: int) -> None:
        if len(self._wrong) > MOST_WATCHED:
            self._wrong.clear()
        self._wrong[who].append(now)


def basic(header: str) -> Credentials | None:
    """The credentials in an Authorization header; None when it holds none of the kind Basic."""
    scheme, _, encoded = header.strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(encoded.strip() + "==", validate=False).partition(b":")
    except (binascii.Error, ValueError):
        return None
    return Credentials(user, password) if colon else None


def _missing(given: list[str]) -> str:
    """Why no password was found, and what to do."""
    advice = "Set the password in the charger (security profile 1), or remove it here."
    if not given:
        return f"A password is set for this station, and it sent none. {advice}"
    if len(given) > 1:
        return f"It sent {len(given)} Authorization headers: nobody can say which one counts."
    return f"Its Authorization header is not HTTP Basic with user and password. {advice}"


def _oddities(identity: str, credentials: Credentials, form: str) -> list[Finding]:
    """What is odd about a password that is right."""
    found = []
    if credentials.user != identity.encode():
        text = "the user name of its Basic header is not its identity; the password is right"
        found.append(Finding("BASIC_USER", Severity.WARNING, text))
    if form == "hex":
        text = "it sends its password as hexadecimal digits instead of the bytes they stand for"
        found.append(Finding("PASSWORD_AS_HEX", Severity.INFO, text))
    return found


ANYBODY = Admission(AllStationSettings(), lambda: 0)
"""Lets everybody in, as long as nothing was set for any station."""

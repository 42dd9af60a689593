"""Secrets taken out of facts before they leave the console: passwords, keys, credentials in headers and addresses.

What holds none keeps its bytes. A frame that does is written anew with a mask in place of the secret.
"""

import json
import re
from typing import Any, Protocol

from ocpp_console.events import CallRequested, Fact, FrameReceived, FrameSent
from ocpp_console.model.secrets import MASK, veiled
from ocpp_console.outputs.traces.packed import credentials, packed_text
from ocpp_console.protocol import json_text

_SUSPECT = (
    b"passw passphrase secret key psk simpin credential token= :// authorization: cookie bearer basic sig=".split()
)
"""Bytes without any of these in small letters hold nothing to mask, which most frames are."""

_NAMES = (
    r"[\w .-]*(?:password|passwd|passphrase|secret|authorizationkey|privatekey|api_?key|psk|simpin|credential)[\w .-]*"
)

_PARAMETERS = "password|passwd|pass|pwd|pw|token|api_?key|secret|auth|signature|sig|credential"
"""How parameters of an address end that hold a secret."""

_IN_TEXT: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf'(?i)(\\*"{_NAMES}\\*"\s*:\s*\\*")([^"\\]*)'), rf"\1{MASK}"),
    (re.compile(rf'(?i)(\\*"key\\*"\s*:\s*\\*"{_NAMES}\\*"[^{{}}]*?\\*"value\\*"\s*:\s*\\*")([^"\\]*)'), rf"\1{MASK}"),
    (re.compile(r"(?i)(authorization:\s*\w+\s+)(\S+)"), rf"\1{MASK}"),
    (re.compile(r"(?i)((?:cookie|x-api-key|x-auth-token):\s*)([^\r\n]+)"), rf"\1{MASK}"),
    (re.compile(rf"(?i)([?&][\w.-]*(?:{_PARAMETERS})=)([^&\s\"#]*)"), rf"\1{MASK}"),
    (re.compile(r"(?<=://)([^/@:\s\"]{0,200}):([^/\s\"]{1,200})@"), rf"\1:{MASK}@"),
    (re.compile(r"(?i)(?<!\w)(bearer\s+)([\w.~+/-]{16,}=*)"), rf"\1{MASK}"),
    (re.compile(r"(-----BEGIN [A-Z ]*PRIVATE KEY-----)[^-]*"), rf"\1{MASK}"),
)
"""Where secrets stand in texts that are not taken apart: a pattern, and what is written for it."""


_BASIC = re.compile(r"(?i)(?<!\w)(basic\s+)([A-Za-z0-9+/]{4,}={0,2})")


def _basic(found: re.Match[str]) -> str:
    """Credentials of RFC 7617 behind their word; another word behind "basic" stays."""
    return f"{found[1]}{MASK}" if credentials(found[2]) else found[0]


class Veil(Protocol):
    """Something that changes facts on their way out."""

    def learn(self, fact: Fact) -> None:
        """See a fact before the first one is changed; called for all of them when `two_passes` is set."""

    def cover(self, fact: Fact) -> Fact:
        """The fact as it may leave."""

    two_passes: bool

    def words(self) -> list[str]:
        """What was changed, as sentences."""


class Redaction:
    """Masks secrets. The default of every export."""

    two_passes = False

    def __init__(self) -> None:
        """Nothing was masked yet."""
        self.masked = 0
        """Facts in which something was."""

    def learn(self, fact: Fact) -> None:
        """Secrets are known by their names alone."""

    def cover(self, fact: Fact) -> Fact:
        """The fact with masks where secrets were."""
        covered = without_secrets(fact)
        self.masked += covered is not fact
        return covered

    def words(self) -> list[str]:
        """How much was masked."""
        if not self.masked:
            return []
        return [f"secrets masked in {self.masked} place{'s' if self.masked > 1 else ''}"]


class Nothing:
    """Lets everything through as it is."""

    two_passes = False

    def learn(self, fact: Fact) -> None:
        """There is nothing to know."""

    def cover(self, fact: Fact) -> Fact:
        """The fact itself."""
        return fact

    def words(self) -> list[str]:
        """Nothing is changed."""
        return []


def without_secrets(fact: Fact) -> Fact:
    """The fact without secrets; the same object when it has none."""
    if isinstance(fact, (FrameReceived, FrameSent)):  # nearly all of them
        raw = bytes_without_secrets(fact.raw)
        return fact if raw is fact.raw else fact._replace(raw=raw, frame=None)
    changes: dict[str, Any] = {}
    for name, value in fact._asdict().items():
        if type(value) is bytes and name == "first_bytes":
            shown: Any = bytes_without_secrets(value)
        elif name == "payload" and isinstance(fact, CallRequested):
            shown = veiled(value)
        elif type(value) is str and name in ("path", "text", "reason"):
            shown = text_without_secrets(value)
        else:
            continue
        if shown != value:
            changes[name] = shown
    covered: Fact = fact._replace(**changes) if changes else fact
    return covered


def bytes_without_secrets(raw: bytes) -> bytes:
    """A frame, or the beginning of whatever came, without secrets."""
    small = raw.lower()  # a tenth of what a regular expression takes
    if not any(word in small for word in _SUSPECT):
        return raw
    try:
        value = json_text.read(raw)[0]
    except json_text.NotJsonError:
        text = raw.decode("utf-8", "surrogateescape")
        return text_without_secrets(text).encode("utf-8", "surrogateescape")
    covered = _covered(veiled(value))
    return raw if covered == value else json.dumps(covered, separators=(",", ":")).encode()


def _covered(value: Any) -> Any:
    """A value whose texts may hold secrets inside: JSON in a string, addresses with a password."""
    if isinstance(value, dict):
        return {name: _covered(held) for name, held in value.items()}
    if isinstance(value, list):
        return [_covered(held) for held in value]
    return text_without_secrets(value) if isinstance(value, str) else value


def text_without_secrets(text: str) -> str:
    """A text with masks where one of the patterns finds a secret."""
    if "asic " in text or "ASIC " in text:
        text = _BASIC.sub(_basic, text)
    if ":" not in text and "=" not in text:
        return text
    for pattern, shown in _IN_TEXT:
        text = pattern.sub(shown, text)
    return packed_text(text, text_without_secrets) if "=" in text else text

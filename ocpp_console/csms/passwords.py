"""Passwords of stations: kept as salted hashes, compared on bytes, in the form of text or of hexadecimal digits.

1.6 keeps a password as 32 to 40 hexadecimal digits (AuthorizationKey) and sends the bytes they stand for; the field is
split: some stations send the digits. 2.x sends text as it is (A00.FR.205). Either form is accepted of either.
"""

import hashlib
import hmac
import os
import re

_COST, _BLOCK, _LANES = 1_024, 8, 1
"""scrypt: some 2 to 6 ms and 1 MiB for a hash. A station's password is random or ought to be, and after a power cut
thousands of stations bring theirs at once: they are hashed in threads (`Checker`), and frames go on meanwhile."""
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){16,20}")
_HEX_BYTES = re.compile(rb"(?:[0-9A-Fa-f]{2}){1,64}")

_REMEMBERED = 20_000
_verified: dict[tuple[str, bytes], bool] = {}
"""What was found right or wrong before in this run, by (hash, keyed digest): who comes back costs microseconds."""
_RUN_KEY = os.urandom(32)


def hashed(password: str) -> str:
    """What is kept of a password: `scrypt$<salt>$<hash>`."""
    salt = os.urandom(16)
    return f"scrypt${salt.hex()}${_hash(_secret(password), salt).hex()}"


def _secret(password: str) -> bytes:
    """The bytes that a password stands for."""
    return bytes.fromhex(password) if _HEX.fullmatch(password) else password.encode()


def _hash(secret: bytes, salt: bytes) -> bytes:
    return hashlib.scrypt(secret, salt=salt, n=_COST, r=_BLOCK, p=_LANES, dklen=32)


def remembered(received: bytes, kept: str) -> str | None:
    """What `matches` said before of the same; None when it has to be worked out."""
    told = [(form, _verified.get((kept, _digest(secret)))) for form, secret in _forms(received)]
    if any(right is None for _, right in told):
        return next((form for form, right in told if right), None)
    return next((form for form, right in told if right), "")


def matches(received: bytes, kept: str) -> str:
    """How what came in a handshake is the password that was kept: "plain", "hex", or empty when it is not.

    Takes some milliseconds unless it is `remembered`; may run in a thread.
    """
    for form, secret in _forms(received):
        key = kept, _digest(secret)
        right = _verified.get(key)
        if right is None:
            right = _right(secret, kept)
            if len(_verified) >= _REMEMBERED:
                _verified.clear()
            _verified[key] = right
        if right:
            return form
    return ""


def _digest(secret: bytes) -> bytes:
    return hmac.digest(_RUN_KEY, secret, "sha256")


def _forms(received: bytes) -> list[tuple[str, bytes]]:
    """The bytes as they came, and what they stand for as hexadecimal digits."""
    forms = [("plain", received)]
    if _HEX_BYTES.fullmatch(received):
        forms.append(("hex", bytes.fromhex(received.decode())))
    return forms


def _right(secret: bytes, kept: str) -> bool:
    """Whether these bytes have the hash that was kept."""
    parts = kept.split("$")
    try:
        salt, hash_kept = bytes.fromhex(parts[1]), bytes.fromhex(parts[2])
    except (IndexError, ValueError):
        return False  # damaged: nobody gets in until a password is set anew
    return hmac.compare_digest(_hash(secret, salt), hash_kept)

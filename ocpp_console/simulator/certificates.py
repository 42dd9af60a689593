"""The certificates a station has been given: kept by fingerprint, never used for anything."""

from hashlib import sha256
from typing import NamedTuple

PEM_START = "-----BEGIN CERTIFICATE-----"


class Certificate(NamedTuple):
    """One installed certificate."""

    use: str
    """`CentralSystemRootCertificate`, `CSMSRootCertificate` …, as it was installed."""
    hash_data: dict[str, str]
    """CertificateHashData with the property names of the `ocpp` package."""


def fingerprint(pem: str) -> dict[str, str]:
    """Hash data for a certificate. A stand-in: the hashes are of the text, not of issuer and key."""
    digest = sha256(pem.encode()).hexdigest()
    return {
        "hash_algorithm": "SHA256",
        "issuer_name_hash": sha256(b"name" + pem.encode()).hexdigest(),
        "issuer_key_hash": sha256(b"key" + pem.encode()).hexdigest(),
        "serial_number": digest[:20],
    }


class Certificates:
    """What is installed on one station."""

    def __init__(self) -> None:
        """A station leaves the factory with its maker's root."""
        self._installed: dict[str, Certificate] = {}
        self._keep("ManufacturerRootCertificate", "factory")

    def install(self, use: str, pem: str) -> bool:
        """Keep a certificate; False when the text is none."""
        if PEM_START not in pem:
            return False
        self._keep(use, pem)
        return True

    def _keep(self, use: str, pem: str) -> None:
        hash_data = fingerprint(pem)
        self._installed[hash_data["serial_number"]] = Certificate(use, hash_data)

    def of(self, uses: list[str] | None) -> list[Certificate]:
        """The installed ones of these uses, None for all."""
        return [one for one in self._installed.values() if uses is None or one.use in uses]

    def delete(self, serial_number: str) -> bool:
        """Remove one; False when it is not there."""
        return self._installed.pop(serial_number, None) is not None

"""Identities that differ in upper and lower case only: OCPP 2.x takes them for one station, 1.6 for two."""

from ocpp_console.protocol.findings import Finding, Severity


class Namesakes:
    """The identities of all stations by their small letters."""

    def __init__(self) -> None:
        """No station is known."""
        self._first: dict[str, str] = {}

    def add(self, identity: str) -> None:
        """A station is known from now on."""
        self._first.setdefault(identity.casefold(), identity)

    def remove(self, identity: str) -> None:
        """A station is known no more."""
        if self._first.get(identity.casefold()) == identity:
            del self._first[identity.casefold()]

    def findings(self, identity: str) -> tuple[Finding, ...]:
        """What is odd about an identity beside those that are known."""
        if self._first.get(identity.casefold(), identity) == identity:
            return ()
        return (Finding("IDENTITY_CASE", Severity.WARNING, "another station's identity differs only in letter case"),)

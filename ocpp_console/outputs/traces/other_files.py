"""Files that are no traces but may hold one: told by their first bytes, with what to do."""

from pathlib import Path

_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "is a zip archive (or an office document): unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "is a 7z archive: unpack it first"),
    (b"\xfd7zXZ\x00", "is packed with xz: unpack it first, or hand it over with `xz -dc FILE | ocpp-console … -`"),
    (b"BZh", "is packed with bzip2: unpack it first, or hand it over with `bzip2 -dc FILE | ocpp-console … -`"),
    (
        b"\x28\xb5\x2f\xfd",
        "is packed with zstd: unpack it first, or hand it over with `zstd -dc FILE | ocpp-console … -`",
    ),
    (b"\x0a\x0d\x0d\x0a", "is a capture of packets (pcapng): export its WebSocket messages as text first"),
    (b"\xd4\xc3\xb2\xa1", "is a capture of packets (pcap): export its WebSocket messages as text first"),
    (b"\xa1\xb2\xc3\xd4", "is a capture of packets (pcap): export its WebSocket messages as text first"),
    (b"%PDF", "is a PDF document"),
    (b"\x89PNG", "is a picture"),
    (b"\xff\xd8\xff", "is a picture"),
    (b"\x7fELF", "is a program"),
)


def refusal_of(path: Path) -> str:
    """Why a file can be no trace, as the end of a sentence; empty when it may be one.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        start = file.read(512)
    if start[257:262] == b"ustar":
        return "is a tar archive: unpack it first"
    return next((words for magic, words in _KINDS if start.startswith(magic)), "")

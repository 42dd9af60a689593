"""The identity in a request path: the last segment, percent-decoded once (OCPP-J 1.6 §3.1.1, 2.x part 4 §3.1.1)."""

from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

from ocpp_console.protocol.findings import Finding, Severity

LONGEST = 255
"""Bytes of an identity beyond which nobody gets in."""
LONGEST_BY_RULE = 48
"""Characters of an identity by the specification (2.x: identifierString[48])."""
BY_RULE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789*-_=+|@.")
"""The characters of an identifierString, without the colon, which an identity must not contain (2.x part 4 §3.1.1)."""


class Identity(NamedTuple):
    """Who a request path names, and what was tolerated in it."""

    text: str
    findings: tuple[Finding, ...] = ()


class NoIdentity(NamedTuple):
    """A request path that names nobody."""

    text: str
    """Why, as a sentence for the operator."""
    guess: str = ""
    """What the path seems to name, with everything that could not be read replaced."""


def _segments(path: str) -> list[str]:
    """The segments of a path that are not empty."""
    return [segment for segment in path.split("/") if segment]


def _from_query(query: str) -> str:
    """The first value in a query such as `=CP1` or `id=CP1`: some stations send `/ws/webSocket?=CP1`."""
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if value or name:
            return value or name
    return ""


def _without_authority(target: str) -> str:
    """The path of a target in absolute form (`ws://host:9000/CP1`); any other target as it is."""
    scheme, mark, rest = target.partition("://")
    if mark and "/" not in scheme:
        return "/" + rest.partition("/")[2]
    return target


def identity_of(target: str, base_path: str = "") -> Identity | NoIdentity:
    """Read the identity from a request target as it came; `base_path` is the path the operator configured."""
    path, _, query = _without_authority(target).partition("#")[0].partition("?")
    segments, base = _segments(path), _segments(base_path)
    findings: list[Finding] = []
    if base and segments[: len(base)] == base:
        del segments[: len(base)]
    elif base and segments:
        text = f"the path does not begin with {base_path}; its last part was taken as the identity"
        findings.append(Finding("PATH_UNEXPECTED", Severity.INFO, text))
    raw = segments[-1] if segments else _from_query(query)
    if not raw:
        return NoIdentity("The path ends without an identity: the charger's URL must end with its own name.")
    if not segments:
        text = "the path has no identity; it was taken from the query"
        findings.append(Finding("IDENTITY_FROM_QUERY", Severity.WARNING, text))
    elif query:
        findings.append(Finding("QUERY_IGNORED", Severity.INFO, "what follows the ? in the path was ignored"))
    return _decoded(raw, findings)


def _decoded(raw: str, findings: list[Finding]) -> Identity | NoIdentity:
    """Decode one segment once and strictly: a lenient decoder would merge two stations into one."""
    data = unquote_to_bytes(raw)
    guess = data.decode("utf-8", "replace")
    if len(data) > LONGEST:
        return NoIdentity(f"The identity has {len(data)} bytes; at most {LONGEST} are taken.", guess[:LONGEST])
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return NoIdentity("The identity in the path is not valid UTF-8.", guess)
    if text in (".", ".."):
        return NoIdentity("The path ends with a dot segment, which is no identity.", guess)
    if "/" in text or "\\" in text:
        return NoIdentity("The identity contains a slash or a backslash.", guess)
    if any(ord(character) < 32 or 127 <= ord(character) < 160 for character in text):
        return NoIdentity("The identity contains control characters.", guess)
    return Identity(text, tuple(findings))


def oddities(text: str) -> list[Finding]:
    """What OCPP 2.x would not allow in an identity; stations with it are served all the same. 1.6 allows any text."""
    findings = []
    if len(text) > LONGEST_BY_RULE:
        said = f"the identity has {len(text)} characters; the specification allows {LONGEST_BY_RULE}"
        findings.append(Finding("IDENTITY_TOO_LONG", Severity.WARNING, said))
    if not BY_RULE.issuperset(text):
        said = "the identity has characters other than letters, digits and * - _ = + | @ ."
        findings.append(Finding("IDENTITY_CHARACTERS", Severity.WARNING, said))
    return findings


def path_for(identity: str, base_path: str = "") -> str:
    """The request path a station of this identity should use."""
    return "/".join(["", *_segments(base_path), quote(identity, safe="")])

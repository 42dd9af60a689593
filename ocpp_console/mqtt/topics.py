"""Topics as templates: `ocpp/cp/${cid}` renders a topic, gives a filter to subscribe to, and reads a topic back.

The placeholders and defaults are those of EMQX's OCPP gateway; a mountpoint stands in front of every topic.
"""

import hashlib
import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

_PLACEHOLDER = re.compile(r"\$\{([A-Za-z_.]+)\}")
_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-")
_CID = ("cid", "clientid")
"""Two names for the charger's identity."""
KNOWN = frozenset({"cid", "clientid", "action", "id", "type", "username", "endpoint_name", "peerhost", "zone"})
"""Placeholders of the gateway; the last four, and `client_attrs.…`, are its mountpoint's and cannot be known to us."""
LONGEST = 256
"""Bytes of an identity in a topic."""


class BadTemplate(ValueError):
    """A template cannot be used; the message says why."""


class Template:
    """One topic template, with its mountpoint."""

    def __init__(self, text: str, mountpoint: str = "") -> None:
        """`text` such as `cp/${cid}/Reply`. Raises `BadTemplate`."""
        self.text = mountpoint + text
        self._levels = self.text.split("/")
        _check(self.text, self._levels)
        self.filter = "/".join(_as_filter(level) for level in self._levels)
        """The MQTT filter that takes every topic of this template."""
        self._pattern = re.compile(_as_pattern(self._levels), re.DOTALL)

    def __repr__(self) -> str:
        """The template as it was written."""
        return f"Template({self.text!r})"

    def read(self, topic: str) -> dict[str, str] | None:
        """What the placeholders stand for in `topic` (`cid`, `action`, …); None when it is not of this template."""
        found = self._pattern.fullmatch(topic)
        return None if found is None else found.groupdict()

    def render(self, cid: str, *, action: str = "", id: str = "", type: int = 2) -> str:
        """A topic to publish to. Wildcards, which a downstream template may have, become the message type.

        `cid` stands as it is (see `encoded`); action and id are made fit for a topic. What is not known renders as
        `undefined`, as the gateway does.
        """
        known = {"cid": cid, "clientid": cid, "action": encoded(action), "id": encoded(id), "type": str(type)}
        text = _PLACEHOLDER.sub(lambda found: known.get(found[1]) or "undefined", self.text)
        return "/".join(str(type) if level in ("+", "#") else level for level in text.split("/"))


def _check(text: str, levels: list[str]) -> None:
    """Refuse what can be no topic, or names no charger."""
    for name in _PLACEHOLDER.findall(text):
        if name not in KNOWN and not name.startswith("client_attrs."):
            raise BadTemplate(f"The topic {text!r} has the placeholder ${{{name}}}, which is not known.")
    if not any(f"${{{name}}}" in text for name in _CID):
        raise BadTemplate(f"The topic {text!r} needs ${{cid}}, the charger's identity.")
    if any(level not in ("+", "#") and ("+" in level or "#" in level) for level in levels):
        raise BadTemplate(f"The topic {text!r} has a + or # that does not stand alone between slashes.")
    if "#" in levels[:-1]:
        raise BadTemplate(f"The topic {text!r} has a # that is not at its end.")
    if "\0" in text or len(text.encode()) > 1000:
        raise BadTemplate("A topic is too long, or has a NUL in it.")


def _as_filter(level: str) -> str:
    """One level of a filter: whatever has a placeholder in it may be anything."""
    return "+" if _PLACEHOLDER.search(level) else level


def _as_pattern(levels: list[str]) -> str:
    """The regular expression that reads a topic."""
    named: set[str] = set()
    parts = [_level_pattern(level, named) for level in levels]
    if parts[-1] == ".*":
        return "/".join(parts[:-1]) + "(?:/.*)?"
    return "/".join(parts)


def _level_pattern(level: str, named: set[str]) -> str:
    """One level of it; a placeholder that comes again has to stand for the same."""
    if level in ("+", "#"):
        return "[^/]*" if level == "+" else ".*"
    pattern, at = "", 0
    for found in _PLACEHOLDER.finditer(level):
        name = "cid" if found[1] in _CID else found[1].replace(".", "_")
        pattern += re.escape(level[at : found.start()])
        pattern += f"(?P={name})" if name in named else f"(?P<{name}>[^/]+)"
        named.add(name)
        at = found.end()
    return pattern + re.escape(level[at:])


class Topics(NamedTuple):
    """The topics of one gateway."""

    calls: tuple[Template, ...]
    """Calls of chargers; several when actions have topics of their own."""
    replies: tuple[Template, ...]
    """Results and errors of chargers."""
    down: Template
    """Everything to a charger."""


def topics_of(
    mountpoint: str = "ocpp/",
    calls: tuple[str, ...] = ("cp/${cid}",),
    replies: tuple[str, ...] = ("cp/${cid}/Reply",),
    down: str = "cs/${cid}",
) -> Topics:
    """The topics of these templates, by default EMQX's. Raises `BadTemplate`."""

    def made(texts: tuple[str, ...]) -> tuple[Template, ...]:
        """Each once, in order."""
        return tuple(Template(text, mountpoint) for text in dict.fromkeys(texts))

    return Topics(made(calls), made(replies), Template(down, mountpoint))


def shared(group: str, filter: str) -> str:
    """A filter of which each message goes to one member of `group` only (MQTT 5 §4.8.2)."""
    return f"$share/{group}/{filter}"


def encoded(identity: str) -> str:
    """Any text as one level of a topic: everything but letters, digits and `_.-` as `%XX` of its UTF-8.

    At most 256 bytes: the end of a longer one is replaced by a hash, so that no two are alike. `identity_in` reads
    the others back.
    """
    data = identity.encode("utf-8", "surrogatepass")
    text = "".join(chr(byte) if byte in _SAFE else f"%{byte:02X}" for byte in data)
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST - 17]}~{hashlib.sha256(data).hexdigest()[:16]}"


def identity_in(level: str) -> str:
    """The identity that a level of a topic names: decoded when it is what `encoded` writes, else as it stands.

    EMQX writes identities as they are, we encode them; a text that `encoded` would have written otherwise is EMQX's.
    """
    if "%" not in level:
        return level
    try:
        identity = unquote_to_bytes(level).decode()
    except UnicodeDecodeError:
        return level
    return identity if encoded(identity) == level else level

"""Other names for what could tell who it was about: stations, tags, serial numbers, addresses, certificates.

The same original has the same pseudonym everywhere in one export, also inside texts and paths. Secrets are masked.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from ipaddress import AddressValueError, IPv6Address
from typing import Any

from ocpp_console.events import CallRequested, Fact
from ocpp_console.model.secrets import MASK
from ocpp_console.outputs.traces.known_names import KnownNames
from ocpp_console.outputs.traces.packed import packed_text
from ocpp_console.outputs.traces.redaction import text_without_secrets, without_secrets
from ocpp_console.protocol import json_text

KINDS: dict[str, str] = {
    "station": "CP-{:04d}",
    "tag": "TAG{:05d}",
    "serial number": "SERIAL{:04d}",
    "address": "198.18.{}.{}",
    "address of version 6": "2001:db8::{:x}",
    "hardware address": "02:00:00:00:{:02x}:{:02x}",
    "host": "host-{}.example",
    "mail address": "person-{}@mail.example",
    "certificate": "CERTIFICATE{:04d}",
    "person": "PERSON{:04d}",
    "network": "NETWORK{:03d}",
    "position": "0.{:04d}",
}
"""What is replaced, and by what."""

_STATIONS = "chargepointid chargeboxid chargeboxidentity chargepointidentity stationid chargingstationid identity"
_TAGS = "idtag parentidtag idtoken groupidtoken additionalidtoken emaid evccid masterpassgroupid mobilityaccount"
_SERIALS = (
    "serialnumber chargepointserialnumber chargeboxserialnumber meterserialnumber iccid imsi meterserial vin "
    "vehicleid serial imei deviceid"
)
_CERTIFICATES = (
    "certificate certificatechain signingcertificate csr exirequest exiresponse ocspresult issuernamehash "
    "issuerkeyhash certificatehash signedmeterdata publickey signaturevalue"
)
_PERSONS = "customeridentifier userid username holder email phone phonenumber msisdn"
_ADDRESSES = "mac macaddress wifimac bssid"
_HOSTS = "host hostname server ftpserver ntpserver backend centralsystem"
_POSITIONS = "latitude longitude lat lon lng"
_NAMED: dict[str, str] = {
    name: kind
    for names, kind in (
        (_STATIONS, "station"),
        (_TAGS, "tag"),
        (_SERIALS, "serial number"),
        (_CERTIFICATES, "certificate"),
        (_PERSONS, "person"),
        (_ADDRESSES, "hardware address"),
        (_HOSTS, "host"),
        ("ssid wifissid wlanssid", "network"),
        (_POSITIONS, "position"),
    )
    for name in names.split()
}
"""Names of properties and of keys, in small letters, and what stands in them."""

_MAC = re.compile(r"(?<![\w:-])[0-9A-Fa-f]{2}(?:([:-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}(?![\w:-])")
_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
_IPV6 = re.compile(r"(?<![\w:.])(?=[0-9A-Fa-f]*:[0-9A-Fa-f]*:)[0-9A-Fa-f:]{2,39}(?![\w:])")
_HOST = re.compile(r"(?<=://)(?:[^/@\s\"]*@)?([A-Za-z0-9_](?:[\w.-]*[A-Za-z0-9])?)(?=[:/?#\"\s]|$)")
_HEADER = re.compile(
    r"(?im)^((?:host|origin|x-forwarded-(?:for|host)|x-real-ip):[ \t]*)(?!\w+://)([\w.-]*[A-Za-z][\w.-]*)"
)
_FIELD = re.compile(rf"(?i)(\\*\"({'|'.join(_NAMED)})\\*\"\s*:\s*\\*\")([^\"\\]+)")
"""A property in a text that is no JSON, or not yet: a frame that breaks off, JSON in a string."""
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_PEM = re.compile(r"-----BEGIN [A-Z ]+-----[^-]*(?:-----END [A-Z ]+-----)?")

_SHORTEST = 4
"""Characters of an original that is looked for inside other texts; a shorter one is found everywhere by chance."""
_SHORTEST_STATION = 2
"""Of a station's identity, which stands in every path."""

_SHORTEST_PACKED = 8
"""Of a text that may hold base64."""

_TEXTS = ("path", "text", "reason", "address", "host", "subprotocol", "id", "purpose")
"""Fields of facts in which a name may stand."""

_NEUTRAL = frozenset(("", "unknown", "none", "n/a", "null", "0", "127.0.0.1", "localhost", "::", "::1", "0.0.0.0"))
"""Values that tell nobody's name."""


class Pseudonyms:
    """Covers facts under other names. All facts have to be learned before the first is covered."""

    two_passes = True

    def __init__(self) -> None:
        """Nothing is known yet."""
        self.names: dict[tuple[str, str], str] = {}
        """Pseudonym by kind and original, in the order in which they were met."""
        self._counts: Counter[str] = Counter()
        self._made: set[str] = set()
        self._anywhere = KnownNames()

    # ---------------------------------------------------------- learning

    def learn(self, fact: Fact) -> None:
        """Find what has to be replaced."""
        if station := getattr(fact, "station", ""):
            self._name("station", station)
        for value in _values(fact):
            self._rewrite(value, "", lambda text: text)

    def _name(self, kind: str, original: str) -> str:
        """The pseudonym of an original, a new one if need be; upper and lower case of a tag are the same tag."""
        if original.strip().casefold() in _NEUTRAL or original in self._made:
            return original
        key = (kind, original.casefold() if kind in ("tag", "hardware address", "host") else original)
        known = self.names.get(key)
        if known is None:
            self._counts[kind] += 1
            known = self.names[key] = _made(kind, self._counts[kind])
            self._made.add(known)
        shortest = _SHORTEST_STATION if kind == "station" else _SHORTEST
        if len(original) >= shortest and kind != "position":
            self._anywhere.add(original, known)
            if kind == "hardware address":
                self._anywhere.add(original.replace(":", "").replace("-", ""), known.replace(":", ""))
        return known

    # ---------------------------------------------------------- covering

    def cover(self, fact: Fact) -> Fact:
        """The fact under other names and without secrets."""
        fact = without_secrets(fact)
        changes: dict[str, Any] = {}
        for name, value in fact._asdict().items():
            if name == "station" and value:
                changes[name] = self._name("station", value)
            elif type(value) is bytes:
                changes[name] = self._bytes(value)
            elif name == "payload" and isinstance(fact, CallRequested):
                changes[name] = self._rewrite(value, "", self._text)
            elif name in _TEXTS and type(value) is str:
                changes[name] = self._text(value)
            elif name == "offered":
                changes[name] = tuple(map(self._text, value))
            elif name == "findings":
                changes[name] = tuple(each._replace(text=self._text(each.text)) for each in value)
        if "raw" in changes:
            changes["frame"] = None
        covered: Fact = fact._replace(**changes)
        return covered

    def _bytes(self, raw: bytes) -> bytes:
        """A frame, or the beginning of whatever came, under other names; what has none keeps its bytes."""
        value = _json(raw)
        if value is None:
            text = raw.decode("utf-8", "surrogateescape")
            return self._text(text).encode("utf-8", "surrogateescape")
        covered = self._rewrite(value, "", self._text)
        return raw if covered == value else json.dumps(covered, separators=(",", ":")).encode()

    def _rewrite(self, value: Any, name: str, text: Callable[[str], str]) -> Any:
        """A value with pseudonyms where its names say so, and `text` done to all other texts."""
        if isinstance(value, dict):
            about = _about(value)
            return {
                text(str(part)): self._rewrite(held, about if about and part in _VALUES else str(part), text)
                for part, held in value.items()
            }
        if isinstance(value, list):
            return [self._rewrite(held, name, text) for held in value]
        kind = _NAMED.get(name.casefold().replace("_", ""))
        if kind is not None and type(value) in (int, float):
            return self._name(kind, str(value))
        if not isinstance(value, str):
            return value
        if kind is not None and "://" not in value:
            return self._name(kind, value)
        if _PEM.search(value):
            return self._name("certificate", value)
        self._learn_addresses(value)
        return text(value)

    def _learn_addresses(self, text: str) -> None:
        """What is recognised by its shape; here only so that the list of names is complete before covering."""
        if ":" in text or "." in text:
            self._addresses(text)
        if len(text) >= _SHORTEST_PACKED:
            packed_text(text, self._addresses)

    def _addresses(self, text: str) -> str:
        """A text with every address replaced."""
        if '"' in text:
            text = _FIELD.sub(self._field, text)
        text = _HEADER.sub(lambda found: found[1] + self._name("host", found[2]), text)
        text = _MAIL.sub(lambda found: self._name("mail address", found[0]), text)
        text = _MAC.sub(lambda found: self._name("hardware address", found[0]), text)
        text = _IPV4.sub(lambda found: self._name("address", found[0]), text)
        text = _IPV6.sub(self._ipv6, text)
        return _HOST.sub(self._host, text)

    def _field(self, found: re.Match[str]) -> str:
        """A property by its name; what has a pseudonym or a mask already keeps it."""
        if found[3] == MASK or "://" in found[3]:
            return found[0]
        return found[1] + self._name(_NAMED[found[2].casefold()], found[3])

    def _ipv6(self, found: re.Match[str]) -> str:
        """An address of version 6; a time of day looks like one and is none."""
        try:
            IPv6Address(found[0])
        except AddressValueError:
            return found[0]
        return self._name("address of version 6", found[0])

    def _host(self, found: re.Match[str]) -> str:
        """The name of a host in a URL, with the user before it dropped; a pseudonym is left alone."""
        return self._name("host", found[1])

    def _text(self, text: str) -> str:
        """A text with known originals and addresses replaced."""
        text = self._anywhere.cover(text_without_secrets(text))
        if ":" in text or "." in text:
            text = self._addresses(text)
        return packed_text(text, self._text) if len(text) >= _SHORTEST_PACKED else text

    def station(self, identity: str) -> str:
        """What a station is called."""
        return self._name("station", identity) if identity else ""

    def text(self, text: str) -> str:
        """A text about what was learned, under other names and without secrets."""
        return self._text(text)

    def words(self) -> list[str]:
        """How many of each kind were replaced."""
        return [f"{count} × {kind} replaced" for kind, count in self._counts.items()]

    def listed(self) -> Iterator[tuple[str, str, str]]:
        """(pseudonym, kind, original) for everything that was replaced: keep it to yourself."""
        for (kind, original), pseudonym in self.names.items():
            yield pseudonym, kind, original


_VALUES = frozenset(("value", "attributeValue", "actualValue"))
"""Parts that hold the value of what another part names."""


def _about(value: dict[str, Any]) -> str:
    """The key or variable that an object tells the value of."""
    variable = value.get("variable")
    about = value.get("key") or (variable.get("name") if isinstance(variable, dict) else "")
    return about if isinstance(about, str) else ""


def _values(fact: Fact) -> Iterator[Any]:
    """Whatever in a fact may name somebody."""
    for name, value in fact._asdict().items():
        if type(value) is bytes:
            known = _json(value)
            yield value.decode("utf-8", "replace") if known is None else known
        elif name == "payload" or name in _TEXTS:
            yield value
        elif name == "offered":
            yield from value


def _json(raw: bytes) -> Any:
    """The JSON in a frame; None when it holds none."""
    try:
        return json_text.read(raw)[0]
    except json_text.NotJsonError:
        return None


def _made(kind: str, number: int) -> str:
    """The pseudonym with a number."""
    form = KINDS[kind]
    if form.count("{") == 2:
        return form.format(number // 256 % 256, number % 256)
    return form.format(number)

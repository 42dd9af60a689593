"""This machine's own addresses, and the URL to type into a charger for each."""

import socket
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

ANY_ADDRESS = {"0.0.0.0": 4, "::": 6, "*": 4, "": 4}
"""What people write to listen everywhere → the IP version meant."""

_LAST = ("docker", "br-", "veth", "virbr", "vmnet", "lo")
"""Interfaces that a charger hardly ever reaches."""


class Address(NamedTuple):
    """One address of this machine."""

    address: str
    """As text, IPv6 without brackets."""
    interface: str
    """The network interface as the system calls it; empty when the address was given by name."""


class Url(NamedTuple):
    """A URL that chargers may be given; they append their identity."""

    address: str
    url: str
    interface: str


def addresses() -> list[Address]:
    """All addresses of this machine: the one that leads outside first, loopback last, IPv4 before IPv6.

    IPv6 addresses that need a zone (link-local) are left out: no charger can be given one.
    """
    import ifaddr  # loads the system's C library, which --help need not

    outside = _outside_address()
    found: dict[str, Address] = {}
    try:
        for adapter in ifaddr.get_adapters():
            for entry in adapter.ips:
                text = entry.ip if isinstance(entry.ip, str) else entry.ip[0]
                if not ip_address(text).is_link_local or entry.is_IPv4:
                    found[text] = Address(text, str(adapter.nice_name))
    except (OSError, ValueError):
        found.setdefault("127.0.0.1", Address("127.0.0.1", "lo"))
    return sorted(found.values(), key=lambda one: _rank(one, outside))


def urls(hosts: Iterable[str], port: int, path: str, own: Sequence[Address] | None = None) -> list[Url]:
    """A URL for each address that is reached when listening on `hosts`; `own` are the machine's, if already known.

    Ends with a slash: some chargers append their identity without one.
    """
    result: dict[str, Url] = {}
    for host in hosts:
        for one in _reached(host, own):
            bracketed = f"[{one.address}]" if ":" in one.address else one.address
            result.setdefault(one.address, Url(one.address, f"ws://{bracketed}:{port}{path}/", one.interface))
    return list(result.values())


def _reached(host: str, own: Sequence[Address] | None) -> list[Address]:
    """The addresses under which a listener on `host` is found."""
    if host not in ANY_ADDRESS:
        return [Address(host, "")]
    wanted = ANY_ADDRESS[host]
    machine = addresses() if own is None else own
    return [one for one in machine if ip_address(one.address).version == wanted]


def _rank(one: Address, outside: str) -> tuple[bool, bool, bool, bool, int]:
    """The place of an address in the list, small first."""
    ip: IPv4Address | IPv6Address = ip_address(one.address)
    return ip.is_loopback, one.address != outside, one.interface.startswith(_LAST), ip.version == 6, int(ip)


def _outside_address() -> str:
    """The address that packets to the outside leave from; empty without a network. Sends nothing."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("192.0.2.1", 9))  # RFC 5737: an address that belongs to nobody
            return str(probe.getsockname()[0])
    except OSError:
        return ""


def address_text(peer: object) -> str:
    """A peer's socket address as `host:port`."""
    if not isinstance(peer, tuple) or len(peer) < 2:
        return "unknown"
    host, port = peer[:2]
    return f"[{host}]:{port}" if ":" in str(host) else f"{host}:{port}"

"""This machine's addresses and the URLs made of them."""

from ipaddress import ip_address

from ocpp_console.addresses import Address, addresses, urls

OWN = [Address("192.168.1.5", "eth0"), Address("fd00::5", "eth0"), Address("127.0.0.1", "lo"), Address("::1", "lo")]


def test_the_machine_has_addresses_and_loopback_comes_last():
    found = [ip_address(one.address) for one in addresses()]
    assert ip_address("127.0.0.1") in found
    loopback = [ip.is_loopback for ip in found]
    assert loopback == sorted(loopback)
    assert len(set(found)) == len(found)
    assert not [ip for ip in found if ip.version == 6 and ip.is_link_local]


def test_listening_everywhere_gives_a_url_for_each_address():
    assert [one.url for one in urls(["0.0.0.0"], 9000, "", OWN)] == ["ws://192.168.1.5:9000/", "ws://127.0.0.1:9000/"]
    assert [one.url for one in urls(["::"], 80, "/ocpp", OWN)] == ["ws://[fd00::5]:80/ocpp/", "ws://[::1]:80/ocpp/"]


def test_each_address_is_named_once():
    found = urls(["0.0.0.0", "192.168.1.5", "charger.example"], 9000, "", OWN)
    assert [one.address for one in found] == ["192.168.1.5", "127.0.0.1", "charger.example"]
    assert [one.interface for one in found] == ["eth0", "lo", ""]


def test_without_a_list_the_machine_is_asked():
    assert "ws://127.0.0.1:1/" in [one.url for one in urls(["0.0.0.0"], 1, "")]

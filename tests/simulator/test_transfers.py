import pytest

from ocpp_console.simulator.transfers import next_version, reachable, seconds_until


@pytest.mark.parametrize(
    ("current", "location", "version"),
    [
        ("2.4.1", "http://host/fw/wallbox-2.5.0.bin", "2.5.0"),
        ("2.4.1", "http://host/fw/v3.1-rc2.bin", "3.1-rc2"),
        ("2.4.1", "http://host/fw/latest.bin", "2.4.2"),
        ("2.4.1", "http://host/fw/wallbox-2.4.1.bin", "2.4.2"),
        ("1.17.0-rc3", "http://10.0.0.1/update", "1.17.1"),
        ("odd", "http://host/x", "odd.1"),
    ],
)
def test_the_new_version_comes_from_the_file_name_or_counts_up(current, location, version):
    assert next_version(current, location) == version


@pytest.mark.parametrize(
    ("location", "good"),
    [
        ("http://10.0.0.2:9100/fw.bin", True),
        ("FTP://user:pw@host/dir", True),
        ("fw.bin", False),
        ("http://", False),
        ("gopher://host/x", False),
        ("http://[broken", False),
        ("", False),
    ],
)
def test_a_location_needs_a_known_scheme_and_a_host(location, good):
    assert reachable(location) is good


@pytest.mark.parametrize("text", [None, "", "tomorrow", "2019-01-01T00:00:00Z", "2019-01-01T00:00:00"])
def test_a_time_that_is_past_or_unreadable_means_at_once(text):
    assert seconds_until(text) == 0


def test_a_time_to_come_is_waited_for():
    assert seconds_until("2199-01-01T00:00:00Z") > 1e9

"""Times as people read them."""

import re
import time

import pytest

from ocpp_console.clock import hms, iso, now_us


def test_the_clock_gives_whole_microseconds():
    before = time.time()
    at = now_us()
    assert isinstance(at, int)
    assert before - 1 < at / 1e6 < time.time() + 1


@pytest.mark.parametrize(
    ("at", "date", "hour"),
    [
        (0, "1970-01-01T00:00:00Z", "00:00:00"),
        (1_795_183_401_999_999, "2026-11-20T14:03:21Z", "14:03:21"),
        (1_772_236_800_000_000, "2026-02-28T00:00:00Z", "00:00:00"),
        (-1, "1969-12-31T23:59:59Z", "23:59:59"),
    ],
)
def test_times_are_utc_with_whole_seconds(at, date, hour):
    assert iso(at) == date
    assert hms(at) == hour


@pytest.mark.parametrize("at", [10**30, -(10**30)])
def test_a_time_beyond_all_calendars_is_still_text(at):
    assert str(at) in iso(at)
    assert re.fullmatch(r"\d\d:\d\d:\d\d", hms(at))

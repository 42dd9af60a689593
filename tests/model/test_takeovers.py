from tape import Tape, tape


def taken_over(t: Tape, times: int) -> None:
    """A newer connection takes the place of the older one, as the server tells it."""
    for _ in range(times):
        t.next(5)
        t.gone("Replaced by a newer connection", "console", 1000)
        t.connect("CP")


def codes(t: Tape) -> list[str]:
    return [notice.code for notice in t.fleet.stations["CP"].notices]


def test_two_devices_with_one_identity_are_told_in_words() -> None:
    t = tape()
    taken_over(t, 2)
    assert "IDENTITY_TWICE" not in codes(t)
    taken_over(t, 2)
    [notice] = t.fleet.stations["CP"].notices
    assert "4 take-overs in the last minute, from 10.0.0.9" in notice.text


def test_a_station_that_dials_again_now_and_then_is_one_device() -> None:
    t = tape()
    for _ in range(10):
        taken_over(t, 1)
        t.next(40)
    assert "IDENTITY_TWICE" not in codes(t)


def test_a_station_that_closes_and_comes_back_is_one_device() -> None:
    t = tape()
    for _ in range(10):
        t.gone("bye", "station", 1000)
        t.connect("CP")
    assert "IDENTITY_TWICE" not in codes(t)

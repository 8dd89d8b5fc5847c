"""Pictures come at the screen's rate, and a late one moves none after it."""

from __future__ import annotations

import pytest

from racer.app.window.base.pace import SECOND_NS, PicturePace


@pytest.mark.parametrize(
    ("told", "rate"), [(0.0, 60.0), (59.94, 60.0), (144.0, 144.0), (1000.0, 240.0)]
)
def test_any_screen_gets_pictures_at_its_rate_within_bounds(told: float, rate: float) -> None:
    assert PicturePace(told).rate_hz == rate


def test_a_second_has_as_many_pictures_as_the_screen_shows() -> None:
    pace, now, shown = PicturePace(60.0), 0, 0
    while now < 10 * SECOND_NS:
        now += 3_000_000 + (shown % 7) * 700_000  # drawing takes 3 to 7 ms
        now += pace.wait_ns(now)
        shown += 1
    assert shown == pytest.approx(600, abs=2)


def test_a_late_picture_moves_none_after_it_and_a_stall_is_not_made_up_for() -> None:
    pace = PicturePace(100.0)
    assert pace.wait_ns(0) == 10_000_000
    assert pace.wait_ns(25_000_000) == 0
    assert pace.wait_ns(26_000_000) == 4_000_000
    assert pace.wait_ns(500_000_000) == 10_000_000


def test_it_keeps_when_the_events_of_each_picture_were_fetched_and_shown() -> None:
    pace = PicturePace(100.0)
    pace.on_flip(4_000_000, 0)
    pace.on_flip(14_000_000, 10_000_000)
    assert list(pace.pictures) == [(0, 4_000_000), (10_000_000, 14_000_000)]
    assert list(pace.intervals_ms) == [10.0]

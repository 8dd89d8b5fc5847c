"""How much a driver may say: its own node holds it to that, so that none of it is said in vain."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from racer.play.limits import CHAT_BURST, CHAT_PERIOD_US
from racer.play.room.chat_allowance import ChatAllowance


def passing(times_us: list[int]) -> list[bool]:
    """Return which lines pass that are said at these times."""
    allowance = ChatAllowance(times_us[0])
    return [allowance.spend(race_us) for race_us in times_us]


def test_an_author_may_say_a_burst_and_then_a_line_a_period() -> None:
    assert passing([0] * (CHAT_BURST + 3)) == [True] * CHAT_BURST + [False] * 3
    assert passing([0] * CHAT_BURST + [CHAT_PERIOD_US - 1, CHAT_PERIOD_US])[-2:] == [False, True]


def test_silence_saves_no_more_than_a_burst() -> None:
    assert sum(passing([0, *[100 * CHAT_PERIOD_US] * (CHAT_BURST + 2)])) == 1 + CHAT_BURST


@given(times_us=st.lists(st.integers(0, 20 * CHAT_PERIOD_US), min_size=1, max_size=60))
def test_no_clock_however_it_goes_lets_one_say_more(times_us: list[int]) -> None:
    most = CHAT_BURST + (max(times_us) - times_us[0]) // CHAT_PERIOD_US
    assert sum(passing(times_us)) <= most


def test_a_clock_that_goes_back_and_forth_saves_up_nothing() -> None:
    assert sum(passing([50 * CHAT_PERIOD_US, 0] * 20)) == CHAT_BURST

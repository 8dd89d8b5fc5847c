import math

from hypothesis import given
from hypothesis import strategies as st

from racer.core.drivers.rubber_band import BAND_FULL_M, BAND_LEAST, rubber_band


@given(st.floats(), st.floats(0.0, 1e4))
def test_the_band_only_caps_and_the_more_the_further_ahead(gap_m: float, more_m: float) -> None:
    share = rubber_band(gap_m)
    assert BAND_LEAST <= share <= 1.0
    if not math.isnan(gap_m):
        assert rubber_band(gap_m + more_m) <= share


def test_behind_a_person_and_close_to_one_a_bot_is_free() -> None:
    assert [rubber_band(gap_m) for gap_m in (-5000.0, 0.0, 20.0)] == [1.0, 1.0, 1.0]
    assert rubber_band(BAND_FULL_M) == BAND_LEAST

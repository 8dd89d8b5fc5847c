"""What is told by colour is told to every eye."""

from __future__ import annotations

from itertools import combinations

import pytest

from racer.app.window.base.palette import PAINTS
from racer.app.window.base.vision import Lab, Vision, difference, seen


@pytest.mark.parametrize(
    ("one", "other", "delta"),
    [
        (Lab(50.0, 2.6772, -79.7751), Lab(50.0, 0.0, -82.7485), 2.0425),
        (Lab(50.0, 2.5, 0.0), Lab(50.0, 0.0, -2.5), 4.3065),
        (Lab(50.0, 2.5, 0.0), Lab(73.0, 25.0, -18.0), 27.1492),
        (Lab(90.8027, -2.0831, 1.4410), Lab(91.1528, -1.6435, 0.0447), 1.4441),
        (Lab(2.0776, 0.0795, -1.1350), Lab(0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_differences_are_those_of_the_published_table(one: Lab, other: Lab, delta: float) -> None:
    """Sharma, Wu, Dalal (2005), table 1."""
    assert difference(one, other) == pytest.approx(delta, abs=1e-4)
    assert difference(other, one) == pytest.approx(delta, abs=1e-4)


def test_who_lacks_a_cone_sees_greys_as_they_are_and_some_colours_as_one() -> None:
    for vision in Vision:
        assert difference(seen((128, 128, 128)), seen((128, 128, 128), vision)) < 1.0
    red, green = (163, 73, 0), (105, 105, 0)
    assert difference(seen(red), seen(green)) > 20.0
    assert difference(seen(red, Vision.DEUTAN), seen(green, Vision.DEUTAN)) < 12.0


@pytest.mark.parametrize("vision", Vision, ids=lambda vision: vision.name.lower())
def test_any_two_cars_that_can_meet_are_told_apart_by_their_paint(vision: Vision) -> None:
    least = min(
        (difference(seen(one, vision), seen(other, vision)), PAINTS.index(one), PAINTS.index(other))
        for one, other in combinations(PAINTS, 2)
    )
    assert least[0] >= 10.0, f"numbers {least[1]} and {least[2]}"

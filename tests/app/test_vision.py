"""What is told by colour is told to every eye."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

import pytest

from racer.app.window.base.paints import PAINTS, PAINTS_FOR, Eyes
from racer.app.window.base.palette import LANDS, PANEL
from racer.app.window.base.vision import Lab, Vision, difference, seen
from racer.core.tuning import GRID_MAX

if TYPE_CHECKING:
    from racer.app.window.base.lettering import Colour


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


FOR: Final = {
    Eyes.FULL: (Vision.NORMAL, 23.0, 21.0),
    Eyes.PROTAN: (Vision.PROTAN, 13.4, 12.5),
    Eyes.DEUTAN: (Vision.DEUTAN, 13.8, 12.4),
    Eyes.TRITAN: (Vision.TRITAN, 17.5, 16.0),
}
"""Which eyes look at each choice of paints; how far apart any two are, and the ground from all."""


def least_difference(paints: tuple[Colour, ...], vision: Vision) -> tuple[float, int, int]:
    return min(
        (difference(seen(one, vision), seen(other, vision)), paints.index(one), paints.index(other))
        for one, other in combinations(paints, 2)
    )


@pytest.mark.parametrize("vision", Vision, ids=lambda vision: vision.name.lower())
def test_any_two_cars_that_can_meet_are_told_apart_by_their_paint(vision: Vision) -> None:
    least = least_difference(PAINTS, vision)
    assert least[0] >= 10.0, f"numbers {least[1]} and {least[2]}"


@pytest.mark.parametrize("eyes", FOR, ids=lambda eyes: eyes.name.lower())
def test_paints_for_some_eyes_are_further_apart_to_those_than_the_paints_for_any(
    eyes: Eyes,
) -> None:
    vision, pair, ground = FOR[eyes]
    least = least_difference(PAINTS_FOR[eyes], vision)
    assert least[0] >= pair, f"numbers {least[1]} and {least[2]}"
    assert least[0] > 1.25 * least_difference(PAINTS, vision)[0]
    behind = [PANEL, *(land.asphalt for land in LANDS.values())]
    away = min(
        (difference(seen(paint, vision), seen(dark, vision)), number)
        for number, paint in enumerate(PAINTS_FOR[eyes])
        for dark in behind
    )
    assert away[0] >= ground, f"number {away[1]} on the road or on a board"


def test_all_eyes_have_a_paint_for_each_number_and_ghosts_stay_white() -> None:
    for eyes in Eyes:
        assert len(set(PAINTS_FOR[eyes])) == len(PAINTS) == GRID_MAX
        assert PAINTS_FOR[eyes][8] == PAINTS[8]

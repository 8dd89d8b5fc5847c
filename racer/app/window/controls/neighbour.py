"""Which control lies next in a direction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from racer.app.window.base.box import Box
    from racer.app.window.controls.control import Control, Page

ASIDE: Final = 3.0  # a unit aside counts as so many ahead: one first looks straight on
_DUST: Final = 1.0  # boxes in one row may differ by so much


def neighbour(page: Page, control: Control, across: int, down: int) -> Control | None:
    """Return the nearest control in a direction, or None where there is none.

    Args:
        page: all that there are.
        control: where one is.
        across, down: one of both is -1 or 1, the other 0.
    """
    ranked = [
        (distance, order, other)
        for order, other in enumerate(page)
        if other.id != control.id
        and (distance := _distance_to(control.box, other.box, across, down)) is not None
    ]
    return min(ranked, default=(0.0, 0, None), key=lambda each: each[:2])[2]


def _distance_to(here: Box, there: Box, across: int, down: int) -> float | None:
    """Return how far away a box seems in a direction; None where it does not lie there."""
    if across:
        ahead = there.x - here.right if across > 0 else here.x - there.right
        aside = _gap_between(here.y, here.bottom, there.y, there.bottom)
        skew = abs(there.centre[1] - here.centre[1])
    else:
        ahead = there.y - here.bottom if down > 0 else here.y - there.bottom
        aside = _gap_between(here.x, here.right, there.x, there.right)
        skew = abs(there.x - here.x)  # columns are flush left
    if ahead < -_DUST:
        return None
    return ahead + ASIDE * aside + 0.01 * skew


def _gap_between(low: float, high: float, other_low: float, other_high: float) -> float:
    """Return how far two stretches are apart; 0 where they overlap."""
    return max(0.0, other_low - high, low - other_high)

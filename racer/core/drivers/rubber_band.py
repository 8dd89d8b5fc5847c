"""The rubber band: bots that have run away from all people ease off, and never do more."""

from typing import Final

BAND_FREE_M: Final = 40.0
"""A bot so far ahead of the best person still drives its own race: that is a second and a half."""

BAND_FULL_M: Final = 240.0
"""So far ahead, about six seconds, it gives away all that the band takes."""

BAND_LEAST: Final = 0.88
"""The share of its speed that is left then: a beginner gains on it, and nobody sees it crawl."""


def rubber_band(gap_m: float) -> float:
    """Return the share 0..1 of its own speed that a bot may drive at.

    It caps and never pushes: a bot behind gets 1.0, so none is ever faster than without it.

    Args:
        gap_m: the way that the bot is ahead of the best person's car, negative behind it. No
            number counts as behind.
    """
    if not gap_m > BAND_FREE_M:
        return 1.0
    part = min(1.0, (gap_m - BAND_FREE_M) / (BAND_FULL_M - BAND_FREE_M))
    return 1.0 - part * (1.0 - BAND_LEAST)

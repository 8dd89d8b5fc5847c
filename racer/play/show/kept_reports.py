"""Reports of what this machine must not forget: they wait until its disk has what they tell."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import final

from racer.play.reports import FinishSeen, LapSeen, RaceReport


@final
class KeptReports:
    """Holds reports back, in order.

    What a decree tells is on disk when it is told. A lap is told by an operation, which is
    delivered at once, so its report waits, and what comes behind it too.
    """

    def __init__(self) -> None:
        self._held: deque[tuple[int, RaceReport]] = deque()

    def pass_on(self, news: Sequence[RaceReport], given: int, kept: int) -> list[RaceReport]:
        """Take news, and return those that may be told.

        Args:
            given: how many writes the disk was given until now.
            kept: how many of them are there.
        """
        for report in news:
            self._held.append((given if isinstance(report, LapSeen | FinishSeen) else 0, report))
        told: list[RaceReport] = []
        while self._held and self._held[0][0] <= kept:
            told.append(self._held.popleft()[1])
        return told

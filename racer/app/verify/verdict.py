"""What a check finds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, final

from racer.app.verify.lives import Life, PrintedLine


@final
@dataclass(frozen=True, slots=True)
class BrokenPromise:
    """Lines that cannot both be right, and why."""

    why: str
    lines: tuple[PrintedLine, ...]

    def __str__(self) -> str:
        return "\n".join((self.why, *(f"  {line.quoted()}" for line in self.lines)))


@final
@dataclass(frozen=True, slots=True)
class LateLine:
    """A line that was told again, so long after it could have been first."""

    by_s: float
    first: PrintedLine
    again: PrintedLine

    def __str__(self) -> str:
        why = f"a line that was shown was shown again late by {self.by_s:.0f} s"
        return "\n".join((why, *(f"  {line.quoted()}" for line in (self.first, self.again))))


@final
@dataclass(slots=True)
class Verdict:
    """What a check found. It holds where nothing is wrong.

    Args:
        promise: what should hold, in words.
        judged: how many lines it looked at.
        apart: what it could not judge, in words.
        latest: of those that came late, which break no promise, the last.
        late_count: how many came late.
        on_their_way: how many were not there when the logs end, and may have come yet.
    """

    promise: str
    judged: int = 0
    violations: list[BrokenPromise] = field(default_factory=list)
    apart: str = ""
    latest: LateLine | None = None
    late_count: int = 0
    on_their_way: int = 0

    def broken(self, why: str, *lines: PrintedLine) -> None:
        self.violations.append(BrokenPromise(why, lines))

    def late(self, by_s: float, first: PrintedLine, again: PrintedLine) -> None:
        self.late_count += 1
        if self.latest is None or by_s > self.latest.by_s:
            self.latest = LateLine(by_s, first, again)


Check: TypeAlias = Callable[[Sequence[Life]], Verdict]

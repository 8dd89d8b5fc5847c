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
@dataclass(slots=True)
class Verdict:
    """What a check found. It holds where nothing is wrong.

    Args:
        promise: what should hold, in words.
        judged: how many lines it looked at.
        apart: what it could not judge, in words.
    """

    promise: str
    judged: int = 0
    violations: list[BrokenPromise] = field(default_factory=list)
    apart: str = ""

    def broken(self, why: str, *lines: PrintedLine) -> None:
        self.violations.append(BrokenPromise(why, lines))


Check: TypeAlias = Callable[[Sequence[Life]], Verdict]

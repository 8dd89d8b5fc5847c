"""How far a sweep over seeds is: on a terminal while it runs, in a line where it was broken off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, final

from racer.app.simulation.pool import PoolError
from racer.app.terminal import ProgressLine, complain

if TYPE_CHECKING:
    from types import TracebackType


@final
class SweepProgress:
    """Counts seeds. `failed` is how many of them did."""

    def __init__(self, seeds: int) -> None:
        self.done = 0
        self.failed = 0
        self._seeds = seeds
        self._progress = ProgressLine()

    def __enter__(self) -> Self:
        self._progress.show(self._text())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.clear()
        if isinstance(error, KeyboardInterrupt | PoolError):
            complain(f"broken off: {self._text()}")

    def note(self, told: str, *, failed: bool) -> None:
        """Count a seed that is done, and print what is told of it, if anything is."""
        if told:
            self._progress.print(told)
        self.done += 1
        self.failed += failed
        self._progress.show(self._text())

    def _text(self) -> str:
        return f"{self.done} of {self._seeds} seeds done, {self.failed} failed"

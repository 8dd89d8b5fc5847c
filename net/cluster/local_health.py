"""How well our own loop keeps time, for all whose timers depend on it."""

from __future__ import annotations

from typing import Protocol


class LocalHealth(Protocol):
    """Read-only: `LoopMonitor` of this node measures it, at each tick; between two it stands still.

    Lifeguard (Dadgar 2017) lets a node doubt its own verdicts when it is slow: it waits longer for
    others. Here it also gives up the role that others wait for.
    """

    @property
    def score(self) -> float:
        """How far apart our ticks came, of late, in units of OVERLOAD_GAP_NS; below 1: on time."""
        ...

    @property
    def timeout_scale(self) -> float:
        """How many times as long as in a loop that keeps time we should wait for others, from 1 on.

        Where all are slow, what they answer is slow too. To judge them by the timers of a fast loop
        would be to elect, to ask and to greet them anew again and again, which makes all slower.
        """
        ...

    @property
    def is_overloaded(self) -> bool:
        """Whether we ran late so lately that another should coordinate, if one can."""
        ...

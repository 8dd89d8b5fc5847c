"""Whether what a disk kept of a room still counts, by the clocks of its machine (ADR 72)."""

from __future__ import annotations

from typing import Final, NamedTuple

from net.limits import RESUME_S

CLOCK_SET_S: Final = 1_767_225_600  # 2026-01-01: a clock that shows less was never set


class Clocks(NamedTuple):
    """What the clocks of a machine show at one moment."""

    wall_s: int  # Unix time: anybody may set it, and after a blackout it is often wrong
    boot: str  # which start of the machine this is; empty: the system does not tell
    ran_s: int  # how long the machine has run since, its sleep included


def is_aged(used: Clocks, now: Clocks) -> bool:
    """Whether a room that was used then has rested for longer than its history counts by itself.

    A clock that has run all the time is evidence. Over a start of the machine there is only the one
    on the wall, which is believed beyond RESUME_S alone, and not where it was never set.
    """
    if used.boot and used.boot == now.boot and used.ran_s <= now.ran_s:
        return now.ran_s - used.ran_s > RESUME_S
    return used.wall_s >= CLOCK_SET_S and now.wall_s - used.wall_s > RESUME_S

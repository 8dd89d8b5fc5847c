"""A room as the journal's table of rooms tells it, and when it was used, by which clocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

from net.node.lineage.history_age import Clocks, is_aged
from net.runtime.disk.machine_clocks import read_clocks


@final
@dataclass(frozen=True, slots=True)
class LastRoom:
    """A room of this profile, such as the one that was used last."""

    name: str
    tag: bytes
    left: bool  # on purpose: not to be resumed
    used: Clocks  # when it was entered or written to last

    @classmethod
    def of_row(cls, row: Sequence[Any]) -> LastRoom:
        """Read a row of the rooms."""
        name, tag, left, used_s, boot, booted_s = row
        return cls(name, tag, bool(left), Clocks(used_s, boot, used_s - booted_s))

    @property
    def aged(self) -> bool:
        """It rested for longer than its history counts by itself."""
        return is_aged(self.used, read_clocks())


def use_columns() -> tuple[int, str, int]:
    """Return how the rooms' table tells this moment.

    When the machine was started, by the clock of now: so what an older racer writes, which sets
    that of the last use alone, tells no other age.
    """
    now = read_clocks()
    return now.wall_s, now.boot, now.wall_s - now.ran_s

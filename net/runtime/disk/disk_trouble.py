"""What of a disk does not work, by kind, in words for a person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, final

from net.limits import MILLISECOND, SECOND
from net.node.group_commit import LATE_NS, STUCK_NS, DiskState

LATE_MAX: Final = 3  # commits in a row that are late: one alone is a machine that was busy


@final
class DiskTroubleKind(StrEnum):
    """What does not work. One of them stands at a time, and ends when the disk works again."""

    CLOSED = "closed"  # it took nothing at the start, and is not asked again
    STOPPED = "stopped"  # a write was given up: none is taken from there on
    FAILING = "failing"  # the last commit failed, and is tried again
    HANGING = "hanging"  # a commit has been under way for STUCK_NS: others wait no more
    SLOW = "slow"  # LATE_MAX commits in a row took LATE_NS each: another disk should lead
    LIVES = "lives"  # the number of the next life could not be reserved


_FOR_GOOD: Final = (DiskTroubleKind.CLOSED, DiskTroubleKind.STOPPED)


@final
@dataclass(frozen=True, slots=True)
class DiskTrouble:
    """What of the disk does not work now, in a line."""

    kind: DiskTroubleKind
    text: str


@final
class DiskHealth:
    """How the commits of a journal went, and what a person should know of it. One thread at a time.

    Args:
        path: of the journal.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._standing: DiskTrouble | None = None  # until a commit succeeds, or for good
        self._late = 0  # commits in a row

    def close(self, error: OSError, where: Path) -> None:
        """Take that the disk takes nothing, and is not asked again."""
        self._standing = forgetful(DiskTroubleKind.CLOSED, error, where)

    def stop(self, reason: str) -> None:
        """Take that nothing is written from here on."""
        text = f"{self._path}: this machine remembers nothing from here on: {reason}"
        self._standing = DiskTrouble(DiskTroubleKind.STOPPED, text)

    def fail(self, error: OSError) -> None:
        """Take that a commit failed; it is tried again."""
        if not self._is_for_good():
            self._standing = forgetful(DiskTroubleKind.FAILING, error, self._path)

    def succeed(self, state: DiskState) -> None:
        """Take that what was given up to a moment is on disk, and how the disk is since."""
        self._late = 0 if state.prompt else self._late + 1
        if not self._is_for_good():
            self._standing = None

    def trouble(self, state: DiskState) -> DiskTrouble | None:
        """Return what of the disk does not work; None: it works."""
        if self._standing is not None:
            return self._standing
        if not state.keeps:
            text = "this machine does not remember: its disk has not answered for"
            return DiskTrouble(
                DiskTroubleKind.HANGING, f"{text} {STUCK_NS // SECOND} s: {self._path}"
            )
        if self._late < LATE_MAX:
            return None
        text = (
            f"the disk of this machine is slow, and the race waits for it: {LATE_MAX} writes took"
        )
        how = f"over {LATE_NS // MILLISECOND} ms each; end what else writes to it"
        return DiskTrouble(DiskTroubleKind.SLOW, f"{text} {how}: {self._path}")

    def _is_for_good(self) -> bool:
        return self._standing is not None and self._standing.kind in _FOR_GOOD


def forgetful(kind: DiskTroubleKind, error: OSError, where: Path) -> DiskTrouble:
    """Return that the disk takes nothing, in the system's words."""
    return DiskTrouble(kind, f"this machine will not remember: {error.strerror}: {where}")

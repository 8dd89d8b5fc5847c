"""Writes on their way to a disk: while one batch is committed, the next one gathers.

The same for the journal's thread and for the simulator's disks, and like all of a node without a
clock or a disk of its own. Nothing is ever committed out of order, and nothing is left out: what is
on disk is always all that was given up to some moment.
"""

from __future__ import annotations

from collections import deque
from typing import Final, Generic, TypeVar, final

import msgspec

from net.limits import MILLISECOND, SECOND

WAITING_MAX: Final = 4096  # writes: four minutes of a busy room, for a disk that is full meanwhile
LATE_NS: Final = 250 * MILLISECOND  # a commit that takes so long: another disk should lead
STUCK_NS: Final = 3 * SECOND  # one that takes so long: others wait for this disk no more
GATHER_NS: Final = 30 * MILLISECOND  # what nobody waits for goes with what comes in so long
RETRY_NS: Final = 2 * SECOND  # after a commit that failed, it is tried again

W = TypeVar("W")


@final
class DiskState(msgspec.Struct, frozen=True):
    """How a disk is, for the node: see `net.cluster.storage`."""

    keeps: bool = True
    prompt: bool = True


@final
class GroupCommit(Generic[W]):
    """A queue of writes and the batch that is being committed. One thread at a time."""

    def __init__(self, waiting_max: int = WAITING_MAX) -> None:
        self._waiting: deque[W] = deque()
        self._waiting_max = waiting_max
        self._due_ns: int | None = None  # when what waits should be begun with
        self._batch: list[W] = []
        self._began_ns = 0
        self._took_ns = 0  # the last commit that went well
        self._failed_ns: int | None = None  # when the last commit failed, if it did
        self.overflowed = False
        """So much waited that a write was refused: then all are, or there would be a hole."""
        self.kept = 0
        """How many writes are on disk, since the beginning."""

    def __len__(self) -> int:
        """Return how many writes are not on disk."""
        return len(self._waiting) + len(self._batch)

    def put(self, write: W, now_ns: int, *, urgent: bool) -> bool:
        """Queue a write. Returns False where it is not taken, nor will any other be.

        Args:
            urgent: others wait for it. Else it gathers others for a moment: a chat line and the
                decree that orders it, a tick later, are one commit and not two.
        """
        self.overflowed = self.overflowed or len(self) >= self._waiting_max
        if not self.overflowed:
            self._waiting.append(write)
            due_ns = now_ns if urgent else now_ns + GATHER_NS
            self._due_ns = due_ns if self._due_ns is None else min(self._due_ns, due_ns)
        return not self.overflowed

    @property
    def due_ns(self) -> int | None:
        """When `begin` is to be asked next; None: not before something happens."""
        if self._batch or not self._waiting:
            return None
        if self._failed_ns is not None:
            return self._failed_ns + RETRY_NS
        return self._due_ns

    def begin(self, now_ns: int, *, at_once: bool = False) -> list[W]:
        """Return what is to be committed now, if anything.

        Args:
            at_once: also what is not due yet.
        """
        due_ns = self.due_ns
        if due_ns is None or (now_ns < due_ns and not at_once):
            return []
        self._batch, self._waiting, self._due_ns = list(self._waiting), deque(), None
        self._began_ns = now_ns
        return self._batch

    def succeed(self, now_ns: int) -> None:
        """Take that the batch is on disk, whatever happens from here on."""
        self.kept += len(self._batch)
        self._batch, self._took_ns, self._failed_ns = [], now_ns - self._began_ns, None

    def fail(self, now_ns: int) -> None:
        """Take that nothing of the batch is on disk: it is tried again, before all others."""
        self._waiting.extendleft(reversed(self._batch))
        self._batch, self._failed_ns, self._due_ns = [], now_ns, now_ns

    def unfinished(self) -> list[W]:
        """Return the batch that is being committed."""
        return self._batch

    def state(self, now_ns: int) -> DiskState:
        """Return how the disk is."""
        waits_ns = now_ns - self._began_ns if self._batch else 0
        works = self._failed_ns is None and not self.overflowed
        keeps = works and waits_ns < STUCK_NS
        return DiskState(keeps, keeps and max(waits_ns, self._took_ns) < LATE_NS)

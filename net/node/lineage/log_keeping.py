"""What of one life's log goes to disk when, and what follows from it being there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

from net.cluster.actions import Send
from net.cluster.replication import acknowledge
from net.cluster.voter import Voter
from net.limits import SECOND
from net.node.lineage.patience import Patience
from net.node.program import SaveCheckpoint, SaveDecree, Write
from net.wire.decrees import Checkpoint, Decree, Order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from net.cluster.log import DecreeLog

BACKING_WAIT_NS: Final = 2 * SECOND  # what nobody brings holds up no log for ever
DESERTED_WAIT_NS: Final = SECOND // 2  # the same of a checkpoint of who coordinates no more


@dataclass(slots=True)
class Lack:
    """A decree that names what is not here, and what else was lacked when we began to wait."""

    decree: Decree
    last: Decree  # in the log by then
    lacked: int  # so many from `decree` to `last` name an operation that was not here
    patience: Patience


@final
class LogKeeping:
    """Gives every entry to the disk as soon as it is in the log, in order.

    One that orders an operation, or names the content of a checkpoint, waits until that is here,
    for then it was given to the disk before: who says that it has the decree on disk has what it
    names, too. Where in all the time that we wait nobody brings any of the operations that were
    lacked, the wait was for all of them: a log may order many that are lost.
    """

    def __init__(self, voter: Voter) -> None:
        self._voter = voter
        self._lack: Lack | None = None

    @property
    def waits(self) -> bool:
        """A decree waits for what it names, which others have."""
        return self._lack is not None

    @property
    def lacks_operation(self) -> bool:
        """And that is an operation."""
        return self._lack is not None and isinstance(self._lack.decree.what, Order)

    def save_news(self, now_ns: int) -> list[SaveDecree]:
        """Return what is to be written now."""
        lack, self._lack = self._lack, None
        lost_until = 0

        def may_keep(decree: Decree) -> bool:
            nonlocal lost_until
            is_lost = isinstance(decree.what, Order) and decree.index < lost_until
            if is_lost or self._is_backed(decree):
                return True
            if lack is None or decree is not lack.decree:
                last = self._voter.log.entry(self._voter.log.head - 1)
                lacked = self._count_lacked(decree, last)
                self._lack = Lack(decree, last, lacked, Patience(now_ns))
                return False
            if lack.patience.look(now_ns) < self._patience_ns(decree):
                self._lack = lack
                return False
            if 0 < lack.lacked == self._count_lacked(decree, lack.last):
                lost_until = lack.last.index + 1
            return True

        return [SaveDecree(decree) for decree in self._voter.log.take_unkept(may_keep)]

    def _count_lacked(self, first: Decree, last: Decree) -> int:
        """Return how many orders from one decree to another lack their operation.

        None, if the log has another one in the place of the last by now.
        """
        log = self._voter.log
        if last.index >= log.head or log.entry(last.index) is not last:
            return 0
        entries = (log.entry(index) for index in range(first.index, last.index + 1))
        return sum(isinstance(each.what, Order) and not self._is_backed(each) for each in entries)

    def _is_backed(self, decree: Decree) -> bool:
        storage = self._voter.storage
        match decree.what:
            case Order(dot=dot):
                return storage.holds(dot)
            case Checkpoint(digest=digest):
                # The content of one that counts is on disks enough.
                return decree.index < self._voter.log.commit or storage.holds_content(digest)
            case _:
                return True

    def _patience_ns(self, decree: Decree) -> int:
        """Return how long we wait for what a decree names.

        Perhaps a coordinator that is gone alone had the content of a checkpoint, and what it
        decreed last must not hold up the next one. Without it a later checkpoint is begun.
        """
        deserted = isinstance(decree.what, Checkpoint) and decree.epoch < self._voter.epoch
        return DESERTED_WAIT_NS if deserted else BACKING_WAIT_NS

    def on_kept(self, writes: Sequence[Write]) -> list[Send]:
        """Note what is on disk now, and tell whoever coordinates over us."""
        voter, before = self._voter, self._voter.log.kept
        note_kept(voter.log, writes)
        if voter.log.kept == before or before >= voter.agreed or voter.moves_to is not None:
            return []
        return acknowledge(voter, voter.log.lineage)


def note_kept(log: DecreeLog, writes: Sequence[Write]) -> None:
    """Note of a log what of it is on disk now."""
    for write in writes:
        match write:
            case SaveDecree(decree=decree):
                log.note_kept(decree)
            case SaveCheckpoint(packed=packed):
                log.note_checkpoint_kept(packed)
            case _:
                pass

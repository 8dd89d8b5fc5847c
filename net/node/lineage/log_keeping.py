"""What of one life's log goes to disk when, and what follows from it being there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from net.cluster.actions import Send
from net.cluster.replication import acknowledge
from net.cluster.voter import Voter
from net.limits import PAUSE_NS, SECOND
from net.node.program import SaveCheckpoint, SaveDecree, Write
from net.wire.decrees import Checkpoint, Decree, Order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from net.cluster.log import DecreeLog

BACKING_WAIT_NS: Final = 2 * SECOND  # what nobody brings holds up no log for ever
DESERTED_WAIT_NS: Final = SECOND // 2  # the same of a checkpoint of who coordinates no more


@final
class LogKeeping:
    """Gives every entry to the disk as soon as it is in the log, in order.

    One that orders an operation, or names the content of a checkpoint, waits until that is here,
    for then it was given to the disk before: who says that it has the decree on disk has what it
    names, too. How long we wait is counted from look to look, by PAUSE_NS at most: while this
    machine slept nobody could bring anything.
    """

    def __init__(self, voter: Voter) -> None:
        self._voter = voter
        self._lacks: Decree | None = None  # which names what is not here
        self._looked_ns = 0  # when we looked for it last …
        self._waited_ns = 0  # … and how long we have waited by then

    @property
    def waits(self) -> bool:
        """A decree waits for what it names, which others have."""
        return self._lacks is not None

    @property
    def lacks_operation(self) -> bool:
        """And that is an operation."""
        return self._lacks is not None and isinstance(self._lacks.what, Order)

    def save_news(self, now_ns: int) -> list[SaveDecree]:
        """Return what is to be written now."""
        lacked, self._lacks = self._lacks, None

        def may_keep(decree: Decree) -> bool:
            if self._is_backed(decree):
                return True
            if decree is not lacked:
                self._lacks, self._looked_ns, self._waited_ns = decree, now_ns, 0
                return False
            self._waited_ns += min(now_ns - self._looked_ns, PAUSE_NS)
            self._looked_ns = now_ns
            waits = self._waited_ns < self._patience_ns(decree)
            self._lacks = lacked if waits else None
            return self._lacks is None

        return [SaveDecree(decree) for decree in self._voter.log.take_unkept(may_keep)]

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

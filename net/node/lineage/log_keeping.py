"""What of one life's log goes to disk when, and what follows from it being there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from net.cluster.actions import Send
from net.cluster.replication import acknowledge
from net.cluster.voter import Voter
from net.limits import SECOND
from net.node.program import SaveDecree
from net.wire.decrees import Decree, Order

if TYPE_CHECKING:
    from collections.abc import Sequence

BACKING_WAIT_NS: Final = 2 * SECOND  # an operation that nobody brings holds up no log for ever


@final
class LogKeeping:
    """Gives every entry to the disk as soon as it is in the log, in order.

    One that orders an operation waits until that is here, for then it was given to the disk before:
    who says that it has the order on disk has what is ordered, too.
    """

    def __init__(self, voter: Voter) -> None:
        self._voter = voter
        self._lacks: Decree | None = None  # what orders an operation that is not here
        self._since_ns = 0

    @property
    def lacks_operation(self) -> bool:
        """A decree waits for an operation, which others have."""
        return self._lacks is not None

    def save_news(self, now_ns: int) -> list[SaveDecree]:
        """Return what is to be written now."""
        lacked, self._lacks = self._lacks, None

        def may_keep(decree: Decree) -> bool:
            what = decree.what
            if not isinstance(what, Order) or self._voter.storage.holds(what.dot):
                return True
            if decree is not lacked:
                self._lacks, self._since_ns = decree, now_ns
                return False
            self._lacks = lacked if now_ns - self._since_ns < BACKING_WAIT_NS else None
            return self._lacks is None

        return [SaveDecree(decree) for decree in self._voter.log.take_unkept(may_keep)]

    def on_kept(self, decrees: Sequence[Decree]) -> list[Send]:
        """Note what is on disk now, and tell whoever coordinates over us."""
        voter, before = self._voter, self._voter.log.kept
        for decree in decrees:
            voter.log.note_kept(decree)
        if voter.log.kept == before or before >= voter.agreed or voter.moves_to is not None:
            return []
        return acknowledge(voter, voter.log.lineage)

"""Going on with what disks kept, when all who were in a room come back one by one (ADR 17, 34)."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from net.cluster.log import DecreeLog, majority
from net.ids import NO_LINEAGE, Member, NodeId
from net.limits import FOUND_WAIT_NS, REVIVE_WAIT_NS
from net.node.peers import Peer, Peers

if TYPE_CHECKING:
    from collections.abc import Sequence


@final
class Revival:
    """Tells a process whether it may go on with its history, or should wait for who may hold more.

    What counted is on the disks of a majority of the members. So whoever sees a majority of those
    that its own log names last, and none with a better log, lacks nothing that counted.
    """

    def __init__(
        self, me: Member, history: DecreeLog, peers: Peers, now_ns: int, *, aged: bool
    ) -> None:
        """Begin to listen.

        Args:
            history: what our disk kept; it may be empty.
            aged: by our clocks this was so long ago that it does not count by itself (ADR 72).
        """
        self._me = me
        self._history = history
        self._peers = peers
        self._grew_ns = self._since_ns = now_ns  # when another one came back, last
        self._seen: set[NodeId] = set()
        self._aged = aged

    @property
    def counts(self) -> bool:
        """Our history counts: by our clock, or because others came back with one as we do."""
        members = {member.node for member in self._history.members}
        return not self._aged or bool(members & self._seen)

    def on_tick(self, now_ns: int) -> None:
        """See who is back."""
        back = {
            peer.node for peer in self._peers_back() if peer.status is not None and peer.status.head
        }
        if not back <= self._seen:
            self._seen |= back
            self._grew_ns = now_ns

    def missing(self) -> tuple[NodeId, ...]:
        """Return who was in the room last, and is not back."""
        back = {self._me.node, *(peer.node for peer in self._peers_back())}
        return tuple(sorted({member.node for member in self._history.members} - back))

    def is_sure(self) -> bool:
        """Tell whether nothing that counted can be missing in our history."""
        ours = (self._history.head_epoch, self._history.head)
        if any(
            peer.status and (peer.status.epoch, peer.status.head) > ours
            for peer in self._peers_back()
        ):
            return False
        members, missing = self._history.members, self.missing()
        back = sum(member.node not in missing for member in members)
        return not members or back >= majority(len(members))

    def may_found(self, turn_ns: int, now_ns: int) -> bool:
        """Tell whether the wait is over. `turn_ns`: how long those before us take."""
        if self.is_sure():
            return now_ns - self._since_ns > FOUND_WAIT_NS + turn_ns
        return now_ns - self._grew_ns > REVIVE_WAIT_NS + turn_ns

    def awaited(self, now_ns: int) -> tuple[NodeId, ...]:
        """Return for whom we wait, once it takes longer than to listen."""
        late = now_ns - self._since_ns > FOUND_WAIT_NS
        return self.missing() if late and not self.is_sure() else ()

    def _peers_back(self) -> Sequence[Peer]:
        """Return who lives and looks for a lineage, as we do."""
        return [p for p in self._peers if p.lives and p.status and p.lineage == NO_LINEAGE]

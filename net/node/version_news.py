"""With whom we cannot be in one room: each told now and then, not each time."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from net.ids import NodeId
from net.limits import TELL_AGAIN_NS, TOLD_MAX
from net.node.peers import Peers
from net.node.program import VersionsDiffer
from net.transport.actions import PutOffReason
from net.wire.versions import Versions

if TYPE_CHECKING:
    from net.transport.actions import Denied, Incompatible, PutOff, TwinFound


@final
class VersionNews:
    """Tells of each node at most once in TELL_AGAIN_NS, and of TOLD_MAX of a kind in that time.

    So what strangers can make up crowds out nothing that takes a proof.
    """

    def __init__(self, peers: Peers) -> None:
        self._peers = peers
        self._told: dict[tuple[str, NodeId | str], int] = {}  # by kind, and node id or host

    def on_incompatible(
        self, found: Incompatible, ours: Versions, now_ns: int
    ) -> list[VersionsDiffer]:
        """Note that somebody of our room speaks no version that we do."""
        keys: list[NodeId | str] = [found.address[0]]
        if found.node is not None:
            keys.append(found.node)
        if not self._may_tell("other version", keys, now_ns):
            return []
        peer = None if found.node is None else self._peers.get(found.node)
        name = "" if peer is None else peer.name
        return [VersionsDiffer(found.node, name, found.address, found.theirs, ours)]

    def on_denied(self, found: Denied, now_ns: int) -> list[Denied]:
        """Note that somebody wants our room, or has it, under another passphrase.

        That ours is the wrong one is true of the room, at whatever address of whomever it is tried.
        """
        who = "the room" if found.ours else found.address[0]
        return [found] if self._may_tell(f"word {found.ours}", [who], now_ns) else []

    def on_twin(self, found: TwinFound, now_ns: int) -> list[TwinFound]:
        """Note that two machines have one identity: ours, or that of a peer."""
        return [found] if self._may_tell("twin", [found.node], now_ns) else []

    def on_put_off(self, found: PutOff, now_ns: int) -> list[PutOff]:
        """Note that somebody is not heard now; of a crowd, one stands for all."""
        who = "a crowd" if found.why is PutOffReason.BUSY else found.address[0]
        return [found] if self._may_tell(f"put off {found.why}", [who], now_ns) else []

    def _may_tell(self, kind: str, whom: list[NodeId | str], now_ns: int) -> bool:
        told = self._told
        for key in [key for key, at_ns in told.items() if now_ns - at_ns >= TELL_AGAIN_NS]:
            del told[key]
        keys = [(kind, each) for each in whom]
        crowded = sum(other == kind for other, _ in told) >= TOLD_MAX
        if crowded or any(key in told for key in keys):
            return False
        told.update(dict.fromkeys(keys, now_ns))
        return True

"""Two machines with one identity: a copied profile, a clone, a restored backup.

Whoever is in the room stays there, and the other is turned away: nobody takes a twin for a new life
while the old one is heard. Both are told where the other is, and call each other. Only that
handshake, with the key that only the two have, makes one of them go: nobody's word does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from net.ids import NodeId
from net.limits import NEVER, PEERS_MAX, SECOND
from net.recent import Recent
from net.transport.actions import TransportAction, TwinFound, TwinPart
from net.transport.control import Confirm, Twin, send_control
from net.transport.routes import Route, Via

if TYPE_CHECKING:
    from net.security.seal import Seal
    from net.transport.counters import TransportCounters
    from net.transport.credentials import Credentials
    from net.transport.sessions import RemoteNode


@final
class Twins:
    """What one node knows of twins, its own and others'."""

    def __init__(self, me: NodeId, counters: TransportCounters) -> None:
        self._me = me
        self._counters = counters
        # When one came last as a node that is here.
        self._seen_ns: Recent[NodeId, int] = Recent(PEERS_MAX)

    def judge(
        self,
        credentials: Credentials,
        remote: RemoteNode | None,
        ours: Credentials,
        route: Route,
        seal: Seal,
        now_ns: int,
    ) -> list[TransportAction]:
        """Tell whether who completed a handshake is a twin, of ours or of somebody here.

        Args:
            remote: whom we know by its node id.
            seal: of that handshake; no session comes of it.

        Returns:
            What it and whom it concerns are told; nothing: it is none.
        """
        node, alias = credentials.node, credentials.alias
        address = None if isinstance(route, Via) else route
        if node == self._me:
            self._counters.twins += 1
            goes = (ours.incarnation, ours.alias) > (credentials.incarnation, alias)
            found = TwinFound(node, address, TwinPart.GOES if goes else TwinPart.STAYS)
            return [send_control(seal, Confirm(ours), route), found]
        if remote is None or remote.alias in {b"", alias} or not remote.lives(now_ns):
            return []
        self._counters.twins += 1
        actions: list[TransportAction] = []
        if (here := _twin_at(remote.route)) is not None:
            actions.append(send_control(seal, here, route))
        if (there := _twin_at(route)) is not None and remote.current is not None:
            actions.append(send_control(remote.current.seal, there, remote.route))
        if self._is_sure(remote, now_ns):
            actions.append(TwinFound(node, address, TwinPart.WITNESS))
        return actions

    def _is_sure(self, remote: RemoteNode, now_ns: int) -> bool:
        """Whether both live: at first one may have died just now, and this be its next life."""
        before_ns = self._seen_ns.get(remote.node, NEVER)
        self._seen_ns.note(remote.node, now_ns)
        return before_ns < remote.heard_ns and now_ns - before_ns < 10 * SECOND


def _twin_at(route: Route) -> Twin | None:
    """Return what sends one twin to the other; None: by an address that only we could use."""
    return None if isinstance(route, Via) or "%" in route[0] else Twin(*route)

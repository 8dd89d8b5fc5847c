"""Passing on what two members seal for each other, where they do not hear each other themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias, final

import msgspec

from net.ids import NodeId
from net.limits import (
    RELAY_BYTES_BURST,
    RELAY_BYTES_PER_S,
    RELAY_DATAGRAM_BYTES,
    RELAY_HOPS_MAX,
)
from net.node.counters import NodeCounters
from net.node.outgoing.quota import Quota
from net.transport.routes import Via
from net.wire.messages import Relayed

NextHop: TypeAlias = Callable[[NodeId], NodeId | None]


class Onward(msgspec.Struct, frozen=True):
    """What goes on to a peer that is nearer to its target."""

    to: NodeId
    message: Relayed


@final
class Relaying:
    """What goes by way of members: our own datagrams to a peer, and those of others.

    One that comes leaves at most once, so nothing grows here. Each peer has a quota of bytes that
    it may have us pass on. A member on the way to the target passes on along its own way to it, up
    to RELAY_HOPS_MAX of them: they need not know the whole way.
    """

    def __init__(self, me: NodeId, next_hop: NextHop, counters: NodeCounters) -> None:
        self._me = me
        self._next_hop = next_hop
        self._counters = counters
        self._quota = Quota(RELAY_BYTES_BURST, RELAY_BYTES_PER_S)

    def wrap(self, via: Via, datagram: bytes) -> Relayed:
        """Return what has a member pass on a datagram of ours."""
        return Relayed(self._me, via.target, 0, datagram)

    def is_detour(self, node: NodeId) -> bool:
        """Tell whether what goes to a peer goes to another one first."""
        hop = self._next_hop(node)
        return hop is not None and hop != node

    def on_relayed(self, by: NodeId, message: Relayed, now_ns: int) -> Onward | Via | None:
        """Take what a peer hands on.

        Returns:
            What goes on to another; or, of one for us, by which way it came; None: it is dropped.
        """
        source, target, hops = message.source, message.target, message.hops
        to_us = target == self._me
        if source == self._me or (hops == 0) != (source == by) or (to_us and hops == 0):
            self._counters.out_of_place += 1  # who has one for us itself need not wrap it
            return None
        if to_us:
            return Via(by, source)
        hop = self._next_hop(target)
        if hop is None or hop in {by, source} or hops >= RELAY_HOPS_MAX:
            self._counters.no_way += 1
            return None
        if not self._quota.may_take(by, len(message.datagram) + RELAY_DATAGRAM_BYTES, now_ns):
            self._counters.overasked += 1
            return None
        return Onward(hop, Relayed(source, target, hops + 1, message.datagram))

"""How datagrams go to a peer: to an address, or by way of a member that hears us and it.

What goes by way of a member is sealed for the peer, and for nobody else: whoever passes it on can
lose it, as any wire can, and neither read it nor make it up.
"""

from __future__ import annotations

from typing import TypeAlias, final

import msgspec

from net.ids import Address, NodeId


@final
class Via(msgspec.Struct, frozen=True):
    """By way of `relay`, a peer to whom we talk straight, to `target`."""

    relay: NodeId
    target: NodeId


Route: TypeAlias = Address | Via


def counted_host(route: Route) -> str:
    """Return whom what comes by a route is counted for: a host, or the member that passes it on."""
    return f"relay {route.relay.hex()}" if isinstance(route, Via) else route[0]

"""What a service is given, and what it tells besides the program's reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, final

import msgspec

from net.ids import Address
from net.limits import PORT_DEFAULT
from net.node.lineage.approach import Entry

Fields: TypeAlias = Mapping[str, str]


@final
class ServiceOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How a node takes part in a race."""

    name: str  # the driver's, shown to all
    interface: str | None = None  # its address; None: all that have a LAN behind them
    port: int = PORT_DEFAULT  # UDP; 0: any free one
    entry: Entry = Entry.EITHER  # who may not found is not advertised before it is in the room
    peers: tuple[Address, ...] = ()  # to be dialled in any case; a host may be a name here, and
    # be asked for its port (0)
    hosts: tuple[str, ...] = ()  # machines of other evenings, to be asked whether they race now
    program: int = 0  # version of the program: rooms are of one


@final
class TrafficFigures(msgspec.Struct, frozen=True):
    """What passed the socket since the start."""

    tx_bytes: int
    tx_datagrams: int
    rx_bytes: int
    rx_datagrams: int


@final
class Trouble(msgspec.Struct, frozen=True):
    """Something of this machine does not work, or works again. Each kind of a part is told once.

    The race goes on, but where the part is "node": that has found its own state broken, and stops.
    """

    part: str  # "journal", "discovery", "peer", "tapes", "evening", "records", "node"
    text: str  # one line for a person
    kind: str = ""  # of a part: what does not work of it; "over": it works again

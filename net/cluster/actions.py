"""What the machines of the cluster ask their node to do."""

from __future__ import annotations

import msgspec

from net.ids import NodeId
from net.wire.messages import Message


class Send(msgspec.Struct, frozen=True):
    """Send a message to a peer, soon; it may be lost."""

    to: NodeId
    message: Message

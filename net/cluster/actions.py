"""What the machines of the cluster ask their node to do."""

from __future__ import annotations

from dataclasses import dataclass

from net.ids import NodeId
from net.wire.messages import Message


@dataclass(frozen=True, slots=True)
class Send:
    """Send a message to a peer, soon; it may be lost."""

    to: NodeId
    message: Message

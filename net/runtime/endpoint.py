"""Where a node is heard: its socket, its keys, and whom its journal knows of the room."""

from __future__ import annotations

from random import SystemRandom
from typing import TYPE_CHECKING, final

from net.runtime.clock import now_ns
from net.runtime.sockets import UdpSocket
from net.security.identity import VEIL_BYTES, alias_of
from net.security.primitives import SODIUM
from net.transport.actions import Transmit
from net.transport.calls import Origin
from net.transport.local_keys import LocalKeys
from net.transport.transport import Transport
from net.wire.codec import CODEC

if TYPE_CHECKING:
    from collections.abc import Callable

    from net.runtime.disk.profile import Profile
    from net.runtime.service_options import ServiceOptions
    from net.security.room_secret import RoomSecret
    from net.security.session_keys import SessionKeys


@final
class Endpoint:
    """All that a hello needs. The node and its program, which take longer to load, come behind it.

    Args:
        profile: open, and closed by the caller when all has ended.
        room: the race's name and secret.
        on_keys: gets the keys of each session, for a key log.
    """

    def __init__(
        self,
        profile: Profile,
        room: RoomSecret,
        options: ServiceOptions,
        on_keys: Callable[[SessionKeys], None] | None = None,
    ) -> None:
        """Bind the socket, and read from the journal who was met; nothing is sent.

        Raises:
            UsageError: the port or the interface cannot be had.
            ProfileError: the journal is damaged.
        """
        self.profile = profile
        self.room = room
        self.options = options
        self.journal = profile.journal(room.tag)
        self.met = tuple(address for _, address in self.journal.peers())
        veil = SODIUM.random(VEIL_BYTES)  # of this life: adverts show nothing that lasts
        self.alias = alias_of(profile.identity.node_id, veil)
        versions = CODEC.versions(options.program)
        keys = LocalKeys.of_room(profile.identity, SODIUM, room, versions, veil, on_keys)
        for static in self.journal.keys_met():
            keys.meet(static)
        self.transport = Transport(
            keys, profile.incarnation, options.name, SystemRandom(), now_ns()
        )
        self.socket = UdpSocket(options.interface, options.port)

    def greet(self) -> None:
        """Say hello to whom we met. What they answer waits in the socket for the node.

        It says so itself as it starts; who greets before is back in a race the sooner.
        """
        for address in self.met:
            for said in self.transport.dial(address, None, Origin.OWN, now_ns()):
                if isinstance(said, Transmit):
                    self.socket.send(said.data, said.address, said.queue)

    def close(self) -> None:
        """Close the socket. What uses it has ended, or was never made."""
        self.socket.close()

"""Following a peer to another address: only after it answered there (after QUIC, RFC 9000, 9)."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final, final

from net.ids import Address
from net.limits import PATH_CHALLENGE_NS
from net.security.seal import SEALING_BYTES
from net.transport.actions import Transmit
from net.transport.control import TOKEN_BYTES, Challenge, encode_control
from net.transport.counters import TransportCounters
from net.transport.datagram import DatagramKind
from net.transport.sessions import PathProbe, RemoteNode, SealedSession

if TYPE_CHECKING:
    from net.security.primitives import Primitives

_CHALLENGE_BYTES: Final = SEALING_BYTES + 1 + TOKEN_BYTES


@final
class Paths:
    """Proves addresses from which peers speak, and moves them there."""

    def __init__(self, primitives: Primitives, counters: TransportCounters) -> None:
        self._primitives = primitives
        self._counters = counters

    def on_newest(
        self, session: SealedSession, address: Address, size: int, now_ns: int
    ) -> list[Transmit]:
        """Note where the newest authentic datagram of a remote came from; challenge a new address.

        Whatever comes from the known address ends a probe. So two machines of two interfaces, each
        of which sees the other at an address it does not send to, do not swap for ever: the
        challenge of one ends the probe of the other.

        A challenge goes out only as the answer to a datagram at least as large: whoever replays
        datagrams from a victim's address gains nothing.
        """
        remote = session.remote
        if address == remote.address:
            remote.probe = None
            return []
        probe = remote.probe
        if probe is not None and now_ns - probe.sent_ns < PATH_CHALLENGE_NS:
            return []
        if size < _CHALLENGE_BYTES:
            return []
        token = self._primitives.random(TOKEN_BYTES)
        remote.probe = PathProbe(address, token, now_ns)
        return [
            Transmit(
                address, session.seal.seal(DatagramKind.CONTROL, encode_control(Challenge(token)))
            )
        ]

    def on_response(self, remote: RemoteNode, token: bytes, address: Address) -> None:
        """Move a remote to the address that it has proved."""
        probe = remote.probe
        if probe is None or probe.address != address or not hmac.compare_digest(probe.token, token):
            return
        remote.address, remote.probe = address, None
        self._counters.paths += 1

"""Following a peer to another address: only after it answered there (after QUIC, RFC 9000, 9).

One that falls silent is sought where else discovery saw it: of two networks one may have been cut.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final, final

from net.ids import Address, NodeId
from net.limits import (
    ADDRESSES_PER_PEER_MAX,
    DOWN_ISOLATED_NS,
    PATH_CHALLENGE_NS,
    PATH_SEEK_NS,
    SIGHTINGS_MAX,
    SUSPECT_NS,
)
from net.security.seal import SEALING_BYTES
from net.transport.actions import SendQueue, Transmit
from net.transport.control import TOKEN_BYTES, Challenge, encode_control
from net.transport.counters import TransportCounters
from net.transport.datagram import DatagramKind
from net.transport.sessions import PathProbe, PathSearch, RemoteNode, SealedSession

if TYPE_CHECKING:
    from net.security.primitives import Primitives

_CHALLENGE_BYTES: Final = SEALING_BYTES + 1 + TOKEN_BYTES


@final
class Paths:
    """Proves addresses from which peers speak, and moves them there."""

    def __init__(self, primitives: Primitives, counters: TransportCounters) -> None:
        self._primitives = primitives
        self._counters = counters
        self._sighted: dict[NodeId, dict[Address, None]] = {}  # the stalest first, of both

    def note_sighting(self, node: NodeId, address: Address) -> None:
        """Remember where discovery, or a peer, saw a node. A hint: it must answer there."""
        addresses = self._sighted.pop(node, {})
        addresses.pop(address, None)
        addresses[address] = None
        if len(addresses) > ADDRESSES_PER_PEER_MAX:
            del addresses[next(iter(addresses))]
        self._sighted[node] = addresses
        if len(self._sighted) > SIGHTINGS_MAX:
            del self._sighted[next(iter(self._sighted))]

    def seek(self, remote: RemoteNode, now_ns: int) -> list[Transmit]:
        """Challenge the other addresses of a remote that has been silent for SUSPECT_NS.

        Every PATH_SEEK_NS while it may still be saved from a verdict, then a tenth as often.
        """
        session, silent_ns = remote.current, now_ns - remote.heard_ns
        if session is None or silent_ns < SUSPECT_NS:
            return []
        apart_ns = PATH_SEEK_NS if silent_ns < DOWN_ISOLATED_NS else 10 * PATH_SEEK_NS
        if remote.search is not None and now_ns - remote.search.sent_ns < apart_ns:
            return []
        others = [each for each in self._sighted.get(remote.node, ()) if each != remote.address]
        if not others:
            return []
        token = self._primitives.random(TOKEN_BYTES)
        remote.search = PathSearch(frozenset(others), token, now_ns)
        return [self._challenge(session, address, token) for address in others]

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
            remote.probe = remote.search = None
            return []
        probe = remote.probe
        if probe is not None and now_ns - probe.sent_ns < PATH_CHALLENGE_NS:
            return []
        if size < _CHALLENGE_BYTES:
            return []
        token = self._primitives.random(TOKEN_BYTES)
        remote.probe = PathProbe(address, token, now_ns)
        return [self._challenge(session, address, token)]

    def on_response(self, remote: RemoteNode, token: bytes, address: Address) -> None:
        """Move a remote to the address that it has proved."""
        if not any(
            address in asked and hmac.compare_digest(expected, token)
            for asked, expected in remote.challenges()
        ):
            return
        remote.address, remote.probe, remote.search = address, None, None
        self._counters.paths += 1

    def _challenge(self, session: SealedSession, address: Address, token: bytes) -> Transmit:
        sealed = session.seal.seal(DatagramKind.CONTROL, encode_control(Challenge(token)))
        return Transmit(address, sealed, SendQueue.CALL)

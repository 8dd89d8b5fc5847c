"""New keys for a session, agreed on inside it: nobody else takes part, delays it, or pays for it.

The handshake is Noise IK with a psk that the last one left, sealed by the session that it replaces.
It has no address, no call and no cookie: whoever does not hold the session's keys can neither begin
it nor answer it, and what strangers send fills nothing that it needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

from net.errors import SecurityError
from net.limits import (
    HANDSHAKE_RETRY_MAX_NS,
    HANDSHAKE_RETRY_NS,
    NEVER,
    REJECT_NS,
    REKEY_NS,
    SECOND,
)
from net.security.noise import IK_PSK2, HandshakeState
from net.security.seal import Seal
from net.transport.actions import Sending
from net.transport.control import Rekey, Rekeyed, send_control
from net.transport.counters import TransportCounters
from net.transport.sessions import Heritage, RemoteNode, SealedSession

if TYPE_CHECKING:
    from collections.abc import Container
    from random import Random

    from net.ids import NodeId
    from net.transport.local_keys import Indices, LocalKeys

_TURN_NS: Final = (REJECT_NS - REKEY_NS) // 2  # the higher id waits so for the lower
_LOOK_NS: Final = HANDSHAKE_RETRY_NS // 2
_APART_NS: Final = SECOND  # a peer that wants new keys more often pays for it alone


@dataclass(slots=True)
class Renewal:
    """A handshake of ours inside a session, until the peer answers it."""

    session: SealedSession
    index: int  # ours, of the session to be
    handshake: HandshakeState
    message: Rekey
    wait_ns: int = HANDSHAKE_RETRY_NS
    retry_ns: int = 0

    def is_of_the_past(self, session: SealedSession | None, life: int) -> bool:
        """Tell whether it replaces no keys that are in use, or names a life that we led before.

        A peer that knows of a later one does not answer it any more, however often it is said.
        """
        return self.session is not session or self.message.incarnation != life


@dataclass(frozen=True, slots=True)
class RenewedKeys:
    """New keys with a peer, and which life of each side speaks on them."""

    index: int
    seal: Seal
    heritage: Heritage
    incarnation: int  # of the peer
    told: int  # ours


@final
class Rekeying:
    """Renews the keys of sessions that are worn; the lower node id begins."""

    def __init__(
        self,
        me: NodeId,
        keys: LocalKeys,
        indices: Indices,
        rng: Random,
        counters: TransportCounters,
    ) -> None:
        self._me = me
        self._keys = keys
        self._indices = indices
        self._rng = rng
        self._counters = counters
        self._renewals: dict[NodeId, Renewal] = {}
        self._looked_ns = NEVER

    def looks(self, remotes: Container[NodeId], now_ns: int) -> bool:
        """Tell whether it is time to `seek` again: not at each tick, for keys last minutes.

        Renewals with whom has been dropped are so, too.
        """
        if now_ns - self._looked_ns < _LOOK_NS:
            return False
        self._looked_ns = now_ns
        for node in [node for node in self._renewals if node not in remotes]:
            self._drop_renewal(node)
        return True

    def seek(self, remote: RemoteNode, life: int, now_ns: int) -> list[Sending]:
        """Begin, or say again, where the keys that we send on to a remote are worn.

        Args:
            life: ours, as the peer shall know it on the new session.
        """
        session, renewal = remote.current, self._renewals.get(remote.node)
        if renewal is not None and renewal.is_of_the_past(session, life):
            self._drop_renewal(remote.node)
            renewal = None
        if session is None or not session.is_worn(self._margin_ns(remote), now_ns):
            return []
        if renewal is None:
            if now_ns - session.born_ns < _APART_NS:
                return []  # a peer may say any counter, and wear out keys as soon as they are new
            renewal = self._begin_renewal(session, life)
            self._renewals[remote.node] = renewal
            self._counters.rekeys += 1
        if now_ns < renewal.retry_ns:
            return []
        renewal.retry_ns = now_ns + int(renewal.wait_ns * (0.75 + self._rng.random() / 2))
        renewal.wait_ns = min(2 * renewal.wait_ns, HANDSHAKE_RETRY_MAX_NS)
        return [_control_to(session, renewal.message)]

    def on_rekey(
        self, session: SealedSession, message: Rekey, life: int, now_ns: int
    ) -> tuple[RenewedKeys | None, list[Sending]]:
        """Answer a peer that wants new keys; the same again, where it says the same again.

        Raises:
            SecurityError: it does not hold the keys that it should.
        """
        if session.rekeyed is not None and session.rekeyed[0] == message:
            return None, [_control_to(session, session.rekeyed[1])]
        if now_ns - session.rekeyed_ns < _APART_NS:
            self._counters.over_rate += 1
            return None, []
        session.rekeyed_ns = now_ns
        handshake = self._make_handshake(session, initiator=False)
        handshake.read_message(message.noise)
        if handshake.remote_static != session.heritage.remote_static:
            raise SecurityError("keys of somebody else")
        index = self._indices.draw()
        answer = Rekeyed(message.sender, index, life, handshake.write_message(b""))
        session.rekeyed = message, answer
        made = self._finish_renewal(handshake, index, message.sender, message.incarnation, life)
        return made, [_control_to(session, answer)]

    def on_rekeyed(self, session: SealedSession, message: Rekeyed) -> RenewedKeys | None:
        """Return the keys that a peer's answer completes.

        Raises:
            SecurityError: it does not hold the keys that it should.
        """
        renewal = self._renewals.get(session.remote.node)
        if renewal is None or renewal.index != message.receiver:
            return None
        renewal.handshake.read_message(message.noise)
        del self._renewals[session.remote.node]
        life = renewal.message.incarnation
        return self._finish_renewal(
            renewal.handshake, renewal.index, message.sender, message.incarnation, life
        )

    def _begin_renewal(self, session: SealedSession, life: int) -> Renewal:
        handshake = self._make_handshake(session, initiator=True)
        index = self._indices.draw()
        message = Rekey(index, life, handshake.write_message(b""))
        return Renewal(session, index, handshake, message)

    def _make_handshake(self, session: SealedSession, *, initiator: bool) -> HandshakeState:
        heritage, identity = session.heritage, self._keys.identity
        return HandshakeState(
            IK_PSK2,
            initiator=initiator,
            prologue=b"racer rekey" + self._keys.room.tag,
            static=(identity.static_private, identity.static_public),
            psk=heritage.psk,
            primitives=self._keys.primitives,
            remote_static=heritage.remote_static if initiator else None,
        )

    def _finish_renewal(
        self, handshake: HandshakeState, index: int, theirs: int, life: int, told: int
    ) -> RenewedKeys:
        seal = Seal(*handshake.split(), theirs, self._keys.primitives)
        return RenewedKeys(index, seal, Heritage.of(handshake), life, told)

    def _margin_ns(self, remote: RemoteNode) -> int:
        return 0 if self._me < remote.node else _TURN_NS

    def _drop_renewal(self, node: NodeId) -> None:
        self._indices.release(self._renewals.pop(node).index)


def _control_to(session: SealedSession, message: Rekey | Rekeyed) -> Sending:
    return send_control(session.seal, message, session.remote.route)

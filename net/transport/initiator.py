"""The initiator's side of handshakes: from a dialled address to a session it has proved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, final

from net.errors import SecurityError
from net.ids import Address, NodeId
from net.limits import HANDSHAKE_RETRY_MAX_NS, HANDSHAKE_RETRY_NS, SIGHTINGS_MAX
from net.security.cookie import NO_COOKIE
from net.security.seal import Seal
from net.transport.actions import Incompatible, Transmit
from net.transport.control import Confirm, decode_control
from net.transport.counters import TransportCounters
from net.transport.datagram import Cookie, DatagramKind, Finish, Hello, Negotiation, Reply
from net.transport.session_states import SESSION, SessionEvent, SessionState

if TYPE_CHECKING:
    from random import Random

    from net.security.noise import HandshakeState
    from net.transport.credentials import Credentials
    from net.transport.local_keys import Indices, LocalKeys

_PERSISTENCE_NS: Final = 5 * HANDSHAKE_RETRY_MAX_NS  # then an address must be dialled again
_ATTEMPT_NS: Final = HANDSHAKE_RETRY_MAX_NS // 2  # half as long as a responder keeps its half


@dataclass(slots=True)
class Call:
    """A handshake under way: calling it waits for Reply, proving for Confirm."""

    address: Address
    expected: NodeId | None
    until_ns: int
    state: SessionState
    version: int  # in which we call; another one, once the other side says what it speaks
    index: int = 0
    handshake: HandshakeState | None = None
    begun_ns: int = 0
    noise: bytes = b""
    cookie: bytes = NO_COOKIE
    seal: Seal | None = None
    told: int = 0  # our incarnation, as Finish says it
    datagram: bytes = b""  # what is repeated until an answer comes
    wait_ns: int = HANDSHAKE_RETRY_NS
    retry_ns: int = field(default=0)


@dataclass(frozen=True, slots=True)
class Connected:
    """A responder has proved its key, its address and the room's secret."""

    call: Call
    seal: Seal
    credentials: Credentials


@final
class Initiator:
    """Handshakes that we began, one for each address."""

    def __init__(
        self, keys: LocalKeys, indices: Indices, rng: Random, counters: TransportCounters
    ) -> None:
        self._keys = keys
        self._indices = indices
        self._rng = rng
        self._counters = counters
        self._calls: dict[Address, Call] = {}
        self._by_index: dict[int, Call] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def __contains__(self, index: int) -> bool:
        return index in self._by_index

    def dial(self, address: Address, expected: NodeId | None, now_ns: int) -> list[Transmit]:
        """Begin a handshake, or go on longer with the one under way to this address."""
        call = self._calls.get(address)
        if call is not None:
            call.until_ns = now_ns + _PERSISTENCE_NS
            call.expected = expected or call.expected
            return []
        if len(self._calls) >= SIGHTINGS_MAX:
            self._counters.dials_full += 1
            return []
        self._counters.dials += 1
        state = SESSION.after(SESSION.initial, SessionEvent.DIAL)
        version = self._keys.versions.highest
        call = Call(address, expected, now_ns + _PERSISTENCE_NS, state, version)
        self._calls[address] = call
        self._begin_handshake(call, now_ns)
        return [self._transmit_with_retry(call, now_ns)]

    def on_reply(
        self, reply: Reply, payload: bytes, incarnation: int, now_ns: int
    ) -> list[Transmit]:
        """Answer a second message with the third, which carries our credentials."""
        call = self._by_index.get(reply.receiver)
        if call is None or call.handshake is None or call.state is not SessionState.CALLING:
            self._counters.unknown_session += 1
            return []
        try:
            call.handshake.read_message(reply.noise)
        except SecurityError:
            self._counters.forged += 1
            return []
        if call.handshake.remote_static == self._keys.identity.static_public:
            self._counters.itself += 1
            self._end_call(call)
            return []
        try:
            noise = call.handshake.write_message(payload)
        except SecurityError:  # a static key of low order: nobody honest has one
            self._counters.forged += 1
            self._end_call(call)
            return []
        call.state = SESSION.after(call.state, SessionEvent.REPLY)
        call.seal = Seal(*call.handshake.split(), reply.sender, self._keys.primitives)
        call.told = incarnation
        call.datagram = Finish(reply.sender, noise).encode()
        call.wait_ns = HANDSHAKE_RETRY_NS
        return [self._transmit_with_retry(call, now_ns)]

    def on_cookie(self, cookie: Cookie, address: Address, now_ns: int) -> None:
        """Repeat Hello with the cookie, at the next tick."""
        call = self._by_index.get(cookie.receiver)
        if call is None or call.address != address or call.state is not SessionState.CALLING:
            self._counters.unknown_session += 1
            return
        call.cookie = cookie.cookie
        call.datagram = self._encode_hello(call)
        call.retry_ns = now_ns

    def on_negotiation(
        self, told: Negotiation, address: Address, now_ns: int
    ) -> list[Incompatible]:
        """Call in a version that both speak, at the next tick; or tell that there is none.

        Then too the call goes on: what anybody on the way may have forged ends nothing.
        """
        call = self._by_index.get(told.receiver)
        if call is None or call.address != address or call.state is not SessionState.CALLING:
            self._counters.unknown_session += 1
            return []
        common = self._keys.versions.common(told.versions)
        if common is None:
            self._counters.other_version += 1
            return [Incompatible(call.expected, address, told.versions, answers=True)]
        if common < call.version:
            call.version = common
            self._begin_again(call, now_ns)
            call.retry_ns = now_ns
        return []

    def on_sealed(self, data: bytes, index: int, now_ns: int) -> Connected | None:
        """Return the session that a Confirm completes.

        Raises:
            SecurityError: the datagram, or the identity in it, does not prove itself.
            WireError: it is sealed nonsense.
        """
        call = self._by_index[index]
        if call.seal is None or call.handshake is None:
            raise SecurityError("sealed before there were keys")
        plaintext = call.seal.open(data)
        if data[0] != DatagramKind.CONTROL or not isinstance(
            said := decode_control(plaintext), Confirm
        ):
            self._counters.early += 1
            call.retry_ns = now_ns  # it has our Finish, we lack its Confirm: ask again
            return None
        assert call.handshake.remote_static is not None
        said.credentials.verify(call.handshake.remote_static, self._keys.primitives)
        call.seal.fence(data)  # a repeated Confirm may tell of a newer life than frames before it
        call.state = SESSION.after(call.state, SessionEvent.CONFIRM)
        self._forget_call(call)
        return Connected(call, call.seal, said.credentials)

    def settle(self, node: NodeId, address: Address) -> None:
        """End calls that a session made needless.

        Call it only when the peer has proved that it holds that session's keys: else each side of
        two that dialled at once might give up the very session that the other one kept.
        """
        for call in list(self._calls.values()):
            if call.expected == node or call.address == address:
                self._end_call(call)

    def on_tick(self, now_ns: int) -> list[Transmit]:
        """Repeat what was not answered; begin anew where that leads nowhere; give up in the end."""
        sends: list[Transmit] = []
        for call in list(self._calls.values()):
            if now_ns >= call.until_ns:
                self._end_call(call)
            elif now_ns >= call.retry_ns:
                if now_ns - call.begun_ns >= _ATTEMPT_NS:
                    self._begin_again(call, now_ns)
                sends.append(self._transmit_with_retry(call, now_ns))
        return sends

    def _begin_again(self, call: Call, now_ns: int) -> None:
        self._indices.release(call.index)
        del self._by_index[call.index]
        call.state = SESSION.after(call.state, SessionEvent.STALLED)
        self._begin_handshake(call, now_ns)

    def _begin_handshake(self, call: Call, now_ns: int) -> None:
        call.index = self._indices.draw()
        self._by_index[call.index] = call
        call.begun_ns = now_ns
        call.seal = None
        call.handshake = self._keys.handshake(call.version, initiator=True)
        call.noise = call.handshake.write_message(b"")
        call.datagram = self._encode_hello(call)

    def _encode_hello(self, call: Call) -> bytes:
        keys = self._keys
        tag, versions = keys.room.tag, keys.versions
        return Hello.of(call.version, call.index, tag, versions, call.noise, call.cookie).encode()

    def _transmit_with_retry(self, call: Call, now_ns: int) -> Transmit:
        jitter = 0.75 + self._rng.random() / 2  # so that many who lost a datagram do not chorus
        call.retry_ns = now_ns + int(call.wait_ns * jitter)
        call.wait_ns = min(2 * call.wait_ns, HANDSHAKE_RETRY_MAX_NS)
        return Transmit(call.address, call.datagram)

    def _end_call(self, call: Call) -> None:
        call.state = SESSION.after(call.state, SessionEvent.ENDED)
        self._forget_call(call)
        self._indices.release(call.index)

    def _forget_call(self, call: Call) -> None:
        del self._calls[call.address]
        del self._by_index[call.index]

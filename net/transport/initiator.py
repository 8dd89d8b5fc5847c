"""The initiator's side of handshakes: from a dialled address to a session it has proved."""

from __future__ import annotations

import hmac
from contextlib import suppress
from typing import TYPE_CHECKING, Final, final

import msgspec

from net.errors import SecurityError
from net.ids import NodeId
from net.limits import (
    DENIED_NS,
    HANDSHAKE_RETRY_MAX_NS,
    HANDSHAKE_RETRY_NS,
    HEARTBEAT_NS,
    NEVER,
    REPLIES_READ_MAX,
    SIGHTINGS_MAX,
)
from net.recent import Recent
from net.security.cookie import NO_COOKIE
from net.security.seal import Seal
from net.transport.actions import (
    Denied,
    Incompatible,
    RoomFull,
    Sending,
    SendQueue,
    Unconfirmed,
    UnconfirmedReason,
    send_by,
)
from net.transport.calls import (
    Allowance,
    Attempt,
    Call,
    CallTable,
    Candidate,
    Origin,
    may_transmit,
)
from net.transport.control import Confirm, Full, Twin, decode_control
from net.transport.counters import TransportCounters
from net.transport.datagram import (
    COOKIE_DATAGRAM_BYTES,
    HELLO_BYTES,
    NEGOTIATION_BYTES,
    REPLY_BYTES,
    Answer,
    Cookie,
    DatagramKind,
    Denial,
    Finish,
    Hello,
    Negotiation,
    Opening,
    Reply,
)
from net.transport.local_keys import denial_tag, share_of
from net.transport.routes import Route, Via, counted_host
from net.transport.session_states import SESSION, SessionEvent, SessionState
from net.transport.sessions import Heritage, RemoteNode

if TYPE_CHECKING:
    from random import Random

    from net.security.noise import HandshakeState
    from net.transport.credentials import Credentials
    from net.transport.local_keys import Indices, LocalKeys

_ATTEMPT_NS: Final = HANDSHAKE_RETRY_MAX_NS // 2  # half as long as a responder keeps its half


class Connected(msgspec.Struct, frozen=True):
    """A responder has proved its key, its address and the room's secret."""

    index: int
    route: Route
    seal: Seal
    heritage: Heritage
    credentials: Credentials
    state: SessionState
    told: int  # our life, as our Finish told it


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
        self._calls = CallTable()
        # Who turned us away is called then again.
        self._denied: Recent[Route, int] = Recent(SIGHTINGS_MAX)
        self._crowded: Unconfirmed | None = None  # the last one given up for another, untold
        self.allowance = Allowance()

    def __len__(self) -> int:
        return len(self._calls)

    def __contains__(self, index: int) -> bool:
        return index in self._calls.by_index

    def dial(
        self, route: Route, expected: NodeId | None, origin: Origin, now_ns: int
    ) -> list[Sending]:
        """Begin a handshake, or go on longer with the one under way to this address."""
        call = self._calls.get(route)
        if now_ns < self._denied.get(route, NEVER):
            return []
        if call is not None:
            self._go_on(call, expected, origin, now_ns)
            return []
        if (spare := self._calls.crowded_out(counted_host(route), origin)) is not None:
            self._counters.dials_full += 1
            if self._calls.is_full(origin) and not isinstance(spare.route, Via):
                crowded = spare.expected, spare.route, UnconfirmedReason.CROWDED
                self._crowded = Unconfirmed(*crowded)
            self._end_call(spare)
        self._counters.dials += 1
        state = SESSION.after(SESSION.initial, SessionEvent.DIAL)
        version = self._keys.versions.highest
        attempt = Attempt(self._indices.draw(), NO_COOKIE)
        until_ns = now_ns + origin.persistence_ns
        call = Call(route, expected, origin, until_ns, state, version, attempt)
        is_behind = call.is_guess and self._calls.has_turns
        self._calls.add(call)
        return [] if is_behind else self._transmit_with_retry(call, now_ns)

    def _go_on(self, call: Call, expected: NodeId | None, origin: Origin, now_ns: int) -> None:
        """Take another word for a call that is under way: the best word counts."""
        if origin.value < call.origin.value:
            return
        call.origin, call.hellos = origin, 0
        call.until_ns = now_ns + origin.persistence_ns
        call.expected = expected or call.expected

    def on_reply(
        self, reply: Reply, payload: bytes, incarnation: int, now_ns: int
    ) -> list[Sending]:
        """Answer a second message with the third, which carries our credentials.

        It may be anybody's: others that come are answered too, until one proves itself.
        """
        call = self._calls.by_index.get(reply.receiver)
        if call is None or call.attempt.handshake is None:
            self._counters.unknown_session += 1
            return []
        if reply.noise in call.attempt.answered:
            self._counters.replayed += 1
            return []
        if call.attempt.read >= REPLIES_READ_MAX:
            self._counters.over_rate += 1
            return []
        call.attempt.read += 1
        host = counted_host(call.route)
        handshake = call.attempt.handshake.fork()
        candidate = self._answer_reply(
            call.attempt, handshake, reply, payload, incarnation, host, now_ns
        )
        if candidate is None:
            return []
        call.attempt.candidates.insert(0, candidate)
        if call.state is SessionState.CALLING:
            call.state = SESSION.after(call.state, SessionEvent.REPLY)
        self._note_answer(call, REPLY_BYTES)
        call.wait_ns, call.repeats = HANDSHAKE_RETRY_NS, 0
        self._schedule_retry(call, now_ns)
        said = self._say_finish(call, candidate, now_ns)
        return [send_by(call.route, data, SendQueue.CALL) for data in said]

    def _note_answer(self, call: Call, size: int) -> None:
        """Note that something of so many bytes came where we call: it pays for what it costs."""
        call.answered = True
        if call.is_guess:
            self.allowance.pay(size)

    def _say_finish(self, call: Call, candidate: Candidate, now_ns: int) -> list[bytes]:
        """Return a Finish that may go now: who had none for longest comes first next time."""
        if not may_transmit(call, len(candidate.finish), self.allowance, now_ns):
            return []
        call.attempt.candidates.remove(candidate)
        call.attempt.candidates.append(candidate)
        return [candidate.finish]

    def _answer_reply(
        self,
        attempt: Attempt,
        handshake: HandshakeState,
        reply: Reply,
        payload: bytes,
        incarnation: int,
        host: str,
        now_ns: int,
    ) -> Candidate | None:
        keys = self._keys
        try:
            answer = Answer.decode(handshake.read_message(reply.noise))
            static = handshake.remote_static
            assert static is not None
            if not keys.may_try(static, host, now_ns):
                self._counters.guesses += 1
                attempt.withheld = True
                return None
            known = keys.has_met(static)
            if not attempt.make_room(static, known=known):
                self._counters.over_rate += 1
                return None
            interim = handshake.interim_secret()
            keys.agree(handshake, attempt.exchange, answer.share, initiator=True)
            noise = handshake.write_message(payload)
            attempt.answered.add(reply.noise)
        except SecurityError:  # forged; or a static key of low order: nobody honest has one
            self._counters.forged += 1
            return None
        keys.note_try(static, host, now_ns)
        seal = Seal(*handshake.split(), answer.sender, keys.primitives)
        finish, denial = Finish(answer.sender, noise).encode(), denial_tag(interim, noise)
        return Candidate(handshake, seal, incarnation, finish, denial, known)

    def on_denial(self, denial: Denial, now_ns: int) -> list[Denied]:
        """Take that somebody there has another passphrase. Others who answered may have ours."""
        call = self._calls.by_index.get(denial.receiver)
        if call is None:
            self._counters.unknown_session += 1
            return []
        for candidate in call.attempt.candidates:
            if hmac.compare_digest(candidate.denial, denial.tag):
                call.attempt.candidates.remove(candidate)
                call.denied = True
                self._counters.denied += 1
                if isinstance(call.route, Via):
                    return []
                return [Denied(call.expected, call.route, ours=True)]
        self._counters.forged += 1
        return []

    def on_cookie(self, cookie: Cookie, route: Route, now_ns: int) -> None:
        """Repeat Hello with the cookie: with the first one at the next tick.

        Others wait for their turn: who forges cookies in the name of an address that we call would
        have us send it eight times as much (WireGuard, 6.6; RFC 9000, 8).
        """
        call = self._calls.by_index.get(cookie.receiver)
        if call is None or call.route != route or call.state is not SessionState.CALLING:
            self._counters.unknown_session += 1
            return
        if call.attempt.handshake is None:  # a guess of an index
            self._counters.forged += 1
            return
        attempt = call.attempt
        self._note_answer(call, COOKIE_DATAGRAM_BYTES)
        is_first, attempt.cookie = attempt.cookie == NO_COOKIE, cookie.cookie
        attempt.hello = self._encode_hello(call)
        if is_first:
            call.hasten(0, now_ns)

    def on_negotiation(self, told: Negotiation, route: Route, now_ns: int) -> list[Incompatible]:
        """Call in a version that both speak, at the next tick; or tell that there is none.

        Then too the call goes on: what anybody on the way may have forged ends nothing.
        """
        call = self._calls.by_index.get(told.receiver)
        if call is None or call.route != route or call.state is not SessionState.CALLING:
            self._counters.unknown_session += 1
            return []
        self._note_answer(call, NEGOTIATION_BYTES)
        common = self._keys.versions.common(told.versions)
        if common is None:
            self._counters.other_version += 1
            if isinstance(route, Via):
                return []
            return [Incompatible(call.expected, route, told.versions, answers=True)]
        if call.insists:
            self._counters.forged += 1
        elif common < call.version:
            self._call_in(common, call, now_ns)
        return []

    def _call_in(self, version: int, call: Call, now_ns: int) -> None:
        """Call in another version, at the next tick."""
        stalled, call.version = call.stalled, version
        self._begin_again(call)
        call.stalled, call.retry_ns = stalled, now_ns

    def on_sealed(self, data: bytes, index: int, now_ns: int) -> Connected | Twin | RoomFull | None:
        """Return the session that a Confirm completes; or what turns us away.

        Raises:
            SecurityError: the datagram, or the identity in it, does not prove itself.
            WireError: it is sealed nonsense.
        """
        call = self._calls.by_index[index]
        candidate, plaintext = _open_any(call.attempt, data)
        said = decode_control(plaintext) if data[0] == DatagramKind.CONTROL else None
        if isinstance(said, Twin):
            return said
        if isinstance(said, Full) and not isinstance(call.route, Via):
            call.denied = True
            return RoomFull(call.expected, call.route)
        if not isinstance(said, Confirm):
            self._counters.early += 1
            call.hasten(HEARTBEAT_NS, now_ns)  # it has our Finish, we lack its Confirm: ask again
            return None
        assert candidate.handshake.remote_static is not None
        said.credentials.verify(candidate.handshake.remote_static, self._keys.primitives)
        common = self._keys.versions.common(said.credentials.versions)
        if common is not None and common > call.version:  # who told us of less has made it up
            self._counters.forged += 1
            call.insists = True
            self._call_in(common, call, now_ns)
            return None
        names = {None, said.credentials.node, said.credentials.alias}
        if call.expected not in names and not call.stalled:
            call.attempt.candidates.remove(candidate)  # whom we called may answer yet
            self._counters.unproved += 1
            return None
        candidate.seal.fence(data)  # a repeated Confirm may tell of a newer life than frames before
        call.state = SESSION.after(call.state, SessionEvent.CONFIRM)
        self._calls.remove(call)
        self._keys.tries.forgive(counted_host(call.route))
        heritage, told = Heritage.of(candidate.handshake), candidate.told
        proved = candidate.seal, heritage, said.credentials
        return Connected(index, call.route, *proved, call.state, told)

    def settle(self, remote: RemoteNode, route: Route | None) -> None:
        """End calls that a session made needless.

        Call it only when the peer has proved that it holds that session's keys: else each side of
        two that dialled at once might give up the very session that the other one kept.
        """
        for call in self._calls:
            if call.route == route or call.expected in {remote.node, remote.alias}:
                self._end_call(call)

    def on_tick(self, now_ns: int) -> list[Sending | Unconfirmed]:
        """Repeat what was not answered; begin anew where that leads nowhere; give up in the end."""
        sends: list[Sending | Unconfirmed] = [] if self._crowded is None else [self._crowded]
        self._crowded = None
        for call in self._calls:
            has_begun = call.attempt.handshake is not None
            stalled = has_begun and now_ns - call.attempt.begun_ns >= _ATTEMPT_NS
            if call.is_over(now_ns) or (stalled and call.denied):
                self._end_call(call)
                if call.denied:
                    self._rest_from(call.route, now_ns)
            elif now_ns >= call.retry_ns:
                if stalled:
                    sends.extend(_tell_unconfirmed(call))
                    self._begin_again(call)
                sends.extend(self._transmit_with_retry(call, now_ns))
        return sends

    def _rest_from(self, route: Route, now_ns: int) -> None:
        """Do not call for a while where we were turned away."""
        self._denied.note(route, now_ns + DENIED_NS)

    def _begin_again(self, call: Call) -> None:
        self._indices.release(call.attempt.index)
        self._calls.remove(call)
        call.state = SESSION.after(call.state, SessionEvent.STALLED)
        call.stalled = True
        call.attempt = Attempt(self._indices.draw(), call.attempt.cookie)
        self._calls.add(call)

    def _draw_keys(self, call: Call, now_ns: int) -> None:
        """Make the Hello that is about to go."""
        attempt = call.attempt
        attempt.handshake = self._keys.handshake(call.version, initiator=True)
        attempt.noise = attempt.handshake.write_message(b"")
        attempt.exchange = self._keys.exchange(attempt.noise)
        attempt.hello = self._encode_hello(call)
        attempt.begun_ns = now_ns

    def _encode_hello(self, call: Call) -> bytes:
        keys, attempt = self._keys, call.attempt
        opening = Opening(attempt.noise, share_of(attempt.exchange), attempt.cookie)
        return Hello.of(call.version, attempt.index, keys.room, keys.versions, opening).encode()

    def _transmit_with_retry(self, call: Call, now_ns: int) -> list[Sending]:
        """Say again what nobody has answered yet; first to whose key was in the room."""
        said: list[bytes] = []
        waiting = sorted(call.attempt.candidates, key=lambda each: not each.known)
        for candidate in waiting:
            said += self._say_finish(call, candidate, now_ns)
        greets = not waiting or call.repeats > 0
        if greets and may_transmit(call, HELLO_BYTES, self.allowance, now_ns):
            if call.attempt.handshake is None:
                self._draw_keys(call, now_ns)
            said.append(call.attempt.hello)
        if not said:
            call.retry_ns = now_ns + (0 if call.awaits_turn else HANDSHAKE_RETRY_NS)
            return []
        call.repeats += 1
        call.attempt.said_ns = now_ns
        self._schedule_retry(call, now_ns)
        return [send_by(call.route, data, SendQueue.CALL) for data in said]

    def _schedule_retry(self, call: Call, now_ns: int) -> None:
        jitter = 0.75 + self._rng.random() / 2  # so that many who lost a datagram do not chorus
        call.retry_ns = now_ns + int(call.wait_ns * jitter)
        call.wait_ns = min(2 * call.wait_ns, HANDSHAKE_RETRY_MAX_NS)

    def _end_call(self, call: Call) -> None:
        call.state = SESSION.after(call.state, SessionEvent.ENDED)
        self._calls.remove(call)
        self._indices.release(call.attempt.index)


def _tell_unconfirmed(call: Call) -> list[Unconfirmed]:
    """Tell how far an attempt has come that has led nowhere.

    Whoever asked for a cookie was called more often than it hears; what hears us after that says so
    by its Reply.
    """
    attempt = call.attempt
    if call.denied or isinstance(call.route, Via):
        return []
    if attempt.candidates:
        why = UnconfirmedReason.UNSAID
    elif attempt.withheld:
        why = UnconfirmedReason.TRIED
    elif attempt.cookie != NO_COOKIE:
        why = UnconfirmedReason.BUSY
    else:
        why = UnconfirmedReason.UNANSWERED
    return [Unconfirmed(call.expected, call.route, why)]


def _open_any(attempt: Attempt, data: bytes) -> tuple[Candidate, bytes]:
    """Return which of those who answered has sealed this, and what it says.

    Raises:
        SecurityError: none of them.
    """
    for candidate in attempt.candidates:
        with suppress(SecurityError):
            return candidate, candidate.seal.open(data)
    raise SecurityError("sealed by nobody who answered")

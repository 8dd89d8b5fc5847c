"""The responder's side of handshakes: from a stranger's Hello to a session it has proved."""

from __future__ import annotations

from typing import final

import msgspec

from net.errors import SecurityError, WireError
from net.limits import FINISHES_READ_MAX, HANDSHAKE_RETRY_MAX_NS, HANDSHAKES_HALF_OPEN_MAX
from net.recent import Recent
from net.security.noise import HandshakeState
from net.security.seal import Seal
from net.transport.actions import (
    Denied,
    Incompatible,
    PutOff,
    PutOffReason,
    Sending,
    SendQueue,
    send_by,
)
from net.transport.admission import Admission, AdmissionVerdict
from net.transport.counters import TransportCounters
from net.transport.credentials import Credentials
from net.transport.datagram import (
    Answer,
    Cookie,
    Denial,
    Finish,
    Hello,
    Negotiation,
    Opening,
    Reply,
)
from net.transport.local_keys import Indices, LocalKeys, denial_tag, share_of
from net.transport.routes import Route, Via, counted_host
from net.transport.session_states import SESSION, SessionEvent, SessionState
from net.transport.sessions import Heritage

_LIFE_NS = HANDSHAKE_RETRY_MAX_NS  # an initiator sends Finish within a few round trips, or again
_SHARE_MAX = HANDSHAKES_HALF_OPEN_MAX // 2  # of those with a cookie, and of those without
_HOST_MAX = _SHARE_MAX // 4  # of one host among those with a cookie


class Accepted(msgspec.Struct, frozen=True):
    """An initiator has proved its key, its address and the room's secret."""

    index: int
    route: Route
    seal: Seal
    heritage: Heritage
    credentials: Credentials
    state: SessionState


class _HalfOpen(msgspec.Struct):
    route: Route
    hello: tuple[int, bytes, bytes]  # all of it that counts: tells a repeated one from another
    handshake: HandshakeState
    remote_index: int
    reply: Sending
    since_ns: int
    state: SessionState
    proved: bool  # it came with a cookie
    interim_secret: bytes
    denied: bool = False  # its Finish was under another passphrase
    read: int = 0  # Finishes that cost us arithmetic


@final
class Responder:
    """Half-open handshakes, bounded in number, in rate and in time."""

    def __init__(
        self, keys: LocalKeys, indices: Indices, counters: TransportCounters, now_ns: int
    ) -> None:
        self._keys = keys
        self._indices = indices
        self._counters = counters
        self._admission = Admission(keys.primitives, now_ns)
        self._half_open: dict[int, _HalfOpen] = {}
        # Hellos that led to a session, and when.
        self._completed: Recent[bytes, int] = Recent(HANDSHAKES_HALF_OPEN_MAX)

    def __len__(self) -> int:
        return len(self._half_open)

    def on_hello(
        self, hello: Hello, route: Route, now_ns: int
    ) -> list[Sending | Incompatible | PutOff]:
        """Answer a first message; with nothing, if it is not for us or comes too often.

        Raises:
            WireError: it is none of the version that it says.
        """
        if hello.room_tag != self._keys.room.tag:
            self._counters.other_room += 1
            return []
        versions = self._keys.versions
        if versions.common(hello.versions) is None:
            self._counters.other_version += not hello.versions.only_asks
            answer = self._negotiate(hello, route, now_ns)
            if isinstance(route, Via) or hello.versions.only_asks:
                return [*answer]
            return [*answer, Incompatible(None, route, hello.versions, answers=False)]
        if not versions.speaks(hello.version):
            return [*self._negotiate(hello, route, now_ns)]
        opening = hello.open_body(self._keys.room.hello_key)
        if opening is None:
            self._counters.blind += 1
            return []
        if isinstance(route, Via):
            verdict = self._admission.judge_passed_on(route, now_ns)
        else:
            verdict = self._admission.judge(route, opening.cookie, now_ns)
        match verdict:
            case AdmissionVerdict.DROP:
                self._counters.over_rate += 1
                if isinstance(route, Via) or not self._admission.tells(now_ns):
                    return []
                return [PutOff(None, "", route, PutOffReason.BUSY)]
            case AdmissionVerdict.ASK_COOKIE:
                assert not isinstance(route, Via)
                self._counters.cookies += 1
                baked = self._admission.bake(route, now_ns)
                return [send_by(route, Cookie(hello.sender, baked).encode(), SendQueue.ANSWER)]
            case AdmissionVerdict.ADMIT | AdmissionVerdict.ADMIT_PROVED:
                proved = verdict is AdmissionVerdict.ADMIT_PROVED
                return [*self._answer_hello(hello, opening, route, proved, now_ns)]

    def _negotiate(self, hello: Hello, route: Route, now_ns: int) -> list[Sending]:
        """Say what we speak, to whom we cannot answer otherwise."""
        if not self._admission.may_negotiate(now_ns):
            self._counters.over_rate += 1
            return []
        self._counters.negotiations += 1
        told = Negotiation(hello.sender, self._keys.versions).encode()
        return [send_by(route, told, SendQueue.ANSWER)]

    def on_finish(
        self, finish: Finish, route: Route, now_ns: int
    ) -> Accepted | list[Sending | Denied | PutOff]:
        """Return the session that a third message completes, if it is authentic.

        A forged one leaves the handshake open for the honest one; of those that only who got our
        Reply can begin, or who changed the rest on its way, so many are read. One under another
        passphrase is told so, once, as far as tries go.
        """
        half = self._half_open.get(finish.receiver)
        if half is None or half.route != route:
            self._counters.unknown_session += 1
            return []
        static = half.handshake.reads_static(finish.noise)
        if static is None:  # so far it has cost no product on the curve
            self._counters.forged += 1
            return []
        if half.denied:
            self._counters.guesses += 1
            return []
        if not self._keys.may_try(static, counted_host(route), now_ns):
            self._counters.guesses += 1
            if isinstance(route, Via):
                return []
            return [PutOff(None, "", route, PutOffReason.GUESSES)]
        if half.read >= FINISHES_READ_MAX:
            self._counters.over_rate += 1
            return []
        half.read += 1
        try:
            credentials = Credentials.decode(half.handshake.read_message(finish.noise))
        except (SecurityError, WireError):
            self._counters.forged += 1
            if half.handshake.finished:  # it has our secret and talks nonsense
                self._drop_half_open(finish.receiver)
            locked = self._keys.room.locked
            return [*self._deny_word(half, finish, static, now_ns)] if locked else []
        assert half.handshake.remote_static is not None
        try:
            credentials.verify(half.handshake.remote_static, self._keys.primitives)
        except SecurityError:
            self._counters.unproved += 1
            self._drop_half_open(finish.receiver)
            return []
        del self._half_open[finish.receiver]
        self._completed.note(half.hello[1], half.since_ns)
        half.state = SESSION.after(half.state, SessionEvent.FINISH)
        seal = Seal(*half.handshake.split(), half.remote_index, self._keys.primitives)
        heritage = Heritage.of(half.handshake)
        return Accepted(finish.receiver, route, seal, heritage, credentials, half.state)

    def _deny_word(
        self, half: _HalfOpen, finish: Finish, static: bytes, now_ns: int
    ) -> list[Sending | Denied]:
        """Tell both sides that they have not the same passphrase; or a line error looked so."""
        half.denied = True
        self._keys.note_try(static, counted_host(half.route), now_ns)
        self._counters.denied += 1
        denial = Denial(half.remote_index, denial_tag(half.interim_secret, finish.noise))
        told = send_by(half.route, denial.encode(), SendQueue.ANSWER)
        if isinstance(half.route, Via):
            return [told]
        return [told, Denied(None, half.route, ours=False)]

    def on_tick(self, now_ns: int) -> None:
        """Forget those who did not go on."""
        late = [i for i, half in self._half_open.items() if now_ns - half.since_ns >= _LIFE_NS]
        for index in late:
            self._drop_half_open(index)
        while self._completed and now_ns - next(iter(self._completed.values())) >= _LIFE_NS:
            del self._completed[next(iter(self._completed))]

    def _answer_hello(
        self, hello: Hello, opening: Opening, route: Route, proved: bool, now_ns: int
    ) -> list[Sending]:
        first = opening.noise
        if first in self._completed:  # it has its session: what it lacks, its Finish gets it
            self._counters.replayed += 1
            return []
        asked = hello.sender, first, opening.share
        for half in self._half_open.values():
            if half.route == route and half.hello == asked:
                return [half.reply]
        handshake = self._keys.handshake(hello.version, initiator=False)
        index = self._indices.draw()
        try:
            handshake.read_message(first)
            exchange = self._keys.exchange(first)
            self._keys.agree(handshake, exchange, opening.share, initiator=False)
            noise = handshake.write_message(Answer(index, share_of(exchange)).encode())
        except SecurityError:
            self._counters.forged += 1
            self._indices.release(index)
            return []
        self._counters.answers += 1
        self._make_room(counted_host(route), proved)
        reply = send_by(route, Reply(hello.sender, noise).encode(), SendQueue.ANSWER)
        state = SESSION.after(SESSION.initial, SessionEvent.HELLO)
        self._half_open[index] = _HalfOpen(
            route,
            asked,
            handshake,
            hello.sender,
            reply,
            now_ns,
            state,
            proved,
            handshake.interim_secret(),
        )
        return [reply]

    def _make_room(self, host: str, proved: bool) -> None:
        """Have the oldest give way: of one host, where it has its share, else of all alike."""
        alike = {
            index: counted_host(half.route)
            for index, half in self._half_open.items()
            if half.proved is proved
        }
        of_host = [index for index, other in alike.items() if proved and other == host]
        if len(of_host) >= _HOST_MAX:
            self._crowd_out(of_host[0])
        elif len(alike) >= _SHARE_MAX:
            self._crowd_out(next(iter(alike)))

    def _crowd_out(self, index: int) -> None:
        self._counters.over_rate += 1
        self._drop_half_open(index)

    def _drop_half_open(self, index: int) -> None:
        half = self._half_open.pop(index)
        half.state = SESSION.after(half.state, SessionEvent.ENDED)
        self._indices.release(index)

"""Calls under way: who asked for each, how many may be, what strangers may have us send."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, final

from net.limits import (
    CALLS_ADVERTISED_MAX,
    CALLS_INTRODUCED_MAX,
    CALLS_OWN_MAX,
    CALLS_PER_HOST_MAX,
    CANDIDATES_MAX,
    HANDSHAKE_RETRY_MAX_NS,
    HANDSHAKE_RETRY_NS,
    HINT_BYTES_MAX,
    HINT_HELLO_RATE,
    HINT_HELLOS_MAX,
    INTRODUCED_HELLO_RATE,
    NEVER,
    SECOND,
)
from net.transport.routes import Route, counted_host

if TYPE_CHECKING:
    from net.ids import NodeId
    from net.security.cpace import Exchange
    from net.security.noise import HandshakeState
    from net.security.seal import Seal
    from net.transport.session_states import SessionState


class Origin(Enum):
    """Whose word it is that somebody of our room may be at an address."""

    ADVERT = auto()  # discovery's: anybody may have made it up
    MEMBER = auto()  # a member's, that introduced it
    OWN = auto()  # a person's or our journal's, or we had a session there

    @property
    def calls_max(self) -> int:
        return _CALLS_MAX[self]

    @property
    def persistence_ns(self) -> int:
        """How long an address is called that does not answer, until it is named again."""
        return _HINT_PERSISTENCE_NS if self is Origin.ADVERT else _PERSISTENCE_NS


_CALLS_MAX: Final = {
    Origin.ADVERT: CALLS_ADVERTISED_MAX,
    Origin.MEMBER: CALLS_INTRODUCED_MAX,
    Origin.OWN: CALLS_OWN_MAX,
}
_TURNS: Final = 8  # of a second: keys for all whom members name in one take 30 ms at most
_PERSISTENCE_NS: Final = 5 * HANDSHAKE_RETRY_MAX_NS
_HINT_PERSISTENCE_NS: Final = HANDSHAKE_RETRY_MAX_NS  # its few Hellos have gone by then
_TURN_NS: Final = _PERSISTENCE_NS - _HINT_PERSISTENCE_NS  # so long a guess waits to be paid
_HELD_NS: Final = HANDSHAKE_RETRY_MAX_NS  # so long a Finish holds Hellos back: it is tried again


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who answered a Hello, and has not proved yet that it is of our room."""

    handshake: HandshakeState
    seal: Seal
    told: int  # our incarnation, as Finish says it
    finish: bytes
    denial: bytes  # what it would say, were our passphrase another than its
    known: bool  # it was in the room before


@dataclass(slots=True)
class Attempt:
    """One handshake of a call: a Hello, and all who answered it.

    Anybody who reads the wire can answer, and be the first. So each answer is kept, up to
    CANDIDATES_MAX, until one proves itself. Keys are drawn as the Hello goes: whoever has us call
    ever more addresses costs us no arithmetic for those that have to wait.
    Invariant: one answer has one Finish at most (`answered`), whatever became of it. A second one
    would be sealed by the keys and nonces of the first, and may say something else (Noise, 14).
    """

    index: int
    cookie: bytes
    handshake: HandshakeState | None = None  # None: no Hello has gone yet
    exchange: Exchange | None = None  # about the passphrase; None: an open room
    noise: bytes = b""
    hello: bytes = b""  # the datagram
    begun_ns: int = NEVER
    candidates: list[Candidate] = field(default_factory=list)  # whose Finish is due first, first
    answered: set[bytes] = field(default_factory=set)
    read: int = 0  # answers that cost us arithmetic
    said_ns: int = NEVER  # when it last said something
    withheld: bool = False  # somebody answered, of whom no passphrase may be tried now

    def make_room(self, static: bytes, *, known: bool) -> bool:
        """Tell whether one more who answered is kept; who was in the room before always is.

        That it is who it says has been proved by then, so nobody else has it give way.
        """
        if known:
            others = [each for each in self.candidates if each.known]
            again = [each for each in others if each.handshake.remote_static == static]
            spare = again or [each for each in self.candidates if not each.known]
            if spare and (again or len(self.candidates) >= CANDIDATES_MAX):
                self.candidates.remove(spare[0])
        return len(self.candidates) < CANDIDATES_MAX


@dataclass(slots=True)
class Call:
    """Handshakes with an address: calling it waits for Reply, proving for Confirm."""

    route: Route
    expected: NodeId | None
    origin: Origin
    until_ns: int
    state: SessionState
    version: int  # in which we call; another one, once the other side says what it speaks
    attempt: Attempt
    wait_ns: int = HANDSHAKE_RETRY_NS
    retry_ns: int = 0
    repeats: int = 0  # of what the attempt last had to say
    hellos: int = 0  # sent to an address from which nothing has come
    denied: bool = False  # somebody there has another passphrase, or no room
    stalled: bool = False  # an attempt came to nothing: whoever else is there may have the call
    insists: bool = False  # on its version: it is known to be the one that both speak
    answered: bool = False  # something came that has seen a Hello of ours: it may be anybody's

    def hasten(self, apart_ns: int, now_ns: int) -> None:
        """Say again at the next tick what there is to say, if it was last said so long ago."""
        self.retry_ns = min(self.retry_ns, max(now_ns, self.attempt.said_ns + apart_ns))

    def is_over(self, now_ns: int) -> bool:
        """Whether it is time to give up: of a guess, once its few Hellos have gone unanswered."""
        awaits_pay = self.is_guess and (self.answered or self.hellos == 0)
        return now_ns >= self.until_ns + (_TURN_NS if awaits_pay else 0)

    @property
    def awaits_turn(self) -> bool:
        """Whether no Hello has gone yet, for adverts have not paid it."""
        return self.is_guess and self.hellos == 0 and not self.answered

    @property
    def is_guess(self) -> bool:
        """Whether nothing but an advert says that there is anybody of our room.

        It is one until it ends: whoever reads the wire can answer, and proves nothing by it.
        """
        return self.origin is Origin.ADVERT


@final
class Allowance:
    """What adverts pay for: to addresses that only they name goes no more than came with them.

    What answers there pays its own bytes, and no more: it may be made up as well.

    So nobody gets more sent by this node than it sends itself, over any time, and never many
    datagrams at once. What members name has a rate alone.

    Where not all can be paid, who has answered and who has not yet been called take turns: of a
    machine with many addresses most may lead nowhere, and whoever answers may be a forger.
    """

    def __init__(self) -> None:
        self._bytes = 0
        self._since_ns = 0
        self._hellos = 0  # in this second
        self._held_ns = 0  # until then Hellos wait for a Finish
        self._is_hellos_turn = False
        self._introduced_ns = 0
        self._introduced = 0  # to whom members name, in this turn

    def pay(self, size: int) -> None:
        """Take that an advert, or an answer where one called, of so many bytes came.

        What is not spent lapses.
        """
        self._bytes = min(self._bytes + size, HINT_BYTES_MAX)

    def spend(self, size: int, now_ns: int) -> bool:
        """Tell whether a datagram of so many bytes may go; if so, it is paid."""
        self._begin_second(now_ns)
        if now_ns < self._held_ns or self._hellos >= HINT_HELLO_RATE or size > self._bytes:
            return False
        self._bytes -= size
        self._hellos += 1
        self._is_hellos_turn = False
        return True

    def spend_answered(self, size: int, now_ns: int) -> bool:
        """Tell whether so many bytes may go where somebody answers; if so, they are paid."""
        if size > self._bytes:
            if not self._is_hellos_turn:
                self._held_ns = now_ns + _HELD_NS
            return False
        self._bytes -= size
        self._held_ns, self._is_hellos_turn = 0, True
        return True

    def spend_introduced(self, now_ns: int) -> bool:
        """Tell whether a datagram may go to whom a member names; if so, it counts."""
        if now_ns - self._introduced_ns >= SECOND // _TURNS:
            self._introduced_ns, self._introduced = now_ns, 0
        self._introduced += 1
        return self._introduced <= INTRODUCED_HELLO_RATE // _TURNS

    def _begin_second(self, now_ns: int) -> None:
        if now_ns - self._since_ns >= SECOND:
            self._since_ns, self._hellos = now_ns, 0


@final
class CallTable:
    """All calls, one for each address. Each origin has places of its own."""

    def __init__(self) -> None:
        self._calls: dict[Route, Call] = {}
        self.by_index: dict[int, Call] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[Call]:
        return iter(list(self._calls.values()))

    def get(self, route: Route) -> Call | None:
        return self._calls.get(route)

    @property
    def has_turns(self) -> bool:
        """Whether some call waits for its first Hello: whom adverts name anew comes behind it."""
        return any(call.awaits_turn for call in self._calls.values())

    def crowded_out(self, host: str, origin: Origin) -> Call | None:
        """Return the call that has to end before one more of an origin may begin, if one has to.

        It is the oldest to the same host, or else to the host that has most.
        """
        alike = self._calls_of(origin)
        hosts = Counter(counted_host(call.route) for call in alike)
        if origin is Origin.ADVERT and hosts[host] >= CALLS_PER_HOST_MAX:
            return next(call for call in alike if counted_host(call.route) == host)
        if len(alike) < origin.calls_max:
            return None
        fullest = max(hosts, key=lambda each: (hosts[each], each))
        return next(call for call in alike if counted_host(call.route) == fullest)

    def is_full(self, origin: Origin) -> bool:
        """Whether an origin has as many calls as it may, to whatever hosts."""
        return len(self._calls_of(origin)) >= origin.calls_max

    def _calls_of(self, origin: Origin) -> list[Call]:
        return [call for call in self._calls.values() if call.origin is origin]

    def add(self, call: Call) -> None:
        self._calls[call.route] = call
        self.by_index[call.attempt.index] = call

    def remove(self, call: Call) -> None:
        del self._calls[call.route]
        del self.by_index[call.attempt.index]


def may_transmit(call: Call, size: int, allowance: Allowance, now_ns: int) -> bool:
    """Tell whether a call may say something of so many bytes; a guess only as far as it is paid."""
    if call.origin is Origin.MEMBER:
        return allowance.spend_introduced(now_ns)
    if not call.is_guess:
        return True
    if call.answered:
        return allowance.spend_answered(size, now_ns)
    if call.hellos >= HINT_HELLOS_MAX or not allowance.spend(size, now_ns):
        return False
    call.hellos += 1
    return True

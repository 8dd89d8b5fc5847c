"""What two doctors that look at the same time tell each other: what time it is. Pure.

And what they ask of each other: a datagram to a port (`port_trials`). Nodes have no part in it. A
datagram is `52 43 52 44`, a kind, a token, a number, a cookie; big-endian, and whatever follows is
of a later version. All of it can be forged, and is a hint to a person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from struct import Struct
from typing import ClassVar, Final, TypeAlias, assert_never, final

from net.counters import Counters, loss
from net.errors import WireError
from net.limits import SECOND
from net.recent import Recent

DOCTORS_MAX: Final = 16  # whose clocks are kept: who comes later is not compared with
QUESTIONS_MAX: Final = 8  # that are not forgotten yet: what comes later came too late
CONSULTATION_BYTES: Final = 21  # of the first version, which gave no cookies
CONSULTATION_BYTES_MAX: Final = 512  # of a later version

_MAGIC: Final = b"RCRD"
_LAYOUT: Final = Struct(">4sBQQ")
_COOKIE: Final = Struct(">Q")
_QUESTION, _ANSWER, _WANTED, _TRIAL = range(4)


@dataclass(slots=True)
class DoctorCounters(Counters):
    """What came to the doctors' port in vain."""

    part: ClassVar[str] = "doctors"
    malformed: int = loss()  # that is no doctor's word
    far: int = loss()  # of machines that are neither near nor named
    late: int = loss()  # answers to no question of ours, or to one that is forgotten
    crowded: int = loss()  # of doctors beyond those that are heeded, for clocks or for ports
    over_rate: int = loss()  # datagrams beyond the pace at which they are read
    untried: int = loss()  # that was to have ports tried: without our cookie, or too often


@final
@dataclass(frozen=True, slots=True)
class ClockQuestion:
    """What time is it with you? As long as its answer, so it gains nobody."""

    token: int  # u64, of chance: an answer repeats it


@final
@dataclass(frozen=True, slots=True)
class ClockAnswer:
    """It is so late here."""

    token: int
    wall_ns: int  # u64, since 1970
    cookie: int = 0  # u64, for who asked; 0: this one tries nobody's ports


@final
@dataclass(frozen=True, slots=True)
class PortTrialWanted:
    """Send me a datagram to that port of mine. As long as what it costs, so it gains nobody."""

    token: int  # the cookie that was given to who asks
    port: int


@final
@dataclass(frozen=True, slots=True)
class PortTrial:
    """That datagram."""

    token: int


Said: TypeAlias = ClockQuestion | ClockAnswer | PortTrialWanted | PortTrial


@final
@dataclass(frozen=True, slots=True)
class OtherClock:
    """How the clock of another machine stands, beside ours."""

    host: str
    ahead_ns: int  # of ours; below 0: behind it
    unsure_ns: int  # half of the round trip


@final
class Consultation:
    """Asks whoever hears it, answers whoever asks, keeps of each clock the surest reading."""

    def __init__(
        self,
        cookie_of: Callable[[str], int] = lambda host: 0,
        counters: DoctorCounters | None = None,
    ) -> None:
        """Begin; `cookie_of`: what is told to a host with each answer."""
        self._cookie_of = cookie_of
        self.counters = counters or DoctorCounters()
        self.cookies: dict[str, int] = {}  # that others have given us, by host; 0: none
        # By token: when, by either clock of ours.
        self._asked: Recent[int, tuple[int, int]] = Recent(QUESTIONS_MAX)
        self._clocks: dict[str, OtherClock] = {}

    def ask(self, token: int, wall_ns: int, now_ns: int) -> bytes:
        """Return a question for all; `token` is of chance."""
        self._asked.note(token, (wall_ns, now_ns))
        return encode_said(ClockQuestion(token))

    def on_datagram(self, data: bytes, host: str, wall_ns: int, now_ns: int) -> bytes | None:
        """Take what came from a host; return what to answer, if it asks."""
        try:
            said = decode_said(data)
        except WireError:
            self.counters.malformed += 1
            return None
        match said:
            case ClockQuestion(token=token):
                if token in self._asked:
                    return None
                answer = ClockAnswer(token, wall_ns, self._cookie_of(host))
                return encode_said(answer)[: len(data)]  # one of the first version asks with less
            case ClockAnswer(token=token, wall_ns=theirs_ns, cookie=cookie) if token in self._asked:
                asked_wall_ns, asked_ns = self._asked[token]
                trip_ns = now_ns - asked_ns
                ahead_ns = theirs_ns - asked_wall_ns - trip_ns // 2
                self._keep_surest(OtherClock(host, ahead_ns, trip_ns // 2))
                if host in self.cookies or len(self.cookies) < DOCTORS_MAX:
                    self.cookies[host] = cookie
                return None
            case ClockAnswer():
                self.counters.late += 1
                return None
            case PortTrialWanted() | PortTrial():
                return None
            case _:
                assert_never(said)

    def clocks(self) -> tuple[OtherClock, ...]:
        """Return the clocks that were told, sorted by host."""
        return tuple(self._clocks[host] for host in sorted(self._clocks))

    def _keep_surest(self, clock: OtherClock) -> None:
        known = self._clocks.get(clock.host)
        if known is None and len(self._clocks) >= DOCTORS_MAX:
            self.counters.crowded += 1
            return
        if known is None or clock.unsure_ns < known.unsure_ns:
            self._clocks[clock.host] = clock


def encode_said(said: Said) -> bytes:
    """Return the datagram."""
    match said:
        case ClockQuestion(token=token):
            return _pack_said(_QUESTION, token)
        case ClockAnswer(token=token, wall_ns=wall_ns, cookie=cookie):
            return _pack_said(_ANSWER, token, max(0, min(wall_ns, 2**64 - 1)), cookie)
        case PortTrialWanted(token=token, port=port):
            return _pack_said(_WANTED, token, port)
        case PortTrial(token=token):
            return _pack_said(_TRIAL, token)
        case _:
            assert_never(said)


def decode_said(data: bytes) -> Said:
    """Return what a doctor says.

    Raises:
        WireError: it is no doctor's word, or of a kind that came later.
    """
    if not CONSULTATION_BYTES <= len(data) <= CONSULTATION_BYTES_MAX:
        raise WireError("no word of a doctor")
    magic, kind, token, number = _LAYOUT.unpack_from(data)
    if magic != _MAGIC:
        raise WireError("no word of a doctor")
    match kind:
        case 0:  # _QUESTION
            return ClockQuestion(token)
        case 1:  # _ANSWER
            (cookie,) = _COOKIE.unpack(data[CONSULTATION_BYTES:][:8].ljust(8, b"\0"))
            return ClockAnswer(token, number, cookie)
        case 2 if 0 < number < 2**16:  # _WANTED
            return PortTrialWanted(token, number)
        case 3:  # _TRIAL
            return PortTrial(token)
        case _:
            raise WireError("no word of a doctor")


def _pack_said(kind: int, token: int, number: int = 0, cookie: int = 0) -> bytes:
    return _LAYOUT.pack(_MAGIC, kind, token, number) + _COOKIE.pack(cookie)


def spell_duration(duration_ns: int) -> str:
    """Return a duration for a person, in the largest unit of which there are two."""
    left = abs(duration_ns) / SECOND
    for unit, lasts in (("years", 31_557_600), ("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if left >= 2 * lasts:
            return f"{left / lasts:.0f} {unit}"
    return f"{left:.1f} s"

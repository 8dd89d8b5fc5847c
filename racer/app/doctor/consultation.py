"""What two doctors that look at the same time tell each other: what time it is. Pure.

Nodes have no part in it. A datagram is `52 43 52 44`, a kind, a token, a clock; big-endian, and
whatever follows is of a later version. All of it can be forged, and is a hint to a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import Final, TypeAlias, assert_never, final

from net.errors import WireError
from net.limits import SECOND

DOCTORS_MAX: Final = 16  # whose clocks are kept: who comes later is not compared with
QUESTIONS_MAX: Final = 8  # that are not forgotten yet: what comes later came too late
CONSULTATION_BYTES: Final = 21
CONSULTATION_BYTES_MAX: Final = 512  # of a later version

_MAGIC: Final = b"RCRD"
_LAYOUT: Final = Struct(">4sBQQ")
_QUESTION, _ANSWER = 0, 1


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


Said: TypeAlias = ClockQuestion | ClockAnswer


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

    def __init__(self) -> None:
        self._asked: dict[int, tuple[int, int]] = {}  # by token: when, by either clock of ours
        self._clocks: dict[str, OtherClock] = {}

    def ask(self, token: int, wall_ns: int, now_ns: int) -> bytes:
        """Return a question for all; `token` is of chance."""
        self._asked[token] = wall_ns, now_ns
        if len(self._asked) > QUESTIONS_MAX:
            del self._asked[next(iter(self._asked))]
        return encode_said(ClockQuestion(token))

    def on_datagram(self, data: bytes, host: str, wall_ns: int, now_ns: int) -> bytes | None:
        """Take what came from a host; return what to answer, if it asks."""
        try:
            said = decode_said(data)
        except WireError:
            return None
        match said:
            case ClockQuestion(token=token):
                return None if token in self._asked else encode_said(ClockAnswer(token, wall_ns))
            case ClockAnswer(token=token, wall_ns=theirs_ns) if token in self._asked:
                asked_wall_ns, asked_ns = self._asked[token]
                trip_ns = now_ns - asked_ns
                ahead_ns = theirs_ns - asked_wall_ns - trip_ns // 2
                self._keep_surest(OtherClock(host, ahead_ns, trip_ns // 2))
                return None
            case ClockAnswer():
                return None
            case _:
                assert_never(said)

    def clocks(self) -> tuple[OtherClock, ...]:
        """Return the clocks that were told, sorted by host."""
        return tuple(self._clocks[host] for host in sorted(self._clocks))

    def _keep_surest(self, clock: OtherClock) -> None:
        known = self._clocks.get(clock.host)
        if known is None and len(self._clocks) >= DOCTORS_MAX:
            return
        if known is None or clock.unsure_ns < known.unsure_ns:
            self._clocks[clock.host] = clock


def encode_said(said: Said) -> bytes:
    """Return the datagram."""
    match said:
        case ClockQuestion(token=token):
            return _LAYOUT.pack(_MAGIC, _QUESTION, token, 0)
        case ClockAnswer(token=token, wall_ns=wall_ns):
            return _LAYOUT.pack(_MAGIC, _ANSWER, token, max(0, min(wall_ns, 2**64 - 1)))
        case _:
            assert_never(said)


def decode_said(data: bytes) -> Said:
    """Return what a doctor says.

    Raises:
        WireError: it is no doctor's word, or of a kind that came later.
    """
    if not CONSULTATION_BYTES <= len(data) <= CONSULTATION_BYTES_MAX:
        raise WireError("no word of a doctor")
    magic, kind, token, wall_ns = _LAYOUT.unpack_from(data)
    if magic != _MAGIC or kind not in (_QUESTION, _ANSWER):
        raise WireError("no word of a doctor")
    return ClockQuestion(token) if kind == _QUESTION else ClockAnswer(token, wall_ns)


def spell_duration(duration_ns: int) -> str:
    """Return a duration for a person, in the largest unit of which there are two."""
    left = abs(duration_ns) / SECOND
    for unit, lasts in (("years", 31_557_600), ("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if left >= 2 * lasts:
            return f"{left / lasts:.0f} {unit}"
    return f"{left:.1f} s"

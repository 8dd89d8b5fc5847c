"""A computer of the virtual LAN: a disk, a clock, a socket's buffer, and a process or none."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Final, TypeAlias, final

from net.ids import Address, NodeId
from net.limits import SECOND
from net.node.lineage.history_age import Clocks, is_aged
from net.node.program import Program
from net.sim.disk import Disk
from net.wire.codec import Codec

if TYPE_CHECKING:
    from net.node.host import Host
    from net.node.lineage.approach import Entry
    from net.security.identity import Identity
    from net.security.primitives import Primitives

BEGAN_S: Final = 1_800_000_000  # Unix time when virtual time begins

MakeProgram: TypeAlias = "Callable[[NodeId, Random], Program]"
MakeCrypto: TypeAlias = "Callable[[Random, Callable[[], None] | None], Primitives]"


@final
class WallClock:
    """What a machine takes for the date: right, until a start with an empty battery."""

    def __init__(self) -> None:
        self._ahead_s = 0
        self._boots = 1
        self._booted_ns = 0
        self._used = self.shows(0)
        self._used_ahead_s = 0

    def reboot(self, ahead_s: int, now_ns: int) -> None:
        """Start the machine anew, with a clock that is so far ahead of the true time."""
        self._boots += 1
        self._ahead_s, self._booted_ns = ahead_s, now_ns

    def note_use(self, now_ns: int) -> None:
        """Note that this is when the disk was used last."""
        self._used, self._used_ahead_s = self.shows(now_ns), self._ahead_s

    @property
    def leapt_s(self) -> int:
        """How much further ahead of the true time it is than when the disk was used last."""
        return self._ahead_s - self._used_ahead_s

    def has_aged(self, now_ns: int) -> bool:
        """Whether what is on the disk is too old by now."""
        return is_aged(self._used, self.shows(now_ns))

    def shows(self, now_ns: int) -> Clocks:
        """Return what all clocks show that tell how long ago something was."""
        wall_s = BEGAN_S + now_ns // SECOND + self._ahead_s
        return Clocks(wall_s, f"boot {self._boots}", (now_ns - self._booted_ns) // SECOND)


@final
class SkewedClock:
    """A machine's clock: it runs a little fast or slow, and began anywhere."""

    def __init__(self, rng: Random) -> None:
        self.wall = WallClock()
        self._skew_ppm = rng.randint(-200, 200)
        self._offset_ns = rng.randrange(SECOND, 10**6 * SECOND)

    def shows_ns(self, now_ns: int) -> int:
        return self._offset_ns + now_ns + now_ns * self._skew_ppm // 1_000_000

    def leap(self, by_ns: int) -> None:
        self._offset_ns += by_ns


@dataclass(slots=True)
class MachineTimes:
    """When something last happened to a machine."""

    started_ns: int = 0
    starts_ns: int | None = None  # the next process will begin, but has to wait
    died_ns: int = 0  # the last process ended
    resumed_ns: int = 0  # the last pause ended
    heard_ns: int = 0  # anybody handled a datagram of it

    @property
    def gone_ns(self) -> int:
        """When the last sign of a process that has ended was there."""
        return max(self.died_ns, self.heard_ns)


@dataclass(slots=True)
class LoopFaults:
    """What is wrong with the loop of a machine's process."""

    paused_until_ns: int = 0
    late_ns: int = 0  # how late each tick comes …
    late_until_ns: int = 0  # … until then
    draining: bool = False  # timers run, and the socket is not drained
    ticker: int = 0  # which chain of ticks runs


@dataclass(frozen=True, slots=True)
class Fuse:
    """A process that is about to die, in the next step that persists anything."""

    actions: int  # how many of that step it survives
    blow: Callable[[], None]  # what happens then


@dataclass(frozen=True, slots=True)
class Launch:
    """What is started on a machine, each time."""

    make: MakeProgram
    entry: Entry
    codec: Codec  # of the version that is installed there
    crypto: MakeCrypto


@final
class Machine:
    """A computer of the LAN; `host` is None while nothing runs on it."""

    def __init__(self, number: int, identity: Identity, launch: Launch, rng: Random) -> None:
        self.number = number
        self.identity = identity
        self.launch = launch
        self.disk = Disk(Random(rng.random()))
        self.host: Host | None = None
        self.program: Program | None = None
        self.starts = 0
        self.times = MachineTimes()
        self.loop = LoopFaults()
        self.clock = SkewedClock(rng)
        self.stopped = False  # it left on purpose, or found its own state broken …
        self.fault = ""  # … and what of it
        self.fuse: Fuse | None = None
        self.barred = False  # nothing may start here
        self.buffer: deque[tuple[bytes, Address]] = deque()

    @property
    def address(self) -> Address:
        return (f"10.0.0.{self.number + 1}", 7000)

    @property
    def life(self) -> tuple[int, int]:
        return (self.number, self.starts)

    def clock_ns(self, now_ns: int) -> int:
        """Return what this machine's clock shows."""
        return self.clock.shows_ns(now_ns)

    def next_incarnation(self, now_ns: int) -> int:
        """Return which life the next process leads: a new one, always."""
        return self.disk.begin_life(now_ns)

"""The race clock: one time for the room, followed from echoed timestamps.

Every heartbeat is a sample for free (RFC 5905, 8). Of the last seconds' samples the ones with the
least delay are believed: what queues and schedulers add to them is smallest. The coordinator's
clock is the room's; a new coordinator goes on with its own estimate, so nothing jumps. Who enters
a lineage therefore takes its clock exactly: two groups with clocks of their own would jump when
the office went from one to the other.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, NamedTuple, final

from net.ids import NodeId
from net.limits import (
    CALM_BEATS_MAX,
    CLOCK_BEST_SAMPLES,
    CLOCK_GOOD_DELAY_NS,
    CLOCK_LEAP_NS,
    CLOCK_RACE_US_MAX,
    CLOCK_SAMPLES_MAX,
    CLOCK_SLEW_NS,
    CLOCK_SLEW_PERMILLE_MAX,
    CLOCK_SLEW_PERMILLE_MIN,
    CLOCK_STEP_NS,
    CLOCK_STEPPED_NS,
    CLOCK_WINDOW_NS,
    HEARTBEAT_NS,
    MILLISECOND,
    PEERS_MAX,
    SECOND,
)
from net.recent import Recent

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Sample(NamedTuple):
    """Ordered by delay, then age: the first of a sorted list are to be believed."""

    delay_ns: int
    at_ns: int
    offset_ns: int  # race clock less our clock


@dataclass(slots=True)
class _Path:
    """What the beats of one peer tell."""

    samples: deque[_Sample] = field(default_factory=deque)  # oldest first
    ranked: list[_Sample] = field(default_factory=list)  # the same, least delayed first
    arrivals: deque[int] = field(default_factory=lambda: deque(maxlen=CLOCK_SAMPLES_MAX))
    first_ns: int = 0

    def add(self, sample: _Sample) -> None:
        while self.samples and (
            sample.at_ns - self.samples[0].at_ns > CLOCK_WINDOW_NS
            or len(self.samples) == CLOCK_SAMPLES_MAX
        ):
            del self.ranked[bisect_left(self.ranked, self.samples.popleft())]
        if self.samples:
            last = self.samples[-1]
            # Each offset is wrong by half of its delay at most.
            doubt_ns = (sample.delay_ns + last.delay_ns) // 2
            if abs(sample.offset_ns - last.offset_ns) > CLOCK_STEPPED_NS + doubt_ns:
                self.samples.clear()  # the peer's clock stepped: what it said before is void
                self.ranked.clear()
        self.samples.append(sample)
        insort(self.ranked, sample)

    @property
    def is_good(self) -> bool:
        """The estimate is one to step to."""
        enough = len(self.samples) >= CLOCK_BEST_SAMPLES
        return enough or self.ranked[0].delay_ns <= CLOCK_GOOD_DELAY_NS

    def estimate_ns(self) -> int:
        return int(median(s.offset_ns for s in self.ranked[:CLOCK_BEST_SAMPLES]))


@final
class RaceClock:
    """Follows the coordinator's race clock; without one it runs on.

    It never runs backwards but by the one step that follows `enter`, or where the coordinator's
    is off by over CLOCK_LEAP_NS; forwards it steps over CLOCK_STEP_NS. Other errors are slewed.
    """

    def __init__(self) -> None:
        self._paths: Recent[NodeId, _Path] = Recent(PEERS_MAX)
        self._offset_ns: int | None = None
        self._target_ns = 0
        self._slewed_ns = 0
        self._reference: NodeId | None = None
        self._presiding = False
        self._entering = False

    def found(self, from_ns: int, now_ns: int) -> None:
        """Start the clock of a room at a time, zero if it is new; unless it is later already.

        A peer in another lineage may have shown us an earlier one.
        """
        if self._offset_ns is None or self.race_ns(now_ns) < from_ns:
            self._offset_ns = self._target_ns = from_ns - now_ns
            self._slewed_ns = now_ns

    def enter(self) -> None:
        """Take the coordinator's clock exactly, once, as soon as it is well known."""
        self._entering = True

    def follow(self, coordinator: NodeId | None, me: NodeId) -> None:
        """Take this node's clock as the room's from now on; None: nobody's just now."""
        self._presiding = coordinator == me
        self._entering = self._entering and not self._presiding
        self._reference = None if self._presiding else coordinator

    def on_sample(
        self, node: NodeId, sent_us: int, echo_us: int, hold_us: int, race_us: int, now_ns: int
    ) -> None:
        """Take a heartbeat's times: when sent, what it echoes of ours, its race clock."""
        path = self._paths.get(node)
        if path is None:
            path = _Path(first_ns=now_ns)
            self._paths.note(node, path)
        path.arrivals.append(now_ns)
        delay_ns = now_ns - 1000 * (echo_us + hold_us)
        if echo_us == 0 or not 0 <= delay_ns < SECOND or not 0 < race_us <= CLOCK_RACE_US_MAX:
            return
        path.add(_Sample(delay_ns, now_ns, 1000 * race_us + delay_ns // 2 - now_ns))
        lost = self._offset_ns is None and self._reference is None
        if not self._presiding and (node == self._reference or lost):
            self._set_target(path, now_ns)

    def race_ns(self, now_ns: int) -> int:
        """Return the race clock; 0 while this node knows none."""
        if self._offset_ns is None:
            return 0
        if error := self._target_ns - self._offset_ns:
            room = _slew_ns(error, max(now_ns - self._slewed_ns, 0))
            self._offset_ns += max(-room, min(room, error))
        self._slewed_ns = max(now_ns, self._slewed_ns)
        return now_ns + self._offset_ns

    def rtt_ms(self, node: NodeId) -> float | None:
        """Return the median of a peer's last round trips, milliseconds."""
        path = self._paths.get(node)
        if path is None or not path.samples:
            return None
        return median([s.delay_ns for s in path.samples][-16:]) / MILLISECOND

    def loss(self, node: NodeId) -> float | None:
        """Return the share of a peer's beats of the last seconds that did not arrive, 0..1."""
        path = self._paths.get(node)
        if path is None or len(path.arrivals) < 2:
            return None
        last = path.arrivals[-1]
        since = max(path.first_ns, last - CLOCK_WINDOW_NS // 2)
        arrivals = [at for at in path.arrivals if at > since]
        expected, arrived = (last - since) / _pace_ns(arrivals), len(arrivals)
        return 0.0 if expected < 1 else max(0.0, 1 - arrived / expected)

    def _set_target(self, path: _Path, now_ns: int) -> None:
        estimate = path.estimate_ns()
        self.race_ns(now_ns)  # slew up to now towards the old aim
        self._target_ns = estimate
        if self._offset_ns is None or self._should_step(path, estimate - self._offset_ns):
            self._offset_ns, self._slewed_ns = estimate, now_ns

    def _should_step(self, path: _Path, error_ns: int) -> bool:
        if self._entering and path.is_good:
            self._entering = False
            return True
        return error_ns > CLOCK_STEP_NS or error_ns < -CLOCK_LEAP_NS


def _pace_ns(arrivals: Sequence[int]) -> int:
    """Return how far apart a peer sends its beats, by those that came: most gaps have none lost."""
    gaps = sorted(later - earlier for earlier, later in pairwise(arrivals))
    usual = gaps[len(gaps) // 4] if gaps else HEARTBEAT_NS
    if usual < HEARTBEAT_NS * 3 // 2:
        return HEARTBEAT_NS
    return min(usual, CALM_BEATS_MAX * HEARTBEAT_NS)


def _slew_ns(error_ns: int, elapsed_ns: int) -> int:
    """Return by how much an error may be mended in a time: large ones faster."""
    permille = 1000 * abs(error_ns) // CLOCK_SLEW_NS
    bounded = max(CLOCK_SLEW_PERMILLE_MIN, min(permille, CLOCK_SLEW_PERMILLE_MAX))
    return bounded * elapsed_ns // 1000

"""What a simulated race must show of its cars, looked at sixty times a second at every node.

A car that is driven on by another node while its owner is away still is one car: it has one driver
at a time, and whoever looks at it sees no leap that drawing could not hide.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias, final

from net.sim.checks.inspection import voter_of
from racer.core.tuning import TICK_HZ
from racer.play.limits import PROJECT_TICKS_MAX, SNAP_M
from racer.play.session import Session

if TYPE_CHECKING:
    from net.sim import World
    from racer.core.physics.car import CarState
    from racer.core.recordings.car_codec import CarFrame

SECOND: Final = 1_000_000_000
SETTLED_NS: Final = SECOND // 20
CUT_OFF_NS: Final = SECOND // 2  # who learns of a lease so late was cut off from who decreed it
LEASES: Final = 33  # numbers of protocol.md, section 4

_Key: TypeAlias = tuple[tuple[int, int], bytes, int]  # life, race, car
_Lease: TypeAlias = tuple[bytes, bytes, int, int]  # lineage, race, car, number of the lease


@dataclass(frozen=True, slots=True)
class _Sight:
    """A state that a node believed, and by which lineage and lease."""

    frame: CarFrame
    lineage: bytes  # empty: just entered, and the frame may be of before
    leases: frozenset[int]  # it was written by one of them


@final
class CarInvariants:
    """Watches the states of others' cars that nodes believe."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._last: dict[_Key, _Sight] = {}
        self._leases: dict[_Key, int] = {}  # at the last look
        self._decreed: dict[_Lease, int] = {}  # when the first node anywhere went by it
        self._entered: dict[tuple[int, int], tuple[bytes, int]] = {}  # by life: lineage, and when

    def watch(self, until_ns: int) -> None:
        """Look at all nodes, tick by tick, from now on."""
        self._check_cars()
        next_ns = self._world.now_ns + SECOND // TICK_HZ
        if next_ns < until_ns:
            self._world.at(next_ns, lambda: self.watch(until_ns))

    def _check_cars(self) -> None:
        for machine in self._world.machines:
            session = machine.program
            if (
                machine.host is None
                or not isinstance(session, Session)
                or session.local_race is None
            ):
                continue
            seat = voter_of(machine.host.node)
            if seat is None:
                self._forget_lineage(machine.life)
            else:
                race, lineage = (
                    session.local_race.race,
                    self._settled_lineage(machine.life, seat.log.lineage),
                )
                for number, remote in session.local_race.others.items():
                    key, lease = (machine.life, race.id, number), race.lease_of(number)
                    # A decree that came between two looks may have come after the frame.
                    leases = frozenset((self._leases.get(key, lease), lease))
                    self._leases[key] = lease
                    decreed = (seat.log.lineage, race.id, number, lease)
                    self._decreed.setdefault(decreed, self._world.now_ns)
                    self._check_leap(key, _Sight(remote.frame, lineage, leases))

    def _forget_lineage(self, life: tuple[int, int]) -> None:
        """Note that a life is on its way to another lineage, or to the same one again."""
        self._entered.pop(life, None)

    def _settled_lineage(self, life: tuple[int, int], lineage: bytes) -> bytes:
        """Return the lineage of a life, if it has been in it for some ticks."""
        known, since_ns = self._entered.get(life, (b"", 0))
        if known != lineage:
            known, since_ns = self._entered[life] = (lineage, self._world.now_ns)
        return known if self._world.now_ns - since_ns > SETTLED_NS else b""

    def _check_leap(self, key: _Key, sight: _Sight) -> None:
        before = self._last.get(key)
        if before is not None and before.frame is sight.frame:
            return
        self._last[key] = sight
        if before is None or not sight.lineage or before.lineage != sight.lineage:
            return
        last, frame = before.frame, sight.frame
        if last.respawning or frame.respawning:
            return
        if frame.away and len(sight.leases | before.leases) > 1:
            return  # where links fail in part, who drives on may have seen less of the owner
        if self._was_cut_off(key, before, sight):
            return
        if frame.ghost and frame.progress.lap > last.progress.lap:
            return  # an owner that did this lap on its side of a split: the next begins at the line
        ticks = abs(frame.tick - last.tick)
        leap_m = math.dist((last.car.x, last.car.y), (frame.car.x, frame.car.y))
        way_m = max(_speed_ms(last.car), _speed_ms(frame.car)) * ticks / TICK_HZ
        if ticks <= PROJECT_TICKS_MAX and leap_m > way_m + SNAP_M:
            (number, starts), _, car = key
            text = f"{number}.{starts} saw car {car} leap {leap_m:.0f} m in {ticks} ticks"
            self._world.invariants.violated(LEASES, text)

    def _was_cut_off(self, key: _Key, before: _Sight, sight: _Sight) -> bool:
        """Whether this node learns of a change late, or of two at once.

        On its side of what was cut the car went on as before; on the other, by the new lease.
        """
        lease, since = max(sight.leases), min(before.leases)
        decreed_ns = self._decreed.get((sight.lineage, *key[1:], lease), self._world.now_ns)
        return lease > since + 1 or (lease > since and self._world.now_ns - decreed_ns > CUT_OFF_NS)


def _speed_ms(car: CarState) -> float:
    return math.hypot(car.vx, car.vy)

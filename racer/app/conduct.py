"""What a simulated race must show of its cars, looked at sixty times a second at every node.

A car that is driven on by another node while its owner is away still is one car: it has one driver
at a time, and whoever looks at it sees no leap that drawing could not hide.

One leap nobody can hide: on one side of a split the owner drives, the other side has given the car
to somebody else, and who looks heard both, or learns now what was decided. So where a car passes to
a substitute its place is not compared; where it passes back to its owner it is.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, TypeAlias, final

from net.sim.peek import seat_of
from racer.core.tuning import TICK_HZ
from racer.play.limits import PROJECT_TICKS_MAX, SNAP_M
from racer.play.session import Session

if TYPE_CHECKING:
    from net.sim import World
    from racer.core.car import CarState
    from racer.core.codec import CarFrame

SECOND: Final = 1_000_000_000
LEASES: Final = 33  # numbers of protocol.md, section 4

_Key: TypeAlias = tuple[tuple[int, int], bytes, bytes, int]  # life, lineage, race, car


@final
class Conduct:
    """Watches the states of others' cars that nodes believe."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._last: dict[_Key, tuple[CarFrame, int]] = {}  # and the lease by which it came

    def watch(self, until_ns: int) -> None:
        """Look at all nodes, tick by tick, from now on."""
        self._look()
        next_ns = self._world.now_ns + SECOND // TICK_HZ
        if next_ns < until_ns:
            self._world.at(next_ns, lambda: self.watch(until_ns))

    def _look(self) -> None:
        for machine in self._world.machines:
            session = machine.program
            if machine.host is None or not isinstance(session, Session) or session.stage is None:
                continue
            seat = seat_of(machine.host.node)
            if seat is not None:
                where = (machine.life, seat.log.lineage, session.stage.race.id)
                race = session.stage.race
                for number, remote in session.stage.others.items():
                    substituted = race.driver_of(number) != race.cars[number]
                    lease = race.lease_of(number)
                    self._compare((*where, number), remote.frame, lease, substituted)

    def _compare(self, key: _Key, frame: CarFrame, lease: int, substituted: bool) -> None:
        last, last_lease = self._last.get(key, (frame, lease))
        if last is frame:
            self._last.setdefault(key, (frame, lease))
            return
        self._last[key] = (frame, lease)
        passed_on = substituted and lease != last_lease
        if passed_on or last.respawning or frame.respawning:
            return
        ticks = abs(frame.tick - last.tick)
        leap_m = math.dist((last.car.x, last.car.y), (frame.car.x, frame.car.y))
        way_m = max(_speed_ms(last.car), _speed_ms(frame.car)) * ticks / TICK_HZ
        if ticks <= PROJECT_TICKS_MAX and leap_m > way_m + SNAP_M:
            (number, starts), _, _, car = key
            text = f"{number}.{starts} saw car {car} leap {leap_m:.0f} m in {ticks} ticks"
            self._world.invariants.violated(LEASES, text)


def _speed_ms(car: CarState) -> float:
    return math.hypot(car.vx, car.vy)

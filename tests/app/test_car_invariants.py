"""What watches that cars in simulated races do not leap, watched."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from net.sim.checks.invariants import Invariants, Violation
from racer.app.simulation.bullring_track import bullring
from racer.app.simulation.car_invariants import CUT_OFF_NS, SECOND, CarInvariants, _Sight
from racer.core.own_car import grid_frame
from racer.core.recordings.car_codec import CarFrame
from racer.core.tuning import TICK_HZ

VIEWER = (8, 1)
KEY = (VIEWER, b"race", 6)
LINEAGE = b"lineage1"


def frame(tick: int, away_m: float) -> CarFrame:
    car = grid_frame(bullring()[0], 0)
    return replace(car, tick=tick, car=replace(car.car, x=car.car.x + away_m))


def sight(tick: int, away_m: float, *leases: int) -> _Sight:
    return _Sight(frame(tick, away_m), LINEAGE, frozenset(leases))


def watching() -> tuple[CarInvariants, SimpleNamespace]:
    world = SimpleNamespace(now_ns=0, invariants=Invariants())
    return CarInvariants(world), world  # type: ignore[arg-type]


def decree(conduct: CarInvariants, lease: int, ago_ns: int, world: SimpleNamespace) -> None:
    """Have the first node go by a lease."""
    world.now_ns = 10 * SECOND
    conduct._decreed[LINEAGE, b"race", 6, lease] = world.now_ns - ago_ns


def test_a_car_that_leaps_is_told_of() -> None:
    conduct, _ = watching()
    conduct._check_leap(KEY, sight(100, 0.0, 1))
    conduct._check_leap(KEY, sight(101, 2.0, 1))
    with pytest.raises(Violation, match="leap 15 m in 2 ticks"):
        conduct._check_leap(KEY, sight(103, 17.0, 1))


def test_so_it_is_where_the_owner_takes_it_over_and_all_hear_of_that_at_once() -> None:
    conduct, world = watching()
    decree(conduct, 2, SECOND // TICK_HZ, world)
    conduct._check_leap(KEY, sight(100, 0.0, 1))
    with pytest.raises(Violation, match="leap 15 m"):
        conduct._check_leap(KEY, sight(103, 15.0, 2))


def test_who_was_cut_off_meanwhile_may_see_another_place() -> None:
    """Seed 7369: the substitute drove on for a second on its side of what was cut."""
    conduct, world = watching()
    decree(conduct, 2, CUT_OFF_NS + 1, world)
    conduct._check_leap(KEY, sight(100, 0.0, 1))
    conduct._check_leap(KEY, sight(103, 15.0, 2))


def test_who_enters_a_lineage_again_is_not_held_to_what_it_saw_before() -> None:
    """Seeds 6328 and 8047: on its way from a lineage back into the same one."""
    conduct, world = watching()
    assert conduct._settled_lineage(VIEWER, LINEAGE) == b""
    world.now_ns = SECOND
    assert conduct._settled_lineage(VIEWER, LINEAGE) == LINEAGE
    conduct._forget_lineage(VIEWER)
    assert conduct._settled_lineage(VIEWER, LINEAGE) == b""

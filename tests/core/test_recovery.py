"""A car that spun, or hangs at a barrier, is brought round."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random

import pytest

from racer.core.circuits.track import Track
from racer.core.drivers.line import RacingLine
from racer.core.heat import Heat, HeatEntry
from racer.core.rules.laps import Progress
from racer.core.tuning import TICK_HZ

POSES = 100
LATE_S = 12


def thrown(track: Track, line: RacingLine, rng: Random) -> Heat:
    """Return a heat of one car, in any pose between the barriers, in half of all cases moving."""
    heat = Heat(track, line, [rng.random()], rng)
    entry = heat.entries[0]
    s_m = rng.uniform(50.0, track.length_m - 50.0)
    point = track.centre[track.index_at(s_m)]
    x, y = track.point_at(s_m, rng.uniform(2.3 - point.right_wall_m, point.left_wall_m - 2.3))
    speed, way = rng.choice([0.0, rng.uniform(0.0, 25.0)]), rng.uniform(-math.pi, math.pi)
    car = replace(
        entry.car,
        x=x,
        y=y,
        heading=rng.uniform(-math.pi, math.pi),
        vx=speed * math.cos(way),
        vy=speed * math.sin(way),
        yaw_rate=rng.uniform(-3.0, 3.0),
    )
    gate = next((k for k, i in enumerate(track.gates) if i * track.spacing_m > s_m), 0)
    entry.own_car.frame = replace(entry.own_car.frame, car=car, progress=Progress(1, gate, s_m))
    heat.tick = 10 * TICK_HZ
    entry.own_car.skip_to(heat.tick)
    return heat


def races(track: Track, entry: HeatEntry) -> bool:
    """Whether a car is on the road, and drives along it."""
    place = track.project(entry.car.x, entry.car.y, track.index_at(entry.progress.s_m))
    point = track.centre[place.index]
    along = entry.car.vx * point.tx + entry.car.vy * point.ty
    return along > 10.0 and -point.right_m < place.lateral_m < point.left_m


@pytest.mark.sim
def test_from_nearly_any_pose_a_driver_gets_going_again_and_is_else_rescued(
    ring: Track, ring_line: RacingLine
) -> None:
    rng = Random(7)
    rescued = 0
    for _ in range(POSES):
        heat = thrown(ring, ring_line, rng)
        entry = heat.entries[0]
        begin = heat.tick
        while not races(ring, entry):
            heat.step()
            assert heat.tick - begin < LATE_S * TICK_HZ
        rescued += entry.rescues > 0
    assert rescued < POSES // 6

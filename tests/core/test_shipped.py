"""Every circuit that comes with the game: complete, fair to 24, of its own kind, driven."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from hashlib import blake2b
from random import Random
from typing import TYPE_CHECKING, Final

import pytest

from racer.app.circuits.catalog import circuit, circuit_line
from racer.app.circuits.library import shipped
from racer.core.circuits.track import Light, Surface, Track, Weather
from racer.core.drivers.line import RacingLine
from racer.core.heat import Heat
from racer.core.physics.car import CarState, quantise
from racer.core.tuning import CAR, GRID_MAX

if TYPE_CHECKING:
    from racer.core.circuits.track import Scenery
    from racer.core.drivers.speed_profile import SpeedProfile

NAMES: Final = tuple(sorted(shipped()))
FULL: Final = tuple(name for name in NAMES if name != "dockyard")  # that one is a kart circuit
OFF_ROAD: Final = (Surface.GRASS, Surface.GRAVEL)
NEAR_M: Final = 150.0  # further off nothing reaches across a barrier
DEPTH_M: Final = {"stand": 5.0, "pits": 4.5, "tyres": 0.6}  # half of what is drawn, across


PINNED: Final = {
    "alder-park": "6cfee07f63b6c506",
    "copper-bowl": "b6efc0356a9287ce",
    "crossley-eight": "7096f61746d469f6",
    "dockyard": "40f4092113fb23e6",
    "eagle-pass": "728e1702b85c15d7",
    "freeport": "2add457044c21225",
    "harbour-ring": "f941bf96208dc461",
    "heron-marsh": "9624ed7c1549d0d3",
    "highmoor": "ec79cba00a81d460",
    "lantern-bay": "70903695bbeaabd6",
    "northmarch": "6c50ee1794a46fea",
    "slate-quarry": "96a57ef2f47c06b3",
}
"""What each circuit, and the line on it, is built to: a digest of every float. It is the same with
every Python; other code may change it, then pin it anew. Pinned with glibc: another C library may
round a sine otherwise."""


@pytest.mark.parametrize("name", NAMES)
def test_a_circuit_has_no_fault_and_the_name_of_its_file(name: str) -> None:
    track = circuit(name)  # who reads a text with faults raises the first
    assert track.name == name
    assert track.title != name


def test_circuits_and_lines_are_the_same_with_every_python_to_the_bit() -> None:
    assert {name: digest(circuit(name), circuit_line(name)) for name in NAMES} == PINNED


def digest(track: Track, line: RacingLine) -> str:
    """Return a digest of every float of a circuit and its line, as Python writes them."""
    parts: list[Track | RacingLine | SpeedProfile] = [track, line, *line.profiles]
    values = [{field.name: getattr(part, field.name) for field in fields(part)} for part in parts]
    values[0]["pickups"] = tuple((pickup.x, pickup.y) for pickup in track.pickups)
    told = [list(each.values()) for each in values]
    return blake2b(repr(told).encode(), digest_size=8).hexdigest()


@pytest.mark.parametrize("name", NAMES)
def test_24_cars_stand_on_the_road_behind_the_line_and_look_along_it(name: str) -> None:
    track = circuit(name)
    assert len(track.grid) == GRID_MAX
    for place, slot in enumerate(track.grid):
        there = track.project(slot.x, slot.y)
        point = track.centre[there.index]
        half = CAR.width_m / 2.0
        assert -point.right_m + half < there.lateral_m < point.left_m - half
        behind = track.length_m - there.s_m
        assert 0.0 < behind < 140.0
        assert abs(math.remainder(slot.heading - track.heading_at(there.s_m), math.tau)) < 0.1
        for other in track.grid[:place]:
            assert math.dist((slot.x, slot.y), (other.x, other.y)) > 5.0


@pytest.mark.parametrize("name", NAMES)
def test_gates_follow_one_another_round_the_lap(name: str) -> None:
    gates = circuit(name).gates
    assert gates[0] == 0
    assert list(gates) == sorted(set(gates))
    assert len(gates) >= 8
    spacing = circuit(name).spacing_m
    ends = [*gates[1:], len(circuit(name).centre)]
    assert all(20.0 < (b - a) * spacing < 170.0 for a, b in zip(gates, ends, strict=True))


@pytest.mark.parametrize("name", FULL)
def test_a_lap_takes_half_a_minute_to_one_and_a_half(name: str) -> None:
    assert 1000.0 < circuit(name).length_m < 4000.0
    assert 25.0 < circuit_line(name).lap_s < 90.0


@pytest.mark.parametrize("name", NAMES)
def test_a_circuit_is_dressed(name: str) -> None:
    track = circuit(name)
    kinds = {thing.kind for thing in track.scenery}
    assert {"pits", "stand", "tree"} <= kinds
    assert any(point.left_kerb for point in track.centre)
    assert any(point.right_kerb for point in track.centre)
    assert 2 <= len(track.pickups) <= 16
    for point in track.centre:
        assert point.left_wall_m > point.left_m
        assert point.right_wall_m > point.right_m


@pytest.mark.parametrize("name", sorted(set(FULL) - {"harbour-ring"}))
def test_nothing_stands_in_the_way(name: str) -> None:
    track = circuit(name)
    widest_m = max(max(point.left_wall_m, point.right_wall_m) for point in track.centre)
    for thing in track.scenery:
        if thing.kind != "tree":
            assert thing.size_m + widest_m < NEAR_M
            assert _clearance(track, thing) > 0.0, thing


def test_each_has_a_character_of_its_own() -> None:
    tracks = [circuit(name) for name in NAMES]
    assert len(tracks) >= 12
    assert len({track.title for track in tracks}) == len(tracks)
    assert len({track.theme for track in tracks}) == 4
    assert any(track.weather is Weather.RAIN for track in tracks)
    assert {track.light for track in tracks} == set(Light)
    assert any(track.has_bridge for track in tracks)
    assert any(track.patches for track in tracks)
    assert any(track.runoff is Surface.GRAVEL for track in tracks)
    assert any(p.road is Surface.DIRT for track in tracks for p in track.centre)
    assert any(max(p.height_m for p in track.centre) > 60.0 for track in tracks)


@pytest.mark.sim
@pytest.mark.parametrize("name", NAMES)
def test_a_good_driver_alone_keeps_it_on_the_road(name: str) -> None:
    track, line = circuit(name), circuit_line(name)
    heat = Heat(track, line, [1.0], Random(1))
    entry = heat.entries[0]
    while not heat.facts and heat.tick < 120 * 60:
        heat.step()
        hint = track.index_at(entry.progress.s_m)
        assert track.surface(entry.car.x, entry.car.y, hint) not in OFF_ROAD
        assert not entry.contacts
    assert heat.facts[0].lap_ms < 1000.0 * (1.05 * line.lap_s + 6.0)  # from a standing start


def test_cars_meet_on_a_bridge_and_pass_over_each_other_where_one_is_below() -> None:
    track, line = circuit("crossley-eight"), circuit_line("crossley-eight")
    i, j = crossings(track)
    assert {track.centre[i].level, track.centre[j].level} == {0, 1}

    def touches(one: int, other: int) -> bool:
        heat = Heat(track, line, [1.0, 1.0], Random(1))
        for entry, index in zip(heat.entries, (one, other), strict=True):
            point = track.centre[index]
            heading = math.atan2(point.ty, point.tx)
            car = quantise(CarState(x=point.x_m, y=point.y_m, heading=heading))
            progress = replace(entry.progress, s_m=index * track.spacing_m)
            entry.own_car.frame = replace(entry.own_car.frame, car=car, progress=progress)
        heat.step()
        return bool(heat.entries[0].contacts)

    assert touches(j, j + 1)
    assert not touches(i, j)


def crossings(track: Track) -> tuple[int, int]:
    """Return the two centre points, a long way apart along the lap, that lie nearest together."""
    count = len(track.centre)
    pairs = ((i, j) for i in range(count) for j in range(i + count // 8, i + count // 2))
    places = [(point.x_m, point.y_m) for point in track.centre]
    i, j = min(pairs, key=lambda pair: math.dist(places[pair[0]], places[pair[1] % count]))
    return i, j % count


def _clearance(track: Track, thing: Scenery) -> float:
    """Return how far a thing stays from between any barriers, at its corners and middles."""
    along, across = thing.size_m / 2.0, DEPTH_M.get(thing.kind, thing.size_m / 2.0)
    here = (thing.x, thing.y)
    near = [point for point in track.centre if math.dist(here, (point.x_m, point.y_m)) < NEAR_M]
    cosine, sine = math.cos(thing.heading), math.sin(thing.heading)
    least = math.inf
    for part in (-1.0, -0.5, 0.0, 0.5, 1.0):
        for side in (-1.0, 0.0, 1.0):
            x = thing.x + part * along * cosine - side * across * sine
            y = thing.y + part * along * sine + side * across * cosine
            for point in near:
                dx, dy = x - point.x_m, y - point.y_m
                left = dy * point.tx - dx * point.ty > 0.0
                wall = point.left_wall_m if left else point.right_wall_m
                least = min(least, math.hypot(dx, dy) - wall)
    return least

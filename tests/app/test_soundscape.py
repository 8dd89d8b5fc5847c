"""What a race sounds like, tick by tick, without a device: near or far, left or right, how hard."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from racer.app.motion import HARD_MS, Impacts
from racer.app.sound.hearing import FAR_M, Sounding, doppler, heard
from racer.app.sound.soundscape import RIVALS, Loop, Shot, Soundscape
from racer.core.circuits.track import Surface, Weather
from racer.core.tuning import TICK_S
from racer.play.view import Phase, Pose
from tests.app.fakes import MINE, FakeSeat

if TYPE_CHECKING:
    from racer.app.sound.soundscape import Score
    from racer.app.window.circuit_source import CircuitSource
    from racer.core.circuits.track import Track
    from racer.play.view import CarView, RaceView

EAR = Sounding(0.0, 0.0)


@pytest.fixture(scope="module")
def race(all_circuits: CircuitSource) -> RaceView:
    """A race of eight, a few seconds after the green light."""
    seat = FakeSeat(all_circuits, cars=8)
    seat.start()
    seat.step(420)
    view = seat.view()
    assert view is not None
    assert view.phase is Phase.RACING
    return view


@pytest.fixture(scope="module")
def track(all_circuits: CircuitSource, race: RaceView) -> Track:
    found = all_circuits.track(race.setup.track)
    assert found is not None
    return found


def moving(car: CarView, x: float, y: float, speed_ms: float, heading: float = 0.0) -> CarView:
    dx, dy = (speed_ms * TICK_S * each for each in (math.cos(heading), math.sin(heading)))
    before, pose = Pose(x - dx, y - dy, heading), Pose(x, y, heading)
    return replace(car, pose=pose, before=before, speed_ms=speed_ms)


def mine_of(view: RaceView) -> CarView:
    car = view.my_car
    assert car is not None
    return car


def with_mine(view: RaceView, car: CarView) -> RaceView:
    return replace(view, cars=tuple(car if each.mine else each for each in view.cars))


def placed(
    view: RaceView, track: Track, way_m: float, lateral_m: float, speed_ms: float
) -> RaceView:
    """Return the view with our car at a place along the lap, driving along."""
    x, y = track.point_at(way_m, lateral_m)
    car = moving(mine_of(view), x, y, speed_ms, track.heading_at(way_m))
    return with_mine(view, replace(car, way_m=way_m, sliding=False))


def settled(view: RaceView, track: Track | None) -> Score:
    """Return what a view sounds like once all levels have come to rest."""
    scape = Soundscape()
    return [scape.hear(view, track) for _ in range(60)][-1]


def test_a_sound_is_quieter_further_away_and_then_gone() -> None:
    ways = [0.0, 5.0, 20.0, 60.0, FAR_M]
    loud = [heard(EAR, Sounding(way, 0.0)).sum for way in ways]
    assert loud == sorted(loud, reverse=True)
    assert loud[-1] == 0.0


def test_what_lies_east_is_heard_on_the_right_at_the_same_power() -> None:
    east, west, north = (
        heard(EAR, Sounding(*at)) for at in ((30.0, 0.0), (-30.0, 0.0), (0.0, 30.0))
    )
    assert east.right > 1.5 * east.left
    assert west.left == pytest.approx(east.right)
    assert north.left == pytest.approx(north.right)
    power = [math.hypot(each.left, each.right) for each in (east, west, north)]
    assert power == pytest.approx([power[0]] * 3)


def test_a_car_that_comes_closer_sounds_higher_and_one_that_leaves_lower() -> None:
    assert doppler(EAR, Sounding(50.0, 0.0, vx=-50.0)) == pytest.approx(343.0 / 293.0)
    assert doppler(EAR, Sounding(50.0, 0.0, vx=50.0)) == pytest.approx(343.0 / 393.0)
    assert doppler(Sounding(0.0, 0.0, vx=40.0), Sounding(50.0, 0.0, vx=40.0)) == pytest.approx(1.0)


def test_the_nearest_engines_are_heard_and_no_more_than_there_are_channels(
    race: RaceView, track: Track
) -> None:
    score = settled(race, track)
    own = [note for note in score.engines if note.near]
    assert [note.number for note in own] == [MINE]
    rivals = [note for note in score.engines if not note.near]
    assert len(rivals) == RIVALS
    me = mine_of(race)
    ways = sorted(
        math.dist((car.pose.x, car.pose.y), (me.pose.x, me.pose.y))
        for car in race.cars
        if not car.mine
    )
    loudest = max(rivals, key=lambda note: note.gains.sum)
    nearest = next(car for car in race.cars if car.number == loudest.number)
    assert math.dist((nearest.pose.x, nearest.pose.y), (me.pose.x, me.pose.y)) == ways[0]


def test_an_engine_off_the_throttle_is_quieter_and_dull(race: RaceView, track: Track) -> None:
    on, off = (
        next(
            note
            for note in settled(with_mine(race, replace(mine_of(race), throttle=t)), track).engines
            if note.near
        )
        for t in (1.0, 0.0)
    )
    assert on.load > 0.99
    assert off.load < 0.01
    assert on.gains.sum > 1.5 * off.gains.sum


@pytest.mark.parametrize(
    ("surface", "loop"),
    [(Surface.ASPHALT, Loop.ROAD), (Surface.GRASS, Loop.GRASS)],
)
def test_each_ground_has_its_sound(
    race: RaceView, track: Track, surface: Surface, loop: Loop
) -> None:
    beyond = track.centre[track.index_at(200.0)].left_m + track.kerb_width_m + 1.5
    lateral = 0.0 if surface is Surface.ASPHALT else beyond
    view = placed(race, track, 200.0, lateral, 30.0)
    me = mine_of(view)
    assert track.surface(me.pose.x, me.pose.y) is surface
    grounds = {Loop.ROAD, Loop.GRASS, Loop.GRAVEL, Loop.WET_ROAD}
    assert set(settled(view, track).loops) & grounds == {loop}


def test_rain_is_heard_where_it_falls_and_the_road_hisses(race: RaceView, track: Track) -> None:
    wet = replace(
        track,
        weather=Weather.RAIN,
        centre=tuple(replace(point, road=Surface.WET) for point in track.centre),
    )
    loops = settled(placed(race, wet, 200.0, 0.0, 40.0), wet).loops
    assert {Loop.RAIN, Loop.WET_ROAD} <= set(loops)
    assert Loop.RAIN not in settled(race, track).loops


def test_a_slide_squeals_by_how_far_the_car_goes_sideways(race: RaceView, track: Track) -> None:
    def squeal(sideways: float) -> float:
        view = placed(race, track, 200.0, 0.0, 30.0)
        car = mine_of(view)
        turned = replace(car.pose, heading=car.pose.heading + sideways)
        gains = settled(with_mine(view, replace(car, pose=turned, sliding=True)), track).loops
        return gains[Loop.SKID].sum

    assert squeal(0.5) > 1.3 * squeal(0.0) > 0.0


def test_the_wind_grows_with_speed_and_gives_way_to_a_flutter_in_a_wake(
    race: RaceView, track: Track
) -> None:
    alone = replace(race, cars=tuple(car for car in race.cars if car.mine))
    slow, fast = (placed(alone, track, 200.0, 0.0, speed) for speed in (20.0, 50.0))
    free = settled(fast, track).loops
    assert free[Loop.WIND].sum > 4.0 * settled(slow, track).loops[Loop.WIND].sum
    assert Loop.BUFFET not in free
    x, y = track.point_at(209.0)
    rival = next(car for car in race.cars if not car.mine)
    ahead = replace(moving(rival, x, y, 50.0, track.heading_at(209.0)), way_m=209.0)
    towed = settled(replace(fast, cars=(*fast.cars, ahead)), track).loops
    assert towed[Loop.BUFFET].sum > 0.1
    assert towed[Loop.WIND].sum < free[Loop.WIND].sum


def test_people_are_heard_near_the_stands_only(race: RaceView, track: Track) -> None:
    stand = next(thing for thing in track.scenery if thing.kind == "stand")
    near = moving(mine_of(race), stand.x, stand.y - 15.0, 10.0)
    assert settled(with_mine(race, near), track).loops[Loop.CROWD].sum > 0.2
    far = moving(mine_of(race), stand.x + 2000.0, stand.y, 10.0)
    assert Loop.CROWD not in settled(with_mine(race, far), None).loops


def test_a_hit_sounds_by_its_force(race: RaceView, track: Track) -> None:
    def shots(shove_ms: float) -> tuple[tuple[Shot, float], ...]:
        scape = Soundscape()
        before = placed(race, track, 200.0, 0.0, 30.0)
        scape.hear(before, track)
        me = mine_of(before)
        after = moving(me, me.pose.x, me.pose.y, 30.0 - shove_ms, me.pose.heading)
        score = scape.hear(with_mine(before, after), track)
        return tuple((shot, gains.sum) for shot, gains in score.shots)

    assert shots(1.0) == ()
    (light,), (hard,) = shots(3.0), shots(12.0)
    assert light[0] is Shot.THUD
    assert hard[0] is Shot.CRASH
    assert hard[1] > light[1]


def test_a_car_that_is_put_elsewhere_was_not_hit(race: RaceView) -> None:
    impacts = Impacts()
    impacts.on_cars(race.cars)
    me = mine_of(race)
    put = replace(me, pose=Pose(me.pose.x + 50.0, me.pose.y, 0.0))
    assert impacts.on_cars((put,)) == []
    assert HARD_MS > 0.0


def test_who_only_watches_hears_the_leader(race: RaceView, track: Track) -> None:
    watching = replace(race, cars=tuple(replace(car, mine=False) for car in race.cars))
    leader = min(race.cars, key=lambda car: car.place)
    near = [note for note in settled(watching, track).engines if note.near]
    assert [note.number for note in near] == [leader.number]


def test_levels_come_and_go_in_small_steps(race: RaceView, track: Track) -> None:
    scape = Soundscape()
    still = placed(race, track, 200.0, 0.0, 0.0)
    fast = placed(race, track, 200.0, 0.0, 50.0)
    levels = [scape.hear(still if tick < 30 else fast, track).loops for tick in range(90)]
    wind = [each[Loop.WIND].sum if Loop.WIND in each else 0.0 for each in levels]
    steps = [b - a for a, b in pairwise(wind)]
    assert max(wind) > 0.3
    assert max(steps) < 0.26 * max(wind)


def test_the_car_that_is_seen_is_heard_and_not_ones_own(race: RaceView, track: Track) -> None:
    other = next(car for car in race.cars if not car.mine)
    far = replace(mine_of(race), pose=Pose(other.pose.x + 2 * FAR_M, other.pose.y, 0.0))
    apart = with_mine(race, far)
    near = [note.number for note in Soundscape().hear(apart, track, other.number).engines][:1]
    own = [note.number for note in Soundscape().hear(apart, track).engines][:1]
    assert (near, own) == ([other.number], [far.number])


def test_what_happened_to_a_car_before_one_sat_in_it_is_not_heard_as_news(
    race: RaceView, track: Track
) -> None:
    other = next(car for car in race.cars if not car.mine)
    done = replace(other, boosting=True, finished_ms=60_000)
    cars = tuple(done if car is other else car for car in race.cars)
    view, scape = replace(race, cars=cars), Soundscape()
    scape.hear(view, track)
    assert scape.hear(view, track, other.number).shots == ()

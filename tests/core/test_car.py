import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racer.core.circuits.track import Surface, Track
from racer.core.physics.car import CarState, Controls, held_controls, is_sliding, quantise, step
from racer.core.physics.contact import resolve_contacts
from racer.core.tuning import (
    CAR,
    CARS,
    REVERSE_HOLD_TICKS,
    SLIDE_SPEED,
    SPEED_MAX,
    SURFACE_GRIP,
    YAW_RATE_MAX,
    CarTunables,
)

CONTROLS = st.builds(
    Controls,
    throttle=st.floats(0, 1),
    brake=st.floats(0, 1),
    steer=st.floats(-1, 1),
    handbrake=st.booleans(),
    boost=st.booleans(),
)
HOSTILE_CONTROLS = st.builds(Controls, throttle=st.floats(), brake=st.floats(), steer=st.floats())
STATES = st.builds(
    CarState,
    x=st.floats(-10, 10),
    y=st.floats(-10, 10),
    heading=st.floats(-math.pi, math.pi),
    vx=st.floats(-45, 45),
    vy=st.floats(-45, 45),
    yaw_rate=st.floats(-4, 4),
    steer=st.floats(-1, 1),
    boost_ticks=st.integers(0, 240),
)


@pytest.fixture(scope="module")
def plain(ring: Track) -> Track:
    """A plain of asphalt without an edge."""
    wide = tuple(replace(p, left_m=1e6, right_m=1e6, curvature=0.0) for p in ring.centre)
    return replace(ring, centre=wide)


def drive(
    car: CarState, track: Track, ticks: int, controls: Controls, spec: CarTunables = CAR
) -> CarState:
    for _ in range(ticks):
        car = quantise(step(car, controls, track, 0, spec))
    return car


def on_line(track: Track, **fields: float) -> CarState:
    x, y = track.point_at(0.0)
    return CarState(x=x, y=y, heading=0.0, **fields)  # type: ignore[arg-type]


def energy(car: CarState, spec: CarTunables = CAR) -> float:
    """Kinetic energy for each kilogram."""
    turning = spec.inertia_kg_m2 / spec.mass_kg * car.yaw_rate**2
    return 0.5 * (car.vx**2 + car.vy**2 + turning)


def slide_of(car: CarState) -> float:
    """The angle [rad] between where a car heads and where it goes."""
    return math.remainder(math.atan2(car.vy, car.vx) - car.heading, math.tau)


def test_a_car_at_rest_stays_at_rest(ring: Track) -> None:
    car = quantise(on_line(ring))
    assert drive(car, ring, 600, Controls(steer=1.0)) == replace(car, steer=1.0)


def test_it_reaches_its_top_speed_by_power_against_drag(plain: Track) -> None:
    car = drive(on_line(plain), plain, 40 * 60, Controls(throttle=1.0))
    assert 55.0 < car.speed < 60.0


def test_boost_is_faster_and_empties_the_tank(plain: Track) -> None:
    start = on_line(plain, vx=30.0)
    fast = drive(replace(start, boost_ticks=120), plain, 120, Controls(throttle=1.0, boost=True))
    assert fast.boost_ticks == 0
    assert fast.speed > drive(start, plain, 120, Controls(throttle=1.0)).speed + 2.0
    assert not drive(fast, plain, 1, Controls(throttle=1.0, boost=True)).boosting


def test_brakes_bring_it_to_a_full_stop_and_nothing_trembles_then(plain: Track) -> None:
    car = on_line(plain, vx=50.0, vy=1.0)
    for _ in range(300):
        moving = car.speed > 0.0
        car = drive(car, plain, 1, Controls(brake=0.9 if moving else 0.0, steer=0.3))
        slide = math.remainder(math.atan2(car.vy, car.vx) - car.heading, math.tau)
        assert abs(slide) < 0.5 or car.speed < 1.0
    car = drive(car, plain, 20, Controls())
    assert (car.vx, car.vy, car.yaw_rate) == (0.0, 0.0, 0.0)
    assert drive(car, plain, 60, Controls()) == drive(car, plain, 20, Controls())


def test_the_held_brake_reverses_only_after_a_moment_at_rest(plain: Track) -> None:
    car = drive(on_line(plain), plain, REVERSE_HOLD_TICKS, Controls(brake=1.0))
    assert car.speed == 0.0
    assert not car.reversing
    car = drive(car, plain, 180, Controls(brake=1.0))
    assert car.reversing
    assert -7.5 < car.vx < -6.0
    car = drive(car, plain, 180, Controls(throttle=1.0))
    assert not car.reversing
    assert car.vx > 5.0


@pytest.mark.parametrize("speed", [10.0, 25.0, 40.0, 56.0])
@pytest.mark.parametrize("steer", [-1.0, 1.0])
@pytest.mark.parametrize("spec", CARS, ids=lambda spec: spec.key)
def test_full_lock_and_full_throttle_never_spin_it(
    plain: Track, speed: float, steer: float, spec: CarTunables
) -> None:
    car = on_line(plain, vx=speed)
    for _ in range(180):
        car = drive(car, plain, 1, Controls(throttle=1.0, steer=steer), spec)
        assert abs(slide_of(car)) < math.radians(20)


@pytest.mark.parametrize("spec", CARS, ids=lambda spec: spec.key)
def test_the_handbrake_breaks_the_tail_loose_and_it_comes_back(
    plain: Track, spec: CarTunables
) -> None:
    car = drive(on_line(plain, vx=22.0), plain, 8, Controls(throttle=0.5, steer=1.0), spec)
    assert not is_sliding(car)
    car = drive(car, plain, 22, Controls(steer=1.0, handbrake=True), spec)
    assert is_sliding(car)
    held = 0
    for _ in range(210):
        car = drive(car, plain, 1, Controls(throttle=1.0), spec)
        assert abs(slide_of(car)) < math.radians(50), "it can be caught"
        held += abs(slide_of(car)) > math.radians(10)
    assert held > 40, "and held for a while"
    assert abs(slide_of(car)) < 0.05


def test_locked_wheels_slide_straight_on_too_until_the_car_is_slow(plain: Track) -> None:
    car = drive(on_line(plain, vx=22.0), plain, 1, Controls(handbrake=True))
    assert is_sliding(car)
    assert not is_sliding(replace(car, handbrake=False))
    assert not is_sliding(replace(car, vx=SLIDE_SPEED - 0.1))


@pytest.mark.parametrize("spec", CARS, ids=lambda spec: spec.key)
def test_lifting_in_a_corner_turns_the_car_in(plain: Track, spec: CarTunables) -> None:
    car = drive(on_line(plain, vx=30.0), plain, 60, Controls(throttle=0.6, steer=0.75), spec)
    lifted = drive(car, plain, 20, Controls(steer=0.75), spec)
    held = drive(car, plain, 20, Controls(throttle=0.6, steer=0.75), spec)
    assert lifted.yaw_rate > 1.2 * held.yaw_rate
    assert abs(slide_of(lifted)) > abs(slide_of(held)) + 0.01


def test_the_ground_acts_wheel_by_wheel(ring: Track) -> None:
    edge = ring.centre[8].left_m + (ring.kerb_width_m if ring.centre[8].left_kerb else 0.0)

    def after(lateral: float) -> CarState:
        x, y = ring.point_at(20.0, lateral)
        car = CarState(x=x, y=y, heading=ring.heading_at(20.0), vx=25.0)
        return drive(car, ring, 30, Controls())

    road, half, grass = after(0.0), after(edge), after(edge + 2.0)
    assert road.speed > half.speed + 0.2 > grass.speed + 0.4
    assert half.heading > road.heading, "the grass pulls at its side"
    assert grass.heading == road.heading


@pytest.mark.parametrize("number", range(len(SURFACE_GRIP)))
def test_a_slipperier_road_brakes_and_corners_worse(plain: Track, number: int) -> None:
    road = tuple(replace(p, road=Surface(number)) for p in plain.centre)
    slick = replace(plain, centre=road)
    start = on_line(slick, vx=25.0)
    braked = drive(start, slick, 40, Controls(brake=1.0))
    turned = drive(start, slick, 40, Controls(throttle=0.3, steer=1.0))
    if number:
        assert braked.speed > drive(start, plain, 40, Controls(brake=1.0)).speed
        dry = drive(start, plain, 40, Controls(throttle=0.3, steer=1.0))
        assert abs(turned.heading) < abs(dry.heading)


def test_grass_is_slower_than_asphalt(ring: Track) -> None:
    x, y = ring.point_at(20.0, 10.0)
    grass = CarState(x=x, y=y, heading=ring.heading_at(20.0), vx=20.0)
    x, y = ring.point_at(20.0)
    road = replace(grass, x=x, y=y)
    full = Controls(throttle=1.0)
    assert drive(grass, ring, 60, full).speed < drive(road, ring, 60, full).speed - 2.0


@settings(max_examples=60)
@given(
    car=STATES,
    moves=st.lists(CONTROLS | HOSTILE_CONTROLS, min_size=1, max_size=60),
    spec=st.sampled_from(CARS),
    slipstream=st.floats(),
)
def test_whatever_is_pressed_every_number_stays_finite_and_bounded(
    ring: Track, car: CarState, moves: list[Controls], spec: CarTunables, slipstream: float
) -> None:
    for controls in moves:
        car = quantise(step(car, controls, ring, 0, spec, slipstream))
        assert car.speed <= SPEED_MAX + 0.01
        assert abs(car.yaw_rate) <= YAW_RATE_MAX
        assert abs(car.heading) <= math.pi
        assert math.isfinite(car.x) and math.isfinite(car.y)  # noqa: PT018
        assert -1.0 <= car.steer <= 1.0
        assert 0 <= car.boost_ticks <= 240


@settings(max_examples=100)
@given(
    car=STATES,
    steer=st.floats(-1, 1),
    brake=st.floats(0, 1),
    handbrake=st.booleans(),
    spec=st.sampled_from(CARS),
    spot=st.floats(-14, 14),
)
def test_without_drive_energy_never_grows(
    ring: Track,
    car: CarState,
    steer: float,
    brake: float,
    handbrake: bool,
    spec: CarTunables,
    spot: float,
) -> None:
    x, y = ring.point_at(20.0, spot)  # on the road, half off it, or in the grass
    car = replace(car, x=x, y=y)
    controls = Controls(steer=steer, brake=brake, handbrake=handbrake)
    for _ in range(20):
        after = step(car, controls, ring, 8, spec)
        assert energy(after, spec) <= energy(car, spec) + 1e-9
        car = replace(after, rest_ticks=0)  # it never gets to reverse


@settings(max_examples=40)
@given(
    throttle=st.floats(0, 1),
    vx=st.floats(0, 60),
    yaw=st.floats(-0.3, 0.3),
    boost=st.booleans(),
    spec=st.sampled_from(CARS),
)
def test_on_a_straight_no_steady_throttle_spins_it(
    plain: Track, throttle: float, vx: float, yaw: float, boost: bool, spec: CarTunables
) -> None:
    car = on_line(plain, vx=vx, yaw_rate=yaw, boost_ticks=240)
    for _ in range(8):
        car = drive(car, plain, 30, Controls(throttle=throttle, boost=boost), spec)
        assert abs(slide_of(car)) < 0.2 or car.speed < 1.0
    assert abs(car.yaw_rate) < 0.02


@settings(max_examples=40)
@given(
    spot=st.floats(-14, 14),
    heading=st.floats(-math.pi, math.pi),
    steer=st.floats(-1, 1),
    handbrake=st.booleans(),
    spec=st.sampled_from(CARS),
)
def test_a_parked_car_stays_put_to_the_millimetre(
    ring: Track, spot: float, heading: float, steer: float, handbrake: bool, spec: CarTunables
) -> None:
    x, y = ring.point_at(20.0, spot)
    car = quantise(CarState(x=x, y=y, heading=heading))
    after = drive(car, ring, 120, Controls(steer=steer, handbrake=handbrake), spec)
    assert (after.x, after.y, after.heading, after.speed) == (car.x, car.y, car.heading, 0.0)


@settings(max_examples=100)
@given(car=STATES, controls=CONTROLS, spec=st.sampled_from(CARS), slipstream=st.floats(0, 1))
def test_left_and_right_are_mirror_images(
    plain: Track, car: CarState, controls: Controls, spec: CarTunables, slipstream: float
) -> None:
    def mirrored(state: CarState) -> CarState:
        return replace(
            state,
            y=-state.y,
            heading=-state.heading,
            vy=-state.vy,
            yaw_rate=-state.yaw_rate,
            steer=-state.steer,
        )

    one, two = car, mirrored(car)
    for _ in range(10):
        one = step(one, controls, plain, 0, spec, slipstream)
        two = step(two, replace(controls, steer=-controls.steer), plain, 0, spec, slipstream)
    for name in ("x", "y", "heading", "vx", "vy", "yaw_rate", "steer"):
        assert getattr(two, name) == pytest.approx(getattr(mirrored(one), name), abs=1e-9)


@given(car=STATES)
def test_quantising_twice_is_quantising_once(car: CarState) -> None:
    assert quantise(quantise(car)) == quantise(car)


@settings(max_examples=50)
@given(car=STATES, moves=st.lists(CONTROLS, min_size=1, max_size=20))
def test_a_replica_that_takes_over_from_a_quantised_state_drives_the_same_trace(
    ring: Track, car: CarState, moves: list[Controls]
) -> None:
    ours = quantise(car)
    theirs = replace(ours)
    for controls in moves:
        ours = quantise(step(ours, controls, ring, 0))
        theirs = quantise(step(theirs, controls, ring, 0))
        assert theirs == ours
    assert held_controls(ours).throttle == ours.throttle


@settings(max_examples=25)
@given(start=st.integers(0, 15), moves=st.lists(CONTROLS, min_size=1, max_size=12))
def test_nobody_leaves_the_barriers_whatever_is_pressed(
    kart: Track, start: int, moves: list[Controls]
) -> None:
    slot = kart.grid[start]
    car = CarState(x=slot.x, y=slot.y, heading=slot.heading, vx=40.0, boost_ticks=240)
    hint = kart.project(car.x, car.y).index
    for controls in moves:
        for _ in range(25):
            car = step(car, controls, kart, hint)
            car, _ = resolve_contacts(car, (), kart, hint)
            car = quantise(car)
            place = kart.project(car.x, car.y, hint)
            left, right = kart.walls_at(place)
            assert -right + 0.5 < place.lateral_m < left - 0.5
            hint = place.index

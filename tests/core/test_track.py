import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racer.core.circuits.layout import POINT_MULTIPLE
from racer.core.circuits.track import PickupKind, Surface, Track
from racer.core.circuits.trackfile import TrackError, parse_track, read_track
from racer.core.physics.car import CarState
from racer.core.rules.pickups import touched, with_pickup
from racer.core.tuning import BOOST_TICKS_MAX, GRID_MAX, SURFACE_GRIP

SQUARE = "name square\nturn 0 0 20\nturn 100 0 20\nturn 100 100 20\nturn 0 100 20\n"

EIGHT = """name eight
width 9
turn 150 -60 30
turn 150 60 30
turn 60 60 30
turn -60 -60 30
turn -150 -60 30
turn -150 60 30
turn -60 60 30
turn 60 -60 30
"""
BRIDGED = EIGHT + "bridge 220 380\n"


@pytest.fixture(params=["ring", "kart"])
def circuit(request: pytest.FixtureRequest) -> Track:
    track = request.getfixturevalue(request.param)
    assert isinstance(track, Track)
    return track


def test_our_circuits_are_complete(circuit: Track) -> None:
    assert 250.0 < circuit.length_m < 1400.0
    assert len(circuit.grid) == GRID_MAX
    assert len(circuit.gates) >= 8
    assert circuit.gates[0] == 0
    assert list(circuit.gates) == sorted(set(circuit.gates))
    assert 2 <= len(circuit.pickups) <= 8
    assert len(circuit.centre) % POINT_MULTIPLE == 0
    for x, y in ((pickup.x, pickup.y) for pickup in circuit.pickups):
        assert circuit.surface(x, y) is Surface.ASPHALT
    for slot in circuit.grid:
        assert circuit.surface(slot.x, slot.y) is Surface.ASPHALT


def test_no_two_grid_slots_overlap(circuit: Track) -> None:
    slots = circuit.grid
    for k, one in enumerate(slots):
        for other in slots[k + 1 :]:
            assert math.dist((one.x, one.y), (other.x, other.y)) > 5.0


def test_every_place_between_the_barriers_belongs_to_one_part_of_the_track(circuit: Track) -> None:
    for index, point in enumerate(circuit.centre):
        for lateral in (-0.98 * point.right_wall_m, 0.98 * point.left_wall_m):
            x, y = point.x_m - lateral * point.ty, point.y_m + lateral * point.tx
            place = circuit.project(x, y)
            apart = abs(math.remainder(place.index - index, len(circuit.centre)))
            assert apart <= 6


@settings(max_examples=200)
@given(part=st.floats(0, 1), across=st.floats(-0.9, 0.9), off=st.integers(-8, 8))
def test_a_place_is_found_again_with_a_hint_or_without(
    ring: Track, part: float, across: float, off: int
) -> None:
    s_m = part * ring.length_m
    point = ring.centre[ring.index_at(s_m)]
    lateral = across * (point.left_m if across > 0 else point.right_m)
    x, y = ring.point_at(s_m, lateral)
    place = ring.project(x, y, ring.index_at(s_m) + off)
    assert abs(math.remainder(place.s_m - s_m, ring.length_m)) < 0.25
    assert abs(place.lateral_m - lateral) < 0.12
    assert ring.project(x, y) == place
    assert ring.project(x, y, ring.index_at(s_m) + len(ring.centre) // 2) == place


def test_the_surface_goes_from_road_over_kerb_to_grass(ring: Track) -> None:
    index = next(i for i, p in enumerate(ring.centre) if p.left_kerb)
    left = ring.centre[index].left_m
    assert ring.surface_at(index, left - 0.1) is Surface.ASPHALT
    assert ring.surface_at(index, left + 0.5) is Surface.KERB
    assert ring.surface_at(index, left + 2.0) is Surface.GRASS


def test_a_pick_up_of_no_kind_is_a_canister() -> None:
    plain = parse_track(SQUARE + "pickup 10 1")
    assert [pickup.kind for pickup in plain.pickups] == [PickupKind.CANISTER]
    assert parse_track(SQUARE + "pickup 10 1 canister") == plain


def test_a_pick_up_is_touched_even_by_a_car_that_steps_over_it(ring: Track) -> None:
    x, y = ring.pickups[2].x, ring.pickups[2].y
    before = CarState(x=x - 20.0, y=y + 1.0, heading=0.0)
    after = CarState(x=x + 20.0, y=y + 1.0, heading=0.0)
    touch = touched(ring, before, after)
    assert touch is not None
    assert touch[0] == 2
    assert touch[1] == pytest.approx(0.5)
    far = CarState(x=x - 20.0, y=y + 9.0, heading=0.0)
    assert touched(ring, far, far) is None
    full = before
    for _ in range(3):
        full = with_pickup(full, PickupKind.CANISTER)
    assert full.boost_ticks == BOOST_TICKS_MAX


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 0, "no name"),
        ("name square", 0, "fewer than 3 turns"),
        ("name Square", 1, "not a statement"),
        ("\nturn 1 2", 2, "not a statement"),
        ("turn 0 nan 20", 1, "not a number"),
        ("turn 0 inf 20", 1, "not a number"),
        ("turn 0 1e9 20", 1, "not a number"),
        ("turn 0 0 x", 1, "not a number"),
        ("width 2", 1, "not a number within 6..30"),
        ("title \x1b[31m", 1, "printable"),
        (SQUARE.replace("turn 100 0 20", "turn 100 0 90"), 3, "lie 100 m apart"),
        (SQUARE.replace("turn 100 0 20", "turn 0 0 20"), 2, "neighbour"),
        (SQUARE + "pickup 10 40", 6, "not a number within"),
        (SQUARE + "pickup 10 14", 6, "not on the road"),
        (SQUARE + "pickup 10 0 gold", 6, "not a statement"),
        (SQUARE + "pickup 5000 0", 6, "not on the road"),
        ("width 20\n" + SQUARE.replace(" 20\n", " 10\n"), 3, "too tight"),
        (EIGHT, 5, "crosses itself"),
        (SQUARE + "gate 200\ngate 100", 7, "not after"),
        (SQUARE + "wet 900 950 1 1", 6, "beyond the lap"),
        (SQUARE.replace("turn 0 0 20", "at 0 0 4 4"), 2, "both 'turn' and 'at'"),
        ("name open\n" + "".join(f"at {10 * k} 0 5 5\n" for k in range(40)), 41, "is open"),
        ("name flat\nturn 0 0 8\nturn 200 0 8\nturn 100 8 40\n", 2, "sharper"),
    ],
)
def test_a_faulty_circuit_is_refused_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(TrackError, match=reason) as caught:
        parse_track(text)
    assert caught.value.line == line


def test_all_faults_of_a_text_are_told_at_once_by_line() -> None:
    _, faults = read_track("name square\nfoo\nturn x 0 20\n" + SQUARE + "gate 90\ngate 50\n")
    assert [fault.line for fault in faults] == [2, 3, 10]


def test_a_circuit_may_cross_itself_by_a_bridge() -> None:
    track = parse_track(BRIDGED)
    assert track.has_bridge
    above = next(k for k, p in enumerate(track.centre) if p.level and math.hypot(p.x_m, p.y_m) < 2)
    below = next(
        k for k, p in enumerate(track.centre) if not p.level and math.hypot(p.x_m, p.y_m) < 2
    )
    assert track.project(0.0, 0.0, above).index == above
    assert track.project(0.0, 0.0, below).index == below
    assert track.centre[below].left_wall_m > track.centre[below].left_m + 5.0


def test_rain_dirt_and_water_lie_where_the_text_says() -> None:
    text = SQUARE + "dirt 100 150\nwet 10 30 4 -1\n"
    track = parse_track(text)
    assert track.surface_at(track.index_at(120.0), 0.0) is Surface.DIRT
    assert track.surface_at(track.index_at(20.0), -2.0) is Surface.WET
    assert track.surface_at(track.index_at(20.0), 0.0) is Surface.ASPHALT
    rain = parse_track(text + "weather rain")
    assert rain.surface_at(rain.index_at(20.0), 0.0) is Surface.WET
    assert rain.surface_at(rain.index_at(120.0), 0.0) is Surface.DIRT


def test_a_kerb_is_as_wet_as_the_road_beside_it() -> None:
    dry, puddle = parse_track(SQUARE), parse_track(SQUARE + "wet 0 300 20 -1\n")
    rain = parse_track(SQUARE + "weather rain\n")
    index = next(i for i, p in enumerate(dry.centre) if p.left_kerb and p.right_kerb)
    point = dry.centre[index]
    left, right = point.left_m + 0.1, -point.right_m - 0.1
    found = [[track.surface_at(index, at) for at in (left, right)] for track in (dry, puddle, rain)]
    assert found == [
        [Surface.KERB, Surface.KERB],
        [Surface.KERB, Surface.WET_KERB],
        [Surface.WET_KERB, Surface.WET_KERB],
    ]


def test_a_wet_kerb_holds_less_than_wet_asphalt() -> None:
    assert SURFACE_GRIP[Surface.WET_KERB] < SURFACE_GRIP[Surface.WET] < SURFACE_GRIP[Surface.KERB]


def test_heights_are_eased_from_place_to_place() -> None:
    track = parse_track(SQUARE + "height 50 0\nheight 150 20\n")
    heights = [point.height_m for point in track.centre]
    assert max(heights) == pytest.approx(20.0, abs=0.1)
    assert track.centre[track.index_at(100.0)].height_m == pytest.approx(10.0, abs=1.0)
    assert max(abs(a - b) for a, b in pairwise([*heights, heights[0]])) < 1.0


def test_free_points_give_the_road_they_tell() -> None:
    ring = [(80.0 * math.cos(k / 8), 80.0 * math.sin(k / 8)) for k in range(50)]
    text = "name free\n" + "".join(f"at {x:.2f} {y:.2f} 5 7\n" for x, y in ring)
    track = parse_track(text)
    assert track.length_m == pytest.approx(math.tau * 80.0, rel=0.01)
    assert (track.centre[3].left_m, track.centre[3].right_m) == pytest.approx((5.0, 7.0))
    assert track.centre[3].curvature == pytest.approx(1 / 80, rel=0.1)


def test_a_hostile_text_takes_no_time_to_refuse() -> None:
    far = "name far\n" + "".join(f"turn {5000 * (-1) ** k} {k} 5\n" for k in range(200))
    assert "not within" in str(read_track(far)[1][0])


STATEMENTS = ["name", "turn", "at", "width", "pickup", "trees", "scenery", "line", "runoff", "#"]
STRETCHES = ["bridge", "dirt", "wet", "height", "gate", "weather", "light"]
WORDS = st.sampled_from([*STATEMENTS, *STRETCHES, "tree", "grass", "rain", "night"])
LINES = st.lists(WORDS | st.integers(-99, 300).map(str) | st.text(max_size=6), max_size=6)


@settings(max_examples=60)
@given(lines=st.lists(LINES, max_size=12))
def test_any_text_is_a_circuit_or_a_track_error(lines: list[list[str]]) -> None:
    text = SQUARE + "\n".join(" ".join(words) for words in lines)
    try:
        track = parse_track(text)
    except TrackError:
        return
    assert track.length_m >= 200.0

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racer.core.car import CarState
from racer.core.layout import POINT_MULTIPLE
from racer.core.pickups import touched, with_canister
from racer.core.track import Surface, Track
from racer.core.trackfile import TrackError, parse_track
from racer.core.tuning import BOOST_TICKS_MAX, GRID_MAX

SQUARE = "name square\nturn 0 0 20\nturn 100 0 20\nturn 100 100 20\nturn 0 100 20\n"


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
    for x, y in circuit.pickups:
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


@settings(max_examples=200, deadline=None)
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


def test_a_pick_up_is_touched_even_by_a_car_that_steps_over_it(ring: Track) -> None:
    x, y = ring.pickups[2]
    before = CarState(x=x - 20.0, y=y + 1.0, heading=0.0)
    after = CarState(x=x + 20.0, y=y + 1.0, heading=0.0)
    touch = touched(ring, before, after)
    assert touch is not None
    assert touch[0] == 2
    assert touch[1] == pytest.approx(0.5)
    far = CarState(x=x - 20.0, y=y + 9.0, heading=0.0)
    assert touched(ring, far, far) is None
    full = with_canister(with_canister(with_canister(before)))
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
        (SQUARE + "pickup 5000 0", 6, "not on the road"),
        ("width 20\n" + SQUARE.replace(" 20\n", " 10\n"), 0, "too tight"),
        ("name flat\nturn 0 0 8\nturn 200 0 8\nturn 100 8 40\n", 2, "sharper"),
    ],
)
def test_a_faulty_circuit_is_refused_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(TrackError, match=reason) as caught:
        parse_track(text)
    assert caught.value.line == line


WORDS = st.sampled_from(
    ["name", "turn", "width", "pickup", "trees", "scenery", "tree", "line", "runoff", "grass", "#"]
)
LINES = st.lists(WORDS | st.integers(-99, 300).map(str) | st.text(max_size=6), max_size=6)


@settings(max_examples=150, deadline=None)
@given(lines=st.lists(LINES, max_size=12))
def test_any_text_is_a_circuit_or_a_track_error(lines: list[list[str]]) -> None:
    text = SQUARE + "\n".join(" ".join(words) for words in lines)
    try:
        track = parse_track(text)
    except TrackError:
        return
    assert track.length_m >= 200.0

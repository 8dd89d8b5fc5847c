"""The land about a circuit is composed by its country, the same each time, clear of the road."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

import pygame
import pytest

from racer.app.window.world import bridge
from racer.app.window.world.bridge import SHAPES, STRIP_PX, WIDE_M, Bridges, decks
from racer.app.window.world.camera import Sight
from racer.app.window.world.gantry import gantry
from racer.app.window.world.hills import hills_of
from racer.app.window.world.land.basins import basins
from racer.app.window.world.land.brooks import brooks
from racer.app.window.world.land.character import Country, character_of, country_of, land_of
from racer.app.window.world.land.plots import Plots, land_box
from racer.app.window.world.land.quarry import quarry
from racer.app.window.world.land.relief import Relief, mountain_tones, mountains, relief_of
from racer.app.window.world.land.road.along import across, runs, stretch, wall
from racer.app.window.world.land.road.barrier import BARRIER_M, BOARDS, RAIL, TYRE_RED, barrier
from racer.app.window.world.land.site import Site
from racer.app.window.world.land.sun import sun_of
from racer.app.window.world.land.tones import tones_of
from racer.app.window.world.land.trackside.posts import EVERY_M, posts_of
from racer.app.window.world.land.trackside.strip import trackside
from racer.app.window.world.land.trackside.town import town
from racer.app.window.world.land.underlay import Underlay
from racer.app.window.world.scenery import surroundings
from racer.app.window.world.shapes import Layer, Shape, hull
from racer.app.window.world.viewport import Viewport
from racer.core.circuits.track import Light, Weather

if TYPE_CHECKING:
    from racer.app.window.base.screen import Screen
    from racer.app.window.circuit_source import CircuitSource
    from racer.core.circuits.track import Track


def shipped(circuits: CircuitSource, name: str) -> Track:
    track = circuits.track(name)
    assert track is not None
    return track


@pytest.fixture(scope="module")
def dockyard(all_circuits: CircuitSource) -> Track:
    return shipped(all_circuits, "dockyard")


@pytest.fixture(scope="module")
def park(all_circuits: CircuitSource) -> Track:
    return shipped(all_circuits, "alder-park")


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("harbour-ring", Country.COAST),
        ("heron-marsh", Country.MARSH),
        ("highmoor", Country.MOOR),
        ("eagle-pass", Country.MOUNTAIN),
        ("copper-bowl", Country.OVAL),
        ("alder-park", Country.PARK),
        ("freeport", Country.PORT),
        ("slate-quarry", Country.QUARRY),
        ("northmarch", Country.FOREST),
        ("crossley-eight", Country.FARMS),
    ],
)
def test_a_name_a_theme_and_hills_tell_the_country(
    all_circuits: CircuitSource, name: str, country: Country
) -> None:
    assert country_of(shipped(all_circuits, name)) is country


def test_a_circuit_of_somebody_has_the_country_of_its_words_or_of_its_theme(park: Track) -> None:
    named = replace(park, name="amber-dunes", title="Amber Dunes")
    assert country_of(named) is Country.DESERT
    assert land_of(named).ground != land_of(park).ground
    assert country_of(replace(park, name="x", title="X", theme="forest")) is Country.FOREST
    assert country_of(replace(park, name="x", title="X", theme="what?")) is Country.FARMS


def test_the_land_is_the_same_each_time(dockyard: Track) -> None:
    land = land_of(dockyard)
    assert list(surroundings(dockyard, land)) == list(surroundings(dockyard, land))


def test_what_stands_on_the_ground_stands_clear_of_the_circuit(park: Track) -> None:
    nearest = math.inf
    trees = 0
    for shape in surroundings(park, land_of(park)):
        if shape.layer is Layer.ABOVE and shape.radius > 0.9:
            x, y = shape.points[0]
            place = park.project(x, y)
            left, right = park.walls_at(place)
            nearest = min(nearest, max(place.lateral_m - left, -right - place.lateral_m))
            trees += 1
    assert trees > 300
    assert nearest > 0.0


def site_of(track: Track) -> Site:
    return Site(track, land_of(track), character_of(track), sun_of(track), Plots(track))


def beyond(track: Track, x: float, y: float) -> float:
    place = track.project(x, y)
    left, right = track.walls_at(place)
    return max(place.lateral_m - left, -right - place.lateral_m)


@pytest.mark.parametrize("name", ["alder-park", "dockyard"])
def test_what_stands_close_behind_the_barriers_stands_behind_them(
    all_circuits: CircuitSource, name: str
) -> None:
    track = shipped(all_circuits, name)
    standing = [shape for shape in trackside(site_of(track)) if shape.layer is Layer.ABOVE]
    assert len(standing) > 100
    corners = [point for shape in standing[::7] for point in shape.points]
    assert min(beyond(track, x, y) for x, y in corners) > 0.8


def test_a_marshal_is_near_wherever_one_is_and_has_room(dockyard: Track, park: Track) -> None:
    for track in (dockyard, park):
        ways = [post.way_m for post in posts_of(track)]
        gaps = [(b - a) % track.length_m for a, b in zip(ways, ways[1:] + ways[:1], strict=True)]
        assert max(gaps) < 2.0 * EVERY_M
        for post in posts_of(track):
            assert 1.0 < beyond(track, post.place.x, post.place.y) < 3.0


def test_a_brook_takes_its_ground_and_a_basin_lies_clear_of_the_road(
    dockyard: Track, park: Track
) -> None:
    site = site_of(park)
    water = [shape.points[0] for shape in brooks(site) if shape.colour == site.water]
    assert len(water) > 20
    assert not any(site.plots.free(x, y, 1.0) for x, y in water)
    quays = [point for shape in basins(site_of(dockyard)) for point in shape.points]
    assert min(beyond(dockyard, x, y) for x, y in quays[::5]) > 1.0


def test_a_quarry_is_dug_and_heaped_clear_of_the_road(all_circuits: CircuitSource) -> None:
    track = all_circuits.track("slate-quarry")
    assert track is not None
    site = site_of(track)
    dug, heaped = quarry(site)
    assert len(dug) > 300, "some pits found ground"
    assert len(heaped) > 1000, "and many heaps"
    for shape in (*dug, *heaped):
        if shape.layer is not Layer.SHADE:
            assert all(site.plots.beyond_barriers(*point) > 2.0 for point in shape.points)


def test_ground_is_given_once(park: Track) -> None:
    plots = Plots(park)
    assert not plots.free(park.centre[0].x_m, park.centre[0].y_m, 1.0)
    at = plots.place(Random(1), 12.0, tries=200)
    assert at is not None
    assert not plots.free(*at, 1.0)


def test_the_sun_throws_long_shadows_at_dusk_and_none_in_rain_or_at_night(park: Track) -> None:
    def reach(track: Track) -> float:
        return math.hypot(sun_of(track).dx, sun_of(track).dy)

    day = reach(park)
    assert reach(replace(park, light=Light.DUSK)) > 1.4 * day
    assert reach(replace(park, weather=Weather.RAIN)) < 0.25 * day
    assert reach(replace(park, light=Light.NIGHT)) < 0.25 * day


def test_a_shadow_reaches_from_the_foot_to_where_the_top_throws_it(park: Track) -> None:
    sun = sun_of(park)
    square = ((0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0))
    shadow = sun.shadow(square, 10.0)
    assert shadow.layer is Layer.SHADE
    left, bottom, right, top = shadow.box()
    assert (left, top) == (0.0, 2.0)
    assert right == pytest.approx(2.0 + 10.0 * sun.dx)
    assert bottom == pytest.approx(10.0 * sun.dy)


def test_a_hull_is_convex_and_holds_all_points() -> None:
    rng = Random(2)
    points = [(rng.uniform(-5.0, 5.0), rng.uniform(-5.0, 5.0)) for _ in range(40)]
    rim = hull(points)
    for (ax, ay), (bx, by) in zip(rim, rim[1:] + rim[:1], strict=True):
        assert all((bx - ax) * (y - ay) - (by - ay) * (x - ax) >= -1e-9 for x, y in points)


def test_runs_meet_and_are_of_one_kind(park: Track) -> None:
    pairs = stretch(park, 0)
    found = list(runs(pairs, 6, lambda i: i // 10))
    assert sum(len(run) - 1 for run in found) == len(pairs)
    assert all(len(run) <= 7 for run in found)
    assert all(len({i // 10 for i in run[:-1]}) == 1 for run in found)
    assert all(a[-1] == b[0] for a, b in itertools.pairwise(found))


def test_barriers_are_tyres_outside_of_tight_turns_and_boards_before_stands(park: Track) -> None:
    shapes: list[Shape] = [
        shape for side in (1.0, -1.0) for shape in barrier(park, stretch(park, 0), side)
    ]
    colours = {shape.colour for shape in shapes}
    assert {TYRE_RED, RAIL} <= colours
    assert len(colours & set(BOARDS)) >= 3
    assert all(shape.layer is Layer.ABOVE for shape in shapes)


def test_the_ground_has_tones_about_the_lands_own(screen: Screen, park: Track) -> None:
    land = land_of(park)
    tones = tones_of(land, character_of(park), land_box(park), park.name)
    picture = tones.picture
    greens = {picture.get_at((x, 40))[:3] for x in range(0, picture.get_width(), 3)}
    assert len(greens) > 10
    average = pygame.transform.average_color(picture)
    assert math.dist(average[:3], land.ground) < 24.0


def test_tiles_of_an_underlay_meet_without_a_seam(screen: Screen) -> None:
    picture = pygame.Surface((64, 64)).convert()
    for x in range(64):
        pygame.draw.line(picture, (4 * x, 4 * x, 4 * x), (x, 0), (x, 63))
    under = Underlay(picture, (0.0, -640.0, 640.0, 0.0), 100.0, 128)
    west, east = under.part((1, 1)), under.part((2, 1))
    assert west is not None
    assert east is not None
    across = [west.get_at((x, 50))[0] for x in range(128)] + [
        east.get_at((x, 50))[0] for x in range(128)
    ]
    assert max(abs(b - a) for a, b in itertools.pairwise(across)) <= 2
    assert under.part((50, 1)) is None


def test_a_mountain_has_rock_and_snow_up_high_and_meadow_by_the_road(
    screen: Screen, all_circuits: CircuitSource
) -> None:
    track = shipped(all_circuits, "eagle-pass")
    hills = hills_of(track)
    assert hills is not None
    box = land_box(track)
    relief = relief_of(hills, box, track.name)
    assert relief.high - relief.low > 80.0
    tones = mountain_tones(relief, land_of(track), sun_of(track), track.name)
    size = tones.picture.get_size()
    found = [
        tones.picture.get_at((x, y)) for x in range(0, size[0], 4) for y in range(0, size[1], 4)
    ]
    snow = sum(min(each[:3]) > 180 for each in found) / len(found)
    green = sum(each[1] > each[0] and each[1] > 1.2 * each[2] for each in found) / len(found)
    assert 0.04 < snow < 0.5
    assert green > 0.2
    assert any(relief.is_bare(box[0] + x, box[1] + x) for x in range(0, 800, 5))


def test_rock_and_snow_are_faces_lit_from_the_north_west_and_none_is_near_the_road(
    screen: Screen, all_circuits: CircuitSource
) -> None:
    track = shipped(all_circuits, "eagle-pass")
    hills = hills_of(track)
    assert hills is not None
    relief = relief_of(hills, land_box(track), track.name)
    faces = list(mountains(relief, track.name))
    assert faces == list(mountains(relief, track.name)), "the same each time"
    assert 5_000 < len(faces) < 60_000
    plots = Plots(track)
    for face in faces[::7]:
        assert min(plots.beyond_barriers(x, y) for x, y in face.points) > 0.0
    snow = [face for face in faces if min(face.colour) > 225]
    rock = [face for face in faces if max(face.colour) < 100]
    assert len(snow) > 300, "in the sun"
    assert len(rock) > 300, "in the shade"
    for lit, kind in ((True, snow), (False, rock)):
        towards = [_rise_to_the_south_east(relief, face) for face in kind]
        share = sum((rise > 0.0) is lit for rise in towards) / len(towards)
        assert share > 0.7, "what looks to the north-west is lit"


def _rise_to_the_south_east(relief: Relief, face: Shape) -> float:
    x, y = (sum(part) / len(face.points) for part in zip(*face.points, strict=True))
    dx, dy = relief.slope(
        int((relief.box[3] - y) / relief.cell_m), int((x - relief.box[0]) / relief.cell_m)
    )
    return dx - dy


def test_the_gantry_spans_the_road_beyond_the_line_and_is_shown_where_it_is_seen(
    screen: Screen, park: Track
) -> None:
    over, viewport, first = gantry(park, 11.0), Viewport(), park.centre[0]
    scene = pygame.Surface((900, 900)).convert()
    viewport.look(scene, Sight(first.x_m, first.y_m, 10.0), 1.0)
    sprite = over.sprite(viewport)
    assert sprite is not None
    scene.fill((0, 255, 0))
    scene.fblits([sprite])

    def is_covered(forward: float, lateral: float) -> bool:
        x, y = park.point_at(forward, lateral)
        return scene.get_at(viewport.place(x, y))[:3] != (0, 255, 0)

    assert not is_covered(1.0, 0.0), "the line itself is seen"
    beam = [2.9 + 0.25 * k for k in range(9)]
    for lateral in (-first.right_m, 0.0, first.left_m):
        assert sum(is_covered(forward, lateral) for forward in beam) >= 4
    viewport.look(scene, Sight(first.x_m + 500.0, first.y_m, 10.0), 1.0)
    assert over.sprite(viewport) is None


def test_a_bridge_is_darkest_just_below_its_rim_and_its_girders_are_steel(
    screen: Screen, all_circuits: CircuitSource
) -> None:
    track = shipped(all_circuits, "crossley-eight")
    (deck,) = decks(track, land_of(track), 8.0)
    upper = [point for point in track.centre if point.level]
    middle = upper[len(upper) // 2]
    side = 1.0 if middle.ty < -middle.tx else -1.0  # the one away from the light
    viewport = Viewport()
    viewport.look(pygame.Surface((320, 320)), Sight(middle.x_m, middle.y_m, 8.0), 1.0)
    while deck.warm():
        pass
    sprite = deck.sprite(viewport)
    assert sprite is not None
    picture, (left, top) = sprite[0], sprite[1]

    def pixel(out_m: float) -> pygame.Color:
        x, y = viewport.place(*across(middle, wall(middle, side) + side * out_m))
        return picture.get_at((x - left, y - top))

    below = [pixel(WIDE_M + 0.4 + 0.5 * k) for k in range(12)]
    alphas = [colour.a for colour in below]
    assert alphas == sorted(alphas, reverse=True)
    assert alphas[0] > 140
    assert alphas[-1] < 40
    girder = [pixel(BARRIER_M + 0.3 + 0.1 * k) for k in range(11)]
    assert any(colour.b > colour.r + 30 for colour in girder)


def test_a_bridge_painted_in_steps_is_the_one_painted_at_once_and_no_step_is_the_whole(
    screen: Screen, all_circuits: CircuitSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    track = shipped(all_circuits, "crossley-eight")
    (stepped,) = decks(track, land_of(track), 8.0)
    costs, polygon, shrunk = [0], pygame.draw.polygon, [0]

    def counted(*args: Any) -> pygame.Rect:
        costs[-1] += 1
        return polygon(*args)

    smoothscale = pygame.transform.smoothscale

    def counted_shrink(picture: pygame.Surface, size: tuple[int, int]) -> pygame.Surface:
        shrunk.append(size[0] * size[1])
        return smoothscale(picture, size)

    monkeypatch.setattr(pygame.draw, "polygon", counted)
    monkeypatch.setattr(pygame.transform, "smoothscale", counted_shrink)
    while stepped.warm():
        costs.append(0)
    assert max(costs) <= SHAPES < sum(costs) / 5
    assert max(shrunk) <= STRIP_PX < sum(shrunk)
    monkeypatch.setattr(bridge, "SHAPES", 10**9)
    monkeypatch.setattr(bridge, "STRIP_PX", 10**12)
    (whole,) = decks(track, land_of(track), 8.0)
    middle = next(point for point in track.centre if point.level)
    viewport = Viewport()
    viewport.look(pygame.Surface((320, 320)), Sight(middle.x_m + 500.0, middle.y_m, 8.0), 1.0)
    assert whole.sprite(viewport) is None
    while whole.warm():
        pass
    viewport.look(pygame.Surface((320, 320)), Sight(middle.x_m, middle.y_m, 8.0), 1.0)
    for marked in (False, True):
        if marked:
            for deck in (stepped, whole):
                deck.mark(middle.x_m, middle.y_m)
        pictures = [deck.sprite(viewport) for deck in (stepped, whole)]
        one, other = (pygame.image.tobytes(each[0], "RGBA") for each in pictures if each)
        assert one == other
    assert sum(costs) > 2 * SHAPES * 5


def test_a_bridge_that_was_never_painted_is_a_plain_one_until_it_is(
    screen: Screen, all_circuits: CircuitSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    track = shipped(all_circuits, "crossley-eight")
    (deck,) = decks(track, land_of(track), 8.0)
    middle = next(point for point in track.centre if point.level)
    viewport = Viewport()
    viewport.look(pygame.Surface((320, 320)), Sight(middle.x_m, middle.y_m, 8.0), 1.0)
    painted: list[Any] = []
    monkeypatch.setattr(pygame.draw, "polygon", lambda *args: painted.append(args))
    plain = deck.sprite(viewport)
    assert plain is not None
    assert painted == [], "who comes beside it waits for none of its shapes"
    monkeypatch.undo()
    x, y = viewport.place(middle.x_m + 2.0 * middle.tx, middle.y_m + 2.0 * middle.ty)
    assert plain[0].get_at((x - plain[1][0], y - plain[1][1])).a == 255, "there is a road"
    while deck.warm():
        pass
    own = deck.sprite(viewport)
    assert own is not None
    assert own[1] == plain[1]
    assert pygame.image.tobytes(own[0], "RGBA") != pygame.image.tobytes(plain[0], "RGBA")


def test_a_bridge_of_another_scale_stands_in_until_its_own_is_painted_with_all_marks(
    screen: Screen, all_circuits: CircuitSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    track = shipped(all_circuits, "crossley-eight")
    middle = next(point for point in track.centre if point.level)
    viewport = Viewport()
    viewport.look(pygame.Surface((320, 320)), Sight(middle.x_m, middle.y_m, 8.0), 1.0)
    coarse = Bridges(track, 4.0)
    while not coarse.warm():
        pass
    monkeypatch.setattr(bridge, "WARM_NS", 0)  # a step a frame
    fine, steps = Bridges(track, 8.0, coarse), 0
    (before,) = coarse.sprites(viewport)
    unmarked = pygame.image.tobytes(before[0], "RGBA")
    while True:
        (shown,) = fine.sprites(viewport)
        assert shown[1] == before[1], "it is seen at its place all the while"
        assert pygame.image.tobytes(shown[0], "RGBA") == unmarked, "and nothing else was painted"
        if fine.warm():
            break
        steps += 1
        assert fine.shown == coarse.shown
    assert steps > 10
    (shown,) = fine.sprites(viewport)
    assert pygame.image.tobytes(shown[0], "RGBA") != unmarked, "now its own is there"
    marked = []
    for early in (False, True):
        late = Bridges(track, 8.0, coarse)
        if early:
            late.mark(middle.x_m, middle.y_m)
        while not late.warm():
            pass
        if not early:
            late.mark(middle.x_m, middle.y_m)
        (sprite,) = late.sprites(viewport)
        marked.append(pygame.image.tobytes(sprite[0], "RGBA"))
    assert marked[0] == marked[1] != pygame.image.tobytes(shown[0], "RGBA")


def test_streets_run_through_a_town_that_keeps_off_the_circuit_and_off_itself(
    screen: Screen, all_circuits: CircuitSource
) -> None:
    track = shipped(all_circuits, "freeport")
    site = Site(track, land_of(track), character_of(track), sun_of(track), Plots(track))
    houses = list(town(site))
    roofs = [each for each in houses if each.layer is Layer.ABOVE and each.radius == 0.0]
    assert len(roofs) > 1_000
    for roof in roofs[::5]:
        assert min(site.plots.beyond_barriers(x, y) for x, y in roof.points) > 3.0
    dock = shipped(all_circuits, "dockyard")
    site = Site(dock, land_of(dock), character_of(dock), sun_of(dock), Plots(dock))
    assert not list(town(site)), "a dockyard has no streets"

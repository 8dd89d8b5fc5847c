"""Circuits look like what they are: bridges hide, night is dark, hills are shaded, rain falls."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, final

import pygame
import pytest

from racer.app.window.base.paints import Eyes, paint
from racer.app.window.circuit_source import CircuitSource
from racer.app.window.scenes.demo import Demo
from racer.app.window.world.camera import Sight
from racer.app.window.world.detail import FRAMES, PATIENCE, PATIENCE_MOST, Detail
from racer.app.window.world.hills import hills_of
from racer.app.window.world.painter import WorldPainter
from racer.app.window.world.tiles.beside import PaintingBeside, WorkshopBeside
from racer.app.window.world.tiles.kept_tiles import KeptTiles
from racer.app.window.world.tiles.painted_land import FAR_PX, NEAR, NEAR_PX, PaintedLand
from racer.app.window.world.tiles.painting import PaintingHere, Wish, WorkshopHere
from racer.app.window.world.tiles.terrain import FORCED, Terrain
from racer.app.window.world.tiles.tile_painter import TILE
from racer.app.window.world.tiles.tyre_marks import TyreMarks
from racer.core.circuits.track import Light, Weather
from racer.core.circuits.trackfile import parse_track
from racer.play.view import Pose
from tests.waiting import until

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.screen import Screen
    from racer.app.window.world.tiles.painting import Painting
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine
    from racer.play.view import CarView

EIGHT = """
name small-eight
title Small Eight
width 10
runoff 4 grass
line 0.3
turn 170 -90 60
turn 170 80 60
turn 70 80 50
turn -70 -80 50
turn -170 -80 60
turn -170 90 60
turn -70 90 50
turn 60 -90 50
bridge 380 428
height 0 0
height 500 30
"""
RED = 0  # the number of a car whose paint is nowhere else on the land


@pytest.fixture(scope="module")
def eight() -> Track:
    return parse_track(EIGHT)


@pytest.fixture(scope="module")
def day(screen: Screen, eight: Track) -> WorldPainter:
    """The land by day; painting one takes a third of a second."""
    return world_of(eight)


@pytest.fixture(scope="module")
def car(eight: Track) -> CarView:
    return Demo(eight, CircuitSource((eight,)).line(eight), 1).cars()[0]


def world_of(track: Track) -> WorldPainter:
    return WorldPainter(CircuitSource((track,)), track, 1.0)


def moved(car: CarView, track: Track, way_m: float) -> CarView:
    x, y = track.point_at(way_m)
    pose = Pose(x, y, track.heading_at(way_m))
    return replace(car, number=RED, pose=pose, before=pose, way_m=way_m)


def painted(canvas: Canvas, world: WorldPainter, car: CarView) -> int:
    """Return how many pixels near the middle have the paint of a car that is drawn there."""
    world.draw(canvas, Sight(car.pose.x, car.pose.y), [car], (), 1.0, 1 / 60)
    middle = canvas.surface.get_rect().center
    spots = [(middle[0] + dx, middle[1] + dy) for dx in range(-14, 15) for dy in range(-14, 15)]
    return sum(math.dist(canvas.surface.get_at(at)[:3], paint(RED, Eyes.ANY)) < 60 for at in spots)


def test_a_bridge_hides_who_is_below_and_carries_who_is_on_it(
    canvas: Canvas, eight: Track, day: WorldPainter, car: CarView
) -> None:
    top = next(i for i, p in enumerate(eight.centre) if p.level == 1) + 9
    upper = eight.centre[top]
    below = min(
        (i for i, p in enumerate(eight.centre) if p.level == 0),
        key=lambda i: math.dist((eight.centre[i].x_m, eight.centre[i].y_m), (upper.x_m, upper.y_m)),
    )
    assert painted(canvas, day, moved(car, eight, top * eight.spacing_m)) > 60
    assert painted(canvas, day, moved(car, eight, below * eight.spacing_m)) == 0
    assert painted(canvas, day, moved(car, eight, 100.0)) > 60


def test_night_is_dark_but_for_what_the_lamps_of_a_car_light(
    canvas: Canvas, eight: Track, day: WorldPainter, car: CarView
) -> None:
    night = world_of(replace(eight, light=Light.NIGHT))
    car = moved(car, eight, 235.0)

    def brightness(world: WorldPainter, forward_m: float) -> float:
        world.draw(canvas, Sight(car.pose.x, car.pose.y), [replace(car, mine=True)], (), 1.0, 0.0)
        x = car.pose.x + forward_m * math.cos(car.pose.heading)
        y = car.pose.y + forward_m * math.sin(car.pose.heading)
        px, py = world.viewport.on_screen(x, y)
        spot = pygame.Rect(round(px) - 6, round(py) - 6, 12, 12)
        return sum(pygame.transform.average_color(canvas.surface, spot)[:3])

    assert brightness(night, -20.0) < 0.5 * brightness(day, -20.0)
    assert brightness(night, 14.0) > 0.7 * brightness(day, 14.0)


def test_as_many_tiles_are_kept_as_a_picture_shows_with_those_about_it_and_not_many_more(
    screen: Screen, all_circuits: CircuitSource, eight: Track
) -> None:
    kept = {}
    for scale, size in ((1.0, (960, 720)), (1.5, (1440, 1080)), (2.0, (1920, 1440))):
        land = PaintedLand(eight, all_circuits.line(eight), scale, WorkshopHere())
        tiles = land.scales[NEAR]
        shown = TILE * FAR_PX * scale * math.exp(-FORCED) / tiles.px_per_m  # as small as ever
        columns, rows = (math.ceil(side / shown) + 1 for side in size)
        assert (columns + 2) * (rows + 2) <= tiles.tiles_max
        kept[scale] = sum(each.tiles_max for each in land.scales) * TILE * TILE * 4 / 1e6
    assert kept[1.0] < 60.0
    assert kept[1.5] < 85.0, "of the 200 MB that a window may have"


def test_rain_falls_and_never_twice_the_same(canvas: Canvas, eight: Track) -> None:
    world = world_of(replace(eight, weather=Weather.RAIN))
    pictures = set()
    for _ in range(3):
        world.draw(canvas, Sight(0.0, 0.0), (), (), 0.0, 1 / 60)
        pictures.add(pygame.image.tobytes(canvas.surface, "RGB"))
    assert len(pictures) == 3


def test_hills_are_shaded_and_flat_land_is_left_alone(eight: Track) -> None:
    flat = replace(eight, centre=tuple(replace(p, height_m=0.0) for p in eight.centre))
    assert hills_of(flat) is None
    hills = hills_of(eight)
    assert hills is not None
    assert hills.low == pytest.approx(0.0, abs=3.0)
    assert hills.high == pytest.approx(30.0, abs=3.0)


def test_however_far_one_drives_the_painted_land_stays_bounded(canvas: Canvas) -> None:
    tiles = KeptTiles(TyreMarks(), NEAR_PX, tiles_max=12)
    for k in range(60):
        tiles.keep((k, 0), tiles.blank())
    assert [k for k in range(60) if (k, 0) in tiles] == list(range(48, 60))


def test_a_tyre_mark_outlives_the_tile_that_it_was_painted_on(canvas: Canvas) -> None:
    marks = TyreMarks()
    tiles = KeptTiles(marks, NEAR_PX, tiles_max=1)

    def fresh() -> pygame.Surface:
        picture = tiles.blank()
        picture.fill((120, 120, 120))
        tiles.keep((0, 0), picture)
        return picture

    clean = pygame.image.tobytes(fresh(), "RGB")
    marks.leave(4.0, -4.0)
    tiles.mark(4.0, -4.0)
    kept = tiles.picture((0, 0))
    assert kept is not None
    marked = pygame.image.tobytes(kept, "RGB")
    assert marked != clean
    tiles.keep((40, 40), tiles.blank())
    assert (0, 0) not in tiles
    assert pygame.image.tobytes(fresh(), "RGB") == marked


@pytest.fixture(scope="module")
def line(eight: Track) -> RacingLine:
    return CircuitSource((eight,)).line(eight)


def test_the_land_fills_the_picture_at_any_scale_without_a_seam(
    canvas: Canvas, eight: Track, line: RacingLine
) -> None:
    ground = Terrain(PaintedLand(eight, line, 1.0, WorkshopHere()), 1.0)
    picture = pygame.Surface((500, 300)).convert()
    for k in range(40):
        picture.fill((255, 0, 255))
        ground.draw(picture, (-777 + 13 * k, -333 - 7 * k), 4.0 + 0.17 * k)
        assert pygame.mask.from_threshold(picture, (255, 0, 255), (1, 1, 1)).count() == 0


@final
class Counting:
    """Paints here, and counts the tiles of each frame."""

    def __init__(self) -> None:
        self.painted = [0]

    def begin(self, track: Track, line: RacingLine, scales: tuple[float, ...]) -> Painting:
        here, painted = PaintingHere(track, line, scales), self.painted
        order = here.order

        def counted(wish: Wish) -> None:
            painted[-1] += 1
            order(wish)

        here.order = counted  # type: ignore[method-assign]
        return here

    def close(self) -> None:
        pass


def test_other_tiles_are_taken_only_once_they_are_painted_one_a_frame(
    canvas: Canvas, eight: Track, line: RacingLine
) -> None:
    workshop = Counting()
    ground = Terrain(PaintedLand(eight, line, 1.0, workshop), 1.0)
    picture = pygame.Surface((1040, 720)).convert()
    for k in range(900):
        workshop.painted.append(0)
        ground.draw(picture, (-520, -360), max(FAR_PX - 1.0, (NEAR_PX - 1.0) * 0.999**k))
    assert max(workshop.painted[2:]) == 1
    assert ground.px_per_m == FAR_PX


def test_a_process_beside_paints_the_same_land_and_no_frame_waits_for_it(
    canvas: Canvas, eight: Track, line: RacingLine
) -> None:
    def seen(land: PaintedLand) -> bytes:
        picture = pygame.Surface((300, 200)).convert()
        Terrain(land, 1.0).draw(picture, (-150, -100), NEAR_PX)
        return pygame.image.tobytes(picture, "RGB")

    here = seen(PaintedLand(eight, line, 1.0, WorkshopHere()))
    workshop = WorkshopBeside()
    try:
        beside = PaintedLand(eight, line, 1.0, workshop)
        assert seen(beside) != here, "nothing has come yet: the frame goes on without"
        until(lambda: seen(beside) == here, "the same picture", 40.0)  # of a busy machine
    finally:
        workshop.close()


def test_where_the_painting_process_dies_the_window_paints_itself(
    canvas: Canvas, eight: Track, line: RacingLine
) -> None:
    beside = WorkshopBeside()
    try:
        painting = beside.begin(eight, line, (NEAR_PX,))
        assert isinstance(painting, PaintingBeside)
        assert beside._process is not None
        beside._process.kill()
        beside._process.wait()
        painting.order(Wish(0, (0, 0)))
        until(lambda: _comes(painting, Wish(0, (0, 0))), "a tile")
    finally:
        beside.close()


def _comes(painting: Painting, wish: Wish) -> bool:
    painting.order(wish)
    return wish in [done.wish for done in painting.finished()]


def test_a_world_is_finer_again_when_only_the_menu_was_slow() -> None:
    detail = Detail()
    detail.fit((2560, 1440))
    for _ in range(FRAMES):
        detail.on_frame(100.0)
    assert detail.shrink == 2
    for k in range(3 * PATIENCE):
        detail.on_frame(30.0 if k % 200 == 199 else 4.0)
    assert detail.shrink == 1, "a stall now and then is no slowness"


def test_a_machine_that_is_too_slow_for_a_finer_world_is_tried_ever_more_rarely() -> None:
    detail, changes, hours = Detail(), 0, 2
    detail.fit((2560, 1440))
    for _ in range(hours * 3600 * 60):
        was = detail.shrink
        detail.on_frame(5.0 if was == 2 else 20.0)
        changes += detail.shrink != was
    assert 3 <= changes <= 2 * (6 + 6 * hours)


def test_a_world_that_is_neither_slow_nor_easy_stays_as_it_is() -> None:
    detail = Detail()
    detail.fit((2560, 1440))
    for _ in range(FRAMES):
        detail.on_frame(100.0)
    for _ in range(2 * PATIENCE_MOST):
        detail.on_frame(9.0)
    assert detail.shrink == 2


def test_a_slow_machine_draws_a_large_world_less_finely_and_its_places_stay(
    canvas: Canvas, eight: Track
) -> None:
    detail = Detail()
    assert detail.fit((1920, 1080)) == 1
    for _ in range(3 * FRAMES):
        detail.on_frame(100.0)
    assert detail.fit((1920, 1080)) == 1, "a half of it would be coarse"
    assert detail.fit((2560, 1440)) == 1
    for _ in range(3 * FRAMES):
        detail.on_frame(100.0)
    assert detail.fit((2560, 1440)) == 2
    assert detail.fit((3840, 2160)) == 2
    for _ in range(3 * PATIENCE_MOST):
        detail.on_frame(1.0)
    assert detail.fit((3840, 2160)) == 2, "as fine as such a window is drawn to begin with"
    circuits = CircuitSource((eight,))
    sight, places = Sight(10.0, -5.0, 8.0), []
    for shrink in (1, 2):
        world = WorldPainter(circuits, eight, 1.0, shrink=shrink)
        world.draw(canvas, sight, (), (), 0.0, 0.0)
        places.append(world.viewport.on_screen(14.0, 2.0))
    assert places[1] == pytest.approx(places[0], abs=2.0)

"""What is written over cars and on the board can be read: nothing hides or wipes it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pygame

from racer.app.window.base.box import Box
from racer.app.window.base.canvas import Canvas
from racer.app.window.base.figures import Figures
from racer.app.window.hud.board import Board
from racer.app.window.hud.columns import HudSide, columns_of
from racer.app.window.hud.labels.name_places import NamePlaces, Spacing, Tagged
from racer.app.window.hud.labels.name_tags import NameTags
from racer.app.window.hud.labels.picture import Picture
from racer.app.window.scenes.race_list import list_box
from tests.app.fakes import FakeSeat

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pytest

    from racer.app.window.circuit_source import CircuitSource

AREA = pygame.Rect(0, 0, 1044, 720)
INK = (200, 60, 20)


def test_a_part_that_takes_the_place_of_others_is_not_wiped_with_them(canvas: Canvas) -> None:
    """All standings stand where times and map were a picture ago."""
    board, columns = Board(), columns_of(1280.0, 720.0, HudSide.RIGHT)
    times, rows = Box(1056.0, 92.0, 212.0, 128.0), Box(1056.0, 92.0, 212.0, 400.0)
    for slot, box in (("times", times), ("rows", rows), ("rows", rows)):
        board.begin(canvas, columns)
        board.part(canvas, slot, box, 0, partial(fill, canvas, box))
        board.end(canvas)
        assert canvas.surface.get_at((canvas.px(1100.0), canvas.px(100.0)))[:3] == INK


def test_nothing_is_left_of_what_a_part_draws_beyond_its_box(canvas: Canvas) -> None:
    """Of a badge at the map's edge a line stayed, where the car had gone on."""
    board, columns = Board(), columns_of(1280.0, 720.0, HudSide.RIGHT)
    box = Box(1056.0, 92.0, 212.0, 128.0)
    wide = Box(box.x, box.y, box.width + 1.0, box.height + 1.0)
    paints: list[Callable[[], None]] = [partial(canvas.panel, *wide, INK, 255, 0), lambda: None]
    for key, paint in enumerate(paints):
        board.begin(canvas, columns)
        board.part(canvas, "map", box, key, paint)
        board.end(canvas)
    seen = {canvas.surface.get_at((x, canvas.px(100.0)))[:3] for x in range(1044, 1280)}
    assert INK not in seen


def test_a_name_is_whole_as_long_as_its_car_is_seen(
    canvas: Canvas, all_circuits: CircuitSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = FakeSeat(all_circuits, cars=4)
    seat.start()
    view = seat.view()
    assert view is not None
    cars = tuple(replace(car, mine=False, name="Wilhelmina") for car in view.cars)
    corners = [(1.0, 1.0), (1042.0, 718.0), (1.0, 718.0), (1042.0, 1.0)]
    placed: list[Mapping[int, pygame.Rect]] = []
    place = NamePlaces.place

    def watched_place(
        places: NamePlaces, tagged: Sequence[Tagged], spacing: Spacing, *rest: Any
    ) -> Mapping[int, pygame.Rect]:
        placed.append(place(places, tagged, spacing, *rest))
        return placed[-1]

    monkeypatch.setattr(NamePlaces, "place", watched_place)
    NameTags().draw(canvas, Picture(cars, corners, 9.0, AREA), ())
    assert len(placed[0]) == 4
    assert all(AREA.contains(rect) for rect in placed[0].values())


def fill(canvas: Canvas, box: Box) -> None:
    canvas.panel(*box, INK, 255, 0)


def test_letters_can_be_read_in_the_smallest_window() -> None:
    small = Canvas(pygame.Surface((640, 360)))
    assert small.letters.width("W", small._letter_px(11.0)) >= small.letters.width("W", 11)


def test_the_list_of_races_is_as_high_as_what_stands_in_it() -> None:
    most = Box(40.0, 226.0, 620.0, 414.0)
    heights = [list_box(most, races, alone=False).height for races in range(8)]
    assert heights[1:] == sorted(heights[1:])
    assert max(heights) == most.height
    assert heights[0] < list_box(most, 0, alone=True).height < most.height


def test_a_short_way_is_told_more_exactly() -> None:
    assert Figures().way(1038.0) == "1.04 km"
    assert Figures().way(15_570.0) == "15.6 km"
    assert Figures(comma=True, miles=True).way(1038.0) == "0,64 mi"

"""A room of 64, of whom 24 drive: everybody is somewhere to be seen, and nothing overlaps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from racer.app.window.scenes.lobby import crowd_words, start_words
from racer.app.window.scenes.people.grid_panel import MORE, PANEL_BOX, GridPanel
from racer.app.window.scenes.people.people_menu import PeopleMenu
from racer.app.window.scenes.results.result_table import out_boxes, row_boxes
from racer.core.tuning import GRID_MAX
from racer.play.view import ResultView
from tests.app.fakes import FakeSeat

if TYPE_CHECKING:
    from racer.app.window.base.box import Box
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.circuit_source import CircuitSource
    from racer.play.view import RaceView


def crowded(view: RaceView, cars: int, waiting: int, watching: int) -> RaceView:
    """Return a view of a room with so many people in it."""
    like = view.drivers[-1]
    seated = [replace(like, node=bytes([k]) * 16, number=k) for k in range(1, cars + 1)]
    others = [
        replace(like, node=bytes([100 + k]) * 16, number=None, watching=k >= waiting)
        for k in range(waiting + watching)
    ]
    return replace(view, drivers=(*seated, *others))


def test_24_cars_and_who_has_none_stand_in_the_lobby_apart(all_circuits: CircuitSource) -> None:
    view = crowded(viewed(all_circuits), 24, waiting=2, watching=38)
    panel = GridPanel()
    boxes = [card.box for card in panel.cards(view)]
    assert len(boxes) == 24 + 4
    assert all(box.right <= PANEL_BOX.right and box.bottom <= PANEL_BOX.bottom for box in boxes)
    assert not any(overlaps(boxes, k) for k in range(len(boxes)))
    assert crowd_words(view).startswith("26 here, 2 waiting for a car, 38 watching")


def test_everybody_without_a_car_comes_up_when_the_list_is_turned_over(
    all_circuits: CircuitSource,
) -> None:
    view = crowded(viewed(all_circuits), 24, waiting=2, watching=38)
    panel, seen = GridPanel(), set[str]()
    for _ in range(14):
        cards = panel.cards(view)
        assert cards[-1].id == MORE
        seen |= {card.id for card in cards[24:-1]}
        panel.turn_over()
    assert len(seen) == 40


def test_all_64_people_of_a_room_can_be_chosen(canvas: Canvas, all_circuits: CircuitSource) -> None:
    view = crowded(viewed(all_circuits), 24, waiting=0, watching=40)
    menu, seen = PeopleMenu(), set[str]()
    menu.open()
    for _ in range(4):
        page = menu.page(canvas, view, ())
        assert all(each.box.y > 0.0 and each.box.bottom < canvas.height for each in page)
        seen |= {each.id for each in page if each.id.startswith("driver ")}
        menu.choose("more people", view)
    assert len(seen) == 64


def test_who_finds_no_car_reads_why(all_circuits: CircuitSource) -> None:
    view = crowded(viewed(all_circuits), 24, waiting=1, watching=0)
    mine = replace(view, drivers=(*view.drivers[:-1], replace(view.drivers[-1], mine=True)))
    assert start_words(mine) == "all 24 cars are taken: you watch, and drive once one is free"


def viewed(circuits: CircuitSource) -> RaceView:
    view = FakeSeat(circuits).view()
    assert view is not None
    return view


def overlaps(boxes: list[Box], k: int) -> bool:
    """Whether a box overlaps one before it."""
    a = boxes[k]
    return any(
        min(a.right, b.right) - max(a.x, b.x) > 0.01
        and min(a.bottom, b.bottom) - max(a.y, b.y) > 0.01
        for b in boxes[:k]
    )


def test_the_rows_of_24_cars_stand_beside_each_other_in_letters_that_can_be_read(
    canvas: Canvas,
) -> None:
    rows = tuple(
        ResultView(k + 1, bytes([k]) * 16, f"driver {k}", k + 1, 3, 90_000 + k, 29_000, mine=False)
        for k in range(GRID_MAX)
    )
    boxes = row_boxes(canvas, rows)
    assert not any(overlaps(boxes, k) for k in range(GRID_MAX))
    assert min(box.height for box in boxes) > 20.0
    assert all(box.x > 0.0 and box.right < canvas.width for box in boxes)


@pytest.mark.parametrize(("rows", "out"), [(1, 23), (5, 1), (5, 3), (12, 12), (13, 11), (21, 3)])
def test_who_was_put_out_stands_below_all_rows_and_hides_none(
    canvas: Canvas, rows: int, out: int
) -> None:
    driven = tuple(
        ResultView(k + 1, bytes([k]) * 16, f"driver {k}", k + 1, 3, 90_000 + k, 29_000, mine=False)
        for k in range(rows)
    )
    boxes = [*row_boxes(canvas, driven, out), *out_boxes(canvas, rows, out)]
    assert len(boxes) == GRID_MAX or rows == 5
    assert not any(overlaps(boxes, k) for k in range(len(boxes)))
    assert min(box.height for box in boxes) > 15.0
    assert all(box.x > 0.0 and box.right < canvas.width for box in boxes)
    assert max(box.bottom for box in boxes) < canvas.height - 60.0, "the keys stand there"

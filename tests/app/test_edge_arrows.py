"""Arrows at the edge of the picture: whole, and clear of panels, of names and of each other."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations
from random import Random
from typing import TYPE_CHECKING, Any, Final

import pygame
import pytest

from racer.app.window.base.box import Box
from racer.app.window.base.canvas import Canvas
from racer.app.window.hud.labels.arrow_places import CLOSE_M, ArrowPlaces, UnseenCar
from racer.app.window.hud.labels.labels import Labels
from racer.app.window.hud.labels.name_places import NamePlaces
from racer.app.window.hud.labels.picture import Picture
from racer.app.window.hud.layout import Anchor, Layout
from tests.app.fakes import MINE, FakeSeat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racer.app.window.circuit_source import CircuitSource
    from racer.play.view import CarView

SEEDS: Final = range(12)
WORLDS: Final = {"960x540": (783, 540), "1280x720": (1044, 720), "half": (402, 720)}
"""What shows the world in windows of these sizes, and in a half of a split one [pixels]."""
GREATEST: Final = 13.5 * 1.35 + 32.4  # from end to end of an arrow


def cars_about(dice: Random, area: pygame.Rect, count: int = 8) -> list[UnseenCar]:
    """Return cars that lie beyond the edge, many of them in one direction."""
    wide = dice.choice((0.2, 0.6, math.tau))
    begins = dice.uniform(0.0, math.tau)
    reach = math.hypot(*area.size)
    return [
        UnseenCar(
            dice.uniform(4.0, CLOSE_M + 20.0),
            number,
            area.centerx + reach * math.cos(turn),
            area.centery + reach * math.sin(turn),
        )
        for number in range(1, count + 1)
        for turn in [begins + dice.uniform(0.0, wide)]
    ]


def panels_in(dice: Random, area: pygame.Rect, unit: float) -> list[Box]:
    """Return panels where those of a race stand, as many and as large as it happens."""
    layout = Layout(Box(0.0, 0.0, area.width / unit, area.height / unit))
    anchors = [place for place in Anchor if place.part == 0]
    for place in dice.sample(anchors, 5):
        layout.take(place, dice.uniform(100.0, 520.0), dice.uniform(28.0, 160.0))
    return layout.boxes


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_no_arrow_covers_a_panel_or_another_and_all_are_whole(seed: int, world: str) -> None:
    dice, area = Random(seed), pygame.Rect((0, 0), WORLDS[world])
    unit = min(1.0, area.height / 720.0)
    places = ArrowPlaces()
    panels = [pygame.Rect(*map(round, box)) for box in panels_in(dice, area, 1.0)]
    for _ in range(10):
        cars = cars_about(dice, area)
        arrows = places.place(cars, area, panels, unit)
        assert len({arrow.number for arrow in arrows}) == len(arrows)
        for arrow in arrows:
            assert area.contains(arrow.rect)
            assert arrow.rect.collidelist(panels) < 0
            assert max(arrow.rect.size) <= GREATEST * unit + 2
            assert math.dist(arrow.at, arrow.points()[0]) < GREATEST * unit
        for one, other in combinations(arrows, 2):
            assert not one.rect.colliderect(other.rect)


def test_the_closest_car_has_an_arrow_though_panels_line_the_edge() -> None:
    """What stands all along the edge has the arrow stand on its inner side."""
    area = pygame.Rect(0, 0, 402, 720)
    panel = pygame.Rect(0, 640, 402, 80)
    behind = UnseenCar(9.0, 4, 200.0, 900.0)
    (arrow,) = ArrowPlaces().place([behind], area, [panel], 1.0)
    assert arrow.at[0] == pytest.approx(200.0)
    assert 560 < arrow.rect.bottom <= panel.top


def test_an_arrow_that_is_in_nobodys_way_stands_where_its_car_is() -> None:
    area = pygame.Rect(0, 0, 1044, 720)
    (arrow,) = ArrowPlaces().place([UnseenCar(20.0, 4, 1500.0, 300.0)], area, [], 1.0)
    assert arrow.at == (1044.0 - 34.0, 300.0)
    assert arrow.turn == 0.0
    assert ArrowPlaces().place([UnseenCar(CLOSE_M, 4, 1500.0, 300.0)], area, [], 1.0) == []


def test_arrows_to_cars_in_one_direction_stand_beside_each_other() -> None:
    area = pygame.Rect(0, 0, 1044, 720)
    cars = [UnseenCar(20.0 + k, k, -100.0, 300.0 + k) for k in range(4)]
    arrows = ArrowPlaces().place(cars, area, [], 1.0)
    assert len(arrows) == 4
    assert max(arrow.at[0] for arrow in arrows) < 120.0


def test_an_arrow_keeps_its_side_of_a_panel_while_its_car_wavers() -> None:
    area = pygame.Rect(0, 0, 1044, 720)
    panel, places = pygame.Rect(0, 300, 420, 60), ArrowPlaces()
    sides = []
    for y in (326.0, 332.0, 327.0, 333.0, 328.0):
        (arrow,) = places.place([UnseenCar(9.0, 4, -90.0, y)], area, [panel], 1.0)
        sides.append(arrow.at[1] < 330.0)
    assert len(set(sides)) == 1
    (arrow,) = places.place([UnseenCar(9.0, 4, -90.0, 390.0)], area, [panel], 1.0)
    assert arrow.at[1] > 360.0, "and goes to where its car is in the end"


@pytest.mark.parametrize("seed", SEEDS)
def test_names_and_arrows_and_panels_of_a_pack_never_lie_over_each_other(
    seed: int, all_circuits: CircuitSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = Random(seed)
    width, height = list(WORLDS.values())[seed % len(WORLDS)]
    area = pygame.Rect(0, 0, width, height)
    canvas = Canvas(pygame.Surface((round(width * 1.2), height)), 640.0)
    placed: dict[type, Any] = {}
    for part in (ArrowPlaces, NamePlaces):
        monkeypatch.setattr(part, "place", watched(part, placed))
    labels, cars = Labels(), pack(all_circuits, dice)
    shown = 0
    for _ in range(6):
        places = [near_the_edge(dice, area) for _ in cars]
        panels = panels_in(dice, area, canvas.scale)
        labels.draw(canvas, Picture(cars, places, 9.0, area, MINE), panels)
        arrows = [arrow.rect for arrow in placed[ArrowPlaces]]
        names = list(placed[NamePlaces].values())
        shown += len(arrows) * len(names)
        boxes = [canvas.rect(*box) for box in panels]
        for one, other in combinations([*arrows, *names], 2):
            assert not one.colliderect(other)
        assert all(each.collidelist(boxes) < 0 for each in (*arrows, *names))
        seen = [place for place in places if area.collidepoint(place)]
        assert not any(arrow.collidepoint(place) for arrow in arrows for place in seen)
    assert shown > 0, "else nothing was tried"


def watched(part: type, placed: dict[type, Any]) -> Any:
    place = vars(part)["place"]

    def watched_place(places: object, *asked: Any) -> Any:
        placed[part] = place(places, *asked)
        return placed[part]

    return watched_place


def pack(circuits: CircuitSource, dice: Random) -> Sequence[CarView]:
    """Return cars of which all are close to ours."""
    seat = FakeSeat(circuits, cars=16)
    seat.start()
    view = seat.view()
    assert view is not None
    mine = next(car for car in view.cars if car.mine).pose
    return [
        replace(car, pose=replace(mine, x=mine.x + dice.uniform(-30.0, 30.0))) for car in view.cars
    ]


def near_the_edge(dice: Random, area: pygame.Rect) -> tuple[float, float]:
    """Return a place by the edge, in the picture or out of it."""
    x, y = dice.uniform(0.0, area.width), dice.uniform(0.0, area.height)
    aside = dice.uniform(-60.0, 60.0)
    return dice.choice(((x, aside), (x, area.height + aside), (aside, y), (area.width + aside, y)))

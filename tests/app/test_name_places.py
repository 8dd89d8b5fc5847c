"""Names in a pack: none over another, the nearest always, and none that jumps about."""

from __future__ import annotations

import math
from itertools import combinations
from random import Random
from typing import TYPE_CHECKING, Final

import pygame
import pytest

from racer.app.window.hud.labels.name_places import TURNS, NamePlaces, Spacing, Tagged

if TYPE_CHECKING:
    from collections.abc import Mapping

AREA: Final = pygame.Rect(0, 0, 1044, 720)
SPACING: Final = Spacing(over=40, roof=8, gap=3)
SEEDS: Final = range(16)
FAR_PX: Final = 150  # from the middle of a car to that of its name


def pack(dice: Random, cars: int = 16) -> list[Tagged]:
    """Return cars about a place, close to each other or far apart."""
    spread = dice.choice((10.0, 40.0, 120.0))
    middle = dice.uniform(0.0, AREA.width), dice.uniform(0.0, AREA.height)
    return [
        Tagged(
            number,
            min(AREA.width - 1, max(0, round(dice.gauss(middle[0], spread)))),
            min(AREA.height - 1, max(0, round(dice.gauss(middle[1], spread)))),
            (dice.randint(40, 140), 18),
            dice.uniform(0.0, 90.0),
        )
        for number in range(1, cars + 1)
    ]


def shaken(cars: list[Tagged], dice: Random) -> list[Tagged]:
    """Return them a pixel aside, each by itself, and a little nearer or farther."""
    return [
        car._replace(
            x=min(AREA.width - 1, max(0, car.x + dice.choice((-1, 0, 1)))),
            y=min(AREA.height - 1, max(0, car.y + dice.choice((-1, 0, 1)))),
            away_m=car.away_m + dice.uniform(-2.0, 2.0),
        )
        for car in cars
    ]


def offsets(placed: Mapping[int, pygame.Rect], cars: list[Tagged]) -> dict[int, tuple[int, int]]:
    return {
        car.number: (placed[car.number].x - car.x, placed[car.number].y - car.y)
        for car in cars
        if car.number in placed
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_in_a_pack_no_name_lies_over_another_and_the_nearest_is_shown(seed: int) -> None:
    dice = Random(seed)
    cars, places = pack(dice), NamePlaces()
    by_number = {car.number: car for car in cars}
    nearest = min(cars, key=lambda car: car.away_m).number
    for _ in range(20):
        placed = places.place(cars, SPACING, AREA, ())
        assert nearest in placed
        for one, other in combinations(placed.values(), 2):
            assert not one.colliderect(other)
        for number, rect in placed.items():
            car = by_number[number]
            assert AREA.contains(rect)
            assert rect.size == car.size
            assert not rect.collidepoint(car.x, car.y), "its own number"
            assert math.dist(rect.center, (car.x, car.y)) < FAR_PX
        cars = [
            now._replace(away_m=then.away_m)
            for now, then in zip(shaken(cars, dice), cars, strict=True)
        ]
        by_number = {car.number: car for car in cars}


@pytest.mark.parametrize("seed", SEEDS)
def test_names_stay_while_cars_stand_and_all_but_stay_while_they_shake(seed: int) -> None:
    dice = Random(seed)
    still, places = pack(dice), NamePlaces()
    first: dict[int, tuple[int, int]] = {}
    for _ in range(3 * TURNS):
        first = offsets(places.place(still, SPACING, AREA, ()), still)
    assert offsets(places.place(still, SPACING, AREA, ()), still) == first
    moved = 0
    for _ in range(60):
        cars = shaken(still, dice)
        shown = offsets(places.place(cars, SPACING, AREA, ()), cars)
        both = shown.keys() & first.keys()
        moved += sum(math.dist(shown[each], first[each]) > 4.0 for each in both)
        moved += len(shown.keys() ^ first.keys())
        first = shown
    assert moved <= 24, "in a second of sixteen names"


def test_who_is_near_comes_first_and_who_finds_no_place_is_left_out() -> None:
    heap = [Tagged(number, 500, 300, (90, 18), 40.0 - number) for number in range(1, 17)]
    placed = NamePlaces().place(heap, SPACING, AREA, ())
    assert 3 <= len(placed) < 16
    assert set(placed) == set(range(17 - len(placed), 17)), "the nearest have the high numbers"


def test_two_as_near_as_each_other_do_not_change_turns() -> None:
    places = NamePlaces()
    near, far = Tagged(1, 500, 300, (90, 18), 20.0), Tagged(2, 504, 302, (90, 18), 20.4)
    first = offsets(places.place((near, far), SPACING, AREA, ()), [near, far])
    swapped = [near._replace(away_m=21.0), far._replace(away_m=19.0)]
    assert offsets(places.place(swapped, SPACING, AREA, ()), swapped) == first


def test_a_name_keeps_its_place_and_comes_back_over_its_car_where_there_is_room() -> None:
    places = NamePlaces()
    near, far = Tagged(1, 500, 300, (90, 18), 5.0), Tagged(2, 500, 302, (90, 18), 30.0)
    aside = offsets(places.place((near, far), SPACING, AREA, ()), [near, far])[2]
    assert aside != (-45, -40)
    a_bit_off = near._replace(x=405)
    placed = offsets(places.place((a_bit_off, far), SPACING, AREA, ()), [a_bit_off, far])
    assert placed[2] == aside, "there is barely room"
    gone = near._replace(x=200)
    for _ in range(TURNS):
        placed = offsets(places.place((gone, far), SPACING, AREA, ()), [gone, far])
    assert placed[2] == (-45, -40)


def test_no_name_lies_over_the_mark_of_our_car_and_those_who_leave_are_forgotten() -> None:
    places = NamePlaces()
    mark = pygame.Rect(490, 262, 18, 14)
    car = Tagged(1, 500, 300, (90, 18), 5.0)
    assert places.place([car], SPACING, AREA, [mark])[1].collidelist([mark]) < 0
    assert places.place([], SPACING, AREA, ()) == {}
    assert places.place([car], SPACING, AREA, ())[1].midtop == (500, 260), "as at first"

"""Somebody with keys knows no more than a person does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from benchmarks.keys import REACTION_TICKS, SIGHT_S, Person, Style
from racer.core.drivers.line import line_along
from racer.core.physics.car import CarState, Controls
from racer.core.rules.laps import start_progress

if TYPE_CHECKING:
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine

STYLE = Style(1.0, 1.0)


def rolling(track: Track, s_m: float, speed: float) -> CarState:
    """Return a car on the middle of the road that goes along it."""
    point = track.centre[track.index_at(s_m)]
    return CarState(
        x=point.x_m,
        y=point.y_m,
        heading=track.heading_at(s_m),
        vx=speed * point.tx,
        vy=speed * point.ty,
    )


def pressed(person: Person, track: Track, car: CarState, ticks: int) -> list[Controls]:
    """Return what somebody does who is shown the same picture again and again."""
    progress = start_progress(car, track)
    return [person(car, progress, tick) for tick in range(ticks)]


@pytest.mark.parametrize("feels", [False, True])
def test_who_is_shown_something_new_does_the_same_for_200_ms_and_then_something_else(
    ring: Track, ring_line: RacingLine, feels: bool
) -> None:
    one, other = (Person(ring, ring_line, STYLE, feels=feels) for _ in range(2))
    car = rolling(ring, 60.0, 30.0)
    assert pressed(one, ring, car, 30) == pressed(other, ring, car, 30)
    turned = replace(car, heading=car.heading - 0.5)
    same = pressed(one, ring, car, REACTION_TICKS + 1)
    new = pressed(other, ring, turned, REACTION_TICKS + 1)
    assert same[:REACTION_TICKS] == new[:REACTION_TICKS]
    assert same[REACTION_TICKS] != new[REACTION_TICKS]


@pytest.mark.parametrize("feels", [False, True])
def test_nobody_steps_a_car_ahead_of_what_was_seen(
    monkeypatch: pytest.MonkeyPatch, ring: Track, ring_line: RacingLine, feels: bool
) -> None:
    def forbidden(*_: object) -> None:
        pytest.fail("a car was stepped")

    person = Person(ring, ring_line, STYLE, feels=feels)
    monkeypatch.setattr("racer.core.physics.car.accelerated", forbidden)
    assert len(pressed(person, ring, rolling(ring, 60.0, 30.0), 40)) == 40


def test_a_bend_counts_only_once_it_is_in_sight(ring: Track, ring_line: RacingLine) -> None:
    speed, at_m = 20.0, 60.0
    end = ring.index_at(at_m + SIGHT_S * speed + 30.0)
    straight, bent = ([0.0] * len(ring.centre) for _ in range(2))
    for index in range(end, end + 40):
        bent[index] = 4.0 * (-1.0) ** (index // 4)  # nobody could take this
    near, far = rolling(ring, at_m, speed), rolling(ring, at_m + 70.0, speed)
    for car, is_same in ((near, True), (far, False)):
        keys = [
            pressed(Person(ring, line_along(ring, lateral), STYLE, feels=False), ring, car, 40)
            for lateral in (straight, bent)
        ]
        assert (keys[0] == keys[1]) is is_same

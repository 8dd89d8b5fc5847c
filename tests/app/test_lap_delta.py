"""The running lap against the best: live, and by thirds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from racer.app.window.circuit_source import DEFAULT, CircuitSource
from racer.app.window.hud.reckoning.lap_delta import LapDelta
from racer.app.window.scenes.demo import Demo
from racer.play.view import CarView

LENGTH = 900.0


@pytest.fixture(scope="module")
def car() -> CarView:
    circuits = CircuitSource()
    track = circuits.track(DEFAULT)
    assert track is not None
    return Demo(track, circuits.line(track), 1).cars()[0]


def drive(delta: LapDelta, car: CarView, lap: int, seconds: float, last_ms: int | None) -> None:
    """Drive a lap at an even speed, up to just before the line."""
    for k in range(180):
        ms = k / 180 * seconds * 1000.0
        delta.on_tick(replace(car, lap=lap, way_m=k * 5.0, last_ms=last_ms), ms, LENGTH)


def test_a_first_lap_is_compared_with_nothing(car: CarView) -> None:
    delta = LapDelta()
    drive(delta, car, 1, 30.0, None)
    assert delta.delta_s is None
    assert [sector and sector.off_ms for sector in delta.sectors] == [None, None, None]


def test_half_way_round_a_slower_lap_one_is_half_of_the_difference_behind(car: CarView) -> None:
    delta = LapDelta()
    drive(delta, car, 1, 30.0, None)
    for k in range(91):
        ms = k / 180 * 33.0 * 1000.0
        delta.on_tick(replace(car, lap=2, way_m=k * 5.0, last_ms=30_000), ms, LENGTH)
    assert delta.delta_s == pytest.approx(1.5, abs=0.1)
    assert delta.sectors[0] is not None
    assert delta.sectors[0].off_ms == pytest.approx(1000.0, abs=60.0)
    assert delta.sectors[1:] == (None, None)


def test_the_last_sector_is_closed_at_the_line_and_a_better_lap_is_the_new_measure(
    car: CarView,
) -> None:
    delta = LapDelta()
    drive(delta, car, 1, 30.0, None)
    drive(delta, car, 2, 27.0, 30_000)
    delta.on_tick(replace(car, lap=3, way_m=0.0, last_ms=27_000), 0.0, LENGTH)
    assert delta.sectors[2] is not None
    assert delta.sectors[2].off_ms == pytest.approx(-1000.0, abs=60.0)
    drive(delta, car, 3, 27.0, 27_000)
    assert delta.delta_s == pytest.approx(0.0, abs=0.1)


def test_a_lap_that_was_met_in_its_middle_is_no_measure(car: CarView) -> None:
    delta = LapDelta()
    for k in range(100, 180):
        delta.on_tick(replace(car, lap=2, way_m=k * 5.0), k * 10.0, LENGTH)
    drive(delta, car, 3, 30.0, 20_000)
    assert delta.delta_s is None

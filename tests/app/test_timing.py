"""Times as a driver reads them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from racer.app.window.base.figures import Figures
from racer.app.window.base.screen import size_on
from racer.app.window.hud.reckoning.timing import SECTORS_KEPT, Gaps, LapWatch, seconds_left
from racer.core.tuning import TICK_HZ
from tests.app.fakes import FakeSeat

if TYPE_CHECKING:
    from racer.app.window.circuit_source import CircuitSource
    from racer.play.view import RaceView


def test_small_figures_are_rounded_and_bounded() -> None:
    assert Figures().speed(10.0) == ("36", "km/h")
    assert Figures(miles=True).speed(10.0) == ("22", "mph")
    assert Figures().speed(1e9) == ("999", "km/h")
    assert Figures(comma=True).written("1:02.345") == "1:02,345"
    assert seconds_left(2_000_000_001, 1_000_000_000) == 2
    assert seconds_left(5, 10) == 0


def view_of(handle: FakeSeat) -> RaceView:
    view = handle.view()
    assert view is not None
    return view


def test_the_running_lap_begins_at_the_green_light_and_again_at_the_line_for_who_saw_it(
    all_circuits: CircuitSource,
) -> None:
    handle = FakeSeat(all_circuits, cars=3)
    handle.track = "dockyard"
    handle.start()
    watch = LapWatch()
    handle.step(100)
    assert watch.running_ms(view_of(handle)) is None, "the lights are still red"
    handle.step(110 + TICK_HZ)
    assert watch.running_ms(view_of(handle)) == pytest.approx(1000.0, abs=20.0)
    car = view_of(handle).my_car
    while car is not None and car.lap < 2:
        handle.step()
        watch.running_ms(view_of(handle))
        car = view_of(handle).my_car
    handle.step(TICK_HZ)
    assert watch.running_ms(view_of(handle)) == pytest.approx(1000.0, abs=20.0)
    assert LapWatch().running_ms(view_of(handle)) is None, "who met this lap in its middle"


def test_a_gap_is_the_time_between_two_cars_at_one_place(all_circuits: CircuitSource) -> None:
    handle = FakeSeat(all_circuits, cars=3)
    handle.start()
    view = view_of(handle)
    first, second = view.cars[0], view.cars[1]
    gaps = Gaps()
    for tick in range(600):
        first = replace(first, lap=1, way_m=tick * 0.5)
        second = replace(second, lap=1, way_m=max(0.0, tick - 90) * 0.5)
        now_ns = tick * 1_000_000_000 // TICK_HZ
        gaps.on_view(replace(view, tick=tick, now_ns=now_ns, cars=(first, second)))
    assert gaps.behind_s(second, first) == pytest.approx(1.5, abs=0.02)
    assert gaps.behind_s(replace(first, number=9), first) is None


def test_who_stands_still_falls_back_and_is_behind_whom_it_was_before(
    all_circuits: CircuitSource,
) -> None:
    """It read +2.4 for as long as it stood, behind a car that had +2.9, and that it was 0.0 off."""
    handle = FakeSeat(all_circuits, cars=3)
    handle.start()
    view = view_of(handle)
    first, second = view.cars[0], view.cars[1]
    gaps, told = Gaps(), []
    for tick in range(0, 10 * TICK_HZ, 2):
        first = replace(first, lap=1, way_m=min(tick, 200) * 0.5)  # it stops at 100 m
        second = replace(second, lap=1, way_m=max(0.0, tick - 90) * 0.5)
        now_ns = tick * 1_000_000_000 // TICK_HZ
        gaps.on_view(replace(view, tick=tick, now_ns=now_ns, cars=(first, second)))
        told.append(gaps.behind_s(first, second))
    assert told[145] == 0.0, "the other is by, and has passed no place beyond"
    passed_s = (120 / 0.5 + 90) / TICK_HZ
    assert told[-1] == pytest.approx(10.0 - passed_s, abs=0.1)


def test_a_race_of_hours_keeps_a_bounded_number_of_places(all_circuits: CircuitSource) -> None:
    handle = FakeSeat(all_circuits, cars=3)
    handle.start()
    view = view_of(handle)
    gaps = Gaps()
    for lap in range(1, 90):
        cars = tuple(replace(car, lap=lap, way_m=(lap * 61.0) % 1000.0) for car in view.cars)
        gaps.on_view(replace(view, tick=lap, cars=cars))
    assert all(len(passed) <= SECTORS_KEPT for passed in gaps._passed.values())


def test_a_new_window_is_whole_on_a_small_screen() -> None:
    assert size_on([(1920, 1080), (640, 480)]) == (1280, 720)
    assert size_on([(960, 540)]) == (960, 540)
    assert size_on([(1024, 768)]) == (1024, 576)
    assert size_on([(1366, 600)]) == (1067, 600)
    assert size_on([(320, 200)]) == (640, 360), "smaller than that nothing can be read"
    assert size_on([]) == (1280, 720), "a display that does not say"


def test_a_machine_without_a_display_is_told_so_in_one_line() -> None:
    program = (
        "import os; os.environ['SDL_VIDEODRIVER'] = 'dummy'\n"
        "from racer.app.window.base.screen import DisplayError, open_display\n"
        "try:\n    open_display()\n"
        "except DisplayError as error:\n    print(error)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout.splitlines()[-1].startswith("no display: ")

"""What happens to those who drive: flags, two at one machine, a pause, people, large letters."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.game import GROWTH
from racer.app.window.input.devices import Devices
from racer.app.window.ports import TEXT_SIZES
from racer.app.window.scenes.race_scene import RaceScene
from racer.app.window.scenes.split_scene import SplitScene
from racer.app.window.scenes.world_cache import WorldCache
from racer.core.tuning import TICK_HZ
from racer.play.view import Start
from tests.app.fakes import FakeSeat
from tools.gallery.sitting import Shot, Sitting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.play.view import CarView, Intent, RaceView
    from tools.gallery.sitting import Studio

RACE: Final = "friday evening"
STRANDED: Final = 6  # the number of the car that spins off before ours …
OFF_M: Final = 4.6  # … so far to its left …
BESIDE: Final = (3, 7)  # the numbers of two who drive at one machine
SPUN: Final = 0.9  # … turned by so much [rad]


@final
class StrandingSeat:
    """A race in which one car stops where it is. All others are driven on by bots."""

    def __init__(self, seat: FakeSeat) -> None:
        self._seat = seat
        self._stopped: CarView | None = None

    def strand(self, number: int) -> None:
        """Have a car spin to the edge of the road, and stand there."""
        view = self._seat.view()
        assert view is not None, "the race is on"
        car = next(car for car in view.cars if car.number == number)
        x = car.pose.x - OFF_M * math.sin(car.pose.heading)
        y = car.pose.y + OFF_M * math.cos(car.pose.heading)
        pose = replace(car.pose, x=x, y=y, heading=car.pose.heading + SPUN)
        self._stopped = replace(car, pose=pose, before=pose, speed_ms=0.0, throttle=0.0)

    def view(self) -> RaceView | None:
        """Return the race as it is, but for that car."""
        view, stopped = self._seat.view(), self._stopped
        if view is None or stopped is None:
            return view
        cars = tuple(stopped if car.number == stopped.number else car for car in view.cars)
        return replace(view, cars=cars)

    def send(self, intent: Intent) -> None:
        self._seat.send(intent)

    def failure(self) -> str | None:
        return self._seat.failure()

    def needs_identity(self) -> bool:
        return self._seat.needs_identity()

    def is_denied(self) -> bool:
        return self._seat.is_denied()

    def trouble_line(self) -> str:
        return self._seat.trouble_line()

    def codes(self) -> tuple[tuple[str, str], ...]:
        return self._seat.codes()

    def key_log(self) -> str:
        return self._seat.key_log()

    def leave(self) -> None:
        self._seat.leave()

    def add_bot(self, skill: float | None = None) -> None:
        self._seat.add_bot(skill)

    def remove_bot(self) -> None:
        self._seat.remove_bot()

    def bots(self) -> int:
        return self._seat.bots()


def _draw_flags(studio: Studio) -> Iterator[pygame.Surface]:
    seat = FakeSeat(studio.circuits, cars=12, laps=5, race=RACE)
    shown = StrandingSeat(seat)
    scene = RaceScene(shown, WorldCache(studio.circuits))
    stage = studio.stage(scene, lambda dt: seat.step(round(dt * TICK_HZ)))
    seat.send(Start())
    stage.play(18.5, fps=6)
    stage.play(0.3)
    shown.strand(STRANDED)
    stage.play(0.75)
    yield stage.picture()
    stage.press(pygame.K_ESCAPE)
    stage.play(0.3)
    yield stage.picture()


def _draw_split(studio: Studio) -> Iterator[pygame.Surface]:
    """Draw two seats of one machine in one race: Leslie, and Radia who is a few places behind."""
    seats = [FakeSeat(studio.circuits, cars=10, laps=5, race=RACE, mine=mine) for mine in BESIDE]
    first = WorldCache(studio.circuits)
    caches = first, WorldCache(studio.circuits, beside=first)
    devices = Devices(), Devices()
    scenes = [
        RaceScene(seat, cache, device)
        for seat, cache, device in zip(seats, caches, devices, strict=True)
    ]
    scene = SplitScene((scenes[0], scenes[1]), devices, caches)

    def pass_time(dt: float) -> None:
        for seat in seats:
            seat.step(round(dt * TICK_HZ))

    stage = studio.stage(scene, pass_time)
    for seat in seats:
        seat.send(Start())
    stage.play(16.0, fps=6)
    stage.play(1.0)
    yield stage.picture()


def _draw_small(studio: Studio) -> Iterator[pygame.Surface]:
    """Draw the lobby in a small window, with the largest letters."""
    seat = FakeSeat(studio.circuits, cars=8, race=RACE)
    seat.unready = (2, 4)
    said = (("Ada", "Three laps or five?"), ("Grace", "Five, and rain."))
    for number, (name, text) in enumerate(said, start=1):
        seat.hear(name, text, bytes([number]) * 16)
    scene = RaceScene(seat, WorldCache(studio.circuits))
    stage = studio.stage(
        scene, lambda dt: seat.step(round(dt * TICK_HZ)), (960, 540), GROWTH[TEXT_SIZES[-1]]
    )
    stage.play(1.5, fps=10)
    yield stage.picture()


SEATS: Final = (
    Sitting(
        (
            Shot("flags", "A car stands ahead: marshals wave yellow before it."),
            Shot("pause", "A pause: the car drives on, the race waits for nobody."),
        ),
        _draw_flags,
    ),
    Sitting((Shot("split-screen", "Two drive at one machine."),), _draw_split),
    Sitting(
        (Shot("largest-letters", "The lobby with the largest letters, in a small window."),),
        _draw_small,
    ),
)

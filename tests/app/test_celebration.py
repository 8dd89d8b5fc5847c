"""Joy on the podium: it moves by time, follows the window's size, and is heard once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygame

from racer.app.sound.bank import FANFARE
from racer.app.sound.signals import Signals
from racer.app.sound.soundscape import Shot, Soundscape
from racer.app.window.base.canvas import Canvas
from racer.app.window.base.paints import PAINTS
from racer.app.window.scenes.results.celebration import Celebration
from racer.app.window.scenes.results.result_table import METALS
from racer.app.window.world.rain import Rain
from racer.app.window.world.viewport import Viewport
from racer.play.view import Phase
from tests.app.fakes import FakeSeat

if TYPE_CHECKING:
    from racer.app.window.base.screen import Screen
    from racer.app.window.circuit_source import CircuitSource


def drawn(joy: Celebration, canvas: Canvas, age_s: float) -> bytes:
    canvas.surface.fill((0, 0, 0))
    joy.draw_behind(canvas, age_s, 308.0)
    joy.draw_before(canvas, age_s)
    return pygame.image.tobytes(canvas.surface, "RGB")


def test_joy_begins_with_the_results_and_moves_on(canvas: Canvas) -> None:
    joy = Celebration()
    assert joy.age_s(5_000_000_000) == 0.0
    assert joy.age_s(6_500_000_000) == 1.5
    assert drawn(joy, canvas, 3.0) != drawn(joy, canvas, 3.1)


def test_the_same_moment_looks_the_same(canvas: Canvas) -> None:
    assert drawn(Celebration(), canvas, 3.0) == drawn(Celebration(), canvas, 3.0)


def test_confetti_is_in_the_air_after_a_moment_and_keeps_falling(canvas: Canvas) -> None:
    joy = Celebration()

    def papers(age_s: float) -> int:
        canvas.surface.fill((0, 0, 0))
        joy.draw_before(canvas, age_s)
        return pygame.mask.from_threshold(canvas.surface, (128, 128, 128), (127, 127, 127)).count()

    assert papers(0.0) < papers(4.0)
    assert papers(60.0) > 0.5 * papers(4.0)


def test_who_won_has_a_cup_of_its_metal_and_the_paint_of_the_car_in_a_window_of_any_size(
    screen: Screen,
) -> None:
    joy = Celebration()
    for size in ((1280, 720), (2560, 1440)):
        canvas = Canvas(pygame.Surface(size).convert())
        joy.draw_laureate(canvas, 0, PAINTS[0], METALS[0], (640.0, 300.0))
        for colour, least in ((METALS[0], 120), (PAINTS[0], 200)):
            found = pygame.mask.from_threshold(canvas.surface, colour, (6, 6, 6))
            assert found.count() > least * canvas.scale**2


def test_the_fanfare_sounds_once_and_the_crowd_cheers(all_circuits: CircuitSource) -> None:
    seat = FakeSeat(all_circuits, cars=4, laps=1, track="dockyard")
    seat.start()
    signals, scape = Signals(), Soundscape()
    heard: list[str] = []
    while seat.phase is not Phase.FINISHED:
        seat.step(20)
        view = seat.view()
        assert view is not None
        heard += signals.on_view(view)
    shots: list[Shot] = []
    for _ in range(20):
        seat.step()
        view = seat.view()
        assert view is not None
        heard += signals.on_view(view)
        shots += [shot for shot, _ in scape.hear(view, None).shots]
    assert heard.count(FANFARE) == 1
    assert shots.count(Shot.CHEER) == 1


def test_a_wet_road_mirrors_the_lamps_of_cars_and_brakes_brightest(screen: Screen) -> None:
    rain, viewport = Rain(1.0), Viewport()
    viewport.px_per_m = 10.0
    viewport.size = (400, 400)

    def light(brakes: bool) -> int:
        scene = pygame.Surface((400, 400)).convert()
        sprites = rain.reflections(viewport, [(20.0, -20.0, 0.0, brakes)])
        assert len(sprites) == 2
        scene.fblits(sprites, pygame.BLEND_RGB_ADD)
        return sum(scene.get_at((x, 200))[0] for x in range(200))

    assert light(True) > 1.5 * light(False) > 0

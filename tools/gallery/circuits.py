"""Circuits at speed, by day, by night and in rain; in windows of other sizes, with other eyes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from racer.app.window.base.paints import Eyes
from racer.app.window.base.vision import Vision
from racer.app.window.scenes.race_scene import RaceScene
from racer.app.window.scenes.world_cache import WorldCache
from racer.core.tuning import TICK_HZ
from racer.play.view import Start
from tests.app.fakes import FakeSeat
from tools.gallery.eyes import OTHER_EYES, seen_by
from tools.gallery.sitting import Shot, Sitting
from tools.gallery.stage import SIZE

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pygame

    from tools.gallery.sitting import Studio
    from tools.gallery.stage import Stage

LAPS: Final = 5
CARS: Final = 12
EYES_AFTER_S: Final = 19.0
MOMENT_S: Final = 0.02
PAINTED_FOR: Final = {
    Vision.PROTAN: Eyes.PROTAN,
    Vision.DEUTAN: Eyes.DEUTAN,
    Vision.TRITAN: Eyes.TRITAN,
}


def _race(
    studio: Studio,
    track: str,
    after_s: float,
    size: tuple[int, int] = SIZE,
    *,
    aid: bool = False,
) -> Stage:
    """Return a heat as it is seen from one of its cars, so long after the green light."""
    seat = FakeSeat(studio.circuits, cars=CARS, laps=LAPS, race="friday evening", track=track)
    worlds = WorldCache(studio.circuits)
    worlds.aid = aid
    studio.circuits.line(seat.demo.heat.track)
    stage = studio.stage(RaceScene(seat, worlds), lambda dt: seat.step(round(dt * TICK_HZ)), size)
    seat.send(Start())
    stage.play(after_s + 1.5, fps=6)
    stage.play(2.0)
    return stage


def _draw_circuit(
    track: str, after_s: float, size: tuple[int, int], aid: bool, studio: Studio
) -> Iterator[pygame.Surface]:
    yield _race(studio, track, after_s, size, aid=aid).picture()


def _draw_eyes(studio: Studio) -> Iterator[pygame.Surface]:
    """Draw one moment for each kind of eyes, in the paints for it, and as it sees them."""
    stage = _race(studio, "harbour-ring", EYES_AFTER_S, aid=True)
    for vision in OTHER_EYES:
        stage.eyes = PAINTED_FOR[vision]
        stage.play(MOMENT_S)
        yield seen_by(vision, stage.picture())


def _sitting(
    shot: Shot, track: str, after_s: float, size: tuple[int, int] = SIZE, *, aid: bool = False
) -> Sitting:
    return Sitting((shot,), partial(_draw_circuit, track, after_s, size, aid))


AT_SPEED: Final = (
    _sitting(
        Shot("harbour-ring", "Harbour Ring, with the racing line shown."),
        "harbour-ring",
        17.0,
        aid=True,
    ),
    _sitting(Shot("copper-bowl", "Copper Bowl."), "copper-bowl", 21.0),
    _sitting(Shot("eagle-pass", "Eagle Pass."), "eagle-pass", 56.0),
    _sitting(Shot("freeport", "The streets of Freeport."), "freeport", 38.5),
    _sitting(Shot("northmarch", "Northmarch."), "northmarch", 30.0),
    _sitting(
        Shot("crossley-eight", "Crossley Eight: the road crosses itself."), "crossley-eight", 26.9
    ),
    _sitting(Shot("night", "Lantern Bay by night."), "lantern-bay", 21.0),
    _sitting(Shot("rain", "Heron Marsh in rain."), "heron-marsh", 19.0),
)
SIZES: Final = tuple(
    _sitting(
        Shot(f"size-{width}x{height}", f"A window of {width}×{height} points."),
        "slate-quarry",
        20.0,
        (width, height),
    )
    for width, height in ((960, 540), (2560, 1440), (3840, 2160))
)
WITH_OTHER_EYES: Final = (
    Sitting(
        tuple(
            Shot(
                f"eyes-{each}",
                f"Harbour Ring in colours for {each} eyes, as {each}opes see it (simulated).",
            )
            for each in (vision.name.lower() for vision in OTHER_EYES)
        ),
        _draw_eyes,
    ),
)

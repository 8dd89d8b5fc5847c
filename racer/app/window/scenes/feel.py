"""What our own car feels: hits and rough ground, as a shaking picture and a trembling pad."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from racer.app.motion import wake
from racer.app.window.scenes.shake import Shake
from racer.core.circuits.track import Surface

if TYPE_CHECKING:
    from racer.app.window.world.painter import WorldPainter
    from racer.play.view import CarView, RaceView

ROUGH: Final = frozenset(
    {Surface.KERB, Surface.WET_KERB, Surface.GRASS, Surface.GRAVEL, Surface.DIRT}
)
FADE: Final = 0.9  # of a hit in the pad, from one tick to the next
SLIDE: Final = 0.18  # of the pad's fine motor while the tyres slide
GROUND: Final = 0.35  # of its coarse one on rough ground at speed
FAST_MS: Final = 40.0


@final
class Feel:
    """Follows our car from tick to tick."""

    def __init__(self) -> None:
        self.shake = Shake()
        self.rumble = (0.0, 0.0)  # of a pad's coarse and fine motor, 0..1
        self._blow = 0.0

    def on_tick(self, view: RaceView, world: WorldPainter) -> None:
        """Let the world take in one tick, and feel what it did to our car."""
        mine = view.my_car
        hits = world.tick(view.cars, wake(view))
        self._blow *= FADE
        for hit in hits:
            if hit.mine:
                self.shake.hit(hit.force)
                self._blow = max(self._blow, hit.force)
        if mine is None:
            self.rumble = (0.0, 0.0)
            return
        rough = not mine.ghost and _surface_below(mine, world) in ROUGH
        self.shake.roll(rough=rough, speed_ms=mine.speed_ms)
        ground = GROUND * min(1.0, mine.speed_ms / FAST_MS) if rough else 0.0
        self.rumble = (max(self._blow, ground), max(self._blow, SLIDE if mine.sliding else 0.0))


def _surface_below(car: CarView, world: WorldPainter) -> Surface:
    track = world.track
    return track.surface(car.pose.x, car.pose.y, track.index_at(car.way_m))

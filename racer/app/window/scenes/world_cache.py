"""The one circuit that is painted: title, lobby and race look at the same world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from racer.app.window.hud.columns import HudSide
from racer.app.window.world.painter import WorldPainter

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.circuit_source import CircuitSource
    from racer.core.circuits.track import Track

SETTLE_S: Final = 0.4  # a window keeps its size for so long before the land is painted for it


@final
class WorldCache:
    """Keeps the world of one circuit, and paints another when circuit or scale change.

    Building one takes up to a third of a second. So while the window is dragged to another size
    the old world is magnified or shrunk, and painted anew when the hand rests.
    """

    def __init__(self, circuits: CircuitSource) -> None:
        self.circuits = circuits
        self.aid = False  # whether the racing line is drawn on the road
        self.hud_side = HudSide.RIGHT  # where the driver has the board
        self._world: WorldPainter | None = None
        self._odd_s = 0.0  # for how long world and canvas have differed in scale

    def world_if_ready(self, track: Track, canvas: Canvas, dt: float) -> WorldPainter | None:
        """Return the world of a circuit; None while its racing line is computed elsewhere."""
        if self._world is not None and self._world.track is track:
            return self.world(track, canvas, dt)
        return self.world(track, canvas, dt) if self.circuits.soon(track) else None

    def world(self, track: Track, canvas: Canvas, dt: float) -> WorldPainter:
        """Return the world of a circuit, after `dt` more seconds."""
        world = self._world
        if world is None or world.track is not track:
            return self._build_world(track, canvas)
        if world.scale == canvas.scale:
            self._odd_s = 0.0
            return world
        self._odd_s += dt
        return world if self._odd_s < SETTLE_S else self._build_world(track, canvas)

    def _build_world(self, track: Track, canvas: Canvas) -> WorldPainter:
        self._odd_s = 0.0
        self._world = None  # a world takes up to 100 MB: first let go of the last one
        self._world = WorldPainter(self.circuits, track, canvas.scale)
        return self._world

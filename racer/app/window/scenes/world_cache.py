"""The one circuit that is painted: title, lobby and race look at the same world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from racer.app.window.hud.columns import HudSide
from racer.app.window.input.assistance import Help
from racer.app.window.ports import CAMERAS
from racer.app.window.world.detail import Detail
from racer.play.view import Phase

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.circuit_source import CircuitSource
    from racer.app.window.world.painter import WorldPainter
    from racer.app.window.world.tiles.painted_land import PaintedLand
    from racer.app.window.world.tiles.painting import Workshop
    from racer.core.circuits.track import Track
    from racer.play.view import RaceView

SETTLE_S: Final = 0.4  # a window keeps its size for so long before the land is painted for it


@final
class WorldCache:
    """Keeps the world of one circuit, and paints another when circuit or scale change.

    While the window is dragged to another size the old world is magnified or shrunk, and painted
    anew when the hand rests.

    Args:
        circuits: where they are read.
        workshop: where their land is painted; None: here, whenever a frame needs it.
        beside: the cache of another view of the same circuit, whose land is shown here too.
    """

    def __init__(
        self,
        circuits: CircuitSource,
        workshop: Workshop | None = None,
        beside: WorldCache | None = None,
    ) -> None:
        self.circuits = circuits
        self._workshop = workshop
        self._beside = beside
        self.detail: Detail = Detail() if beside is None else beside.detail
        self.aid = False  # whether the racing line is drawn on the road
        self.hud_side = HudSide.RIGHT  # where the driver has the board
        self.camera = CAMERAS[0]
        self.help = Help()  # what a driver is helped with
        self._world: WorldPainter | None = None
        self._odd_s = 0.0  # for how long world and canvas have differed in scale

    def world_if_ready(self, track: Track, canvas: Canvas, dt: float) -> WorldPainter | None:
        """Return the world of a circuit; None while line or land are made elsewhere."""
        if not self.circuits.soon(track):
            return None
        before, world = self._world, self.world(track, canvas, dt)
        if self._workshop is None:
            return world
        bridged = world is before and world.bridges().warm()  # not in the frame all else is made in
        if not (bridged and world.land.begun):
            world.land.warm()
            return None
        return world

    def world_of(self, view: RaceView, canvas: Canvas, dt: float) -> WorldPainter | None:
        """Return the world that a race is in; None while its circuit, line or land are not here."""
        track = view.circuit or self.circuits.track(view.setup.track)
        if track is None:
            return None
        if view.phase is Phase.LOBBY:
            ready = self.world_if_ready(track, canvas, dt)
            if ready is None:
                return None
            world = ready
        elif not self.circuits.soon(track):
            return None
        else:
            world = self.world(track, canvas, dt)
        if view.phase in {Phase.LOBBY, Phase.COUNTDOWN}:
            seated = [(d.number, d.car) for d in view.drivers if d.number is not None]
            world.garage.expect([(car.number, car.car) for car in view.cars] or seated)
            world.warm()
        return world

    def world(self, track: Track, canvas: Canvas, dt: float) -> WorldPainter:
        """Return the world of a circuit, after `dt` more seconds."""
        world = self._fitting_world(track, canvas, dt)
        world.garage.paint_for(canvas.eyes)
        return world

    def _fitting_world(self, track: Track, canvas: Canvas, dt: float) -> WorldPainter:
        world, land = self._world, self._shared_land(track)
        if world is None or world.track is not track or (land and world.land is not land):
            return self._build_world(track, canvas)
        if world.viewport.shrink != self._shrink(canvas):
            return self._build_world(track, canvas)
        if world.scale == canvas.scale:
            self._odd_s = 0.0
            return world
        self._odd_s += dt
        return world if self._odd_s < SETTLE_S else self._build_world(track, canvas)

    def _build_world(self, track: Track, canvas: Canvas) -> WorldPainter:
        from racer.app.window.world.painter import WorldPainter  # the menu is seen before any land

        self._odd_s = 0.0
        before = self._world.bridges() if self._world and self._world.track is track else None
        self._world = None  # a world takes up to 100 MB: first let go of the last one
        self._world = WorldPainter(
            self.circuits,
            track,
            canvas.scale,
            self._workshop,
            self._shared_land(track),
            self._shrink(canvas),
        )
        if before is not None:
            self._world.bridges(before)
        return self._world

    def _shrink(self, canvas: Canvas) -> int:
        """Return how fine the world is drawn; a half of the window is as fine as the whole."""
        return (
            self.detail.fit(canvas.surface.get_size())
            if self._beside is None
            else self.detail.shrink
        )

    def _shared_land(self, track: Track) -> PaintedLand | None:
        """Return what the other view has of a circuit: one workshop paints one at a time."""
        other = None if self._beside is None else self._beside._world
        return other.land if other is not None and other.track is track else None

"""Who paints the tiles of a circuit: this process, or one beside it, so that no frame waits.

The picture of a frame is laid out of tiles that are there. What lacks is ordered, and comes with a
later frame from the process beside (ADR 54); or at once, where there is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, final

from racer.app.window.world.tiles.tile_painter import TilePainter, blank_tile

if TYPE_CHECKING:
    from collections.abc import Callable

    import pygame

    from racer.app.window.world.tiles.tile_painter import Tile
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine


class Wish(NamedTuple):
    """A tile that is to be painted: which of the circuit's scales, and where."""

    scale: int
    key: Tile


class Finished(NamedTuple):
    """A tile that was painted; `put` lays it over a picture of its size."""

    wish: Wish
    put: Callable[[pygame.Surface], None]


class Painting(Protocol):
    """Paints one circuit."""

    @property
    def begun(self) -> bool:
        """Whether the land is known by now, and tiles come."""
        ...

    def spare(self) -> int:
        """Return how many tiles may be ordered now that nobody waits for."""
        ...

    def order(self, wish: Wish) -> None:
        """Have a tile painted; once more for one that is on its way changes nothing."""
        ...

    def finished(self) -> list[Finished]:
        """Return what was painted since the last call."""
        ...


class Workshop(Protocol):
    """Begins paintings; whichever was begun last is painted."""

    def begin(self, track: Track, line: RacingLine, scales: tuple[float, ...]) -> Painting:
        """Begin a circuit, in tiles of so many pixels to the metre."""
        ...

    def close(self) -> None:
        """End whatever paints."""
        ...


@final
class PaintingHere:
    """Paints when it is asked: the land is built at the first order."""

    begun = True

    def __init__(self, track: Track, line: RacingLine, scales: tuple[float, ...]) -> None:
        self._circuit = track, line
        self._scales = scales
        self._painters: list[TilePainter] = []
        self._finished: list[Finished] = []

    def spare(self) -> int:
        """One a frame: it takes some milliseconds."""
        return 0 if self._finished else 1

    def order(self, wish: Wish) -> None:
        if not self._painters:
            from racer.app.window.world.land_shapes import LandShapes  # half of the world's code

            shapes = LandShapes(*self._circuit)
            self._painters = [TilePainter(shapes, scale) for scale in self._scales]
        picture = blank_tile()
        self._painters[wish.scale].paint(wish.key, picture)
        self._finished.append(Finished(wish, lambda onto: _copy(picture, onto)))

    def finished(self) -> list[Finished]:
        finished, self._finished = self._finished, []
        return finished


@final
class WorkshopHere:
    """Paints in this process: in tests, for pictures that are kept, and where no other starts."""

    def begin(self, track: Track, line: RacingLine, scales: tuple[float, ...]) -> Painting:
        return PaintingHere(track, line, scales)

    def close(self) -> None:
        pass


def _copy(picture: pygame.Surface, onto: pygame.Surface) -> None:
    onto.blit(picture, (0, 0))

"""The window's tests draw on a display that nobody sees, and make no sound."""

from __future__ import annotations

import os
import signal

os.environ["SDL_VIDEODRIVER"] = "dummy"
os.environ["SDL_AUDIODRIVER"] = "dummy"
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

from functools import lru_cache
from typing import TYPE_CHECKING

import pytest

from racer.app.window.base.canvas import Canvas
from racer.app.window.base.screen import Screen, open_display
from racer.app.window.circuit_source import CircuitSource
from racer.app.window.world import painter
from racer.app.window.world.painter import WorldPainter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.world.tiles.painted_land import PaintedLand
    from racer.app.window.world.tiles.painting import Workshop
    from racer.core.circuits.track import Track


@pytest.fixture(scope="session")
def screen() -> Iterator[Screen]:
    """The one window of the process."""
    screen = open_display(hidden=True)
    yield screen
    screen.close()


@pytest.fixture(autouse=True)
def heard_hangups() -> Iterator[None]:
    """Processes inherit what is ignored: under `nohup` none that a test starts would leave."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def canvas(screen: Screen) -> Canvas:
    screen.surface().fill((0, 0, 0))
    return Canvas(screen.surface())


@lru_cache(4)
def paint_world(
    circuits: CircuitSource,
    track: Track,
    scale: float,
    workshop: Workshop | None = None,
    land: PaintedLand | None = None,
    shrink: int = 1,
) -> WorldPainter:
    return WorldPainter(circuits, track, scale, workshop, land, shrink)


@pytest.fixture
def shared_worlds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Games after each other show the same land: painting it takes a third of a second."""
    monkeypatch.setattr(painter, "WorldPainter", paint_world)


@pytest.fixture(scope="session")
def all_circuits() -> CircuitSource:
    return CircuitSource()

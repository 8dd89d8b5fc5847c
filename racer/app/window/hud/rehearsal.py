"""The first picture of a race, drawn unseen before it: what is made for it is there by then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, final

from racer.app.window.base.slices import take_slice
from racer.play.view import CarView, Phase, Pose

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from racer.app.window.base.canvas import Canvas
    from racer.core.circuits.track import Track
    from racer.play.view import DriverView, RaceView

STEP_NS: Final = 1_500_000  # of drawing ahead in one picture; a panel may take as long again
NO_TICK: Final = -100  # of no race: nothing that is drawn ahead is taken for what is
GREEN_NS: Final = 3_500_000_000  # to the lights' going green, when the grid is first seen


@final
class Rehearsal:
    """Draws it a few panels in each picture of the lobby, and again as far as the grid changes."""

    def __init__(self) -> None:
        self._what: Hashable = None
        self._steps: Iterator[None] = iter(())

    def step(
        self,
        canvas: Canvas,
        view: RaceView,
        track: Track,
        parts_of: Callable[[RaceView], Iterator[None]],
    ) -> bool:
        """Draw for two or three milliseconds; return whether there was anything to draw.

        Args:
            parts_of: draws what the first picture will show of a view, a part at a time.
        """
        if canvas.make_letters_ahead():
            return True  # they are most of it, and a part without them takes longer than a step
        grid = view.cars or _cars_on_grid(view, track)
        names = tuple((car.number, car.name, car.mine, car.car) for car in grid)
        what = (canvas.manner, canvas.surface.get_size(), track.name, names)
        if what != self._what:
            self._what, self._steps = what, parts_of(_as_it_begins(view, grid))
            return True  # who has just come has enough to draw in this picture
        return take_slice(self._steps, STEP_NS)


def _as_it_begins(view: RaceView, grid: tuple[CarView, ...]) -> RaceView:
    """Return what will be seen of a race as its countdown begins."""
    green_ns = view.now_ns + GREEN_NS
    return replace(view, phase=Phase.COUNTDOWN, tick=NO_TICK, cars=grid, green_ns=green_ns)


def _cars_on_grid(view: RaceView, track: Track) -> tuple[CarView, ...]:
    """Return the cars of who has one, as they will stand on the grid."""
    seated = [driver for driver in view.drivers if driver.number is not None]
    return tuple(
        _standing_car(driver, number, place, track)
        for place, driver in enumerate(seated)
        if (number := driver.number) is not None
    )


def _standing_car(driver: DriverView, number: int, place: int, track: Track) -> CarView:
    slot = track.grid[place % len(track.grid)]
    pose = Pose(slot.x, slot.y, slot.heading)
    return CarView(
        number=number,
        node=driver.node,
        name=driver.name,
        mine=driver.mine,
        bot=driver.bot,
        pose=pose,
        before=pose,
        speed_ms=0.0,
        steer=0.0,
        sliding=False,
        braking=False,
        boosting=False,
        ghost=False,
        away=False,
        place=place + 1,
        lap=0,
        way_m=0.0,
        last_ms=None,
        best_ms=None,
        finished_ms=None,
        car=driver.car,
    )

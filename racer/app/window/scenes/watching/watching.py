"""Who drives no car chooses what to see: a car, the director's, or the whole circuit."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from racer.app.motion import watched_car
from racer.app.window.base.palette import PANEL
from racer.app.window.hud.minimap import Minimap
from racer.app.window.input.actions import Action
from racer.app.window.input.inputs import Pressed, Rolled
from racer.app.window.scenes.watching.director import Director
from racer.app.window.scenes.watching.plate import WatchKey, plate
from racer.core.tuning import GRID_MAX
from racer.play.view import Phase

if TYPE_CHECKING:
    from racer.app.window.base.box import Box
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.hud.board import BoardPart
    from racer.app.window.input.devices import Devices
    from racer.app.window.input.inputs import Input
    from racer.app.window.scenes.watching.plate import Happening
    from racer.core.circuits.track import Track
    from racer.play.view import CarView, RaceView


@final
class Watching:
    """Which car is looked at. Until somebody chooses, the director does, or one's own car is."""

    def __init__(self, devices: Devices) -> None:
        self._devices = devices
        self.whole = False  # the circuit is seen as a map
        self._number: int | None = None  # of the car that was chosen
        self._directed = True
        self._chose = False  # somebody did anything
        self._director = Director()
        self._map: Minimap | None = None
        self._shown: int | None = None  # number of the car in the picture

    def applies(self, view: RaceView) -> bool:
        """Whether keys choose what to see: one drives no car now, or no more."""
        racing = view.phase in {Phase.COUNTDOWN, Phase.RACING}
        car = view.my_car
        return racing and bool(view.cars) and (car is None or car.finished_ms is not None)

    def on_input(self, what: Input, view: RaceView) -> bool:
        """Take in what a person did; return whether it was for us."""
        if not self.applies(view):
            return False
        match what:
            case Rolled(steps):
                self._step_car(view, -1 if steps > 0 else 1)
            case Pressed(Action.LEFT | Action.CAR_BEFORE):
                self._step_car(view, -1)
            case Pressed(Action.RIGHT | Action.CAR_BEHIND):
                self._step_car(view, 1)
            case Pressed(Action.UP | Action.DIRECTOR):
                self._directed, self._chose, self.whole = True, True, False
            case Pressed(Action.DOWN | Action.WHOLE_MAP):
                self.whole, self._chose = not self.whole, True
            case _:
                return False
        return True

    def car(self, view: RaceView, track: Track, now_s: float) -> CarView | None:
        """Return the car that the camera follows."""
        found = self._car_to_see(view, track, now_s)
        self._shown = None if found is None else found.number
        return found

    def _car_to_see(self, view: RaceView, track: Track, now_s: float) -> CarView | None:
        if not self.applies(view) or (view.my_car is not None and not self._chose):
            return watched_car(view)
        chosen = next((car for car in view.cars if car.number == self._number), None)
        if chosen is not None and not self._directed:
            return chosen
        return self._director.pick(view.cars, view.setup.laps, track.length_m, now_s)

    @property
    def shown(self) -> int | None:
        """The number of the car in the picture."""
        return self._shown

    def choose(self, number: int) -> None:
        """Look at the car of this number from now on."""
        self._number, self._directed, self._chose, self.whole = number, False, True, False

    @property
    def sees_own(self) -> bool:
        """Whether one's own car is followed, as long as nobody has chosen another."""
        return not self._chose

    def heading(
        self, canvas: Canvas, view: RaceView, replay: Happening | None = None
    ) -> BoardPart | None:
        """Return what the board tells of what one sees, and when one drives.

        Args:
            replay: what has just happened, where it is no race that is on: there other keys
                are told.
        """
        if not self.applies(view):
            return None
        car = next((car for car in view.cars if car.number == self._shown), None)
        if replay is not None:
            return plate(canvas, car, view.setup.laps, happening=replay)
        words = _drives_words(view)
        if view.my_car is not None:
            words, car = "Your race is run.", car if self._chose else None
        return plate(canvas, car, view.setup.laps, words, self._told_keys(view))

    def sees_map(self, view: RaceView) -> bool:
        """Whether the whole circuit is looked at, as a map over the world."""
        return self.whole and self.applies(view)

    def draw_map(self, canvas: Canvas, view: RaceView, track: Track, area: Box) -> None:
        """Draw the circuit as a map over a part of the canvas, where that is asked for."""
        if self.sees_map(view):
            self._draw_map(canvas, view, track, area)

    def _told_keys(self, view: RaceView) -> tuple[WatchKey, ...]:
        """Return which keys choose, as they are printed."""
        key, asked = self._devices.key, self._chose or view.my_car is None
        directed = self._directed and asked and not self.whole
        return (
            WatchKey("car", (key(Action.LEFT), key(Action.RIGHT)), lit=False),
            WatchKey("director", (key(Action.UP),), lit=directed),
            WatchKey("map", (key(Action.DOWN),), lit=self.whole),
        )

    def _draw_map(self, canvas: Canvas, view: RaceView, track: Track, area: Box) -> None:
        if self._map is None or self._map.track is not track:
            self._map = Minimap(track)
        box = area.grown(-24.0)
        canvas.panel(*box, PANEL, 236)
        inner = (box.x + 30.0, box.y + 36.0, box.width - 60.0, box.height - 72.0)
        self._map.draw(canvas, inner, view.cars, thick=9.0, panel=False)

    def _step_car(self, view: RaceView, step: int) -> None:
        """Go to the car before or behind, in order of places."""
        cars = sorted(view.cars, key=lambda car: (car.place, car.number))
        numbers = [car.number for car in cars]
        at = numbers.index(self._shown) if self._shown in numbers else 0
        self._number = numbers[(at + step) % len(numbers)]
        self._directed, self._chose, self.whole = False, True, False


def _drives_words(view: RaceView) -> str:
    """Return when who watches drives."""
    if view.watches:
        return "You watch."
    seated = [driver for driver in view.drivers if driver.number is not None]
    if len(seated) >= GRID_MAX and not any(driver.mine for driver in seated):
        return f"All {GRID_MAX} cars are taken: you watch until one is free."
    return "You watch; you drive in the next race."

"""Who drives no car chooses what to see: a car, the director's, or the whole circuit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from racer.app.motion import watched_car
from racer.app.window.base.palette import ACCENT, FAINT, PANEL, SOFT, WHITE, paint
from racer.app.window.hud.layout import Anchor
from racer.app.window.hud.minimap import Minimap
from racer.app.window.input.actions import Action
from racer.app.window.input.inputs import Pressed, Rolled
from racer.app.window.scenes.watching.director import Director
from racer.core.tuning import GRID_MAX
from racer.play.view import Phase

if TYPE_CHECKING:
    from racer.app.window.base.box import Box
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.hud.layout import Layout
    from racer.app.window.input.devices import Devices
    from racer.app.window.input.inputs import Input
    from racer.core.circuits.track import Track
    from racer.play.view import CarView, RaceView

HIGH: Final = 62.0
LOW: Final = 30.0  # without a car's name
WIDE: Final = 560.0
ORDINALS: Final = {1: "1st", 2: "2nd", 3: "3rd"}


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

    def draw(
        self,
        canvas: Canvas,
        view: RaceView,
        track: Track,
        area: Box,
        layout: Layout,
        title: str = "",
    ) -> None:
        """Draw what one sees, and when one drives; and the circuit, where that is asked for.

        Args:
            area: where the map may stand.
            layout: gives the plate its place.
            title: what one sees, where it is no race that is on: there other keys are told.
        """
        if not self.applies(view):
            return
        if self.whole:
            self._draw_map(canvas, view, track, area)
        if view.my_car is not None and not self._chose:
            _draw_plate(canvas, layout, self._told_keys(), "", None)
            return
        car = next((car for car in view.cars if car.number == self._shown), None)
        drives = _drives_words(view)
        if view.my_car is not None:
            drives = "Your race is run."
        if title:
            _draw_plate(canvas, layout, title, _words_of(car, view), car)
            return
        box = _draw_plate(
            canvas, layout, f"{drives}   {self._told_keys()}", _words_of(car, view), car
        )
        if box is not None and self._directed and not self.whole:
            canvas.text("director", box.right - 14.0, box.y + 8.0, 13, ACCENT, align=1.0)

    def _told_keys(self) -> str:
        """Return which keys choose, as they are printed."""
        key = self._devices.key
        cars = f"{key(Action.LEFT)}, {key(Action.RIGHT)}: car"
        return f"{cars} · {key(Action.UP)}: director · {key(Action.DOWN)}: map"

    def _draw_map(self, canvas: Canvas, view: RaceView, track: Track, area: Box) -> None:
        if self._map is None or self._map.track is not track:
            self._map = Minimap(track)
        box = area.grown(-24.0)
        canvas.panel(*box, PANEL, 236)
        inner = (box.x + 30.0, box.y + 84.0, box.width - 60.0, box.height - 120.0)
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


def _words_of(car: CarView | None, view: RaceView) -> str:
    if car is None:
        return ""
    place = ORDINALS.get(car.place, f"{car.place}th")
    away = ", drives on by itself" if car.away else ""
    return f"{car.name}  ·  {place}  ·  lap {max(1, car.lap)} of {view.setup.laps}{away}"


def _draw_plate(
    canvas: Canvas, layout: Layout, words: str, title: str, car: CarView | None
) -> Box | None:
    """Draw a plate at the upper edge, with the car that is seen above the line of words.

    Returns where it stands; None where there is no room for it.
    """
    wide = min(WIDE, layout.width_at(Anchor.TOP))
    box = layout.take(Anchor.TOP, wide, HIGH if title else LOW)
    if box is None:
        return None
    canvas.panel(*box, PANEL, 226, 12)
    if title:
        if car is not None:
            canvas.bar(box.x + 16.0, box.y + 12.0, 6.0, 18.0, paint(car.number))
        name = canvas.fitted(title, wide - 120.0, 18, bold=True)
        canvas.text(name, box.x + 30.0, box.y + 9.0, 18, WHITE, bold=True)
    line = canvas.fitted(words, wide - 32.0, 14)
    x, align = (box.x + 16.0, 0.0) if title else (box.middle, 0.5)
    canvas.text(line, x, box.bottom - 25.0, 14, SOFT if title else FAINT, align=align)
    return box

"""One replay: the world as it was taped, the standings beside it, and a bar to go to and fro."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from racer.app.window.base.box import Box
from racer.app.window.base.palette import ACCENT, BAD, INK, WHITE
from racer.app.window.base.sanitise import drawable
from racer.app.window.controls.control import Back, Chosen
from racer.app.window.controls.key_strip import strip_buttons
from racer.app.window.controls.toast import Toast
from racer.app.window.hud.columns import columns_of
from racer.app.window.hud.hud import Hud
from racer.app.window.hud.labels.labels import Labels
from racer.app.window.hud.labels.picture import Picture
from racer.app.window.hud.layout import Layout
from racer.app.window.input.actions import Action, Scope
from racer.app.window.input.inputs import Clicked, Pointed, Pressed, Rolled
from racer.app.window.ports import TapedCircuit
from racer.app.window.scene import Depart, FillScreen, Frame, TakePicture
from racer.app.window.scenes.driving import road_to_see
from racer.app.window.scenes.replay.film import FPS, LACKING, Film, can_film
from racer.app.window.scenes.replay.replay_plates import ReplayPlates
from racer.app.window.scenes.replay.screening import Screening
from racer.app.window.scenes.replay.time_bar import (
    HIGH,
    ROW,
    SIGHT,
    TIME,
    bar_of,
    draw_time_bar,
    happening_in,
    time_at,
)
from racer.app.window.scenes.watching.watching import Watching
from racer.app.window.world.camera import Camera, Sight

if TYPE_CHECKING:
    import pygame

    from racer.app.sound.mixer import Mixer
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.controls.key_strip import Plate
    from racer.app.window.input.devices import Devices
    from racer.app.window.input.inputs import Input
    from racer.app.window.scene import Ask
    from racer.app.window.scenes.world_cache import WorldCache
    from racer.app.window.world.painter import WorldPainter
    from racer.core.circuits.track import Track
    from racer.core.recordings.race_tape import Tape
    from racer.play.view import GhostView, RaceView

STEP_MS: Final = 5000.0
BY_NAME: Final = TapedCircuit(None, same=True)
CHANGED: Final = "This circuit has changed since: cars may be seen beside the road."
GRAB: Final = 16.0  # units about the bar that are the bar


@final
class ReplayScene:
    """Shows a tape. It waits for nobody, and nobody sees it."""

    def __init__(
        self,
        tape: Tape,
        world_cache: WorldCache,
        devices: Devices,
        circuit: TapedCircuit = BY_NAME,
        mixer: Mixer | None = None,
    ) -> None:
        self._mixer = mixer
        self._circuit = circuit
        self._devices = devices
        self._plates = ReplayPlates()
        self.screening = Screening(tape)
        self._world_cache = world_cache
        self._watching = Watching(devices)
        self._camera = Camera()
        self._hud = Hud()
        self._labels = Labels()
        self._tick = -1
        self._film: Film | None = None  # that is being made
        self._told = Toast()
        self._pixels = (0, 0)  # of the last picture
        self._area = Box(0.0, 0.0, 1.0, 1.0)  # that shows the world

    @property
    def front(self) -> object:
        """What of it takes what hands do."""
        return self._plates.is_open

    def on_event(self, event: pygame.Event) -> Ask | None:
        """Take in an event; return what it asks for: to depart, when one has had enough."""
        for what in self._devices.on_event(event, Scope.REPLAY):
            ask = self._on_input(what)
            if ask is not None:
                return ask
        return None

    def _on_input(self, what: Input) -> Ask | None:
        screening = self.screening
        if isinstance(what, Pointed) and not what.held:
            self._plates.holds_bar = False
        match what:
            case _ if self._plates.is_open:
                return self._on_menu(what)
            case Pressed(Action.RUN, pad=True) if not screening.paused:
                screening.paused = True
                self._plates.open()
            case Pressed(Action.LEFT | Action.RIGHT as action):
                step = STEP_MS if action is Action.RIGHT else -STEP_MS
                screening.seek(screening.ms + step)
            case Clicked(x, y) | Pointed(x, y, True) if self._takes_bar(what, x, y):
                screening.seek(time_at(screening, bar_of(self._area), x))
            case Rolled() | Pressed(Action.CAR_BEFORE | Action.CAR_BEHIND):
                self._watching.on_input(what, screening.view())
            case _:
                if what == Pressed(Action.SOUND) and self._mixer is not None:
                    self._mixer.on = not self._mixer.on
                outcome = self._plates.on_input(what)
                if isinstance(outcome, Back):
                    return self._on_chosen("back")
                if isinstance(outcome, Chosen):
                    return self._on_chosen(outcome.id)
        return None

    def _on_menu(self, what: Input) -> Ask | None:
        """Let the menu have it; who goes back from there looks at what stands still."""
        outcome = self._plates.on_input(what)
        if what == Pressed(Action.RUN, pad=True):
            outcome = Chosen("run")
        if not isinstance(outcome, Back | Chosen):
            return None
        self._plates.is_open = False
        if outcome == Chosen("film"):
            self.screening.paused = False
        return self._on_chosen(outcome.id) if isinstance(outcome, Chosen) else None

    def _on_chosen(self, chosen: str) -> Ask | None:
        match chosen:
            case "full":
                return FillScreen()
            case "back":
                self.hush()
                self._end_film()
                return Depart()
            case "picture":
                return TakePicture()
            case "run":
                self.screening.paused = not self.screening.paused
            case "slower" | "faster":
                self.screening.faster(1 if chosen == "faster" else -1)
            case "ghost":
                self.screening.ghost = not self.screening.ghost
            case "film":
                self._start_or_end_film()
            case "earlier" | "next":
                self._jump_to_event(1 if chosen == "next" else -1)
            case "director" | "map":
                action = Action.DIRECTOR if chosen == "director" else Action.WHOLE_MAP
                self._watching.on_input(Pressed(action), self.screening.view())
            case _:
                pass
        return None

    def hush(self) -> None:
        """Stop all that is heard of it."""
        if self._mixer is not None:
            self._mixer.hush()

    def _jump_to_event(self, step: int) -> None:
        """Go to an event, and look at whose it is."""
        event = self.screening.jump(step)
        if event is not None:
            self._watching.choose(event.number)

    def _takes_bar(self, what: Clicked | Pointed, x: float, y: float) -> bool:
        """Whether the mouse has the bar: it went down there, and is held since."""
        plates = self._plates
        if isinstance(what, Clicked):
            plates.holds_bar = bar_of(self._area).grown(GRAB).holds(x, y)
        return plates.holds_bar

    def draw(self, canvas: Canvas, frame: Frame) -> None:
        """Draw the next picture."""
        self._pixels = canvas.surface.get_size()
        film = self._film
        if film is None:
            self.screening.advance(frame.dt)
        elif film.has_room:
            frame = Frame(1.0 / FPS, frame.now_ns)
            self.screening.advance(frame.dt)
        head = self.screening.tape.head
        track = self._circuit.track or self._world_cache.circuits.track(head.track)
        if track is None:
            canvas.surface.fill(INK)
            x, y = canvas.width / 2.0, canvas.height / 2.0
            words = f"The circuit of this race, {self.screening.tape.head.track}, is not here."
            canvas.text(words, x, y - 20.0, 24, WHITE, bold=True, align=0.5)
            self._area = Box(0.0, 0.0, canvas.width, canvas.height)
            self._draw_plates(canvas, (), SIGHT[:1])
            return
        world = self._world_cache.world(track, canvas, frame.dt)
        self._draw_race(canvas, drawable(self.screening.view()), world, frame)
        if not self._circuit.same:
            canvas.text(CHANGED, self._area.x + 20.0, 18.0, 15, ACCENT, bold=True, shadow=True)
        if film is not None and film.has_room:
            self._add_to_film(film, canvas)
        self._sound_race(track)
        draw_time_bar(canvas, self.screening, self._area)
        self._draw_plates(canvas, TIME, SIGHT)
        if film is not None:
            canvas.text("• filming", self._area.right - 20.0, 18.0, 18, BAD, bold=True, align=1.0)
        self._told.draw(canvas, frame.dt)

    def _sound_race(self, track: Track) -> None:
        """Sound like the car that is seen; faster than it was driven it would only be noise."""
        screening = self.screening
        if screening.paused or screening.is_over or screening.speed > 1.0 or self._film is not None:
            self.hush()
        elif self._mixer is not None:
            self._mixer.on_replay(screening.view(), track, self._watching.shown)

    def _start_or_end_film(self) -> None:
        if self._film is not None:
            self._end_film()
        elif not can_film():
            self._told.say(LACKING)
        else:
            try:
                self._film = Film(self._pixels)
            except OSError as error:
                self._told.say(f"No film can be made: {error.strerror}.")

    def _add_to_film(self, film: Film, canvas: Canvas) -> None:
        """Add the picture as it stands; a film ends with the tape, or with the window's size."""
        if canvas.surface.get_size() == film.size:
            film.add(canvas.surface)
        if film.failed or self.screening.is_over or canvas.surface.get_size() != film.size:
            self._end_film()

    def _end_film(self) -> None:
        film, self._film = self._film, None
        if film is not None:
            whole = film.end()
            self._told.say(f"Kept: {film.path}" if whole else "ffmpeg made no film of it.")

    def _draw_race(self, canvas: Canvas, view: RaceView, world: WorldPainter, frame: Frame) -> None:
        columns = columns_of(canvas.width, canvas.height, self._world_cache.hud_side)
        self._area = columns.world
        if not 0 <= view.tick - self._tick < 60:
            self._hud = Hud()  # what it remembers is of another time
        self._hud.on_view(view, world.track)
        if view.tick != self._tick:
            self._tick = view.tick
            world.tick(view.cars)
        sight = self._sight_of(view, world, frame.dt)
        upper = Box(self._area.x, 0.0, self._area.width, self._area.height - HIGH)
        area = canvas.rect(*upper)
        ghosts = self._ghosts()
        world.draw(canvas, sight, view.cars, view.taken, 1.0, frame.dt, ghosts=ghosts, area=area)
        places = [world.viewport.on_screen(car.pose.x, car.pose.y) for car in view.cars]
        px_per_m, watched = world.viewport.screen_px_per_m, self._watching.shown
        layout = Layout(Box(0.0, 0.0, canvas.width, canvas.height), columns)
        heading = self._watching.heading(canvas, view, happening_in(self.screening))
        self._hud.draw(canvas, view, world.track, columns, layout, whole=False, heading=heading)
        if not self._watching.sees_map(view):
            picture = Picture(view.cars, places, px_per_m, area, watched)
            self._labels.draw(canvas, picture, layout.boxes)
        self._watching.draw_map(canvas, view, world.track, upper)

    def _draw_plates(
        self, canvas: Canvas, upper: tuple[Plate, ...], lower: tuple[Plate, ...]
    ) -> None:
        left, right = self._area.x + 12.0, self._area.right
        page = (
            *strip_buttons(canvas, self._devices, upper, left, right, ROW),
            *strip_buttons(canvas, self._devices, lower, left, right),
        )
        self._plates.draw(canvas, page, self._area, films=self._film is not None)

    def _ghosts(self) -> tuple[GhostView, ...]:
        """Return the best lap of the race as it was driven, beside the car that is seen."""
        number = self._watching.shown
        if not self.screening.ghost or number is None:
            return ()
        ghost = self.screening.ghost_beside(number)
        return () if ghost is None else (ghost,)

    def _sight_of(self, view: RaceView, world: WorldPainter, dt: float) -> Sight:
        car = self._watching.car(view, world.track, self.screening.ms / 1000.0)
        if car is None:
            slot = world.track.grid[0]
            return Sight(slot.x, slot.y)
        ahead = road_to_see(car, world.track, self._world_cache.camera)
        size = (self._area.width, self._area.height - HIGH)
        return self._camera.frame((car.pose.x, car.pose.y), ahead, size, dt)

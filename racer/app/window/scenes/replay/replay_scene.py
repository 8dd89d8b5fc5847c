"""One replay: the world as it was taped, the standings beside it, and a bar to go to and fro."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.box import Box
from racer.app.window.base.palette import INK, SOFT, WHITE
from racer.app.window.base.sanitise import drawable
from racer.app.window.hud.columns import columns_of
from racer.app.window.hud.hud import Hud
from racer.app.window.hud.layout import Layout
from racer.app.window.hud.name_tags import NameTags
from racer.app.window.scenes.driving import road_to_see
from racer.app.window.scenes.replay.screening import Screening
from racer.app.window.scenes.replay.time_bar import HIGH, bar_of, draw_time_bar, time_at
from racer.app.window.scenes.watching.watching import Watching
from racer.app.window.world.camera import Camera, Sight

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.scene import Frame
    from racer.app.window.scenes.world_cache import WorldCache
    from racer.app.window.world.painter import WorldPainter
    from racer.core.recordings.race_tape import Tape
    from racer.play.view import RaceView

STEP_MS: Final = 5000.0
GRAB: Final = 16.0  # units about the bar that are the bar


@final
class ReplayScene:
    """Shows a tape. It waits for nobody, and nobody sees it."""

    def __init__(self, tape: Tape, world_cache: WorldCache) -> None:
        self.screening = Screening(tape)
        self._world_cache = world_cache
        self._watching = Watching()
        self._camera = Camera()
        self._hud = Hud((), "")
        self._name_tags = NameTags()
        self._tick = -1
        self._area = Box(0.0, 0.0, 1.0, 1.0)  # that shows the world
        self._scale = 1.0

    def on_event(self, event: pygame.Event) -> bool:
        """Take in an event; return whether one has had enough."""
        screening = self.screening
        if _is_held_mouse(event):
            self._seek_at(event.pos)
        elif event.type != pygame.KEYDOWN:
            self._watching.on_event(event, screening.view())
        else:
            return self._on_key(event)
        return False

    def _on_key(self, event: pygame.Event) -> bool:
        screening = self.screening
        match event.key:
            case pygame.K_ESCAPE:
                return True
            case pygame.K_SPACE:
                screening.paused = not screening.paused
            case pygame.K_LEFT | pygame.K_RIGHT:
                step = STEP_MS if event.key == pygame.K_RIGHT else -STEP_MS
                screening.seek(screening.ms + step)
            case pygame.K_UP | pygame.K_DOWN:
                screening.faster(1 if event.key == pygame.K_UP else -1)
            case pygame.K_RETURN | pygame.K_KP_ENTER | pygame.K_BACKSPACE:
                self._jump_to_event(-1 if event.key == pygame.K_BACKSPACE else 1)
            case _:
                self._watching.on_event(event, screening.view())
        return False

    def _jump_to_event(self, step: int) -> None:
        """Go to an event, and look at whose it is."""
        event = self.screening.jump(step)
        if event is not None:
            self._watching.choose(event.number)

    def _seek_at(self, pos: tuple[int, int]) -> None:
        x, y = pos[0] / self._scale, pos[1] / self._scale
        bar = bar_of(self._area)
        if bar.grown(GRAB).holds(x, y):
            self.screening.seek(time_at(self.screening, bar, x))

    def draw(self, canvas: Canvas, frame: Frame) -> None:
        """Draw the next picture."""
        self.screening.advance(frame.dt)
        self._scale = canvas.scale
        track = self._world_cache.circuits.track(self.screening.tape.head.track)
        if track is None:
            canvas.surface.fill(INK)
            x, y = canvas.width / 2.0, canvas.height / 2.0
            words = f"The circuit of this race, {self.screening.tape.head.track}, is not here."
            canvas.text(words, x, y - 20.0, 24, WHITE, bold=True, align=0.5)
            canvas.text("Esc: back", x, y + 20.0, 16, SOFT, align=0.5)
            return
        world = self._world_cache.world(track, canvas, frame.dt)
        self._draw_race(canvas, drawable(self.screening.view()), world, frame)

    def _draw_race(self, canvas: Canvas, view: RaceView, world: WorldPainter, frame: Frame) -> None:
        columns = columns_of(canvas.width, canvas.height, self._world_cache.hud_side)
        self._area = columns.world
        if not 0 <= view.tick - self._tick < 60:
            self._hud = Hud((), "")  # what it remembers is of another time
        self._hud.on_view(view, world.track)
        if view.tick != self._tick:
            self._tick = view.tick
            world.tick(view.cars)
        sight = self._sight_of(view, world, frame.dt)
        area = canvas.rect(*columns.world)
        world.draw(canvas, sight, view.cars, view.taken, 1.0, frame.dt, area=area)
        places = [world.viewport.on_screen(car.pose.x, car.pose.y) for car in view.cars]
        self._name_tags.draw(canvas, view.cars, places, world.viewport.px_per_m, area)
        layout = Layout(Box(0.0, 0.0, canvas.width, canvas.height), columns)
        self._hud.draw(canvas, view, world.track, columns, layout, whole=False)
        upper = Box(self._area.x, 0.0, self._area.width, self._area.height - HIGH)
        self._watching.draw(canvas, view, world.track, upper, layout, title="Replay.")
        draw_time_bar(canvas, self.screening, self._area)

    def _sight_of(self, view: RaceView, world: WorldPainter, dt: float) -> Sight:
        car = self._watching.car(view, world.track, self.screening.ms / 1000.0)
        if car is None:
            slot = world.track.grid[0]
            return Sight(slot.x, slot.y)
        ahead = road_to_see(car, world.track)
        size = (self._area.width, self._area.height - HIGH)
        return self._camera.frame((car.pose.x, car.pose.y), ahead, size, dt)


def _is_held_mouse(event: pygame.Event) -> bool:
    """Whether the mouse's first button goes down, or is held as it moves."""
    if event.type == pygame.MOUSEBUTTONDOWN:
        return bool(event.button == pygame.BUTTON_LEFT)
    return bool(event.type == pygame.MOUSEMOTION and event.buttons[0])

"""The race itself: the world around our car, the HUD over it, and the driving keys."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final, final

from racer.app.motion import velocity
from racer.app.window.base.box import Box
from racer.app.window.hud.columns import columns_of
from racer.app.window.hud.hud import Hud
from racer.app.window.hud.key_hints import DrivingKeys
from racer.app.window.hud.labels.labels import Labels
from racer.app.window.hud.labels.picture import Picture
from racer.app.window.hud.layout import Layout
from racer.app.window.hud.reckoning.news_sides import NewsSides
from racer.app.window.input.actions import Action
from racer.app.window.input.assistance import Help, assisted
from racer.app.window.input.wheel import HeldKeys, Wheel
from racer.app.window.ports import CAMERAS
from racer.app.window.scenes.feel import Feel
from racer.app.window.scenes.watching.watching import Watching
from racer.app.window.world.camera import Camera, Sight
from racer.app.window.world.playback import Playback, between
from racer.app.window.world.sight_ahead import road_ahead, road_grip, sight_m
from racer.core.physics.car import Controls, clamped
from racer.play.view import Drive, Phase, Rescue

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pygame

    from racer.app.window.base.canvas import Canvas
    from racer.app.window.hud.columns import Columns
    from racer.app.window.hud.key_hints import KeyHint
    from racer.app.window.input.devices import Devices
    from racer.app.window.input.gamepad import Axes
    from racer.app.window.scene import Frame
    from racer.app.window.scenes.world_cache import WorldCache
    from racer.app.window.world.painter import WorldPainter
    from racer.core.circuits.track import Track
    from racer.play.view import CarView, Intent, RaceView

HELD: Final[dict[Action, str]] = {
    Action.STEER_LEFT: "left",
    Action.STEER_RIGHT: "right",
    Action.THROTTLE: "throttle",
    Action.BRAKE: "brake",
    Action.HANDBRAKE: "handbrake",
    Action.BOOST: "boost",
}
HINTED: Final = (
    (Action.BOOST, "boost"),
    (Action.HANDBRAKE, "handbrake"),
    (Action.RESCUE, "back onto the track"),
    (Action.RACING_LINE, "racing line"),
    (Action.CHAT, "chat"),
    (Action.SOUND, "sound"),
    (Action.PAUSE, "pause"),
)
PAD_STEPS: Final = 50
FARTHER: Final = 1.4  # road is seen by who likes to see farther …
FAST_MS: Final = 50.0  # … and as much as at this speed, by who stays far up


@final
class DrivingScene:
    """Shows the race from over our car, and turns keys into `Drive`."""

    def __init__(self, world_cache: WorldCache, devices: Devices) -> None:
        self._world_cache = world_cache
        self._devices = devices
        self._camera = Camera()
        self._playback = Playback()
        self._labels = Labels()
        self._picture: Picture | None = None  # the newest
        self._ahead: list[tuple[float, float]] = []  # places of the road before the car
        self.news = NewsSides()
        self._wheel = Wheel()
        self._hud = Hud()
        self._feel = Feel()
        self._sent = Controls()  # what the node holds before anybody asked for anything
        self._tick = -1
        self._sight = Sight(0.0, 0.0)
        self.watching = Watching(devices)

    def on_action(self, action: Action) -> Intent | None:
        """Take in what a key is for; return what it asks for at once."""
        match action:
            case Action.RESCUE:
                return Rescue()
            case Action.RACING_LINE:
                self._world_cache.aid = not self._world_cache.aid
            case _:
                pass
        return None

    @property
    def rumble(self) -> tuple[float, float]:
        """What a pad's coarse and fine motor tell of our car, 0..1."""
        return self._feel.rumble

    def release(self) -> Drive | None:
        """Let go of wheel and pedals, as when the chat opens; return what to send, if anything.

        Keys that are still held then count again as soon as `drive` is asked.
        """
        return self._drive_if_changed(self._wheel.release())

    def drive(self, view: RaceView, dt: float) -> Drive | None:
        """Return the controls that keys and pad make of another `dt` seconds, if they changed."""
        if view.phase not in {Phase.COUNTDOWN, Phase.RACING} or view.my_car is None:
            return None
        down = {HELD[action] for action in self._devices.held if action in HELD}
        held = replace(HeldKeys(), **dict.fromkeys(down, True))
        controls = with_pad(self._wheel.turn(held, dt), self._devices.pads.axes)
        return self._drive_if_changed(self._helped(controls, view))

    def _helped(self, controls: Controls, view: RaceView) -> Controls:
        """Return the controls with the help that the driver wants, once the line is known."""
        circuits, wanted = self._world_cache.circuits, self._world_cache.help
        car, track = view.my_car, view.circuit or circuits.track(view.setup.track)
        if wanted == Help() or car is None or track is None or view.phase is not Phase.RACING:
            return controls
        return (
            assisted(controls, wanted, car, track, circuits.line(track))
            if circuits.soon(track)
            else controls
        )

    def columns(self, canvas: Canvas) -> Columns:
        """Return which parts of a canvas are the driver's board, as the driver likes it."""
        return columns_of(canvas.width, canvas.height, self._world_cache.hud_side)

    def draw(
        self,
        canvas: Canvas,
        view: RaceView,
        world: WorldPainter,
        frame: Frame,
        layout: Layout,
    ) -> None:
        """Draw the world and all that a driver reads but the labels: panels are yet to come."""
        columns = self.columns(canvas)
        self.draw_world(canvas, view, world, frame, area=canvas.rect(*columns.world))
        road = [world.viewport.on_screen(*place) for place in self._ahead]
        places = [(x / canvas.scale, y / canvas.scale) for x, y in road]
        self.news.on_road(places, columns.world)
        whole = Action.STANDINGS in self._devices.held
        self._hud.draw(
            canvas,
            view,
            world.track,
            columns,
            layout,
            whole=whole,
            heading=self.watching.heading(canvas, view),
            own=self.watching.sees_own,
        )
        self.watching.draw_map(canvas, view, world.track, columns.world)

    def rehearse(self, canvas: Canvas, view: RaceView) -> None:
        """Draw some of the first picture, unseen and ahead of it: whole, it takes two frames."""
        track = view.circuit or self._world_cache.circuits.track(view.setup.track)
        if track is not None:
            parts = partial(self._parts_ahead, canvas, track)
            self._hud.rehearsal.step(canvas, view, track, parts)

    def _parts_ahead(self, canvas: Canvas, track: Track, view: RaceView) -> Iterator[None]:
        self._hud.keys = driving_keys(self._devices, aid=self._world_cache.aid)
        layout = Layout(Box(0.0, 0.0, canvas.width, canvas.height), self.columns(canvas))
        yield from self._hud.parts_ahead(canvas, view, track, layout)
        for car in view.cars:
            self._labels.prepare(canvas, car)
            yield

    def draw_world(
        self,
        canvas: Canvas,
        view: RaceView,
        world: WorldPainter,
        frame: Frame,
        *,
        area: pygame.Rect | None = None,
    ) -> None:
        """Draw the track and the cars in a part of the canvas."""
        self._hud.keys = driving_keys(self._devices, aid=self._world_cache.aid)
        self._hud.on_view(view, world.track)
        if view.tick != self._tick:
            self._tick = view.tick
            self._feel.on_tick(view, world)
        part = self._playback.part(view.now_ns, frame.now_ns)
        car = self.watching.car(view, world.track, frame.now_ns / 1e9)
        if car is not None:
            x, y, _ = between(car, part)
            ahead = road_to_see(car, world.track, self._world_cache.camera)
            self._ahead = [(x, y), *ahead]
            pixels = canvas.surface.get_size() if area is None else area.size
            size = (pixels[0] / canvas.scale, pixels[1] / canvas.scale)
            self._sight = self._camera.frame((x, y), ahead, size, frame.dt)
        elif self._sight.x == 0.0 == self._sight.y:
            slot = world.track.grid[0]
            self._sight = Sight(slot.x, slot.y)
        dx, dy = self._feel.shake.offset(frame.dt)
        aid = self._world_cache.circuits.line(world.track) if self._world_cache.aid else None
        world.draw(
            canvas,
            replace(self._sight, x=self._sight.x + dx, y=self._sight.y + dy),
            view.cars,
            view.taken,
            part,
            frame.dt,
            ghosts=view.ghosts,
            aid=aid if view.phase is not Phase.FINISHED else None,
            area=area,
        )
        places = [world.viewport.on_screen(*between(other, part)[:2]) for other in view.cars]
        shown = canvas.surface.get_rect() if area is None else area
        px_per_m, watched = world.viewport.screen_px_per_m, self.watching.shown
        self._picture = Picture(view.cars, places, px_per_m, shown, watched)

    def draw_labels(self, canvas: Canvas, view: RaceView, layout: Layout) -> None:
        """Draw names and arrows, where all panels of this picture have their places."""
        if self._picture is not None and not self.watching.sees_map(view):
            self._labels.draw(canvas, self._picture, layout.boxes)

    def _drive_if_changed(self, controls: Controls) -> Drive | None:
        if controls == self._sent:
            return None
        self._sent = controls
        return Drive(controls)


def driving_keys(devices: Devices, *, aid: bool = False) -> DrivingKeys:
    """Return what a driver is told of what it has in hand now.

    Args:
        aid: the racing line is shown.
    """
    return DrivingKeys(
        _driving_hints(devices),
        devices.key(Action.RESCUE),
        _throttle_words(devices),
        "" if aid else devices.key(Action.RACING_LINE),
    )


def _throttle_words(devices: Devices) -> str:
    if devices.by_pad:
        return "the right trigger"
    places = devices.bindings.keys[Action.THROTTLE]
    ours = places if devices.alone else places[-1:]  # the arrows are for who sits beside
    return " or ".join(devices.names.name(place) for place in ours)


def _driving_hints(devices: Devices) -> tuple[KeyHint, ...]:
    if devices.by_pad:
        first = [("Left stick", "steer"), ("Triggers", "right goes, left brakes")]
    else:
        wheel = (Action.THROTTLE, Action.STEER_LEFT, Action.BRAKE, Action.STEER_RIGHT)
        bound = [devices.bindings.keys[action] for action in wheel]
        keys = " ".join(devices.names.name(places[-1]) for places in bound if places)
        first = [("Arrows", f"or {keys}: drive") if devices.alone else (keys, "drive")]
    told = [(devices.key(action), words) for action, words in HINTED]
    more = [("Cross", "say something")] if devices.by_pad else []
    return (*first, *((key, words) for key, words in told if key), *more)


def with_pad(keys: Controls, axes: Axes) -> Controls:
    """Return the controls of keys and pad together: whichever asks for more."""
    return Controls(
        throttle=max(keys.throttle, _rounded_axis(axes.throttle)),
        brake=max(keys.brake, _rounded_axis(axes.brake)),
        steer=keys.steer if keys.steer != 0.0 else _rounded_axis(axes.steer),
        handbrake=keys.handbrake,
        boost=keys.boost,
    )


def _rounded_axis(value: float) -> float:
    # A stick trembles: finer steps than these would only be more to send.
    return round(value * PAD_STEPS) / PAD_STEPS


def road_to_see(car: CarView, track: Track, camera: str) -> list[tuple[float, float]]:
    """Return the road before a car that its driver must see; behind it, where it goes back.

    Args:
        camera: one of `CAMERAS`; all but the first show more than must be seen.
    """
    vx, vy = velocity(car.before, car.pose)
    point = track.centre[track.index_at(car.way_m)]
    along = vx * point.tx + vy * point.ty
    speed = math.hypot(vx, vy)
    share = clamped(2.0 * along / max(speed, 1.0), -1.0, 1.0)
    seen = sight_m(speed, road_grip(point))
    if camera == CAMERAS[1]:
        seen *= FARTHER
    elif camera == CAMERAS[2]:
        seen = max(seen, sight_m(FAST_MS))
    return road_ahead(track, car.way_m, share * seen)

"""One seat in one race: lobby, race and results follow the race's phase by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.base.box import Box
from racer.app.window.base.palette import ACCENT, BAD, INK, PANEL, PANEL_LIGHT, SOFT, WHITE
from racer.app.window.base.sanitise import drawable
from racer.app.window.hud.layout import Layout
from racer.app.window.hud.notices import draw_notices
from racer.app.window.input.gamepad import Axes
from racer.app.window.scene import Depart
from racer.app.window.scenes.chat.chat_box import ChatBox
from racer.app.window.scenes.chat.phrases import is_cross
from racer.app.window.scenes.driving import DrivingScene
from racer.app.window.scenes.lobby import LobbyScene
from racer.app.window.scenes.network.overlay import NetworkOverlay
from racer.app.window.scenes.podium import draw_podium
from racer.play.view import Autopilot, ChooseCar, Phase, Say

if TYPE_CHECKING:
    from racer.app.sound.mixer import Mixer
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.input.gamepad import Gamepads
    from racer.app.window.ports import RaceHandle
    from racer.app.window.scene import Ask, Frame
    from racer.app.window.scenes.world_cache import WorldCache
    from racer.app.window.world.painter import WorldPainter
    from racer.play.view import Drive, RaceView

LOBBY_NOTICES: Final = 3  # above the circuit's card
LINE: Final = 28.0  # from one line of text to the next
PAUSE: Final = ("Continue", "Leave the race")


@final
class RaceScene:
    """Draws whatever phase the race is in, and sends what the player asks for."""

    def __init__(
        self,
        handle: RaceHandle,
        world_cache: WorldCache,
        mixer: Mixer | None = None,
        pads: Gamepads | None = None,
        chat: ChatBox | None = None,
    ) -> None:
        self._handle = handle
        self._pads = pads
        self._mixer = mixer
        self._world_cache = world_cache
        self.chat = chat if chat is not None else ChatBox()
        self._autopilot = False  # whether our car drives itself now, as we write
        self._lobby = LobbyScene(world_cache.circuits)
        self._driving = DrivingScene(world_cache)
        self._network = NetworkOverlay()
        self._choice: int | None = None  # of the pause menu, while it is open
        self._phase: Phase | None = None
        self._layout: Layout | None = None  # of the last picture
        self.car: int | None = None  # the kind that was chosen here last

    def on_event(self, event: pygame.Event) -> Ask | None:
        """Take in a key or a change of focus."""
        view = self._handle.view()
        if event.type == pygame.WINDOWFOCUSLOST:
            self._release_controls()
        if view is None or view.waiting or self._handle.failure() is not None:
            return Depart() if _is_key(event, pygame.K_ESCAPE) else None
        if self.chat.is_open:
            self._on_chat_event(event, view)
        elif _is_key(event, pygame.K_F3) or (self._network.is_open and self._network.takes(event)):
            self._on_network_event(event, view)
        elif self._choice is not None:
            return self._on_pause_event(event)
        elif self._say_phrase(event, view):
            pass
        elif view.phase is Phase.LOBBY:
            return self._on_lobby_event(event, view)
        else:
            self._on_race_event(event)
        return None

    def draw(self, canvas: Canvas, frame: Frame) -> None:
        """Draw the newest view and send the controls that are held."""
        view = self._handle.view()
        failure = self._handle.failure()
        if view is None or failure is not None:
            _draw_waiting(canvas, failure, frame)
            return
        view = drawable(view)
        if view.waiting:
            _draw_waiting(canvas, None, frame, view.waiting)
            return
        self._enter_phase(view.phase)
        world = self._world_for(canvas, view, frame)
        self._send_controls(view, frame)
        if self._pads is not None and view.phase is Phase.RACING:
            self._pads.rumble(*self._driving.rumble, frame.now_ns)
        if self._mixer is not None:
            self._mixer.on_view(view, None if world is None else world.track)
        racing = world is not None and view.phase in {Phase.COUNTDOWN, Phase.RACING}
        columns = self._driving.columns(canvas) if racing else None
        layout = self._layout = Layout(Box(0.0, 0.0, canvas.width, canvas.height), columns)
        self._draw_phase(canvas, view, world, frame, layout)
        if view.phase is Phase.LOBBY or world is None:
            self._draw_news_in_lobby(canvas, view, frame)
        else:
            self.chat.phrases.draw(canvas, layout, frame.dt)
            if view.phase is not Phase.FINISHED or self.chat.is_open:
                self.chat.draw(canvas, view, frame, layout)
            draw_notices(canvas, view, layout)
        if self._network.is_open:
            self._network.draw(canvas, view, frame)
        if self._choice is not None:
            _draw_pause_menu(canvas, self._choice)

    def is_driving(self) -> bool:
        """Whether a pad's stick steers a car now, and is no arrow key."""
        view = self._handle.view()
        racing = view is not None and view.phase in {Phase.COUNTDOWN, Phase.RACING}
        return racing and self._choice is None and not self.chat.is_open

    def leave(self) -> None:
        """Give the seat back."""
        self.chat.close()
        if self._mixer is not None:
            self._mixer.hush()
        self._handle.leave()

    def _draw_phase(
        self,
        canvas: Canvas,
        view: RaceView,
        world: WorldPainter | None,
        frame: Frame,
        layout: Layout,
    ) -> None:
        if view.phase is Phase.LOBBY or world is None:
            self._lobby.draw(canvas, view, world, frame)
        elif view.phase is Phase.FINISHED:
            self._driving.draw_world(canvas, view, world, frame, names=False)
            draw_podium(canvas, view, world)
        else:
            self._driving.draw(canvas, view, world, frame, layout)

    def _draw_news_in_lobby(self, canvas: Canvas, view: RaceView, frame: Frame) -> None:
        """Draw notices over the circuit's card, and the chat between the grid and the keys."""
        news = Layout(Box(708.0, 14.0, canvas.width - 708.0, 118.0))
        draw_notices(canvas, view, news, LOBBY_NOTICES)
        chat = Layout(Box(0.0, 452.0, canvas.width, canvas.height - 32.0 - 452.0))
        self.chat.draw(canvas, view, frame, chat, steady=True)
        whole = Layout(Box(0.0, 0.0, canvas.width, canvas.height))
        self.chat.phrases.draw(canvas, whole, frame.dt)

    def _enter_phase(self, phase: Phase) -> None:
        """Begin a phase afresh: a new race has no memory of the last one's keys and gaps."""
        if phase is self._phase:
            return
        if phase is Phase.LOBBY:
            self._release_controls()
            self._driving = DrivingScene(self._world_cache)
        self._choice = None
        self._phase = phase

    def _world_for(self, canvas: Canvas, view: RaceView, frame: Frame) -> WorldPainter | None:
        track = view.circuit or self._world_cache.circuits.track(view.setup.track)
        if track is None:
            return None
        if view.phase is Phase.LOBBY:
            ready = self._world_cache.world_if_ready(track, canvas, frame.dt)
            if ready is None:
                return None
            world = ready
        else:
            world = self._world_cache.world(track, canvas, frame.dt)
        if view.phase in {Phase.LOBBY, Phase.COUNTDOWN}:
            seated = [(d.number, d.car) for d in view.drivers if d.number is not None]
            world.garage.expect([(car.number, car.car) for car in view.cars] or seated)
            world.warm()
        return world

    def _on_lobby_event(self, event: pygame.Event, view: RaceView) -> Ask | None:
        if event.type != pygame.KEYDOWN:
            return None
        if event.key == pygame.K_ESCAPE:
            return Depart()
        if event.key == pygame.K_t:
            self.chat.open()
        elif event.key == pygame.K_b:
            self._handle.add_bot()
        else:
            intent = self._lobby.on_key(event.key, view)
            if isinstance(intent, ChooseCar):
                self.car = intent.car
            if intent is not None:
                self._handle.send(intent)
        return None

    def _on_race_event(self, event: pygame.Event) -> None:
        if event.type == pygame.KEYDOWN and event.key in {
            pygame.K_RETURN,
            pygame.K_KP_ENTER,
            pygame.K_t,
        }:
            self._send_if_changed(self._driving.let_go())
            self.chat.open()
        elif _is_key(event, pygame.K_ESCAPE):
            self._release_controls()
            self._choice = 0
        elif _is_key(event, pygame.K_m) and self._mixer is not None:
            self._mixer.on = not self._mixer.on
        else:
            intent = self._driving.on_event(event)
            if intent is not None:
                self._handle.send(intent)

    def _on_network_event(self, event: pygame.Event, view: RaceView) -> None:
        opened = self._network.is_open
        intent = self._network.on_event(event, view) if opened else self._network.toggle()
        if intent is not None:
            self._handle.send(intent)

    def _on_pause_event(self, event: pygame.Event) -> Ask | None:
        if event.type != pygame.KEYDOWN or self._choice is None:
            return None
        match event.key:
            case pygame.K_ESCAPE:
                self._choice = None
            case pygame.K_UP | pygame.K_DOWN:
                self._choice = 1 - self._choice
            case pygame.K_RETURN | pygame.K_KP_ENTER:
                leaving = self._choice == 1
                self._choice = None
                return Depart() if leaving else None
            case _:
                pass
        return None

    def _on_chat_event(self, event: pygame.Event, view: RaceView) -> None:
        """Let what is typed be typed. A key that was held to drive may come up meanwhile."""
        if event.type == pygame.KEYUP:
            self._driving.on_event(event)
        said = self.chat.on_event(event, view)
        if said is not None:
            self._handle.send(said)

    def _say_phrase(self, event: pygame.Event, view: RaceView) -> bool:
        """Let the list of phrases have what is for it; on the track the cross of a pad opens it."""
        phrases = self.chat.phrases
        cross = is_cross(event) and view.phase in {Phase.COUNTDOWN, Phase.RACING}
        if not phrases.is_open:
            if _is_key(event, pygame.K_q) or (cross and event.type == pygame.KEYDOWN):
                phrases.open()
                return True
            return cross
        told = phrases.on_event(event)
        if isinstance(told, Say):
            self._handle.send(told)
        return bool(told) or cross

    def _send_controls(self, view: RaceView, frame: Frame) -> None:
        """Send what is held, unless the hands are on something else."""
        if not self.chat.is_open and self._choice is None:
            axes = Axes() if self._pads is None else self._pads.axes
            self._send_if_changed(self._driving.drive(view, frame.dt, axes))
        autopilot = self.chat.autopilot and self.chat.is_open and view.phase is Phase.RACING
        if autopilot is not self._autopilot:
            self._autopilot = autopilot
            self._handle.send(Autopilot(autopilot))

    def _release_controls(self) -> None:
        self._send_if_changed(self._driving.release())

    def _send_if_changed(self, drive: Drive | None) -> None:
        if drive is not None:
            self._handle.send(drive)


def _is_key(event: pygame.Event, key: int) -> bool:
    return bool(event.type == pygame.KEYDOWN and event.key == key)


def _draw_waiting(canvas: Canvas, failure: str | None, frame: Frame, why: str = "") -> None:
    """Draw that we are not in the race yet, and why it takes so long; or why it cannot go on."""
    canvas.surface.fill(INK)
    x, y = canvas.width / 2.0, canvas.height / 2.0
    if failure is not None:
        canvas.text("The race cannot go on", x, y - 60.0, 34, BAD, bold=True, align=0.5)
        for part in failure.split("; "):
            canvas.text(part, x, y, 20, WHITE, align=0.5)
            y += LINE
        canvas.text("Esc  back to the menu", x, y + 22.0, 16, SOFT, align=0.5)
        return
    canvas.text("To the grid …", x, y - 40.0, 34, WHITE, bold=True, align=0.5)
    for k in range(3):
        on = frame.now_ns // 250_000_000 % 3 == k
        canvas.panel(
            x - 52.0 + k * 40.0, y + 20.0, 24.0, 24.0, ACCENT if on else PANEL_LIGHT, 255, 12
        )
    if why:
        line = canvas.fitted(why, canvas.width - 80.0, 20)
        canvas.text(line, x, y + 72.0, 20, WHITE, align=0.5)
        canvas.text("Esc  back to the menu", x, y + 72.0 + LINE + 8.0, 16, SOFT, align=0.5)


def _draw_pause_menu(canvas: Canvas, choice: int) -> None:
    canvas.panel(0.0, 0.0, canvas.width, canvas.height, INK, 120, 0)
    x, y = canvas.width / 2.0, canvas.height / 2.0 - 110.0
    canvas.panel(x - 190.0, y, 380.0, 220.0, PANEL, 240, 16)
    canvas.text("PAUSE", x, y + 18.0, 34, WHITE, bold=True, align=0.5)
    canvas.text("the race goes on without you", x, y + 62.0, 15, SOFT, align=0.5)
    for k, words in enumerate(PAUSE):
        top = y + 98.0 + k * 54.0
        canvas.panel(x - 160.0, top, 320.0, 44.0, ACCENT if k == choice else PANEL_LIGHT, 255, 8)
        colour = INK if k == choice else WHITE
        canvas.text(words, x, top + 10.0, 20, colour, bold=True, align=0.5)

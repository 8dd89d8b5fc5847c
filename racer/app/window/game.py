"""The game in its window: one loop, one scene at a time."""

from __future__ import annotations

import gc
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final, assert_never, final

import pygame

from racer.app.leaving import leave_on_signals
from racer.app.sound.volumes import Volumes
from racer.app.window.base.allocator import give_pictures_back
from racer.app.window.base.canvas import Canvas
from racer.app.window.base.figures import Figures
from racer.app.window.base.pace import PicturePace
from racer.app.window.base.paints import Eyes
from racer.app.window.base.screen import Screen, open_display
from racer.app.window.circuit_source import CircuitSource
from racer.app.window.controls.toast import Toast
from racer.app.window.hud.columns import HudSide
from racer.app.window.input.actions import Action
from racer.app.window.input.arrivals import Arrivals
from racer.app.window.input.assistance import Help
from racer.app.window.input.attention import Attention
from racer.app.window.input.bindings import default_bindings, with_changes
from racer.app.window.input.devices import Devices
from racer.app.window.input.gamepad import is_unknown, open_pads
from racer.app.window.input.key_names import layout_names
from racer.app.window.input.pointer import Pointer
from racer.app.window.input.repeats import Repeats
from racer.app.window.loading import Loading
from racer.app.window.ports import TEXT_SIZES, at_home
from racer.app.window.scene import (
    AskPassphrase,
    Close,
    Depart,
    FillScreen,
    Frame,
    JoinRace,
    LeavePage,
    OfferIdentity,
    OpenRace,
    PlanTrial,
    Practice,
    ShowRecords,
    ShowReplays,
    ShowSettings,
    TakeIdentity,
    TakePicture,
    Trial,
    WatchRace,
)
from racer.app.window.scenes.menu import MenuScene
from racer.app.window.scenes.world_cache import WorldCache
from racer.app.window.world.tiles.beside import WorkshopBeside

if TYPE_CHECKING:
    from racer.app.sound.mixer import Mixer
    from racer.app.window.ports import RaceDirectory, RaceHandle, Settings
    from racer.app.window.scene import Ask, OverlayPage
    from racer.app.window.scenes.race_scene import RaceScene
    from racer.app.window.scenes.split_scene import SplitScene
    from racer.app.window.world.tiles.painting import Workshop

FPS_HIDDEN: Final = 10  # minimised: the race goes on, nobody looks
FRAME_S_MAX: Final = 0.1  # a longer stall is not made up for
GROWTH: Final = dict(zip(TEXT_SIZES, (0.9, 1.0, 1.12, 1.25), strict=True))
UNKNOWN_PAD: Final = (
    "A pad of an unknown kind is not used: SDL_GAMECONTROLLERCONFIG can tell its layout."
)
PICTURES: Final = at_home("Pictures")


@final
class Game:
    """Routes events to the scene and what the scene asks for to the lounge."""

    def __init__(
        self,
        directory: RaceDirectory,
        screen: Screen,
        circuits: CircuitSource | None = None,
        devices: Devices | None = None,
        workshop: Workshop | None = None,
        loading: Loading | None = None,
    ) -> None:
        self._directory = directory
        self._screen = screen
        self._loading = loading  # None: all is here, and no sound
        circuits = CircuitSource() if circuits is None else circuits
        self._world_cache = WorldCache(circuits, workshop)
        self._canvas = Canvas(screen.surface())
        self._devices = Devices() if devices is None else devices
        self._menu = MenuScene(directory, self._world_cache, self._devices)
        self._room: RaceScene | SplitScene | None = None
        self._page: OverlayPage | None = None  # over what is seen otherwise
        self._attention = Attention()
        self._toast = Toast()
        self._wish: JoinRace | OpenRace | WatchRace | None = None  # by which we are in a race
        self.pace = PicturePace(screen.rate_hz())
        self.running = True
        self._applied: Settings | None = None
        self._apply_settings(directory.settings)

    def on_event(self, event: pygame.Event) -> None:
        """Take in one event of the window."""
        if self._attention.on_event(event):
            self._follow_attention()
        match event.type:
            case pygame.QUIT | pygame.WINDOWCLOSE:
                self.perform_ask(Close())
            case pygame.KEYMAPCHANGED:
                self._applied = None  # what is printed on a key lies elsewhere now
            case pygame.WINDOWDISPLAYCHANGED:
                self._screen.display = event.display_index
                self._applied = None  # another screen has a rate of its own
            case pygame.CONTROLLERDEVICEREMOVED:
                self._toast.say("A pad is gone: plug it in again, or go on with the keys.")
                self._ask_of(event)
            case pygame.JOYDEVICEADDED if is_unknown(event.device_index):
                self._toast.say(UNKNOWN_PAD)
            case _ if self._obeys_command(event):
                pass
            case _:
                ask = self._ask_of(event)
                if ask is not None:
                    self.perform_ask(ask)
        self._apply_settings(self._directory.settings)
        self._save_settings()

    def _follow_attention(self) -> None:
        """Let go of all that is held, and be silent, while hands and ears are elsewhere.

        No picture need come for that: none is drawn while the window is hidden.
        """
        if self._open_mixer is not None:
            self._open_mixer.away = self._attention.away
        if self._attention.away:
            self._devices.let_go()
            if self._room is not None:
                self._room.let_go()

    @property
    def _scene_below(self) -> RaceScene | SplitScene | MenuScene:
        return self._room or self._menu

    @property
    def _foremost(self) -> OverlayPage | RaceScene | SplitScene | MenuScene:
        return self._page or self._scene_below

    @property
    def front(self) -> object:
        """What takes what hands do; another one once a person has opened or closed it."""
        return self._foremost, self._foremost.front

    def wants_key(self, event: pygame.Event) -> bool:
        """Whether a key is for a line of text, or to be bound, whatever it is for elsewhere."""
        return self._foremost.wants_key(event)

    def _obeys_command(self, event: pygame.Event) -> bool:
        """Do what a key is for in every scene, unless it is to be text or to be bound."""
        if event.type == pygame.KEYDOWN and self.wants_key(event):
            return False
        match self._devices.command_of(event):
            case Action.FULL_SCREEN:
                self._screen.toggle_fullscreen()
            case Action.PICTURE:
                self._take_picture()
            case _:
                return False
        return True

    def _ask_of(self, event: pygame.Event) -> Ask | None:
        """Give an event to whoever it is for: a page lies over one driver's half alone."""
        page, room = self._page, self._room
        if page is None or room is None:
            return self._foremost.on_event(event)
        wanted = event.type == pygame.KEYDOWN and page.wants_key(event)
        ask, rest = room.on_event_beside(event, wanted=wanted)
        return page.on_event(rest) if ask is None and rest is not None else ask

    def _take_picture(self) -> None:
        path = self._screen.shoot(PICTURES)
        self._toast.say("No picture could be kept." if path is None else f"Kept: {path}")

    def draw(self, frame: Frame) -> None:
        """Draw one frame; the caller flips."""
        self._finish_loading(wait=False)
        self._keep_passphrase()
        self._canvas.fit(self._screen.surface())
        self._devices.scale = self._canvas.scale
        if self._page is None or not self._page.covers:
            before_ns = time.thread_time_ns()
            under = self._page is not None
            self._scene_below.draw(self._canvas, replace(frame, under=under) if under else frame)
            self._world_cache.detail.on_frame((time.thread_time_ns() - before_ns) / 1e6)
        if self._room is None or not self._room.drives:  # who drives has all milliseconds
            self._canvas.make_letters_ahead()
        if self._page is not None:
            part = self._canvas if self._room is None else self._room.part(self._canvas)
            self._page.draw(part, frame)
        if self._screen.is_to_shoot:
            self._screen.is_to_shoot = False
            self._take_picture()
        self._toast.draw(self._canvas, frame.dt)

    @property
    def _open_mixer(self) -> Mixer | None:
        return None if self._loading is None else self._loading.mixer

    def _finish_loading(self, *, wait: bool) -> None:
        """Take what was loaded, once all of it is here."""
        if self._menu.is_furnished:
            return
        if self._loading is not None:
            if wait:
                self._loading.wait()
            if not self._loading.done:
                return
            self._applied = None  # the sound has settings too
            self._apply_settings(self._directory.settings)
            gc.freeze()  # as in `run_window`
        from racer.app.window.beyond_menu import Backdrop

        self._menu.furnish(Backdrop(self._world_cache))

    def run(self) -> None:
        """Play until the player has had enough."""
        pygame.key.stop_text_input()
        arrivals, repeats, pointer = Arrivals(), Repeats(), Pointer()
        before_ns = time.monotonic_ns()
        while self.running:
            events = repeats.follow(pygame.event.get(), time.monotonic_ns())
            pointer.follow(events)
            arrivals.give(events, self)
            now_ns = time.monotonic_ns()
            dt = min(FRAME_S_MAX, (now_ns - before_ns) / 1e9)
            before_ns = now_ns
            if self._attention.hidden:
                time.sleep(1.0 / FPS_HIDDEN)
                continue
            self.draw(Frame(dt, now_ns))
            self._screen.flip()
            if self._loading is not None:
                self._loading.begin()
            self.pace.on_flip(time.monotonic_ns(), now_ns)
            time.sleep(self.pace.wait_ns(time.monotonic_ns()) / 1e9)

    def stop(self) -> None:
        """Have `run` return soon; from any thread."""
        self.running = False

    def close(self) -> None:
        """Give the seat back, if there is one, and close what lies over it."""
        self._page = None
        if self._open_mixer is not None:
            self._open_mixer.hush()
        if self._room is not None:
            self._room.leave()
            self._room = None
            self._menu.come_back()
        self._wish = None

    def _apply_settings(self, settings: Settings) -> None:
        """Have all as the player likes it; what is so already costs nothing."""
        if settings == self._applied:
            return
        self._applied = settings
        self._world_cache.aid = settings.aid
        self._world_cache.hud_side = HudSide(settings.hud)
        self._world_cache.camera = settings.camera
        self._world_cache.help = Help(settings.steers, settings.brakes)
        self._canvas.eyes = Eyes(settings.eyes)
        self._canvas.figures = Figures(settings.comma, settings.miles)
        self._canvas.grow_text(GROWTH[settings.text])
        self.pace = PicturePace(self._screen.rate_hz(), settings.frame_limit)
        if self._open_mixer is not None:
            self._open_mixer.on = settings.sound
            self._open_mixer.away = self._attention.away
            self._open_mixer.volumes = Volumes(
                settings.engine, settings.effects, settings.interface_volume
            )
        if self._room is not None:
            self._room.chat.autopilot = settings.autopilot
        usual = default_bindings(self._devices.names)
        self._devices.bindings = with_changes(usual, settings.keys, settings.buttons)
        self._devices.second_keys = settings.second_keys
        if settings.full != self._screen.full:
            self._screen.toggle_fullscreen()

    def _save_settings(self) -> None:
        """Let the lounge keep what the player has set."""
        known = self._directory.settings
        car = None if self._room is None else self._room.car
        settings = replace(
            known,
            car=known.car if car is None else car,
            aid=self._world_cache.aid,
            sound=known.sound if self._open_mixer is None else self._open_mixer.on,
            full=self._screen.full,
            muted=known.muted if self._room is None else self._room.chat.log.muted,
            autopilot=known.autopilot if self._room is None else self._room.chat.autopilot,
        )
        if settings != known:
            self._directory.settings = self._applied = settings

    def _keep_passphrase(self) -> None:
        """Keep the word that has let us in, where that was wished: the machine may die next."""
        wish = self._wish
        if wish is None or not wish.keep or self._room is None or not self._room.is_in:
            return
        self._wish = replace(wish, keep=False)  # who has it forgotten means it
        if wish.passphrase is not None:
            settings = self._directory.settings
            words = {**dict(settings.passphrases), wish.race: wish.passphrase}
            self._directory.settings = replace(settings, passphrases=tuple(words.items()))

    def _enter_room(self, handle: RaceHandle, locked: str = "", *, pair: bool = False) -> None:
        from racer.app.window.beyond_menu import make_room

        places = self._directory, self._world_cache, self._devices
        self._room = make_room(handle, *places, self._open_mixer, locked=locked, pair=pair)

    def _come_as_another(self) -> None:
        """Take a new identity, and enter the race again from which the old one was kept out."""
        wish = self._wish
        self.close()
        wrong = self._directory.renew_identity()
        if wrong:
            self._toast.say(f"No new identity: {wrong}")
        elif wish is not None:
            self.perform_ask(wish)

    def _turn_page(
        self,
        ask: PlanTrial | ShowRecords | ShowReplays | ShowSettings | OfferIdentity | LeavePage,
    ) -> None:
        from racer.app.window.beyond_menu import make_page

        places = self._directory, self._world_cache, self._devices
        self._page = make_page(ask, *places, self._open_mixer, self._room)
        if self._page is None:
            self._menu.come_back()

    def _use_screen(self, ask: TakePicture | FillScreen) -> None:
        """Fill the screen; or keep a picture, of what is below the plate that asks for it."""
        if isinstance(ask, FillScreen):
            self._screen.toggle_fullscreen()
        else:
            self._screen.is_to_shoot = True

    def perform_ask(self, ask: Ask) -> None:
        """Do what a scene asks for."""
        self._finish_loading(wait=True)
        match ask:
            case JoinRace(race, passphrase, island=island):
                self.close()
                self._wish = ask
                handle = self._directory.join_race(race, passphrase, island)
                self._enter_room(handle, "" if passphrase is None else race, pair=True)
            case OpenRace():
                self.close()
                self._wish = ask
                self._enter_room(self._directory.open_race(ask), pair=True)
            case WatchRace(race, passphrase, island=island):
                self.close()
                self._wish = ask
                handle = self._directory.watch_race(race, passphrase, island)
                self._enter_room(handle, "" if passphrase is None else race)
            case AskPassphrase(race):
                before = self._wish
                self.close()
                again = before if isinstance(before, JoinRace | WatchRace) else JoinRace(race)
                self._menu.ask_passphrase(again, pad=self._devices.by_pad)
            case Practice():
                self.close()
                self._enter_room(self._directory.practice(), pair=True)
            case Trial(car=car):
                self.close()
                self._directory.settings = replace(self._directory.settings, car=car)
                self._enter_room(self._directory.trial(ask))
            case TakeIdentity():
                self._come_as_another()
            case (
                PlanTrial()
                | ShowRecords()
                | ShowReplays()
                | ShowSettings()
                | OfferIdentity()
                | LeavePage()
            ):
                self._turn_page(ask)
            case TakePicture() | FillScreen():
                self._use_screen(ask)
            case Depart():
                self.close()
            case Close():
                self.running = False
            case _:
                assert_never(ask)


def run_window(directory: RaceDirectory, first: Ask | None = None) -> int:
    """Open the window and play; return the exit code.

    Args:
        first: where to go at once; None: the menu.

    Raises:
        DisplayError: there is no screen; the text says why in one line.
    """
    give_pictures_back()
    screen = open_display()
    open_pads()
    # The network runs in another thread of this process: it must not wait for us for long.
    sys.setswitchinterval(0.001)
    circuits = CircuitSource()
    loading = Loading(directory, circuits)
    workshop = WorkshopBeside()
    devices = Devices(layout_names())
    game = Game(directory, screen, circuits, devices, workshop, loading)
    leave_on_signals(game.stop)
    # Circuits and pictures live as long as the game: let no collection walk over them.
    gc.freeze()
    try:
        if first is not None:
            game.perform_ask(first)
        game.run()
    finally:
        game.close()
        directory.close()
        workshop.close()
        loading.close()
        screen.close()
    return 0

"""Every scene draws, follows the race's phase, and turns keys into intents."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pygame
import pytest

from racer.app.window.game import Game
from racer.app.window.ports import LeftRace, RaceCard, Settings
from racer.app.window.scene import Frame
from racer.app.window.scenes.menu import SETTLING_S
from racer.app.window.scenes.race_scene import RaceScene
from racer.app.window.scenes.race_stages import Stage
from racer.app.window.scenes.world_cache import WorldCache
from racer.core.physics.car import Controls
from racer.core.rules.race_setup import RaceSetup
from racer.play.view import Choose, ChooseCar, Drive, Phase, Rescue, Start
from tests.app.fakes import GREEN_TICKS, FakeLounge, FakeSeat
from tests.app.keys import key_down, key_up

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.base.screen import Screen
    from racer.app.window.circuit_source import CircuitSource

FRAME_NS = 16_666_667


class Play:
    """A game in a window that nobody sees, played by its keys."""

    def __init__(
        self, screen: Screen, circuits: CircuitSource, cards: tuple[RaceCard, ...] = ()
    ) -> None:
        self.directory = FakeLounge(circuits, cards)
        self.screen = screen
        self.game = Game(self.directory, screen, circuits)
        self._now_ns = 0
        self.frames(1)

    @property
    def handle(self) -> FakeSeat:
        assert self.directory.handle is not None
        return self.directory.handle

    def frames(self, count: int, ticks: int = 1) -> None:
        for _ in range(count):
            self._now_ns += FRAME_NS
            if self.directory.handle is not None:
                self.directory.handle.step(ticks)
            self.game.draw(Frame(1 / 60, self._now_ns))

    def rest(self, seconds: float) -> None:
        """Let time pass at ten pictures a second: for what takes long, and does not move."""
        for _ in range(round(10 * seconds)):
            self._now_ns += 100_000_000
            if self.directory.handle is not None:
                self.directory.handle.step(6)
            self.game.draw(Frame(0.1, self._now_ns))

    def press(self, *keys: int) -> None:
        for key in keys:
            self.game.on_event(key_down(key))

    def answer(self) -> None:
        """Say of what is asked before it is done that it is meant."""
        self.frames(1)
        self.press(pygame.K_RIGHT, pygame.K_RETURN)

    def release(self, key: int) -> None:
        self.game.on_event(key_up(key))

    def type(self, text: str) -> None:
        for char in text:
            self.game.on_event(pygame.Event(pygame.TEXTINPUT, text=char))

    def picture(self) -> bytes:
        return pygame.image.tobytes(self.screen.surface(), "RGB")


@pytest.fixture
def play(screen: Screen, all_circuits: CircuitSource, shared_worlds: None) -> Play:
    return Play(screen, all_circuits)


def racing(play: Play) -> None:
    play.press(pygame.K_b)
    play.frames(1)
    play.press(pygame.K_RETURN)
    play.frames(1)
    play.handle.step(GREEN_TICKS + 30)
    play.rest(0.5)
    assert play.handle.phase is Phase.RACING
    play.handle.sent.clear()


def test_the_title_moves_by_itself(play: Play) -> None:
    play.frames(5)
    first = play.picture()
    play.frames(30)
    assert play.picture() != first


def test_enter_without_a_race_nearby_starts_a_race_against_bots(play: Play) -> None:
    play.press(pygame.K_RETURN)
    assert play.directory.opened == ["practice"]


@pytest.mark.usefixtures("shared_worlds")
def test_enter_joins_the_selected_race_even_when_the_list_changes(
    screen: Screen, all_circuits: CircuitSource
) -> None:
    cards = tuple(
        RaceCard(name, 3, Phase.LOBBY, "harbour-ring", locked=False) for name in ("a", "b", "c")
    )
    play = Play(screen, all_circuits, cards)
    play.press(pygame.K_DOWN)
    play.directory.cards = (RaceCard("0", 1, Phase.RACING, "nowhere", locked=True), *cards)
    play.frames(2)
    play.press(pygame.K_RETURN)
    assert (play.directory.joined, play.directory.opened) == (["b"], [])


def test_a_race_of_another_version_says_why_in_its_row_and_is_not_joined(
    screen: Screen, all_circuits: CircuitSource
) -> None:
    other = RaceCard("a", 3, Phase.LOBBY, "harbour-ring", locked=False, apart="runs protocol 9")
    play = Play(screen, all_circuits, (other,))
    play.frames(1)
    play.press(pygame.K_RETURN)
    assert play.directory.joined == play.directory.opened == []
    play.directory.cards = (other, replace(other, apart=""))  # a name that two rooms have
    play.frames(1)
    play.press(pygame.K_RETURN)
    assert play.directory.joined == ["a"]


def test_a_race_that_a_crash_left_is_offered_first(play: Play) -> None:
    play.directory.offer = LeftRace("friday", locked=False)
    play.frames(1)
    play.press(pygame.K_RETURN)
    assert (play.directory.joined, play.directory.opened) == (["friday"], [])


def test_pictures_come_at_the_rate_of_the_screen_that_the_window_is_on(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pygame.display, "get_desktop_refresh_rates", lambda: [144, 75])
    before = play.screen.display
    for display, rate in ((1, 75.0), (0, 144.0), (2, 144.0), (before, 144.0)):
        play.game.on_event(pygame.Event(pygame.WINDOWDISPLAYCHANGED, display_index=display))
        assert play.game.pace.rate_hz == rate


def test_escape_gives_up_typing_and_not_the_game(play: Play) -> None:
    play.press(pygame.K_F2)
    play.type("xyz")
    play.press(pygame.K_ESCAPE)
    assert play.game.running
    assert play.directory.settings.name == "Ada"
    play.press(pygame.K_ESCAPE)
    assert play.game.running, "once too often"
    play.rest(SETTLING_S + 0.1)
    play.press(pygame.K_ESCAPE)
    assert play.game.running, "it is asked first"
    play.answer()
    assert not play.game.running


def test_a_name_is_cut_to_what_fits_over_a_car(play: Play) -> None:
    play.press(pygame.K_F2)
    play.type("n" * 100)
    play.press(pygame.K_RETURN)
    assert play.directory.settings.name == ("Ada" + "n" * 100)[:20]


@pytest.mark.usefixtures("shared_worlds")
def test_what_the_player_sets_is_kept_for_the_next_time(
    screen: Screen, all_circuits: CircuitSource
) -> None:
    play = Play(screen, all_circuits)
    play.press(pygame.K_b)
    play.frames(3)
    play.press(pygame.K_c)
    play.handle.start()
    play.frames(30)
    play.press(pygame.K_l)
    assert play.directory.settings == Settings("Ada", car=1, aid=True)
    again = Game(play.directory, screen, all_circuits)
    assert again._world_cache.aid


def test_the_lobby_chooses_starts_and_adds_bots(play: Play) -> None:
    play.press(pygame.K_b)
    play.frames(3)
    count = play.handle.count
    play.press(pygame.K_UP)
    ring = play.game._room
    assert isinstance(ring, RaceScene)
    ring._focus.move_to("track")
    play.press(pygame.K_RIGHT, pygame.K_DOWN, pygame.K_RIGHT, pygame.K_b)
    ring._focus.move_to("start")
    play.press(pygame.K_RETURN)
    assert play.handle.sent == [
        Choose(RaceSetup("alder-park", 3), ("track",)),
        Choose(RaceSetup("alder-park", 4), ("laps",)),
        Start(),
    ]
    assert play.handle.count == count + 1


def test_c_goes_through_the_kinds_of_car(play: Play) -> None:
    play.press(pygame.K_b)
    play.frames(2)
    for kind in (1, 2, 0):
        play.press(pygame.K_c)
        assert play.handle.sent[-1] == ChooseCar(kind)
        play.frames(2)


def test_the_scenes_follow_the_phase_of_the_race(play: Play) -> None:
    play.press(pygame.K_b)
    play.frames(2)
    lobby = play.picture()
    play.press(pygame.K_RETURN)
    play.frames(30)
    countdown = play.picture()
    play.handle.step(300)
    play.frames(2)
    race = play.picture()
    play.handle.phase = Phase.FINISHED
    play.frames(2, ticks=0)
    results = play.picture()
    assert len({lobby, countdown, race, results}) == 4
    play.handle.back_to_lobby()
    play.frames(30, ticks=0)
    assert play.picture() != lobby, "the results stand until one leaves them"
    play.press(pygame.K_ESCAPE)
    play.frames(2, ticks=0)
    assert not play.handle.left
    play.press(pygame.K_c)
    assert play.handle.sent[-1] == ChooseCar(1), "the keys are the lobby's again"


def test_held_keys_become_drive_intents_and_only_changes_are_sent(play: Play) -> None:
    racing(play)
    play.press(pygame.K_UP, pygame.K_a)
    play.frames(40)
    drives = [intent for intent in play.handle.sent if isinstance(intent, Drive)]
    assert drives[-1].controls.throttle == 1.0
    assert drives[-1].controls.steer == 1.0
    assert len(drives) < 25, "a wheel at its lock sends nothing more"
    play.release(pygame.K_UP)
    play.release(pygame.K_a)
    play.frames(40)
    last = play.handle.sent[-1]
    assert isinstance(last, Drive)
    assert (last.controls.throttle, last.controls.steer) == (0.0, 0.0)


@pytest.mark.parametrize(
    "kind", [pygame.WINDOWFOCUSLOST, pygame.WINDOWMINIMIZED, pygame.WINDOWHIDDEN]
)
def test_a_window_that_one_turns_from_lets_go_of_all_at_once(play: Play, kind: int) -> None:
    racing(play)
    play.press(pygame.K_a)
    push = {"instance_id": 1, "axis": pygame.CONTROLLER_AXIS_TRIGGERRIGHT, "value": 32767}
    play.game.on_event(pygame.Event(pygame.CONTROLLERAXISMOTION, push))
    boost = {"instance_id": 1, "button": pygame.CONTROLLER_BUTTON_X}
    play.game.on_event(pygame.Event(pygame.CONTROLLERBUTTONDOWN, boost))
    play.frames(10)
    held = play.handle.sent[-1]
    assert isinstance(held, Drive)
    assert (held.controls.throttle, held.controls.boost) == (1.0, True)
    play.game.on_event(pygame.Event(kind))
    assert play.handle.sent[-1] == Drive(Controls()), "no picture comes of a hidden window"
    count = len(play.handle.sent)
    play.frames(10)
    assert len(play.handle.sent) == count


def test_r_asks_for_a_rescue(play: Play) -> None:
    racing(play)
    play.press(pygame.K_r)
    assert play.handle.sent == [Rescue()]


def test_the_pause_menu_goes_on_by_default(play: Play) -> None:
    racing(play)
    play.press(pygame.K_ESCAPE)
    play.frames(2)
    play.press(pygame.K_RETURN)
    play.frames(1)
    assert not play.handle.left


def test_the_pause_menu_leaves_the_race_and_not_the_game(play: Play) -> None:
    racing(play)
    play.press(pygame.K_ESCAPE)
    play.frames(1)
    play.press(*[pygame.K_DOWN] * 5, pygame.K_RETURN)
    assert play.handle.left
    play.frames(1)
    assert play.game.running


def test_a_node_that_cannot_go_on_says_why_and_escape_leads_back(play: Play) -> None:
    play.press(pygame.K_b)
    play.handle.begun = False
    play.frames(2)
    play.handle.trouble = "the port is taken"
    play.frames(2)
    play.press(pygame.K_ESCAPE)
    assert play.handle.left


@pytest.mark.parametrize("phase", list(Phase))
def test_hostile_names_and_numbers_are_drawn_without_an_error(play: Play, phase: Phase) -> None:
    play.press(pygame.K_b)
    play.handle.start()
    play.handle.step(300)
    view = play.handle.view()
    assert view is not None
    nan, far = float("nan"), 1e30
    cars = tuple(
        replace(
            car,
            name="\x00\u202e" + "M" * 5000,
            speed_ms=far if car.number % 2 else 0.0,
            pose=replace(car.pose, x=far if car.number % 2 else nan, heading=nan),
        )
        for car in view.cars
    )
    hostile = replace(
        view,
        phase=phase,
        race="\x00",
        setup=RaceSetup("harbour-ring" if phase is not Phase.LOBBY else "no such circuit", 3),
        cars=cars,
        drivers=tuple(replace(d, name="\ud800", rtt_ms=1e9, state="?") for d in view.drivers),
        boost=nan,
        wrong_way=True,
        closes_ns=view.now_ns + 10**18,
    )
    handle = play.handle
    handle._newest, handle._key = hostile, ()
    handle.view = lambda: hostile  # type: ignore[method-assign]
    play.frames(3, ticks=0)


def test_a_window_of_another_size_is_filled_at_once_and_painted_anew_when_it_rests(
    screen: Screen, all_circuits: CircuitSource
) -> None:
    play = Play(screen, all_circuits)
    racing(play)
    for size in ((640, 360), (700, 700), (1000, 440), (1280, 720)):
        screen._window.size = size
        play.frames(2)
        moving = play.picture()
        assert play.screen.surface().get_size() == size
        assert any(moving[:300]), "the corner is not black"
        play.rest(0.5)


def test_a_world_is_built_once_while_the_window_keeps_its_size(
    canvas: Canvas, all_circuits: CircuitSource
) -> None:
    world_cache = WorldCache(all_circuits)
    track = all_circuits.track("dockyard")
    assert track is not None
    world = world_cache.world(track, canvas, 0.0)
    assert world_cache.world(track, canvas, 1.0) is world
    canvas.scale *= 2.0
    assert world_cache.world(track, canvas, 0.1) is world, "the window is being dragged"
    assert world_cache.world(track, canvas, 1.0) is not world


def test_who_resizes_the_window_sees_the_bridge_as_it_was_until_it_is_painted_anew(
    canvas: Canvas, all_circuits: CircuitSource
) -> None:
    world_cache = WorldCache(all_circuits)
    track = all_circuits.track("crossley-eight")
    assert track is not None
    before = world_cache.world(track, canvas, 0.0).bridges()
    while not before.warm():
        pass
    canvas.scale *= 1.5
    world_cache.world(track, canvas, 0.1)
    bridges = world_cache.world(track, canvas, 1.0).bridges()
    assert bridges is not before
    assert bridges.shown == before.shown
    while not bridges.warm():
        pass
    assert bridges.shown != before.shown


def test_who_waits_for_a_race_sees_why_and_may_give_up(play: Play) -> None:
    play.press(pygame.K_b)
    play.frames(1)
    lobby = play.picture()
    play.handle.waiting = "friday: Sam is listed at 192.168.1.7 but has not answered"
    play.handle.step()
    play.frames(1)
    assert play.picture() != lobby
    play.press(pygame.K_RETURN, pygame.K_b, pygame.K_t)
    assert play.handle.sent == [], "there is no lobby yet in which keys would mean something"
    play.press(pygame.K_ESCAPE)
    assert play.handle.left


def test_no_lobby_is_shown_of_a_race_of_which_nothing_is_known(play: Play) -> None:
    play.press(pygame.K_b)
    play.frames(1)
    view = play.handle.view()
    assert view is not None
    nothing = replace(view, synced=False, setup=replace(view.setup, track=""), drivers=())
    room = play.game._room
    assert isinstance(room, RaceScene)
    assert room._stage_now(view) is Stage.LOBBY
    assert room._stage_now(nothing) is Stage.WAITING


def test_who_is_let_in_at_last_sees_the_lobby(play: Play) -> None:
    play.press(pygame.K_b)
    play.handle.waiting = "friday: Sam is listed at 192.168.1.7 but has not answered"
    play.frames(2)
    waiting = play.picture()
    play.handle.waiting = ""
    play.frames(2)
    assert play.picture() != waiting
    play.press(pygame.K_RETURN)
    assert Start() in play.handle.sent


def test_what_was_meant_for_one_phase_is_not_obeyed_in_the_next(play: Play) -> None:
    play.press(pygame.K_b)
    play.frames(2)
    play.handle.start()
    play.press(pygame.K_c, pygame.K_RETURN)  # the lobby is still seen
    play.frames(1)
    play.press(pygame.K_t, pygame.K_ESCAPE, pygame.K_r)  # the countdown is too new to be seen
    play.frames(1)
    play.handle.step(GREEN_TICKS)
    play.frames(2)
    play.handle.back_to_lobby()
    play.frames(2)
    play.press(pygame.K_RIGHT, pygame.K_c, pygame.K_RETURN)
    assert play.handle.sent == []
    play.frames(30)
    play.press(pygame.K_c)
    assert play.handle.sent == [ChooseCar(1)]


def test_keys_that_are_held_through_a_line_of_chat_count_on(play: Play) -> None:
    racing(play)
    play.press(pygame.K_UP)
    play.frames(20)
    play.press(pygame.K_t)
    play.type("hi")
    play.press(pygame.K_a)  # a letter, no steering
    play.frames(2)
    assert play.handle.sent[-1] == Drive(Controls())
    play.press(pygame.K_RETURN)
    play.frames(20)
    last = play.handle.sent[-1]
    assert isinstance(last, Drive)
    assert (last.controls.throttle, last.controls.steer) == (1.0, 0.0)


def test_the_mouse_alone_leaves_a_race(play: Play) -> None:
    racing(play)
    room = play.game._room
    assert isinstance(room, RaceScene)
    for control in ("pause", "leave"):
        play.game.on_event(
            pygame.Event(pygame.MOUSEMOTION, pos=(5, 5), rel=(1, 1), buttons=(0, 0, 0))
        )
        play.frames(1)
        box = next(each.box for each in room._focus._page if each.id == control)
        at = tuple(round(part * play.game._devices.scale) for part in box.centre)
        play.game.on_event(pygame.Event(pygame.MOUSEBUTTONDOWN, pos=at, button=1))
        play.frames(1)
    assert play.handle.left

"""Two drivers at one machine: each has half of the window, and hands of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pygame
import pytest

from racer.app.window.base.canvas import Canvas
from racer.app.window.base.figures import Figures
from racer.app.window.game import GROWTH, Game
from racer.app.window.scene import Frame, ShowSettings
from racer.app.window.scenes.driving import driving_keys
from racer.app.window.scenes.settings.keys_panel import KeysPanel
from racer.app.window.scenes.settings.settings_pages import SettingsPages
from racer.app.window.scenes.split_scene import SplitScene, _second_words
from racer.core.physics.car import Controls
from racer.play.view import ChooseCar, Drive, Phase, Rescue, Say, Start
from tests.app.fakes import GREEN_TICKS, FakeLounge
from tests.app.keys import key_down, key_up
from tests.app.written import note_written

if TYPE_CHECKING:
    from racer.app.window.base.screen import Screen
    from racer.app.window.circuit_source import CircuitSource
    from racer.play.view import Intent
    from tests.app.fakes import FakeSeat

FRAME_NS = 16_666_667


class Duo:
    """A game in which two drive, in a race that has begun."""

    def __init__(self, screen: Screen, circuits: CircuitSource) -> None:
        self.directory = FakeLounge(circuits)
        self.screen = screen
        self.game = Game(self.directory, screen, circuits)
        self._now_ns = 0
        self.frames(1)
        for key in (pygame.K_2, pygame.K_b):
            self.game.on_event(key_down(key))
        assert self.directory.handle is not None
        assert self.directory.second is not None
        self.seats: tuple[FakeSeat, FakeSeat] = (self.directory.handle, self.directory.second)
        self.frames(30)

    def race(self) -> None:
        for seat in self.seats:
            seat.start()
            seat.step(GREEN_TICKS + 30)
        self.frames(30)
        assert all(seat.phase is Phase.RACING for seat in self.seats)
        for seat in self.seats:
            seat.sent.clear()

    def frames(self, count: int) -> None:
        for _ in range(count):
            self._now_ns += FRAME_NS
            self.game.draw(Frame(1 / 60, self._now_ns))

    def sent(self, driver: int) -> list[Intent]:
        return self.seats[driver].sent

    def pad(self, kind: int, pad: int, **more: int) -> None:
        self.game.on_event(pygame.Event(kind, {"instance_id": pad, **more}))


@pytest.fixture
def duo(screen: Screen, all_circuits: CircuitSource, shared_worlds: None) -> Duo:
    return Duo(screen, all_circuits)


def steers(sent: list[Intent]) -> float:
    drives = [each.controls for each in sent if isinstance(each, Drive)]
    return drives[-1].steer if drives else 0.0


def test_left_and_right_hand_of_one_keyboard_drive_two_cars_and_neither_the_others(
    duo: Duo,
) -> None:
    duo.race()
    for key in (pygame.K_a, pygame.K_RIGHT):
        duo.game.on_event(key_down(key))
    duo.frames(20)
    assert (steers(duo.sent(0)), steers(duo.sent(1))) == (1.0, -1.0)
    for key in (pygame.K_a, pygame.K_RIGHT):
        duo.game.on_event(key_up(key))
    duo.game.on_event(key_down(pygame.K_END))
    duo.frames(20)
    assert (steers(duo.sent(0)), steers(duo.sent(1))) == (0.0, 0.0)
    assert Rescue() in duo.sent(1)
    assert Rescue() not in duo.sent(0)


def test_each_is_told_of_the_keys_in_its_own_hands_alone(duo: Duo) -> None:
    duo.race()
    room = duo.game._room
    assert isinstance(room, SplitScene)
    first, second = (seat._driving._hud.keys for seat in room._seats)
    assert (first.throttle, second.throttle) == ("W", "Up")
    assert (first.rescue, second.rescue) == ("R", "End")
    assert [keys.hints[0][0] for keys in (first, second)] == ["W A S D", "Up Left Down Right"]
    assert ("Right Shift", "boost") in second.hints
    assert "chat" not in dict(second.hints).values()
    assert ("T", "chat") in first.hints


def test_the_second_drives_on_while_the_first_writes(duo: Duo) -> None:
    duo.race()
    duo.game.on_event(key_down(pygame.K_t))
    duo.frames(1)
    duo.game.on_event(key_down(pygame.K_LEFT))
    duo.game.on_event(pygame.Event(pygame.TEXTINPUT, text="hi"))
    duo.game.on_event(key_down(pygame.K_RETURN))
    duo.frames(20)
    assert [each.text for each in duo.sent(0) if isinstance(each, Say)] == ["hi"]
    assert steers(duo.sent(1)) == 1.0


def test_a_pad_is_the_seconds_a_next_one_the_firsts_and_each_can_be_handed_over(duo: Duo) -> None:
    axis = {"axis": pygame.CONTROLLER_AXIS_LEFTX, "value": -32767}
    duo.pad(pygame.CONTROLLERBUTTONDOWN, 7, button=pygame.CONTROLLER_BUTTON_BACK)
    duo.race()
    duo.pad(pygame.CONTROLLERAXISMOTION, 7, **axis)
    duo.frames(2)
    assert (steers(duo.sent(0)), steers(duo.sent(1))) == (1.0, 0.0), "it was handed over"
    duo.pad(pygame.CONTROLLERAXISMOTION, 9, **axis)
    duo.frames(2)
    assert steers(duo.sent(1)) == 1.0


def test_the_second_chooses_a_car_and_is_ready_in_the_lobby_by_keys_or_pad(duo: Duo) -> None:
    duo.game.on_event(key_down(pygame.K_RSHIFT))
    duo.pad(pygame.CONTROLLERBUTTONDOWN, 7, button=pygame.CONTROLLER_BUTTON_A)
    assert [type(each) for each in duo.sent(1)] == [ChooseCar, Start]
    assert duo.sent(0) == []


def test_each_half_has_a_picture_and_lobby_and_results_are_one(duo: Duo) -> None:
    surface = duo.screen.surface()
    middle = surface.get_width() // 2
    room = duo.game._room
    assert isinstance(room, SplitScene)
    assert not is_split(room), "the lobby is one picture"
    duo.race()
    left, right = (
        pygame.image.tobytes(surface.subsurface((x, 0, 300, 500)), "RGB") for x in (0, middle + 2)
    )
    assert left != right
    assert is_split(room)
    duo.seats[0].phase = duo.seats[1].phase = Phase.FINISHED
    duo.frames(2)
    assert not is_split(room)


def is_split(room: SplitScene) -> bool:
    return room._canvases is not None


def test_the_second_leaves_alone_and_the_first_has_the_window(duo: Duo) -> None:
    duo.race()
    room = duo.game._room
    assert isinstance(room, SplitScene)
    canvas = room._canvases
    assert canvas is not None
    x = canvas[1].surface.get_offset()[0]
    duo.game.on_event(
        pygame.Event(pygame.MOUSEMOTION, pos=(x + 5, 5), rel=(1, 1), buttons=(0, 0, 0))
    )
    duo.frames(1)
    for control in ("pause", "leave"):
        box = next(each.box for each in room._seats[1]._focus._page if each.id == control)
        at = (round(x + canvas[1].px(box.x + 4.0)), canvas[1].px(box.y + 4.0))
        duo.game.on_event(pygame.Event(pygame.MOUSEBUTTONDOWN, pos=at, button=1))
        duo.frames(1)
    assert (duo.seats[0].left, duo.seats[1].left) == (False, True)
    assert not is_split(room)


def room_of(duo: Duo) -> SplitScene:
    room = duo.game._room
    assert isinstance(room, SplitScene)
    return room


def last_drive(sent: list[Intent]) -> Controls:
    return [each.controls for each in sent if isinstance(each, Drive)][-1]


def test_the_second_drives_on_while_the_first_looks_at_the_settings(duo: Duo) -> None:
    duo.race()
    duo.game.on_event(key_down(pygame.K_UP))
    duo.frames(20)
    duo.game.perform_ask(ShowSettings())
    duo.frames(2)
    duo.game.on_event(key_up(pygame.K_UP))
    duo.game.on_event(key_down(pygame.K_RIGHT))
    duo.frames(30)
    held = last_drive(duo.sent(1))
    assert (held.throttle, held.steer) == (0.0, -1.0), "what is let go is let go"
    page = duo.game._page
    assert isinstance(page, SettingsPages)
    assert page._panel.focus.at == page._panel.focus._page[0].id, "nor are they the page's"
    right = max(each.box.right for each in page._panel.focus._page)
    halves = room_of(duo)._canvases
    assert halves is not None
    assert right < halves[0].width, "the page lies over the first one's half"
    duo.game.on_event(key_down(pygame.K_ESCAPE))
    assert duo.game._page is None, "the first one's keys are the page's"


def click(duo: Duo, driver: int, control: str) -> None:
    """Press a plate in a driver's half with the mouse."""
    room = room_of(duo)
    assert room._canvases is not None
    half, page = room._canvases[driver], duo.game._page
    focus = room._seats[driver]._focus
    if page is not None and driver == room._asker:
        assert isinstance(page, SettingsPages)
        focus = page._panel.focus
    box = next(each.box for each in focus._page if each.id == control)
    at = (half.surface.get_offset()[0] + half.px(box.x + 4.0), half.px(box.y + 4.0))
    duo.game.on_event(pygame.Event(pygame.MOUSEBUTTONDOWN, pos=at, button=1))
    duo.frames(2)


def second_opens_settings(duo: Duo) -> SettingsPages:
    """Have the second, with a pad, look at the settings."""
    duo.pad(pygame.CONTROLLERBUTTONDOWN, 7, button=pygame.CONTROLLER_BUTTON_START)
    duo.frames(2)
    for button in (pygame.CONTROLLER_BUTTON_DPAD_DOWN, pygame.CONTROLLER_BUTTON_A):
        duo.pad(pygame.CONTROLLERBUTTONDOWN, 7, button=button)
        duo.frames(2)
    page = duo.game._page
    assert isinstance(page, SettingsPages)
    return page


def test_settings_open_in_the_half_of_who_pressed_and_the_other_drives_on(duo: Duo) -> None:
    duo.race()
    duo.game.on_event(key_down(pygame.K_w))
    page = second_opens_settings(duo)
    room = room_of(duo)
    assert room._canvases is not None
    assert room.part(duo.game._canvas) is room._canvases[1]
    for key in (pygame.K_a, pygame.K_ESCAPE):  # the first one's: to steer, and to pause
        duo.game.on_event(key_down(key))
        duo.frames(20)
        if key == pygame.K_a:
            held = last_drive(duo.sent(0))
            assert (held.throttle, held.steer) == (1.0, 1.0)
    assert duo.game._page is page, "nor is what the first presses the page's"
    assert [seat._last.paused for seat in room._seats] == [True, True]
    click(duo, 1, "tab picture")
    assert page._panel.tab == "picture"
    duo.pad(pygame.CONTROLLERBUTTONDOWN, 7, button=pygame.CONTROLLER_BUTTON_B)
    assert duo.game._page is None


def test_what_is_pressed_as_the_settings_are_open_in_the_other_half_is_answered(duo: Duo) -> None:
    duo.race()
    page = second_opens_settings(duo)
    duo.game.on_event(key_down(pygame.K_ESCAPE))
    duo.frames(2)
    click(duo, 0, "settings")
    assert duo.game._page is page
    assert "other half" in room_of(duo)._told._words
    click(duo, 0, "leave")
    assert duo.seats[0].left
    assert duo.game._room is None, "who is beside the page may leave"


def test_a_line_in_the_seconds_settings_takes_no_key_that_the_first_drives_by(duo: Duo) -> None:
    duo.race()
    page = second_opens_settings(duo)
    click(duo, 1, "name")
    assert page._prompt is not None
    duo.game.on_event(key_down(pygame.K_a))
    duo.frames(20)
    assert steers(duo.sent(0)) == 1.0
    page._prompt = None
    page._keys = KeysPanel()
    page._keys.ask("rescue key 0")
    duo.game.on_event(key_down(pygame.K_a))
    assert page._keys.is_listening
    duo.game.on_event(key_down(pygame.K_F9))
    assert dict(duo.directory.settings.keys)["rescue"][0] == "F9"


def test_the_seconds_settings_are_anybodys_once_the_window_is_one_again(duo: Duo) -> None:
    duo.race()
    second_opens_settings(duo)
    for seat in duo.seats:
        seat.phase = Phase.FINISHED
    duo.frames(2)
    duo.game.on_event(key_down(pygame.K_ESCAPE))
    assert duo.game._page is None


def test_no_pause_panel_lies_below_the_settings_that_it_led_to(
    duo: Duo, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = note_written(monkeypatch)
    duo.race()
    duo.game.on_event(key_down(pygame.K_ESCAPE))
    duo.frames(1)
    assert {"PAUSE", "Continue"} <= set(told)
    click(duo, 0, "settings")
    told.clear()
    duo.frames(1)
    assert "SETTINGS" in told
    assert not {"PAUSE", "Continue"} & set(told)
    duo.game.on_event(key_down(pygame.K_ESCAPE))
    duo.frames(1)
    assert "PAUSE" in told, "what it was opened from is there again"


def test_a_key_that_is_to_be_bound_is_the_pages_whosever_it_is(duo: Duo) -> None:
    duo.race()
    duo.game.perform_ask(ShowSettings())
    page = duo.game._page
    assert isinstance(page, SettingsPages)
    page._keys = KeysPanel()
    page._keys.ask("rescue key 0")
    duo.game.on_event(key_down(pygame.K_RIGHT))
    assert dict(duo.directory.settings.keys)["rescue"] == ("Right",)


def test_the_window_stays_parted_while_one_looks_at_the_people(duo: Duo) -> None:
    duo.race()
    duo.game.on_event(key_down(pygame.K_w))
    duo.frames(20)
    assert last_drive(duo.sent(0)).throttle == 1.0
    room_of(duo)._seats[0]._on_chosen("people", duo.seats[0].view())
    duo.game.on_event(key_down(pygame.K_LEFT))
    duo.frames(20)
    assert is_split(room_of(duo))
    assert last_drive(duo.sent(0)) == Controls(), "hands are on the list"
    assert steers(duo.sent(1)) == 1.0


def test_nobody_drives_what_is_not_seen(duo: Duo) -> None:
    duo.race()
    duo.game.on_event(key_down(pygame.K_UP))
    duo.frames(20)
    for seat in duo.seats:
        seat.phase = Phase.FINISHED
    duo.frames(2)
    assert last_drive(duo.sent(1)) == Controls()


def test_what_the_second_held_in_the_lobby_drives_the_firsts_car_no_further(duo: Duo) -> None:
    axis = {"axis": pygame.CONTROLLER_AXIS_TRIGGERRIGHT, "value": 32767}
    duo.pad(pygame.CONTROLLERAXISMOTION, 7, **axis)
    duo.game.on_event(key_down(pygame.K_UP))
    duo.race()
    duo.frames(20)
    assert not [each for each in duo.sent(0) if isinstance(each, Drive)]


def test_a_second_that_cannot_go_on_is_told_of_and_the_first_has_the_window(
    duo: Duo, monkeypatch: pytest.MonkeyPatch
) -> None:
    duo.race()
    duo.seats[1].trouble = "its port is taken"
    duo.frames(1)
    room = room_of(duo)
    assert not is_split(room)
    assert room._told._words == "The second driver is out of the race: its port is taken"
    for seat in duo.seats:
        seat.back_to_lobby()
    told: list[str] = []

    def text(_canvas: Canvas, words: str, *_args: object, **_more: object) -> float:
        told.append(words)
        return 0.0

    duo.frames(1)
    monkeypatch.setattr(Canvas, "text", text)
    duo.frames(1)
    assert "out of this race: its port is taken" in told


def test_the_second_pauses_chooses_and_drives_on_by_its_own_keys(duo: Duo) -> None:
    duo.race()
    duo.game.on_event(key_down(pygame.K_HOME))
    duo.frames(2)
    room = room_of(duo)
    assert [seat._last.paused for seat in room._seats] == [False, True]
    assert any(hint == ("Home", "pause") for hint in driving_keys(room._devices[1]).hints)
    for event in (key_down(pygame.K_DOWN), key_up(pygame.K_DOWN)):
        duo.game.on_event(event)
    duo.frames(2)
    assert room._seats[1]._focus.at == "settings"
    duo.game.on_event(key_down(pygame.K_RETURN))
    duo.frames(2)
    page = duo.game._page
    assert isinstance(page, SettingsPages)
    assert room._asker == 1
    for _ in range(2):  # out of the settings, and of the pause
        duo.game.on_event(key_down(pygame.K_HOME))
        duo.frames(2)
    assert duo.game._page is None
    assert not room._seats[1]._last.paused
    assert all(drive.controls == Controls() for drive in duo.sent(1) if isinstance(drive, Drive))


def test_enter_is_the_firsts_while_it_writes_whatever_the_second_has_before_it(duo: Duo) -> None:
    duo.race()
    for key in (pygame.K_HOME, pygame.K_t):
        duo.game.on_event(key_down(key))
        duo.frames(2)
    duo.game.on_event(pygame.Event(pygame.TEXTINPUT, text="hi"))
    duo.game.on_event(key_down(pygame.K_RETURN))
    duo.frames(2)
    assert any(isinstance(each, Say) for each in duo.sent(0))
    assert room_of(duo)._seats[1]._last.paused


def test_who_has_no_key_left_for_the_seconds_is_told_in_the_lobby(
    duo: Duo, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = note_written(monkeypatch)
    duo.frames(2)
    assert not any("no key left" in words for words in told)
    settings = duo.directory.settings
    duo.directory.settings = replace(settings, second_keys=(("boost", ("Esc",)),))
    duo.game.on_event(pygame.Event(pygame.KEYMAPCHANGED))
    duo.frames(2)
    assert any(words.startswith("The first driver has no key left for “pause”") for words in told)


def test_a_second_that_is_not_in_yet_has_its_half_and_reads_why(duo: Duo) -> None:
    duo.seats[1].waiting = "nobody answers"
    duo.seats[0].start()
    duo.seats[0].step(GREEN_TICKS + 30)
    duo.frames(3)
    assert is_split(room_of(duo))


def test_both_halves_have_letters_and_figures_as_they_are_set(duo: Duo) -> None:
    settings = duo.directory.settings
    duo.directory.settings = replace(settings, text="largest", comma=True, miles=True)
    duo.game.on_event(pygame.Event(pygame.KEYMAPCHANGED))
    duo.race()
    halves = room_of(duo)._canvases
    assert halves is not None
    for half in halves:
        assert half.manner[1:3] == (GROWTH["largest"], Figures(comma=True, miles=True))


def test_what_the_second_pressed_before_it_saw_the_lobby_is_not_for_the_lobby(duo: Duo) -> None:
    duo.race()
    for seat in duo.seats:
        seat.back_to_lobby()
        seat.sent.clear()
    duo.frames(3)
    duo.game.on_event(key_down(pygame.K_RCTRL))
    assert duo.sent(1) == []
    duo.frames(30)
    duo.game.on_event(key_down(pygame.K_RCTRL))
    assert [type(each) for each in duo.sent(1)] == [Start]


def test_the_second_drives_by_the_keys_that_are_bound_for_it_and_the_first_has_the_others(
    duo: Duo,
) -> None:
    settings = duo.directory.settings
    duo.directory.settings = replace(settings, second_keys=(("steer-left", ("J",)),))
    duo.game.on_event(pygame.Event(pygame.KEYMAPCHANGED))
    duo.race()
    for key in (pygame.K_j, pygame.K_LEFT):
        duo.game.on_event(key_down(key))
    duo.frames(20)
    assert (steers(duo.sent(0)), steers(duo.sent(1))) == (1.0, 1.0)
    words = _second_words(room_of(duo)._devices[1])
    assert words.startswith("Up J Down Right or a pad · Right Shift or X: car · Right Ctrl or A")

"""Two drivers at one machine: each has half of the window, and hands of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygame
import pytest

from racer.app.window.game import Game
from racer.app.window.scene import Frame
from racer.app.window.scenes.split_scene import SplitScene
from racer.play.view import ChooseCar, Drive, Phase, Rescue, Say, Start
from tests.app.fakes import GREEN_TICKS, FakeLounge
from tests.app.keys import key_down, key_up

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

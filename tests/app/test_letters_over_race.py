"""Letters on the screen lie in the world over a race, and over no speed, map or other panel."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import pygame
import pytest

from racer.app.window.base.canvas import Canvas
from racer.app.window.game import GROWTH
from racer.app.window.hud.columns import columns_of
from racer.app.window.ports import HUD_SIDES
from racer.app.window.scene import Frame
from racer.app.window.scenes.race_scene import RaceScene
from tests.app.test_gamepad import pressed
from tests.app.test_lobby_news import SIZES
from tests.app.test_scenes import Play, racing

if TYPE_CHECKING:
    from racer.app.window.base.screen import Screen
    from racer.app.window.circuit_source import CircuitSource

UP = pygame.CONTROLLER_BUTTON_DPAD_UP


@pytest.fixture
def play(screen: Screen, all_circuits: CircuitSource, shared_worlds: None) -> Play:
    return Play(screen, all_circuits)


@pytest.mark.parametrize("side", HUD_SIDES)
@pytest.mark.parametrize("growth", [1.0, max(GROWTH.values())])
def test_letters_over_a_race_have_a_place_in_the_world(
    play: Play, side: str, growth: float
) -> None:
    racing(play)
    play.rest(8.0)  # what is told at a start is gone
    play.directory.settings = replace(play.directory.settings, hud=side)
    play.game.on_event(pressed(1, UP))  # a pad is in hand
    for k in range(20):
        play.handle.hear("Grace", f"line {k}")
    play.frames(1)
    room = play.game._room
    assert isinstance(room, RaceScene)
    room.chat.phrases._left_s = 0.0
    room._open_chat()
    for size in SIZES:
        canvas = Canvas(pygame.Surface(size))
        canvas.grow_text(growth)
        room.draw(canvas, Frame(1 / 60, 10**9))
        assert room.chat._letters is not None
        keys = [key.box for key in room.chat._letters.page()]
        world = columns_of(canvas.width, canvas.height, play.game._world_cache.hud_side).world
        assert min(box.x for box in keys) >= world.x
        assert max(box.right for box in keys) <= world.right
        assert min(box.y for box in keys) > canvas.height / 2.0 + 20.0, "the own car is above"
        assert room._layout is not None
        plates = [box for box in room._layout.boxes if box.holds(*keys[0].centre)]
        assert len(plates) == 1, "its place is its own"
        for one, other in combinations(room._layout.boxes, 2):
            apart = one.bottom <= other.y or other.bottom <= one.y
            assert apart or one.right <= other.x or other.right <= one.x


def test_where_a_start_leaves_no_place_letters_are_in_the_world_all_the_same(play: Play) -> None:
    racing(play)
    play.directory.settings = replace(play.directory.settings, hud="split")
    play.game.on_event(pressed(1, UP))
    for k in range(20):
        play.handle.hear("Grace", f"line {k}")
    room = play.game._room
    assert isinstance(room, RaceScene)
    room.chat.phrases._left_s = 0.0
    room._open_chat()
    play.frames(1)
    assert room.chat._letters is not None
    keys = [key.box for key in room.chat._letters.page()]
    world = columns_of(1280.0, 720.0, play.game._world_cache.hud_side).world
    assert min(box.x for box in keys) >= world.x
    assert max(box.right for box in keys) <= world.right

"""What is told in the lobby has a place of its own: below the grid, and over nothing."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pygame
import pytest

from racer.app.window.base.canvas import Canvas
from racer.app.window.game import GROWTH
from racer.app.window.hud.layout import Layout
from racer.app.window.scene import Frame, OpenRace
from racer.app.window.scenes.lobby import _card_box
from racer.app.window.scenes.people.grid_panel import PANEL_BOX
from racer.play.view import RemovalView
from tests.app.test_scenes import Play

if TYPE_CHECKING:
    from racer.app.window.base.box import Box
    from racer.app.window.base.screen import Screen
    from racer.app.window.circuit_source import CircuitSource

STRIP = 32.0  # the plates along the lower edge
TROUBLE = "Grace is here but is not heard: a firewall? "
SIZES = [(960, 540), (1280, 720), (1920, 1080), (2560, 1440)]


@pytest.fixture
def play(screen: Screen, all_circuits: CircuitSource, shared_worlds: None) -> Play:
    return Play(screen, all_circuits)


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[Box]:
    """Return the rectangles of all panels that get one from now on."""
    boxes: list[Box] = []
    take = Layout.take

    def note(layout: Layout, *rest: Any, **more: Any) -> Box | None:
        box = take(layout, *rest, **more)
        boxes.extend([] if box is None else [box])
        return box

    monkeypatch.setattr(Layout, "take", note)
    return boxes


def tell_all(play: Play, polls: int) -> None:
    """Have all that is told in a lobby told at once."""
    seat = play.handle
    seat.unwell = TROUBLE * 2
    for k in range(9):
        seat.hear("Grace", f"line {k}")
    for words in ("Nancy has left.", "Barbara is back. What she said meanwhile comes soon."):
        seat.notice(words)
    view = seat.view()
    assert view is not None
    lapses = view.now_ns + 30_000_000_000
    removals = tuple(
        RemovalView(
            node=bytes([k]) * 16,
            name=f"somebody of a long name {k}",
            voters=("Grace", "Barbara"),
            needed=3,
            lapses_ns=lapses,
            mine=False,
        )
        for k in range(polls)
    )
    seat.shown = replace(view, removals=removals)


@pytest.mark.parametrize("polls", [0, 2])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("growth", [1.0, max(GROWTH.values())])
def test_news_and_votes_lie_below_the_grid_and_over_no_other_panel(
    play: Play, taken: list[Box], size: tuple[int, int], growth: float, polls: int
) -> None:
    play.game.perform_ask(OpenRace("friday"))
    play.frames(1)
    tell_all(play, polls)
    canvas = Canvas(pygame.Surface(size))
    canvas.grow_text(growth)
    room = play.game._room
    assert room is not None
    taken.clear()
    room.draw(canvas, Frame(1 / 60, 10**9))
    assert len(taken) > polls, "and the chat"
    card = _card_box(canvas)
    for box in taken:
        assert box.y >= PANEL_BOX.bottom
        assert box.bottom <= canvas.height - STRIP
        assert box.right <= card[0]
    for one, other in combinations(taken, 2):
        apart = one.bottom <= other.y or other.bottom <= one.y
        assert apart or one.right <= other.x or other.right <= one.x


@pytest.mark.parametrize("growth", [1.0, max(GROWTH.values())])
def test_what_is_told_of_a_second_driver_lies_above_the_news(
    play: Play, taken: list[Box], monkeypatch: pytest.MonkeyPatch, growth: float
) -> None:
    play.directory.pair = True
    play.game.perform_ask(OpenRace("friday"))
    play.frames(1)
    tell_all(play, 1)
    play.game._canvas.grow_text(growth)
    rows: list[float] = []
    write = Canvas.text

    def note(canvas: Canvas, text: str, x: float, y: float, *rest: Any, **more: Any) -> float:
        if "hands it" in text or " or a pad" in text:
            rows.append(y)
        return write(canvas, text, x, y, *rest, **more)

    monkeypatch.setattr(Canvas, "text", note)
    taken.clear()
    play.frames(1)
    assert rows
    assert taken
    assert max(rows) + 16.0 <= min(box.y for box in taken)


def test_where_there_is_little_news_the_chat_has_the_rest(play: Play, taken: list[Box]) -> None:
    play.game.perform_ask(OpenRace("friday"))
    play.frames(1)
    heights = []
    for news in (False, True):
        if news:
            tell_all(play, 1)
        else:
            for k in range(9):
                play.handle.hear("Grace", f"line {k}")
        taken.clear()
        play.frames(1)
        heights.append(taken[-1].height)
    assert heights[0] > heights[1] >= 42.0, "whoever writes keeps a line"

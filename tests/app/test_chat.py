"""The chat: what is typed is said, and drives nothing."""

from __future__ import annotations

import pygame
import pytest

import net
from racer.app.window.base.canvas import Canvas
from racer.app.window.base.palette import ACCENT
from racer.app.window.base.screen import Screen
from racer.app.window.circuit_source import CircuitSource
from racer.app.window.input.text_field import (
    CHAT_CHARS_MAX,
    NAME_CHARS_MAX,
    RACE_CHARS_MAX,
    Cancelled,
    Entered,
    TextField,
)
from racer.app.window.scenes.chat_box import wrapped
from racer.play import limits
from racer.play.view import Drive, Say
from tests.app.test_scenes import Play, racing


def key(code: int, mod: int = 0) -> pygame.Event:
    return pygame.Event(pygame.KEYDOWN, key=code, mod=mod, unicode="")


def text(words: str) -> pygame.Event:
    return pygame.Event(pygame.TEXTINPUT, text=words)


@pytest.fixture
def play(screen: Screen, all_circuits: CircuitSource, shared_worlds: None) -> Play:
    return Play(screen, all_circuits)


def test_typing_says_and_does_not_drive(play: Play) -> None:
    racing(play)
    play.press(pygame.K_w)
    play.frames(20)
    play.press(pygame.K_t)
    last = play.handle.sent[-1]
    assert isinstance(last, Drive), "opening the chat lets go of the keys"
    assert last.controls.throttle == 0.0
    play.handle.sent.clear()
    play.press(pygame.K_w, pygame.K_a, pygame.K_r, pygame.K_d)
    play.type("ward")
    play.frames(20)
    play.press(pygame.K_RETURN)
    assert play.handle.sent == [Say("ward")]


def test_an_empty_line_says_nothing_and_escape_closes_the_chat_only(play: Play) -> None:
    racing(play)
    play.press(pygame.K_RETURN, pygame.K_RETURN)
    play.press(pygame.K_RETURN)
    play.type("never")
    play.press(pygame.K_ESCAPE)
    play.frames(2)
    assert not any(isinstance(intent, Say) for intent in play.handle.sent)
    assert not play.handle.left


def test_the_arrow_up_brings_back_what_was_said() -> None:
    entry = TextField(CHAT_CHARS_MAX)
    for words in ("one", "two"):
        entry.begin()
        entry.on_event(text(words))
        assert entry.on_event(key(pygame.K_RETURN)) == Entered(words)
    entry.begin()
    entry.on_event(key(pygame.K_UP))
    entry.on_event(key(pygame.K_UP))
    assert entry.text == "one"
    entry.on_event(key(pygame.K_DOWN))
    assert entry.text == "two"
    assert entry.on_event(key(pygame.K_ESCAPE)) == Cancelled()


def test_the_caret_moves_and_edits_where_it_stands() -> None:
    entry = TextField(CHAT_CHARS_MAX)
    entry.begin()
    entry.on_event(text("go d"))
    entry.on_event(key(pygame.K_LEFT))
    entry.on_event(key(pygame.K_BACKSPACE))
    entry.on_event(text("o"))
    assert entry.text == "good"
    entry.on_event(key(pygame.K_HOME))
    entry.on_event(key(pygame.K_DELETE))
    assert entry.text == "ood"


def test_enter_belongs_to_the_input_method_while_it_composes() -> None:
    entry = TextField(CHAT_CHARS_MAX)
    entry.begin()
    entry.on_event(pygame.Event(pygame.TEXTEDITING, text="きょ", start=0, length=2))
    assert entry.on_event(key(pygame.K_RETURN)) is None
    entry.on_event(text("競"))
    assert entry.on_event(key(pygame.K_RETURN)) == Entered("競")


def test_a_line_ends_at_its_limit_and_holds_nothing_invisible() -> None:
    entry = TextField(CHAT_CHARS_MAX)
    entry.begin()
    entry.on_event(text("a\x00\u202eb" * 500))
    assert entry.text == "ab" * (CHAT_CHARS_MAX // 2)


def test_a_long_line_is_wrapped_and_nothing_of_it_is_lost(canvas: Canvas) -> None:
    words = " ".join(f"word{k}" for k in range(20))
    rows = wrapped(canvas, words, 500.0, 90.0)
    assert 1 < len(rows) <= 4
    assert " ".join(rows) == words
    assert all(canvas.text_width(row, 17) <= 500.0 for row in rows)


def test_a_word_without_end_is_cut_and_stops_after_a_few_rows(canvas: Canvas) -> None:
    rows = wrapped(canvas, "i" * 90 + "W" * 5000, 500.0, 90.0)
    assert len(rows) == 4
    assert all(canvas.text_width(row, 17) <= 500.0 for row in rows)


@pytest.mark.parametrize("steps_back", [0, 80, 160])
def test_the_caret_of_a_long_line_is_seen_and_nothing_leaves_the_field(
    canvas: Canvas, steps_back: int
) -> None:
    entry = TextField(CHAT_CHARS_MAX)
    entry.begin()
    entry.on_event(text("W" * CHAT_CHARS_MAX))
    for _ in range(steps_back):
        entry.on_event(key(pygame.K_LEFT))
    entry.draw(canvas, 100.0, 100.0, 300.0, 17.0, blink_s=0.0)
    field = canvas.rect(100.0, 98.0, 300.0, 25.5)
    carets = pygame.mask.from_threshold(canvas.surface, ACCENT, (1, 1, 1, 255))
    drawn = pygame.mask.from_threshold(canvas.surface, (255, 255, 255), (240, 240, 240, 255))
    (caret,) = carets.get_bounding_rects()
    assert field.contains(caret)
    assert all(field.contains(each) for each in drawn.get_bounding_rects())


def test_the_window_lets_one_type_just_what_the_race_takes() -> None:
    assert CHAT_CHARS_MAX == limits.CHAT_CHARS_MAX
    assert NAME_CHARS_MAX == net.NAME_CHARS_MAX
    assert RACE_CHARS_MAX == net.RACE_NAME_CHARS_MAX

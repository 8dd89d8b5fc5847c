"""The chat: what is typed is said, and drives nothing."""

from __future__ import annotations

from dataclasses import replace

import pygame
import pytest

import net
from racer.app.window.base.box import Box
from racer.app.window.base.canvas import Canvas
from racer.app.window.base.palette import ACCENT
from racer.app.window.base.screen import Screen
from racer.app.window.circuit_source import CircuitSource
from racer.app.window.controls.control import Selector
from racer.app.window.hud.badge import Badges
from racer.app.window.hud.layout import Layout
from racer.app.window.input.devices import Devices
from racer.app.window.input.text_field import (
    CHAT_CHARS_MAX,
    NAME_CHARS_MAX,
    RACE_CHARS_MAX,
    Cancelled,
    Entered,
    TextField,
)
from racer.app.window.scene import Frame
from racer.app.window.scenes.chat.phrases import Phrases
from racer.app.window.scenes.lobby import LobbyScene
from racer.app.window.scenes.race_scene import RaceScene
from racer.app.window.scenes.world_cache import WorldCache
from racer.core.physics.car import Controls
from racer.play import limits
from racer.play.view import Autopilot, Drive, Say
from tests.app.fakes import FakeSeat
from tests.app.keys import key_down
from tests.app.test_scenes import Play, racing
from tests.app.written import note_written


def key(code: int, mod: int = 0) -> pygame.Event:
    return pygame.Event(pygame.KEYDOWN, key=code, mod=mod, unicode="", scancode=0)


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


def test_a_key_that_is_still_held_drives_on_when_the_chat_closes(play: Play) -> None:
    racing(play)
    play.press(pygame.K_UP, pygame.K_LEFT)
    play.frames(20)
    play.press(pygame.K_t)
    play.type("hi")
    play.release(pygame.K_LEFT)
    play.press(pygame.K_w)
    play.press(pygame.K_RETURN)
    play.handle.sent.clear()
    play.frames(30)
    drives = [intent for intent in play.handle.sent if isinstance(intent, Drive)]
    assert drives[-1].controls.throttle == 1.0
    assert drives[-1].controls.steer == 0.0, "the other came up meanwhile"
    play.release(pygame.K_UP)
    play.frames(30)
    assert play.handle.sent[-1] == Drive(Controls()), "and what was typed drives nothing"


def test_who_wants_it_so_has_the_car_driven_while_it_writes(play: Play) -> None:
    racing(play)
    play.press(pygame.K_t)
    play.type("/auto")
    play.press(pygame.K_RETURN)
    play.frames(1)
    assert not any(isinstance(intent, Autopilot | Say) for intent in play.handle.sent)
    play.press(pygame.K_t)
    play.frames(2)
    assert play.handle.sent[-1] == Autopilot(True)
    play.type("hello")
    play.press(pygame.K_RETURN)
    play.frames(2)
    said = [intent for intent in play.handle.sent if isinstance(intent, Autopilot | Say)]
    assert said == [Autopilot(True), Say("hello"), Autopilot(False)]
    assert play.directory.settings.autopilot, "and it is kept"


def test_who_is_muted_is_kept(play: Play) -> None:
    racing(play)
    name = play.handle.view().drivers[0].name  # type: ignore[union-attr]
    play.press(pygame.K_t)
    play.type(f"/mute {name}")
    play.press(pygame.K_RETURN)
    play.frames(1)
    assert play.directory.settings.muted == ((b"\x01" * 16).hex(),)


def test_a_name_is_completed_by_tab(play: Play) -> None:
    racing(play)
    name = play.handle.view().drivers[0].name  # type: ignore[union-attr]
    play.press(pygame.K_t)
    play.type(name[:2].lower())
    play.press(pygame.K_TAB)
    play.type("go")
    play.press(pygame.K_RETURN)
    assert play.handle.sent[-1] == Say(f"{name}: go")


def test_one_scrolls_back_and_what_one_reads_stays_when_more_is_said(play: Play) -> None:
    racing(play)
    for k in range(40):
        play.handle.hear("Kim", f"line {k}")
    play.press(pygame.K_t)
    play.frames(2)
    newest = play.picture()
    play.game.on_event(pygame.Event(pygame.MOUSEWHEEL, x=0, y=2))
    play.press(pygame.K_PAGEUP)
    play.frames(1)
    chat = play.game._room.chat  # type: ignore[union-attr]
    assert chat._back == 12
    assert play.picture() != newest
    play.handle.hear("Kim", "one more")
    play.frames(1)
    assert chat._back == 13
    assert chat.log.unread == 1
    play.press(pygame.K_PAGEDOWN, pygame.K_PAGEDOWN)
    play.frames(1)
    assert (chat._back, chat.log.unread) == (0, 0)


def test_a_name_stands_beside_the_badge_of_its_car_whether_one_writes_or_not(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    racing(play)
    chats = play.game._room.chat._closed_rows.badges  # type: ignore[union-attr]
    drawn: list[int] = []

    def note_badge(badges: Badges, _canvas: Canvas, number: int, *_: float, **_more: float) -> None:
        if badges is chats:
            drawn.append(number)

    monkeypatch.setattr(Badges, "draw", note_badge)
    play.handle.hear("Kim", "hello", node=b"\x03" * 16)
    play.handle.hear("a stranger", "hello", node=b"\x77" * 16)
    view = play.handle.view()
    assert view is not None
    theirs = next(each.number for each in view.drivers if each.node == b"\x03" * 16)
    for keys in ((), (pygame.K_t,)):
        play.press(*keys)
        drawn.clear()
        play.frames(1)
        assert drawn == [theirs], "a stranger has no car"


def test_unread_lines_are_told_with_the_key_that_is_bound(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    racing(play)
    play.directory.settings = replace(play.directory.settings, keys=(("chat", ("F9",)),))
    play.handle.hear("Kim", "hello")
    drawn: list[str] = []
    width = Canvas.text_width

    def note_text(canvas: Canvas, text: str, size: float, *, bold: bool = False) -> float:
        drawn.append(text)
        return width(canvas, text, size, bold=bold)

    monkeypatch.setattr(Canvas, "text_width", note_text)
    play.press(pygame.K_F8)  # settings are taken with any event
    play.rest(20.0)
    assert "F9  1 unread" in drawn


def pad_button(button: int) -> tuple[pygame.Event, pygame.Event]:
    kinds = (pygame.CONTROLLERBUTTONDOWN, pygame.CONTROLLERBUTTONUP)
    down, up = (pygame.Event(kind, instance_id=1, button=button) for kind in kinds)
    return down, up


def test_a_pad_says_something_by_its_cross_and_drives_on(play: Play) -> None:
    racing(play)
    cross, say = pygame.CONTROLLER_BUTTON_DPAD_DOWN, pygame.CONTROLLER_BUTTON_A
    play.press(pygame.K_UP)
    for button in (cross, cross, say):
        for event in pad_button(button):
            play.game.on_event(event)
        play.frames(10)
    assert Say("Good luck!") in play.handle.sent
    drives = [intent for intent in play.handle.sent if isinstance(intent, Drive)]
    assert drives[-1].controls.throttle == 1.0
    assert not any(drive.controls.handbrake for drive in drives), "the button was for the list"


def test_a_digit_says_something_and_a_list_that_nobody_uses_goes(play: Play) -> None:
    racing(play)
    play.press(pygame.K_q)
    play.frames(2)
    play.press(pygame.K_1)
    assert play.handle.sent[-1] == Say("Hello!")
    play.press(pygame.K_q)
    play.rest(10)
    play.press(pygame.K_1)
    assert play.handle.sent.count(Say("Hello!")) == 1


def test_a_mouse_says_something_of_the_list(canvas: Canvas) -> None:
    phrases = Phrases()
    phrases.open()
    phrases.draw(canvas, Layout(Box(0.0, 0.0, canvas.width, canvas.height)), 0.0)
    aside, row = (canvas.px(640.0), 5), phrases._rows[2].center
    assert phrases.on_event(pygame.Event(pygame.MOUSEBUTTONDOWN, button=1, pos=aside)) is False
    assert phrases.on_event(pygame.Event(pygame.MOUSEMOTION, pos=row)) is True
    assert phrases.is_open
    said = phrases.on_event(pygame.Event(pygame.MOUSEBUTTONDOWN, button=1, pos=row))
    assert said == Say("Well driven!")
    assert not phrases.is_open


def test_a_line_ends_by_enter_after_the_focus_went_as_it_was_composed(play: Play) -> None:
    racing(play)
    play.press(pygame.K_t)
    play.type("a")
    play.game.on_event(pygame.Event(pygame.TEXTEDITING, text="きょ", start=2, length=0))
    for event in (pygame.WINDOWFOCUSLOST, pygame.WINDOWFOCUSGAINED):
        play.game.on_event(pygame.Event(event))
    play.press(pygame.K_RETURN)
    assert play.handle.sent[-1] == Say("a")


def test_an_empty_line_says_nothing_and_escape_closes_the_chat_only(play: Play) -> None:
    racing(play)
    play.press(pygame.K_t, pygame.K_RETURN)
    play.press(pygame.K_t)
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


@pytest.mark.usefixtures("screen")
def test_enter_belongs_to_the_input_method_while_it_composes() -> None:
    entry = TextField(CHAT_CHARS_MAX)
    entry.begin()
    entry.on_event(pygame.Event(pygame.TEXTEDITING, text="きょ", start=0, length=2))
    assert entry.on_event(key(pygame.K_RETURN)) is None
    entry.on_event(text("競"))
    assert entry.on_event(key(pygame.K_RETURN)) == Entered("競")


@pytest.mark.usefixtures("screen")
def test_a_line_ends_at_its_limit_and_holds_nothing_invisible() -> None:
    entry = TextField(CHAT_CHARS_MAX)
    entry.begin()
    entry.on_event(text("a\x00\u202eb" * 500))
    assert entry.text == "ab" * (CHAT_CHARS_MAX // 2)


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


def test_who_writes_in_the_lobby_or_watches_still_reads_what_the_race_is_to_be(
    canvas: Canvas, all_circuits: CircuitSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they talk of is the circuit and the laps; before, both went as the line opened."""
    seat = FakeSeat(all_circuits, cars=3)
    scene = RaceScene(seat, WorldCache(all_circuits))
    scene.draw(canvas, Frame(1 / 60, 1))
    scene.on_event(key_down(pygame.K_t))
    words = note_written(monkeypatch)
    scene.draw(canvas, Frame(1 / 60, 2))
    assert {"circuit", "laps", "mode"} <= set(words)
    view = seat.view()
    assert view is not None
    page = LobbyScene(all_circuits).page(canvas, replace(view, watches=True), Devices(), 0)
    rows = [part for part in page if isinstance(part, Selector)]
    assert "laps" in {row.label for row in rows}
    assert not any(row.enabled for row in rows)

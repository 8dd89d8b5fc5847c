"""By pad alone a picture is kept and the screen filled, without a button that is for something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygame
import pytest

from racer.app.window.base.canvas import Canvas
from racer.app.window.base.screen import Screen
from racer.app.window.ports import ReplayCard
from racer.app.window.scenes.race_scene import RaceScene
from racer.app.window.scenes.replay.replay_scene import ReplayScene
from racer.app.window.scenes.replay.theatre import Theatre
from racer.play.view import Phase
from tests.app.test_gamepad import pressed
from tests.app.test_replays import tape_on
from tests.app.test_scenes import Play, racing
from tests.app.written import note_written

if TYPE_CHECKING:
    from pathlib import Path

    from racer.app.window.circuit_source import CircuitSource

A, B = pygame.CONTROLLER_BUTTON_A, pygame.CONTROLLER_BUTTON_B
DOWN, START = pygame.CONTROLLER_BUTTON_DPAD_DOWN, pygame.CONTROLLER_BUTTON_START


@pytest.fixture
def play(screen: Screen, all_circuits: CircuitSource, shared_worlds: None) -> Play:
    return Play(screen, all_circuits)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """Return what stood in each picture that is kept from now on."""
    pictures: list[set[str]] = []
    words = note_written(monkeypatch)

    def shoot(_: Screen, folder: Path) -> Path:
        pictures.append(set(words))
        return folder / "it"

    monkeypatch.setattr(Screen, "shoot", shoot)
    draw = Canvas.fit

    def begin(canvas: Canvas, surface: pygame.Surface) -> None:
        words.clear()  # each picture begins so
        draw(canvas, surface)

    monkeypatch.setattr(Canvas, "fit", begin)
    return pictures


def pad(play: Play, *buttons: int) -> None:
    for button in buttons:
        play.game.on_event(pressed(1, button))
        play.frames(1)


def replay_of(play: Play, circuits: CircuitSource) -> ReplayScene:
    """Return a replay as the menu leads to it."""
    tape = tape_on(circuits)
    play.directory.tapes = {ReplayCard("a", "26 Nov", tape.head): tape}
    play.press(pygame.K_v)
    play.frames(1)
    pad(play, A)
    theatre = play.game._page
    assert isinstance(theatre, Theatre)
    assert theatre._replay is not None
    return theatre._replay


def test_start_in_a_replay_opens_a_menu_that_is_not_in_the_picture(
    play: Play, all_circuits: CircuitSource, kept: list[set[str]]
) -> None:
    replay = replay_of(play, all_circuits)
    pad(play, START)
    assert replay.screening.paused
    pad(play, DOWN, DOWN, A)
    (seen,) = kept
    assert "Take a picture" not in seen
    assert "picture" in seen, "the replay is"
    assert replay.screening.paused, "so that another may be taken"
    pad(play, START)
    assert not replay.screening.paused


def test_the_menu_of_a_replay_fills_the_screen_films_and_leads_back(
    play: Play, all_circuits: CircuitSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled: list[Screen | ReplayScene] = []

    def note(whose: Screen | ReplayScene) -> None:
        filled.append(whose)

    monkeypatch.setattr(Screen, "toggle_fullscreen", note)
    monkeypatch.setattr(ReplayScene, "_start_or_end_film", note)
    replay = replay_of(play, all_circuits)
    pad(play, START, *[DOWN] * 4, A)
    assert filled == [play.screen]
    pad(play, START, START, *[DOWN] * 3, A)
    assert filled[1:] == [replay]
    assert not replay.screening.paused, "a film of what stands still is none"
    pad(play, START, B)
    assert (replay.screening.paused, replay._plates.is_open) == (True, False), "it is looked at"
    pad(play, START, START, START)
    assert not replay.screening.paused, "Start closes its menu too"
    pad(play, START, *[DOWN] * 5, A)
    theatre = play.game._page
    assert isinstance(theatre, Theatre)
    assert theatre._replay is None


def test_a_picture_is_kept_of_the_race_and_not_of_its_pause(
    play: Play, kept: list[set[str]]
) -> None:
    racing(play)
    pad(play, START, DOWN, DOWN)
    assert not kept
    pad(play, A)
    (seen,) = kept
    assert seen
    assert not {"PAUSE", "Take a picture"} & seen


def test_the_results_have_a_plate_for_a_picture(play: Play, kept: list[set[str]]) -> None:
    racing(play)
    play.handle.phase = Phase.FINISHED
    play.rest(1.0)
    room = play.game._room
    assert isinstance(room, RaceScene)
    for _ in range(8):
        if room._focus.at != "picture":
            pad(play, pygame.CONTROLLER_BUTTON_RIGHTSHOULDER)
    pad(play, A)
    assert len(kept) == 1

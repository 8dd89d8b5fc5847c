"""What ends the game, leaves a race or loses something is asked about once, and seldom hit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pygame
import pytest

from racer.app.window.controls.consent import GO, STAY
from racer.app.window.ports import RaceCard
from racer.app.window.scenes.menu import SETTLING_S
from racer.app.window.scenes.race_scene import RaceScene
from racer.app.window.scenes.settings.settings_pages import SettingsPages
from racer.play.view import EndRace, Phase, VoteRemoval
from tests.app.test_gamepad import pressed
from tests.app.test_scenes import Play, racing

if TYPE_CHECKING:
    from racer.app.window.base.screen import Screen
    from racer.app.window.circuit_source import CircuitSource
    from racer.app.window.controls.consent import Consent

A, B = pygame.CONTROLLER_BUTTON_A, pygame.CONTROLLER_BUTTON_B
DOWN, RIGHT = pygame.CONTROLLER_BUTTON_DPAD_DOWN, pygame.CONTROLLER_BUTTON_DPAD_RIGHT
START = pygame.CONTROLLER_BUTTON_START
CARD = RaceCard("friday", 3, Phase.LOBBY, "harbour-ring", locked=False)


@pytest.fixture
def play(screen: Screen, all_circuits: CircuitSource, shared_worlds: None) -> Play:
    return Play(screen, all_circuits, (CARD,))


def pad(play: Play, *buttons: int) -> None:
    """Press buttons as a person does, each as the picture of the last one is seen."""
    for button in buttons:
        play.game.on_event(pressed(1, button))
        play.frames(1)


def room_of(play: Play) -> RaceScene:
    room = play.game._room
    assert isinstance(room, RaceScene)
    return room


def test_one_press_too_many_below_the_list_of_races_does_not_end_the_game(play: Play) -> None:
    pad(play, DOWN)
    assert play.game._menu._focus.at == "quit"
    pad(play, A, A)
    assert play.game.running, "the ring of the question is on what changes nothing"
    play.rest(SETTLING_S + 0.1)
    pad(play, B, B)
    assert play.game.running
    assert play.game._menu.front == (None, None, None, None)
    play.rest(SETTLING_S + 0.1)
    pad(play, B, RIGHT, A)
    assert not play.game.running


@pytest.mark.parametrize("phase", [Phase.LOBBY, Phase.FINISHED])
def test_one_press_too_many_does_not_leave_the_race(play: Play, phase: Phase) -> None:
    pad(play, A)
    if phase is Phase.FINISHED:
        play.handle.start()
        play.handle.phase = phase
    play.rest(1.0)
    pad(play, B, B)
    assert not play.handle.left
    room_of(play)._focus.move_to("leave")
    pad(play, A, A)
    assert not play.handle.left
    pad(play, B, RIGHT, A)
    assert play.handle.left


def test_who_has_paused_is_asked_by_that_and_not_once_more(play: Play) -> None:
    racing(play)
    pad(play, START)
    room_of(play)._focus.move_to("leave")
    pad(play, A)
    assert play.handle.left


def test_a_question_does_not_outlive_the_phase_that_it_is_of(play: Play) -> None:
    pad(play, A)
    play.rest(1.0)
    pad(play, B)
    assert room_of(play)._last.doubt.about is not None
    play.handle.start()
    play.frames(2)
    assert room_of(play)._last.doubt.about is None


def test_who_alone_decides_ends_a_race_by_two_presses(play: Play) -> None:
    racing(play)
    view = play.handle.view()
    assert view is not None
    for needed in (1, 2):
        play.handle.shown = replace(view, end_needed=needed)
        pad(play, START)
        room_of(play)._focus.move_to("end")
        pad(play, A)
        assert (EndRace() in play.handle.sent) == (needed > 1)
        play.handle.sent.clear()
        if needed == 1:
            pad(play, RIGHT, A)
            assert EndRace() in play.handle.sent
            play.handle.sent.clear()


def test_a_host_removes_nobody_by_one_press(play: Play) -> None:
    pad(play, A)
    play.rest(1.0)
    view = play.handle.view()
    assert view is not None
    hosted = tuple(replace(each, host=each.mine) for each in view.drivers)
    play.handle.shown = replace(view, drivers=hosted)
    other = next(each for each in hosted if not each.mine)
    room_of(play)._people.open(other.node)
    play.frames(1)
    room_of(play)._focus.move_to("remove")
    pad(play, A)
    assert not any(isinstance(each, VoteRemoval) for each in play.handle.sent)
    pad(play, RIGHT, A)
    assert VoteRemoval(other.node, on=True) in play.handle.sent


@pytest.mark.parametrize(("answer", "kept"), [(STAY, True), (GO, False)])
def test_keys_that_were_bound_anew_and_passphrases_are_not_lost_by_one_press(
    play: Play, answer: str, kept: bool
) -> None:
    words = (("friday", "hush"),)
    bound = (("chat", ("Z",)),)
    play.directory.settings = replace(play.directory.settings, passphrases=words, keys=bound)
    play.press(pygame.K_s)
    play.frames(1)
    page = play.game._page
    assert isinstance(page, SettingsPages)
    page._panel.tab = "network"
    play.frames(1)
    page._panel.focus.move_to("forget")
    pad(play, A)
    _answer(play, page._consent, answer)
    page._panel.focus.move_to("keys")
    pad(play, A)
    assert page._keys is not None
    page._keys.focus.move_to("usual")
    pad(play, A)
    _answer(play, page._consent, answer)
    settings = play.directory.settings
    assert (bool(settings.passphrases), bool(settings.keys)) == (kept, kept)


def _answer(play: Play, consent: Consent[str] | None, answer: str) -> None:
    assert consent is not None
    consent.focus.move_to(answer)
    pad(play, A)

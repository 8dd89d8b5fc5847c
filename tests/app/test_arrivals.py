"""Keys that come faster than pictures: each is for what the ones before it have opened."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import patch

import pygame
import pytest

from racer.app.window.input.arrivals import Arrivals
from racer.app.window.scene import OpenRace
from racer.core.rules.race_setup import RaceSetup
from tests.app.keys import key_down, key_up
from tests.app.test_scenes import Play

if TYPE_CHECKING:
    from racer.app.window.base.screen import Screen
    from racer.app.window.circuit_source import CircuitSource


@pytest.fixture
def play(screen: Screen, all_circuits: CircuitSource, shared_worlds: None) -> Play:
    return Play(screen, all_circuits)


def stutter(play: Play, *keys: int | str, pictures: int = 8) -> None:
    """Press keys between two pictures; then go on drawing."""
    arrivals = Arrivals()
    events: list[pygame.Event] = []
    for key in keys:
        if isinstance(key, str):
            letter = {"key": 0, "mod": 0, "unicode": key, "scancode": 0}
            events.append(pygame.Event(pygame.KEYDOWN, letter))
        else:
            events += key_down(key), key_up(key)
    for _ in range(pictures):
        arrivals.give(events, play.game)
        events = []
        play.frames(1)


def test_a_race_is_named_and_opened_by_keys_that_come_between_two_pictures(play: Play) -> None:
    circuit = play.game._world_cache.circuits.names()[0]
    ups = [pygame.K_UP] * 12
    stutter(play, pygame.K_n, *ups, pygame.K_RETURN, *"kart 2", pygame.K_RETURN, pygame.K_RETURN)
    assert play.directory.wishes == [OpenRace("kart 2", None, RaceSetup(circuit, 3))]


def test_settings_are_changed_by_keys_that_come_between_two_pictures(play: Play) -> None:
    before = play.directory.settings
    stutter(play, pygame.K_s, pygame.K_DOWN, pygame.K_DOWN, pygame.K_RIGHT)
    assert play.directory.settings != before


def test_letters_that_the_system_tells_of_are_written_once(play: Play) -> None:
    """A line was open already as they were typed."""
    stutter(play, pygame.K_n, *[pygame.K_UP] * 12, pygame.K_RETURN)
    arrivals = Arrivals()
    letter = pygame.Event(pygame.KEYDOWN, key=pygame.K_k, mod=0, unicode="k", scancode=0)
    arrivals.give([letter, pygame.Event(pygame.TEXTINPUT, text="k")], play.game)
    play.press(pygame.K_RETURN)
    form = play.game._menu._form
    assert form is not None
    wish = form.wish()
    assert wish is not None
    assert wish.race == "k"


@pytest.mark.parametrize(
    ("mod", "unicode", "written"),
    [
        (pygame.KMOD_SHIFT, "K", "K"),
        (pygame.KMOD_SHIFT, "/", ""),  # whatever the layout has there with Shift
        (pygame.KMOD_CTRL, "v", ""),
        (pygame.KMOD_MODE, "q", ""),  # AltGr
        (0, "", ""),
    ],
)
def test_of_an_early_key_only_what_it_surely_wrote_is_taken(
    play: Play, mod: int, unicode: str, written: str
) -> None:
    arrivals = Arrivals()
    key = pygame.Event(pygame.KEYDOWN, key=0, mod=mod, unicode=unicode, scancode=0)
    arrivals.give([key_down(pygame.K_F2), key], play.game)  # asks for the driver's name
    play.frames(1)
    arrivals.give([], play.game)
    prompt = play.game._menu._prompt
    assert prompt is not None
    assert prompt._field.text == play.directory.settings.name + written


def test_a_click_is_for_what_was_seen_as_it_was_made(play: Play) -> None:
    """The second of two on the button that opens a race lies over a page that nobody has seen."""
    play.frames(1)
    box = next(each.box for each in play.game._menu._focus._page if each.id == "new race")
    at = tuple(round(part * play.game._devices.scale) for part in box.centre)
    click = pygame.Event(pygame.MOUSEBUTTONDOWN, pos=at, button=1)
    told: list[int] = []
    on_event = play.game.on_event
    arrivals = Arrivals()

    def listen(event: pygame.Event) -> None:
        told.append(event.type)
        on_event(event)

    with patch.object(play.game, "on_event", listen):
        arrivals.give([click, click], play.game)
        play.frames(1)
        arrivals.give([], play.game)
    assert told == [pygame.MOUSEBUTTONDOWN]
    assert play.game._menu._form is not None

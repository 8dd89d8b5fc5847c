"""Who is kept out for its key may come in by another, on consent: by keys, mouse and pad."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pygame
import pytest

from net import ProfileError
from net.runtime.disk.profile import Profile
from racer.app.options import Shared
from racer.app.player.launch import LanDirectory
from racer.app.window.ports import RaceCard
from racer.app.window.scenes.people.identity_page import IdentityPage
from racer.app.window.scenes.race_scene import RaceScene
from racer.play.reports import ConvictedSeen, TwinSeen
from racer.play.view import Phase
from tests.app.test_front_door import click
from tests.app.test_gamepad import pressed
from tests.app.test_scenes import Play
from tests.app.test_troubles import Clock, Seat
from tests.play.rooms import ADA, BEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from racer.app.window.base.screen import Screen
    from racer.app.window.circuit_source import CircuitSource

A, RIGHT = pygame.CONTROLLER_BUTTON_A, pygame.CONTROLLER_BUTTON_DPAD_RIGHT
LEFT = pygame.CONTROLLER_BUTTON_DPAD_LEFT


@pytest.fixture
def play(screen: Screen, all_circuits: CircuitSource, shared_worlds: None) -> Play:
    """Return a window that a race keeps out, for another machine has its key."""
    play = Play(screen, all_circuits, (RaceCard("friday", 3, Phase.LOBBY, "", locked=False),))
    play.press(pygame.K_RETURN)
    play.frames(1)
    play.handle.copied = True
    play.handle.trouble = "another machine is here as you, by a copied profile"
    play.frames(2)
    return play


def keys(play: Play) -> None:
    for key in (pygame.K_RIGHT, pygame.K_RETURN, pygame.K_LEFT, pygame.K_RETURN):
        play.press(key)
        play.frames(1)


def mouse(play: Play) -> None:
    click(play, "identity")
    play.frames(1)
    page = play.game._page
    assert isinstance(page, IdentityPage)
    take = next(each for each in page.focus._page if each.id == "take")
    scale = play.game._devices.scale
    at = (round(take.box.middle * scale), round((take.box.y + 5.0) * scale))
    play.game.on_event(pygame.Event(pygame.MOUSEBUTTONDOWN, button=1, pos=at))
    play.frames(1)


def pad(play: Play) -> None:
    for button in (RIGHT, A, LEFT, A):
        play.game.on_event(pressed(4, button))
        play.game.on_event(pressed(4, button, up=True))
        play.frames(1)


@pytest.mark.parametrize("hands", [keys, mouse, pad])
def test_a_copy_takes_a_new_identity_and_enters_the_race_again(
    play: Play, hands: Callable[[Play], None]
) -> None:
    hands(play)
    assert play.directory.renewed == 1
    assert play.directory.joined == ["friday", "friday"]
    assert isinstance(play.game._room, RaceScene)


def test_what_it_costs_is_asked_first_and_enter_alone_changes_nothing(play: Play) -> None:
    play.press(pygame.K_RIGHT, pygame.K_RETURN)
    play.frames(1)
    page = play.game._page
    assert isinstance(page, IdentityPage)
    play.press(pygame.K_RETURN)
    play.frames(1)
    assert play.game._page is None
    assert play.directory.renewed == 0


def test_why_there_is_no_new_identity_is_told(play: Play) -> None:
    play.directory.unwritable = "player: no new identity: Read-only file system"
    mouse(play)
    assert play.directory.joined == ["friday"]
    assert "Read-only" in play.game._toast._words


def test_nobody_else_is_offered_one(play: Play) -> None:
    play.handle.copied = False
    play.frames(1)
    room = play.game._room
    assert isinstance(room, RaceScene)
    assert "identity" not in {control.id for control in room._focus._page}


def test_another_driver_has_another_key_and_the_same_settings(
    tmp_path: Path,
) -> None:
    with closing(Profile.open(tmp_path / "ada")) as profile:
        old = profile.identity.node_id
        directory = LanDirectory(Shared(name="ada", interface="127.0.0.1"), profile)
        directory.settings = replace(directory.settings, name="Ada", miles=True)
        assert directory.renew_identity() == ""
        assert directory.renew_identity() == "", "and once more"
        new = directory._profile
        assert new.identity.node_id != old
        assert directory.settings.miles
        with pytest.raises(ProfileError, match="in use"):
            Profile.open(tmp_path / "ada")
        directory.close()
    with closing(Profile.open(tmp_path / "ada")) as again:
        assert again.identity.node_id == new.identity.node_id
    assert (tmp_path / "ada" / "identity-before-1" / "identity").is_file()


@pytest.fixture
def seat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Seat]:
    with closing(Profile.open(tmp_path)) as profile:
        yield Seat(profile, Clock(), monkeypatch)


@pytest.mark.parametrize(
    ("seen", "needs"),
    [
        (TwinSeen(ADA, "", "goes", "a copy"), True),
        (TwinSeen(ADA, "", "stays", "a copy"), False),
        (ConvictedSeen(ADA, "ada", True, "two things"), True),
        (ConvictedSeen(BEN, "ben", False, "two things"), False),
    ],
)
def test_a_node_whose_key_is_of_no_use_says_so(
    seat: Seat, seen: TwinSeen | ConvictedSeen, needs: bool
) -> None:
    seat.told(seen)
    assert seat.handle.needs_identity() is needs
    assert (seat.handle.failure() == seen.text) is needs

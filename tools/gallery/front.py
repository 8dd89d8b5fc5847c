"""What one sees before a race: title, races nearby, forms."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pygame

from net import Versions
from racer.app.window.input.devices import Devices
from racer.app.window.ports import RaceCard
from racer.app.window.scenes.menu import MenuScene
from racer.app.window.scenes.world_cache import WorldCache
from racer.play.show.incompatibility import OURS, apart_in_brief
from racer.play.view import Phase
from tests.app.fakes import FakeLounge
from tools.gallery.sitting import Shot, Sitting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.gallery.sitting import Studio
    from tools.gallery.stage import Stage

NEWER: Final = replace(OURS, program=OURS.program + 1)
OLDER: Final = Versions(lowest=1, highest=1, program=OURS.program)
CARDS: Final = (
    RaceCard("friday evening", 6, Phase.LOBBY, "harbour-ring", locked=False),
    RaceCard("committee", 3, Phase.RACING, "lantern-bay", locked=True),
    RaceCard("next release", 4, Phase.LOBBY, "freeport", False, apart_in_brief(NEWER, OURS)),
    RaceCard("museum", 2, Phase.FINISHED, "dockyard", False, apart_in_brief(OLDER, OURS)),
    RaceCard("the long one", 11, Phase.RACING, "eagle-pass", locked=False),
)
"""One of each kind: an own reason why not is a card of its own here."""
OPEN: Final = (CARDS[0], CARDS[4])


def _menu(studio: Studio, cards: tuple[RaceCard, ...]) -> Stage:
    lounge = FakeLounge(studio.circuits, cards)
    return studio.stage(MenuScene(lounge, WorldCache(studio.circuits), Devices()))


def _draw_title(studio: Studio) -> Iterator[pygame.Surface]:
    stage = _menu(studio, OPEN)
    stage.play(8.0, fps=15)
    stage.play(2.0)
    yield stage.picture()


def _draw_list(studio: Studio) -> Iterator[pygame.Surface]:
    stage = _menu(studio, CARDS)
    stage.play(5.0, fps=15)
    stage.play(1.0)
    yield stage.picture()


def _draw_forms(studio: Studio) -> Iterator[pygame.Surface]:
    stage = _menu(studio, CARDS)
    stage.play(6.0, fps=15)
    stage.press(pygame.K_DOWN, pygame.K_RETURN)
    stage.play(0.5)
    yield stage.picture()
    stage.press(pygame.K_ESCAPE, pygame.K_n)
    stage.play(0.5)
    yield stage.picture()


def _draw_settings(studio: Studio) -> Iterator[pygame.Surface]:
    stage = _menu(studio, OPEN)
    stage.play(4.0, fps=15)
    stage.press(pygame.K_s)
    stage.play(0.5)
    yield stage.picture()


FRONT: Final = (
    Sitting(
        (Shot("title", "The title: bots race behind it, races nearby appear by themselves."),),
        _draw_title,
    ),
    Sitting((Shot("races", "Races nearby, and why one cannot be joined."),), _draw_list),
    Sitting(
        (
            Shot("passphrase", "A locked race asks for its passphrase."),
            Shot("open-form", "The form by which a race is opened."),
        ),
        _draw_forms,
    ),
    Sitting((Shot("settings", "Settings."),), _draw_settings),
)

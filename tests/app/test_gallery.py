"""The gallery shows all that is promised, and each of its scenes draws."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pygame
import pytest

from racer.app.window.base.vision import Vision
from tools.gallery import story
from tools.gallery.catalogue import SITTINGS, page
from tools.gallery.circuits import AT_SPEED
from tools.gallery.eyes import OTHER_EYES, seen_by
from tools.gallery.front import FRONT
from tools.gallery.sitting import Studio
from tools.gallery.story import EVENING

if TYPE_CHECKING:
    from racer.app.window.base.screen import Screen
    from racer.app.window.circuit_source import CircuitSource
    from tools.gallery.sitting import Sitting

FOLDER = Path(__file__).parents[2] / "docs" / "gallery"
BYTES_MAX = 6_000_000
SHOTS = [shot for sitting in SITTINGS for shot in sitting.shots]


def test_each_picture_has_a_name_of_its_own_and_a_line() -> None:
    assert len({shot.name for shot in SHOTS}) == len(SHOTS)
    assert all(shot.caption.endswith((".", ")")) for shot in SHOTS)


def test_the_folder_holds_each_picture_of_the_list_and_no_other() -> None:
    pictures = {path.stem for path in FOLDER.glob("*.jpg")}
    assert pictures == {shot.name for shot in SHOTS}
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == page()


def test_all_pictures_together_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < BYTES_MAX


@pytest.mark.parametrize("sitting", [*FRONT, AT_SPEED[0]], ids=lambda each: each.shots[0].name)
@pytest.mark.usefixtures("shared_worlds")
def test_each_scene_draws(screen: Screen, all_circuits: CircuitSource, sitting: Sitting) -> None:
    assert screen.surface().get_size()
    pictures = list(sitting.draw(Studio(all_circuits, pace=0.0)))
    assert len(pictures) == len(sitting.shots)
    assert all(is_drawn(picture) for picture in pictures)


@pytest.mark.usefixtures("shared_worlds")
def test_the_same_sitting_makes_the_same_pictures(
    screen: Screen, all_circuits: CircuitSource
) -> None:
    assert screen.surface().get_size()
    studio = Studio(all_circuits, pace=0.0)
    one, other = (next(AT_SPEED[0].draw(studio)).get_buffer().raw for _ in range(2))
    assert one == other


@pytest.mark.sim
@pytest.mark.long  # `make gallery` plays it too
def test_an_evening_goes_from_the_lobby_to_the_results(
    screen: Screen, all_circuits: CircuitSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its race is of two laps here: a third of a minute less."""
    monkeypatch.setattr(story, "LAPS", 2)
    assert screen.surface().get_size()
    for sitting in EVENING:
        pictures = list(sitting.draw(Studio(all_circuits)))
        assert len(pictures) == len(sitting.shots)
        assert all(is_drawn(picture) for picture in pictures)


def is_drawn(picture: pygame.Surface) -> bool:
    """Whether a picture is more than one ground."""
    width, height = picture.get_size()
    spots = ((x, y) for x in range(0, width, 40) for y in range(0, height, 40))
    return len({tuple(picture.get_at(spot)) for spot in spots}) > 12


@pytest.mark.parametrize("eyes", OTHER_EYES)
def test_other_eyes_see_grey_as_grey(eyes: Vision) -> None:
    picture = pygame.Surface((1, 1))
    picture.fill((120, 120, 120))
    seen = seen_by(eyes, picture).get_at((0, 0))
    assert all(abs(value - 120) <= 1 for value in chain(seen[:3]))


def test_without_red_cones_red_is_dark_and_without_blue_ones_it_is_not() -> None:
    picture = pygame.Surface((1, 1))
    picture.fill((255, 0, 0))
    assert seen_by(Vision.PROTAN, picture).get_at((0, 0)).r < 130
    assert seen_by(Vision.TRITAN, picture).get_at((0, 0)).r > 240

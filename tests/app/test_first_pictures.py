"""The first picture of a scene makes nothing anew that could be there before: work is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygame
import pytest

from racer.app.window.base import canvas as canvases
from racer.app.window.base.canvas import LETTERS_PX_MIN, STRIP_PX, Canvas
from racer.app.window.base.lettering import Lettering
from racer.app.window.base.letters import typefaces
from racer.app.window.hud.minimap import Minimap
from racer.app.window.world.cars.garage import Garage
from racer.app.window.world.tiles.painted_land import PaintedLand
from tests.app.fakes import GREEN_TICKS
from tests.app.test_scenes import Play

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from racer.app.window.base.screen import Screen
    from racer.app.window.circuit_source import CircuitSource

SCREEN = (1920, 1080)
WHOLE = (0.0, 0.0, 1280.0, 720.0)
PARTS = 36  # of a first picture, and models of cars, at most: one is made in each picture at least


@pytest.fixture
def play(screen: Screen, all_circuits: CircuitSource, shared_worlds: None) -> Play:
    return Play(screen, all_circuits)


@pytest.fixture
def count_calls(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, str], list[Any]]:
    """Return a function that has the arguments of all later calls of another noted."""

    def count(owner: Any, name: str) -> list[Any]:
        calls: list[Any] = []
        work = getattr(owner, name)

        def noted(*args: Any, **kwargs: Any) -> Any:
            calls.append(args)
            return work(*args, **kwargs)

        monkeypatch.setattr(owner, name, noted)
        return calls

    return count


def make_letters(play: Play) -> None:
    while play.game._canvas.make_letters_ahead():
        pass


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize("radius", [0.0, 10.0, 400.0])
@pytest.mark.parametrize("box", [WHOLE, (3.4, 5.0, 380.0, 250.0), (7.0, 9.0, 40.0, 20.0)])
def test_a_panel_looks_as_if_it_were_painted_whole(
    box: tuple[float, float, float, float], radius: float
) -> None:
    seen, whole = (Canvas(pygame.Surface(SCREEN).convert()) for _ in range(2))
    for each in (seen, whole):
        each.surface.fill((90, 120, 40))
    seen.panel(*box, (200, 10, 30), 120, radius)
    pixels = whole.rect(*box)
    corner = min(whole.px(radius), pixels.width // 2, pixels.height // 2)
    picture = canvases._panel_picture(*pixels.size, (200, 10, 30), 120, corner)
    whole.surface.blit(picture, pixels)
    assert pygame.image.tobytes(seen.surface, "RGB") == pygame.image.tobytes(whole.surface, "RGB")


@pytest.mark.usefixtures("screen")
def test_panels_as_large_as_the_screen_are_made_once_and_drive_no_other_out(
    count_calls: Callable[[Any, str], list[Any]],
) -> None:
    canvas = Canvas(pygame.Surface(SCREEN).convert())
    made = count_calls(canvases, "_panel_picture")
    for _ in range(2):
        for shade in range(8):
            canvas.panel(*WHOLE, (shade, shade, shade), 120, 0)
    assert len(made) == 8
    assert all(args[1] <= STRIP_PX for args in made)


def test_the_first_picture_of_a_race_makes_neither_letters_nor_panels_nor_cars(
    play: Play, count_calls: Callable[[Any, str], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PaintedLand, "warm", lambda land: False)  # here, it takes seconds
    make_letters(play)
    maps = count_calls(Minimap, "_paint_outline")
    play.press(pygame.K_b)
    play.frames(PARTS)
    play.handle.add_bot()  # the grid is another: what is new of it is prepared for
    play.frames(PARTS)
    assert len(maps) == 2, "the lobby's own, and that of the race"
    play.press(pygame.K_RETURN)
    made = [
        count_calls(owner, name)
        for owner, name in (
            (Lettering, "_draw_line"),
            (Minimap, "_paint_outline"),
            (Garage, "_assembled_model"),
            (canvases, "_panel_picture"),
            (typefaces, "_open_font"),
        )
    ]
    play.frames(1)
    assert made == [[], [], [], [], []]


def test_no_scene_opens_a_font_once_all_letters_are_made(
    play: Play, count_calls: Callable[[Any, str], list[Any]]
) -> None:
    make_letters(play)
    opened = count_calls(typefaces, "_open_font")
    for keys in ((pygame.K_s, pygame.K_ESCAPE), (pygame.K_r, pygame.K_ESCAPE)):
        for key in keys:
            play.press(key)
            play.frames(2)
    play.press(pygame.K_b)
    play.frames(2)
    play.press(pygame.K_RETURN)
    play.frames(2)
    play.frames(1, GREEN_TICKS)
    play.frames(2)
    play.press(pygame.K_t)
    play.type("hello")
    play.frames(2)
    play.press(pygame.K_RETURN, pygame.K_F3)
    play.frames(2)
    play.press(pygame.K_F3)
    play.press(pygame.K_ESCAPE)
    play.frames(2)
    lines = {args[1] for args in opened if args[1] >= LETTERS_PX_MIN}  # badges have smaller digits
    assert lines == set()

"""What one sees before a race: title, races nearby, forms."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, final

import pygame

from net import Versions
from net.runtime.reaching.reachability import WhyUnreached
from racer.app.unreached import reason
from racer.app.window.base.window_words import in_window
from racer.app.window.input.devices import Devices
from racer.app.window.ports import RaceCard, RecordRow
from racer.app.window.scene import PlanTrial
from racer.app.window.scenes.backdrop import Backdrop
from racer.app.window.scenes.demo import NAMES
from racer.app.window.scenes.menu import MenuScene
from racer.app.window.scenes.records.records_page import RecordsPage
from racer.app.window.scenes.records.trial_form import TrialForm
from racer.app.window.scenes.settings.settings_pages import SettingsPages
from racer.app.window.scenes.world_cache import WorldCache
from racer.core.tuning import CARS
from racer.play.show.incompatibility import OURS, apart_in_brief
from racer.play.view import Phase
from tests.app.fakes import FakeLounge
from tools.gallery.sitting import Shot, Sitting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from racer.app.window.base.canvas import Canvas
    from racer.app.window.circuit_source import CircuitSource
    from racer.app.window.scene import Frame, OverlayPage
    from tools.gallery.sitting import Studio
    from tools.gallery.stage import Stage

NEWER: Final = replace(OURS, program=OURS.program + 1)
OLDER: Final = Versions(lowest=1, highest=1, program=OURS.program)
SILENT: Final = f"192.168.1.23 {in_window(reason(WhyUnreached.SILENT))}"
CARDS: Final = (
    RaceCard("friday evening", 6, Phase.LOBBY, "harbour-ring", False, cars=6, ping_ms=0.8),
    RaceCard("committee", 3, None, "", True, cars=3, ping_ms=1.4),
    RaceCard("next release", 4, Phase.LOBBY, "freeport", False, apart_in_brief(NEWER, OURS)),
    RaceCard("museum", 2, Phase.FINISHED, "dockyard", False, apart_in_brief(OLDER, OURS)),
    RaceCard("the long one", 11, Phase.RACING, "eagle-pass", False, cars=9, lap="12/20"),
    RaceCard(
        "club", 5, None, "", True, cars=5, ping_ms=2.2, note="its passphrase was another than yours"
    ),
    RaceCard(
        "all of us", 26, Phase.RACING, "freeport", False,
        cars=24, lap="2/8", ping_ms=1.1, full=True,
    ),
    RaceCard("next door", 4, Phase.LOBBY, "alder-park", False, unreached=SILENT),
    RaceCard("serious", 7, Phase.LOBBY, "lantern-bay", False, "you were voted out of it", cars=7),
)  # fmt: skip
"""One of each kind: an own reason why not is a card of its own here."""
TRIED: Final = "lantern-bay"
OPEN: Final = (CARDS[0], CARDS[4])


def _menu(studio: Studio, cards: tuple[RaceCard, ...]) -> Stage:
    return studio.stage(_title_over_a_race(studio, FakeLounge(studio.circuits, cards), Devices()))


def _title_over_a_race(studio: Studio, lounge: FakeLounge, devices: Devices) -> MenuScene:
    worlds = WorldCache(studio.circuits)
    title = MenuScene(lounge, worlds, devices)
    title.furnish(Backdrop(worlds))
    return title


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
    stage.press(*[pygame.K_DOWN] * (len(CARDS) - 1))
    stage.play(0.5)
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


@final
class _Layered:
    """A page over the title, as the game lays it there."""

    def __init__(self, title: MenuScene, page: OverlayPage) -> None:
        self._title = title
        self._page = page

    def on_event(self, event: pygame.Event) -> object:
        return self._page.on_event(event)

    def draw(self, canvas: Canvas, frame: Frame) -> None:
        if not self._page.covers:
            self._title.draw(canvas, frame)
        self._page.draw(canvas, frame)


def _draw_pages(studio: Studio) -> Iterator[pygame.Surface]:
    lounge, devices = FakeLounge(studio.circuits, OPEN), Devices()
    lounge.rows = best_laps(studio.circuits)
    title = _title_over_a_race(studio, lounge, devices)
    pages: tuple[OverlayPage, ...] = (
        SettingsPages(lounge, devices),
        TrialForm(lounge, studio.circuits, devices, PlanTrial(TRIED)),
        RecordsPage(lounge, studio.circuits, devices),
    )
    for page in pages:
        stage = studio.stage(_Layered(title, page))
        stage.play(4.0, fps=15)
        stage.play(0.5)
        if isinstance(page, SettingsPages):
            stage.press(*TO_PICTURE)
            stage.play(0.5)
        yield stage.picture()


def best_laps(circuits: CircuitSource) -> tuple[RecordRow, ...]:
    """Return what a network of some evenings knows."""
    rows = []
    for k, name in enumerate(circuits.names()[:9]):
        for car in range(len(CARS)):
            for place in range(1, 2 + (k * 7 + car * 5) % 5):
                driver = NAMES[(k + car * 3 + place) % len(NAMES)]
                ms = 46_000 + 4_211 * k + 389 * place + 97 * car
                day = f"2026-11-{3 + (k * 5 + place * 3) % 24:02d}"
                rows.append(
                    RecordRow(name, name, True, car, place, driver, ms, day, driver == "Ada")
                )
    rows.append(RecordRow("5f3a9c01", "", False, 0, 1, "Vidura", 71_204, "2026-10-30", False))
    return tuple(sorted(rows, key=lambda row: row.ms))


TO_PICTURE: Final = (pygame.K_UP, pygame.K_RIGHT, pygame.K_RETURN)  # of the settings
FRONT: Final = (
    Sitting(
        (Shot("title", "The title: bots race behind it, races nearby appear by themselves."),),
        _draw_title,
    ),
    Sitting(
        (
            Shot("races", "Races nearby, and why one cannot be joined."),
            Shot("races-further", "More of them: whatever keeps one out is said."),
        ),
        _draw_list,
    ),
    Sitting(
        (
            Shot("passphrase", "A locked race asks for its passphrase."),
            Shot("open-form", "The form by which a race is opened."),
        ),
        _draw_forms,
    ),
    Sitting(
        (
            Shot("settings", "Settings."),
            Shot("time-trial", "What is driven against the clock."),
            Shot("best-laps", "The best laps that this machine knows."),
        ),
        _draw_pages,
    ),
)

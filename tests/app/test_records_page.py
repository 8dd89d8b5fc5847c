"""Best laps are looked through by circuit and driver, and driven for against the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pygame
import pytest

from racer.app.window.ports import RecordRow
from racer.app.window.scene import PlanTrial, Trial
from racer.app.window.scenes.records.records_page import RecordsPage
from racer.app.window.scenes.records.trial_form import TrialForm
from tests.app.test_scenes import Play
from tests.app.written import note_written

if TYPE_CHECKING:
    from racer.app.window.base.screen import Screen
    from racer.app.window.circuit_source import CircuitSource


def lap(track: str, name: str, ms: int, car: int = 0, *, here: bool = True) -> RecordRow:
    return RecordRow(
        f"content of {track}", track, here, car, 1, name, ms, "2026-11-26", name == "Ada"
    )


ROWS = (
    lap("lantern-bay", "Kim", 61_000, car=2),
    lap("lantern-bay", "Ada", 62_000),
    lap("harbour-ring", "Ada", 31_000),
    lap("", "Tom", 90_000, here=False),
)


@pytest.fixture
def play(screen: Screen, all_circuits: CircuitSource, shared_worlds: None) -> Play:
    play = Play(screen, all_circuits)
    play.directory.rows = ROWS
    return play


def page_of(play: Play) -> RecordsPage:
    play.frames(1)
    page = play.game._page
    assert isinstance(page, RecordsPage)
    return page


def best_times(page: RecordsPage) -> dict[str, int]:
    return {each.track: each.laps[0].ms for each in page._list_circuits() if each.laps}


def test_best_laps_stand_by_circuit_and_by_driver(play: Play) -> None:
    play.press(pygame.K_r)
    page = page_of(play)
    assert best_times(page) == {"harbour-ring": 31_000, "lantern-bay": 61_000, "": 90_000}
    page._focus.move_to("driver")
    play.press(pygame.K_RIGHT)
    play.frames(1)
    assert best_times(page) == {"harbour-ring": 31_000, "lantern-bay": 62_000}, "Ada's"
    play.press(pygame.K_ESCAPE)
    assert play.game._page is None


def test_from_a_circuit_one_key_leads_to_a_trial_on_it_in_the_fastest_car(play: Play) -> None:
    play.press(pygame.K_r)
    page_of(play)._focus.move_to("lantern-bay")
    play.press(pygame.K_RETURN)
    play.frames(1)
    shown = type(play.game._page)
    play.press(pygame.K_RETURN)
    assert (shown, type(play.game._page)) == (TrialForm, type(None))
    assert play.directory.trials == [Trial("lantern-bay", 5, 2)]
    assert play.directory.settings.car == 2
    play.frames(1)
    assert play.handle.track == "lantern-bay"


def test_a_circuit_that_is_not_here_cannot_be_driven(play: Play) -> None:
    play.press(pygame.K_r)
    page = page_of(play)
    strange = page._list_circuits()[-1]
    page._focus.move_to(strange.id)
    play.frames(1)
    play.press(pygame.K_RETURN, pygame.K_t)
    assert play.game._page is page


def test_what_is_kept_and_not_shown_is_named(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    written = note_written(monkeypatch)
    play.directory.left_out = ("3 laps of physics 4 kept, but not shown: this is physics 5",)
    play.press(pygame.K_r)
    play.frames(1)
    assert play.directory.left_out[0] in written


def test_a_trial_is_planned_by_hand_while_the_best_laps_are_still_being_read(play: Play) -> None:
    play.directory.rows = None
    play.press(pygame.K_t)
    play.frames(1)
    play.press(pygame.K_UP, pygame.K_UP, pygame.K_RIGHT, pygame.K_UP, pygame.K_RIGHT)
    play.frames(1)
    form = play.game._page
    assert isinstance(form, TrialForm)
    form.focus.move_to("drive")
    play.press(pygame.K_RETURN)
    second = play.directory.circuits.names()[1]
    assert play.directory.trials == [Trial(second, 5, 1)]
    assert PlanTrial() == PlanTrial("", None)

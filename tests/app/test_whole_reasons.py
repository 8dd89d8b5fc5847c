"""A reason is read whole where it is told, in words of the window, in the smallest window too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pygame
import pytest

from net import PutOff, PutOffReason, TwinFound, TwinPart, Waiting, WaitReason
from net.runtime.reaching.reachability import WhyUnreached
from racer.app.unreached import reason
from racer.app.window.base.canvas import Canvas
from racer.app.window.base.window_words import in_window
from racer.app.window.game import GROWTH
from racer.app.window.ports import TEXT_SIZES
from racer.app.window.scene import Frame
from racer.app.window.scenes.race_scene import RaceScene
from racer.app.window.scenes.world_cache import WorldCache
from racer.play.room.roster import Roster
from racer.play.show.refusals import convicted_seen, put_off_seen, twin_seen
from racer.play.show.waiting import waiting_seen
from racer.play.view import Phase
from tests.app.fakes import FakeSeat
from tests.play.rooms import ADA, BEN

if TYPE_CHECKING:
    from racer.app.window.base.screen import Screen
    from racer.app.window.circuit_source import CircuitSource

AT = ("192.168.178.141", 40_000)
NAME = "Katharina von Abc"
ROSTER = Roster(ADA, "ada", {BEN: NAME})
WAITS = [waiting_seen("friday evening", Waiting(why, BEN, AT), ROSTER).text for why in WaitReason]
NEWS = [
    *(put_off_seen(PutOff(BEN, NAME, AT, why), NAME).text for why in PutOffReason),
    *(twin_seen(TwinFound(BEN, AT, part), NAME).text for part in TwinPart),
    *(convicted_seen(BEN, NAME, ours=ours).text for ours in (False, True)),
    "The room decided what this racer cannot read: it may show another race than others",
]
TERMINAL = (
    "--peer",
    "--new-identity",
    "--passphrase-file",
    "--interface",
    "racer doctor",
)  # has no place here


class Drawing:
    """A seat on the smallest canvas with the largest letters, whose words are noted."""

    def __init__(self, seat: FakeSeat, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seat = seat
        self.canvas = Canvas(pygame.Surface((960, 540)))
        self.canvas.grow_text(GROWTH[TEXT_SIZES[-1]])
        self.rows: list[str] = []
        self._scene = RaceScene(seat, WorldCache(seat.circuits))
        draw = self.canvas.text

        def noted(words: str, x: float, y: float, size: float, *more: Any, **how: Any) -> float:
            wide = draw(words, x, y, size, *more, **how)
            left = x - how.get("align", 0.0) * wide
            assert left >= -1.0
            assert left + wide <= self.canvas.width + 1.0, words
            self.rows.append(words)
            return wide

        monkeypatch.setattr(self.canvas, "text", noted)

    def words(self) -> str:
        """Return all that one picture has to read."""
        self.rows.clear()
        self._scene.draw(self.canvas, Frame(1 / 60, 1))
        return " ".join(self.rows)


@pytest.fixture
def drawing(
    all_circuits: CircuitSource,
    screen: Screen,
    shared_worlds: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Drawing:
    return Drawing(FakeSeat(all_circuits, cars=4), monkeypatch)


@pytest.mark.parametrize("phase", [Phase.LOBBY, Phase.RACING])
def test_each_notice_is_read_whole(drawing: Drawing, phase: Phase) -> None:
    seat = drawing.seat
    if phase is Phase.RACING:
        seat.start()
        seat.step(500)
    assert seat.phase is phase
    for news in NEWS:
        seat.notices.clear()
        seat.notice(news)
        view = seat.view()
        assert view is not None
        seat.shown = replace(view, notices=tuple(seat.notices))
        assert in_window(news) in drawing.words()


@pytest.mark.parametrize("why", WAITS)
def test_why_one_waits_is_read_whole_and_what_of_this_machine_may_be_the_reason(
    drawing: Drawing, why: str
) -> None:
    drawing.seat.waiting = why
    drawing.seat.unwell = "another program holds port 5353 for itself " * 3
    drawn = drawing.words()
    assert in_window(why) in drawn
    assert drawing.seat.unwell.strip() in drawn


@pytest.mark.parametrize("why", NEWS)
def test_why_it_cannot_go_on_is_read_whole(drawing: Drawing, why: str) -> None:
    drawing.seat.trouble = why
    drawn = drawing.words()
    assert all(part in drawn for part in in_window(why).split("; "))


@pytest.mark.parametrize("told", [*WAITS, *NEWS, *(reason(why) for why in WhyUnreached)])
def test_no_remedy_in_the_window_is_an_option_of_the_command_line(told: str) -> None:
    words = in_window(told)
    assert not any(option in words for option in TERMINAL)

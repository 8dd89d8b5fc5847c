"""Lines about what does not work, where they are drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from racer.app.window.base.box import Box
from racer.app.window.ports import LeftRace, RaceCard
from racer.app.window.scene import Frame
from racer.app.window.scenes.race_list import RaceCards, listed_races
from racer.app.window.scenes.race_scene import RaceScene
from racer.app.window.scenes.world_cache import WorldCache
from racer.play.view import Phase
from tests.app.fakes import FakeSeat
from tests.app.test_troubles import SILENT_HERE

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.circuit_source import CircuitSource


@pytest.mark.usefixtures("shared_worlds")
@pytest.mark.parametrize("phase", [Phase.LOBBY, Phase.RACING])
def test_it_is_drawn_in_the_lobby_and_in_the_race(
    canvas: Canvas, all_circuits: CircuitSource, phase: Phase, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = FakeSeat(all_circuits, cars=4)
    if phase is Phase.RACING:
        seat.start()
        seat.step(500)
    assert seat.phase is phase
    drawn: list[str] = []
    draw = canvas.text

    def noted(words: str, *at: Any, **how: Any) -> float:
        drawn.append(words)
        return draw(words, *at, **how)

    monkeypatch.setattr(canvas, "text", noted)
    scene = RaceScene(seat, WorldCache(all_circuits))
    scene.draw(canvas, Frame(1 / 60, 1))
    assert not any("Sam" in words for words in drawn)
    seat.unwell = SILENT_HERE
    scene.draw(canvas, Frame(1 / 60, 2))
    assert SILENT_HERE in " ".join(drawn)


@pytest.mark.parametrize("ours", [False, True])
@pytest.mark.parametrize("why", [{"full": True}, {"note": "its passphrase was another"}, {}])
def test_a_card_tells_before_all_else_that_nobody_there_answers(
    canvas: Canvas,
    all_circuits: CircuitSource,
    monkeypatch: pytest.MonkeyPatch,
    why: dict[str, Any],
    ours: bool,
) -> None:
    card = RaceCard("friday", 24, Phase.RACING, "dockyard", locked=False, cars=24, **why)
    drawn: list[str] = []

    def noted(words: str, *_: object, **__: object) -> float:
        drawn.append(words)
        return 0.0

    monkeypatch.setattr(canvas, "text", noted)
    for each in (card, replace(card, unreached="10.0.0.7 does not answer")):
        drawn.clear()
        shown = RaceCards(all_circuits)
        rows = listed_races((each,), LeftRace("friday", locked=False) if ours else None)
        shown.draw(canvas, rows, shown.page(rows, Box(0.0, 0.0, 620.0, 414.0), ""), "")
        assert ("10.0.0.7 does not answer" in drawn) is bool(each.unreached)

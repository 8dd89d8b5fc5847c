"""The results stand until one leaves them, and their lap chart shows who ran where."""

from __future__ import annotations

from dataclasses import replace

import pytest

from racer.app.window.base.canvas import Canvas
from racer.app.window.circuit_source import CircuitSource
from racer.app.window.scenes.results.lap_chart import draw_lap_chart, places_by_lap
from racer.app.window.scenes.results.result_table import gap_text
from racer.app.window.scenes.results.standing_results import StandingResults
from racer.play.view import DisqualifiedView, Phase, RaceView, ResultView
from tests.app.fakes import FakeSeat

ADA = ResultView(1, b"a" * 16, "Ada", 1, 3, 63_000, 20_000, True, None, (22_000, 43_000, 63_000))
BEN = ResultView(2, b"b" * 16, "Ben", 2, 2, None, 20_500, False, None, (20_500, 44_000), away=True)


@pytest.fixture
def finished(all_circuits: CircuitSource) -> RaceView:
    view = FakeSeat(all_circuits).view()
    assert view is not None
    return replace(view, phase=Phase.FINISHED, official=True, results=(ADA, BEN))


def test_places_are_those_at_the_end_of_each_lap() -> None:
    assert places_by_lap((ADA, BEN)) == [{2: 1, 1: 2}, {1: 1, 2: 2}, {1: 1}]
    assert places_by_lap(()) == []


def test_who_finishes_under_the_flag_is_laps_behind_and_not_seconds() -> None:
    lapped = replace(BEN, ms=64_000)
    assert gap_text(ADA, ADA) == ""
    assert gap_text(ADA, lapped) == "+1 lap"
    assert gap_text(ADA, replace(lapped, laps=3)) == "+1.000"
    assert gap_text(ADA, replace(BEN, laps=1)) == "+2 laps"


def test_results_stand_in_the_lobby_until_one_leaves_them_or_a_race_begins(
    finished: RaceView,
) -> None:
    results, lobby = StandingResults(), replace(finished, phase=Phase.LOBBY, results=())
    results.on_view(lobby)
    assert not results.stand(lobby), "nothing was raced yet"
    results.on_view(finished)
    assert not results.stand(finished), "the room itself shows them"
    results.on_view(lobby)
    assert results.stand(lobby)
    results.leave()
    assert not results.stand(lobby)
    results.on_view(finished)
    results.on_view(replace(finished, phase=Phase.COUNTDOWN))
    assert not results.stand(lobby)


def test_a_qualifying_is_no_end(finished: RaceView) -> None:
    results = StandingResults()
    results.on_view(replace(finished, qualifying=True))
    assert not results.stand(replace(finished, phase=Phase.LOBBY))


@pytest.mark.parametrize("rows", [(ADA, BEN), (BEN,), (), (replace(ADA, lap_ends_ms=()),)])
def test_a_lap_chart_is_drawn_of_any_race(
    canvas: Canvas, finished: RaceView, rows: tuple[ResultView, ...]
) -> None:
    draw_lap_chart(canvas, replace(finished, results=rows))
    middle = (canvas.px(canvas.width / 2.0), canvas.px(400.0))
    assert canvas.surface.get_at(middle) != canvas.surface.get_at((2, 2))


def test_table_and_chart_take_turns(canvas: Canvas, finished: RaceView) -> None:
    results = StandingResults()
    results.on_view(finished)
    lobby = replace(finished, phase=Phase.LOBBY, results=())
    results.draw(canvas, lobby, None, 0)
    table = canvas.surface.copy()
    results.chart = True
    results.draw(canvas, lobby, None, 0)
    places = [(canvas.px(x), canvas.px(300.0)) for x in range(60, 1200, 7)]
    assert any(table.get_at(at) != canvas.surface.get_at(at) for at in places)


def test_a_lap_chart_names_who_was_put_out_and_why(
    canvas: Canvas, finished: RaceView, monkeypatch: pytest.MonkeyPatch
) -> None:
    words: list[str] = []
    monkeypatch.setattr(Canvas, "text", lambda self, text, *_, **more: words.append(text))
    out = DisqualifiedView("Mallory", 7, "it told of a lap that its car did not drive")
    draw_lap_chart(canvas, replace(finished, disqualified=(out,)))
    assert "put out: 7 Mallory: it told of a lap that its car did not drive" in words

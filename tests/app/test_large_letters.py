"""With the largest letters words are whole, and lie over nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from racer.app.window.base.box import Box
from racer.app.window.base.canvas import Canvas
from racer.app.window.controls.control import Button, Slider
from racer.app.window.controls.key_strip import strip_buttons
from racer.app.window.controls.paint import draw_control
from racer.app.window.controls.parts import slider_track
from racer.app.window.game import GROWTH, Game
from racer.app.window.input.actions import Action
from racer.app.window.input.devices import Devices
from racer.app.window.scene import Frame, OpenRace
from racer.app.window.scenes.people.grid_panel import PANEL_BOX
from racer.app.window.scenes.replay.screening import Screening
from racer.app.window.scenes.replay.time_bar import bar_of, draw_time_bar
from racer.play.view import Phase
from tests.app.fakes import FakeLounge
from tests.app.test_replays import tape_on
from tests.app.written import note_written

if TYPE_CHECKING:
    from racer.app.window.base.screen import Screen
    from racer.app.window.circuit_source import CircuitSource


@pytest.fixture
def large(canvas: Canvas) -> Canvas:
    canvas.grow_text(max(GROWTH.values()))
    return canvas


@pytest.mark.parametrize(
    ("label", "key", "wide"),
    [
        ("Watch this race", "Left shoulder", 300.0),
        ("buttons of a pad", "", 166.0),
        ("a second driver", "", 166.0),
        ("Right shoulder", "", 128.0),
        ("Right stick click", "", 128.0),
    ],
)
def test_a_plate_says_all_that_it_has_to(
    large: Canvas, monkeypatch: pytest.MonkeyPatch, label: str, key: str, wide: float
) -> None:
    words = note_written(monkeypatch)
    plate = Button(id="it", box=Box(0.0, 0.0, wide, 36.0), label=label, key=key)
    draw_control(large, plate, ringed=False)
    assert label in words


def test_a_sliders_figure_is_beside_its_thumb(
    large: Canvas, monkeypatch: pytest.MonkeyPatch
) -> None:
    slider = Slider(id="it", box=Box(0.0, 0.0, 640.0, 38.0), label="engines", value=1.0)
    written = _written(monkeypatch, "100 %")
    draw_control(large, slider, ringed=False)
    assert written
    assert min(x - wide for x, wide in written) >= slider_track(slider.box).right + 8.0


def test_what_is_told_of_a_second_driver_is_as_wide_as_the_grid(
    screen: Screen,
    all_circuits: CircuitSource,
    shared_worlds: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    directory = FakeLounge(all_circuits)
    directory.pair = True
    game = Game(directory, screen, all_circuits)
    game.perform_ask(OpenRace("friday"))
    game._canvas.grow_text(max(GROWTH.values()))
    written = _written(monkeypatch, "hands it over", " or a pad")
    game.draw(Frame(1 / 60, 1))
    assert len(written) == 2, "its first and its last row"
    assert max(x + wide for x, wide in written) <= PANEL_BOX.right


def _written(monkeypatch: pytest.MonkeyPatch, *words: str) -> list[tuple[float, float]]:
    """Return where texts with any of these words are put, and how wide each is, as they come."""
    written: list[tuple[float, float]] = []
    write = Canvas.text

    def note(canvas: Canvas, text: str, x: float, *rest: Any, **more: Any) -> float:
        wide = write(canvas, text, x, *rest, **more)
        if any(each in text for each in words):
            written.append((x, wide))
        return wide

    monkeypatch.setattr(Canvas, "text", note)
    return written


def test_news_lie_beside_the_title_of_the_results_and_not_over_it(
    screen: Screen,
    all_circuits: CircuitSource,
    shared_worlds: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    directory = FakeLounge(all_circuits)
    game = Game(directory, screen, all_circuits)
    game.perform_ask(OpenRace("friday"))
    seat = directory.handle
    assert seat is not None
    seat.start()
    seat.phase, seat.unwell = Phase.FINISHED, "all of it is too slow " * 12
    seat.notice("somebody far away has left the room of this race. " * 3)
    over: list[float] = []
    panel = Canvas.panel

    def note(canvas: Canvas, x: float, y: float, wide: float, high: float, *rest: Any) -> None:
        centred = abs(x + wide / 2.0 - canvas.width / 2.0) < 2.0
        if y < 110.0 and not centred and x < canvas.width / 2.0 < x + wide:
            over.append(x)
        panel(canvas, x, y, wide, high, *rest)

    monkeypatch.setattr(Canvas, "panel", note)
    words = note_written(monkeypatch)
    game.draw(Frame(1 / 60, 1))
    assert any(each.startswith("all of it") for each in words)
    assert not over


def test_a_strip_without_room_leaves_out_its_longest_keys_alone(large: Canvas) -> None:
    devices = Devices()
    devices.by_pad = True
    plates = (("back", "back", Action.BACK), ("ghost", "best lap's ghost", Action.GHOST))
    keys = [each.key for each in strip_buttons(large, devices, plates)]
    assert keys == ["B", "Left stick click"]
    right = strip_buttons(large, devices, plates)[-1].box.right
    cut = strip_buttons(large, devices, plates, right=right - 1.0)
    assert [each.key for each in cut] == ["B", ""]
    assert cut[-1].box.right < right


def test_the_time_of_a_replay_ends_before_its_bar(
    large: Canvas, all_circuits: CircuitSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    screening = Screening(tape_on(all_circuits))
    area = Box(0.0, 0.0, 1046.0, 720.0)
    ends: list[float] = []
    write = Canvas.text

    def note(canvas: Canvas, text: str, x: float, *rest: Any, **more: Any) -> float:
        wide = write(canvas, text, x, *rest, **more)
        ends.append(x + wide)
        return wide

    monkeypatch.setattr(Canvas, "text", note)
    draw_time_bar(large, screening, area)
    assert 0.0 < ends[0] <= bar_of(area).x - 8.0

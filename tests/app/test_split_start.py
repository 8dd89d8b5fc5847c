"""Two at one machine, while their race begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from racer.app.window.scenes.lobby import LobbyScene
from racer.app.window.scenes.world_cache import WorldCache
from tests.app.fakes import GREEN_TICKS
from tests.app.test_split import Duo
from tests.app.written import note_written

if TYPE_CHECKING:
    import pytest

    from racer.app.window.base.screen import Screen
    from racer.app.window.circuit_source import CircuitSource


def test_a_half_waits_for_the_circuit_in_plain_words_and_shows_no_lobby(
    screen: Screen, all_circuits: CircuitSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lobby is laid out for a whole window: in a half, its panels lie over each other."""
    duo = Duo(screen, all_circuits)
    monkeypatch.setattr(WorldCache, "world_of", lambda *_: None)
    lobbies: list[float] = []
    monkeypatch.setattr(LobbyScene, "draw", lambda _, canvas, *__: lobbies.append(canvas.width))
    words = note_written(monkeypatch)
    duo.frames(1)
    assert lobbies == [1280.0]
    for seat in duo.seats:
        seat.start()
        seat.step(GREEN_TICKS + 30)
    duo.frames(2)
    assert lobbies == [1280.0]
    assert "To the grid …" in words

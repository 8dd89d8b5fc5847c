"""What of a race is told by a signal: the lights, a best lap, a line of the chat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from racer.app.sound.bank import BEEP, CHAT, CHIME, FANFARE, GO
from racer.play.view import Phase

if TYPE_CHECKING:
    from racer.play.view import RaceView

SECOND_NS: Final = 1_000_000_000
BEEPS: Final = 3  # before the green light, one a second


@final
class Signals:
    """Follows a race from tick to tick, and tells each thing once."""

    def __init__(self) -> None:
        self._count = 0
        self._finished = False
        self._best_ms: int | None = None
        self._newest: int | None = None  # line of the chat that is ordered; None: of no view yet

    def on_view(self, view: RaceView) -> list[str]:
        """Return the signals of this tick, by their names in the bank."""
        heard = self._light_signals(view)
        best = None if view.my_car is None else view.my_car.best_ms
        if best is not None and best != self._best_ms:
            heard.append(CHIME)
        self._best_ms = best
        if self._has_news(view):
            heard.append(CHAT)
        finished = view.phase is Phase.FINISHED and len(view.results) > 1
        if finished and not self._finished and not view.qualifying:
            heard.append(FANFARE)
        self._finished = finished
        return heard

    def _has_news(self, view: RaceView) -> bool:
        """Whether somebody else has said something since the last view."""
        before = self._newest
        lines = [(line.index, line.mine) for line in view.chat if line.index is not None]
        self._newest = max((index for index, _ in lines), default=-1)
        return before is not None and any(index > before and not mine for index, mine in lines)

    def _light_signals(self, view: RaceView) -> list[str]:
        before, self._count = self._count, 0
        if view.green_ns is None or view.phase not in {Phase.COUNTDOWN, Phase.RACING}:
            return []
        left = self._count = max(0, -((view.now_ns - view.green_ns) // SECOND_NS))
        if left == before or left > BEEPS:
            return []
        return [BEEP if left > 0 else GO]

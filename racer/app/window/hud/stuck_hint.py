"""What a driver is told whose car stands: how to go, when help comes, and when it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from racer.core.tuning import RESCUE_TICKS, STUCK_PROGRESS_M, STUCK_TICKS, TICK_HZ
from racer.play.view import Phase

if TYPE_CHECKING:
    from racer.app.window.hud.key_hints import DrivingKeys
    from racer.play.view import RaceView

SECOND_NS: Final = 1_000_000_000
GO_TOLD_NS: Final = 5 * SECOND_NS // 2  # who stands so long after the light may not know how to go
STUCK_TOLD_NS: Final = 2 * SECOND_NS  # so long without way: then the count is shown
STUCK_NS: Final = STUCK_TICKS * SECOND_NS // TICK_HZ
RESCUE_NS: Final = RESCUE_TICKS * SECOND_NS // TICK_HZ
STILL_MS: Final = 0.5


@final
class StuckHint:
    """Follows our own car from view to view."""

    def __init__(self) -> None:
        self._rescued_ns: int | None = None
        self._was_ghost = False
        self._way_m = 0.0
        self._moved_ns = 0
        self._under_way = False  # it has moved in this race
        self.words = ""  # one line, or nothing

    @property
    def under_way(self) -> bool:
        """Whether our car has moved in this race."""
        return self._under_way

    def on_view(self, view: RaceView, keys: DrivingKeys) -> None:
        """Take in one tick."""
        self.words = ""
        car = view.my_car
        if car is None or view.phase is not Phase.RACING or car.finished_ms is not None:
            self._rescued_ns = None
            self._moved_ns = view.now_ns
            self._under_way = False
            self._way_m = 0.0 if car is None else car.way_m
            return
        if car.ghost and not self._was_ghost and car.speed_ms < STILL_MS:
            self._rescued_ns = view.now_ns
        self._was_ghost = car.ghost
        if abs(car.way_m - self._way_m) > STUCK_PROGRESS_M:
            self._way_m, self._moved_ns = car.way_m, view.now_ns
            self._under_way = True
        self.words = self._stuck_hint(view.now_ns, keys)

    def _stuck_hint(self, now_ns: int, keys: DrivingKeys) -> str:
        if self._rescued_ns is not None:
            left_ns = RESCUE_NS - (now_ns - self._rescued_ns)
            if left_ns > 0:
                self._moved_ns = now_ns
                told = f";  {keys.line} shows the racing line" if keys.line else ""
                return f"back on the road in {left_ns / SECOND_NS:.1f} s{told}"
            self._rescued_ns = None
        still_ns = now_ns - self._moved_ns
        if not self._under_way:
            return f"go: hold {keys.throttle}" if still_ns > GO_TOLD_NS else ""
        if STUCK_TOLD_NS < still_ns < STUCK_NS:
            left = -(-(STUCK_NS - still_ns) // SECOND_NS)
            return f"stuck?  {keys.rescue} puts you back at once, by itself in {left} s"
        return ""

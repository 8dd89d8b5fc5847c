"""What this driver chose in the lobby and the race has not confirmed yet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, final

from racer.play.view import Choose

if TYPE_CHECKING:
    from racer.play.view import RaceView

PATIENCE_NS: Final = 1_000_000_000  # then what the race says is shown again


@final
class Wish:
    """Builds each choice on the last one, not on a view that does not show it yet.

    A choice takes a round trip to the coordinator, and keys come faster than that: a second press
    that started from the old view would only repeat the first, or take back the other half of it.
    """

    def __init__(self) -> None:
        self._track: str | None = None
        self._laps: int | None = None
        self._until_ns = 0

    def over(self, view: RaceView) -> RaceView:
        """Return the view as it will be when our choice has arrived."""
        track = self._track or view.track
        circuit = view.circuit if track == view.track else None
        return replace(view, track=track, laps=self._laps or view.laps, circuit=circuit)

    def choose(
        self, view: RaceView, *, track: str | None = None, laps: int | None = None
    ) -> Choose:
        """Return the whole choice, with this change of it."""
        hoped = self.over(view)
        self._track, self._laps = track or hoped.track, laps or hoped.laps
        self._until_ns = 0
        return Choose(self._track, self._laps)

    def on_view(self, view: RaceView, now_ns: int) -> None:
        """Forget the choice once it stands, or when it is not going to."""
        self._until_ns = self._until_ns or now_ns + PATIENCE_NS
        if now_ns >= self._until_ns or (view.track, view.laps) == (self._track, self._laps):
            self._track = self._laps = None

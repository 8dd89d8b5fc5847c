"""What this driver chose in the lobby and the race has not confirmed yet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, final

from racer.play.view import Choose

if TYPE_CHECKING:
    from racer.play.view import RaceView

PATIENCE_NS: Final = 1_000_000_000  # then what the race says is shown again


@final
class PendingChoice:
    """Builds each choice on the last one, not on a view that does not show it yet.

    A choice takes a round trip to the coordinator, and keys come faster than that: a second press
    that started from the old view would only repeat the first, or take back the other half of it.
    """

    def __init__(self) -> None:
        self._wanted: Choose | None = None  # whole
        self._until_ns = 0

    def over(self, view: RaceView) -> RaceView:
        """Return the view as it will be when our choice has arrived."""
        wanted = self._wanted
        if wanted is None:
            return view
        track = wanted.track or view.track
        return replace(
            view,
            track=track,
            laps=wanted.laps or view.laps,
            form=wanted.form or view.form,
            grid=wanted.grid or view.grid,
            band=view.band if wanted.band is None else wanted.band,
            circuit=view.circuit if track == view.track else None,
        )

    def choose(self, view: RaceView, change: Choose) -> Choose:
        """Return the whole choice, with this change of it."""
        hoped = self.over(view)
        self._until_ns = 0
        self._wanted = Choose(
            change.track or hoped.track,
            change.laps or hoped.laps,
            change.form or hoped.form,
            change.grid or hoped.grid,
            hoped.band if change.band is None else change.band,
        )
        return self._wanted

    def on_view(self, view: RaceView, now_ns: int) -> None:
        """Forget the choice once it stands, or when it is not going to."""
        self._until_ns = self._until_ns or now_ns + PATIENCE_NS
        stands = self._wanted == Choose(view.track, view.laps, view.form, view.grid, view.band)
        if now_ns >= self._until_ns or stands:
            self._wanted = None

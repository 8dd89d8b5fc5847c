"""What this driver chose in the lobby and the race has not confirmed yet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, final

from racer.play.view import Choose

if TYPE_CHECKING:
    from racer.core.rules.race_setup import RaceSetup
    from racer.play.view import RaceView

CONFIRM_WITHIN_NS: Final = 1_000_000_000  # then what the race says is shown again


@final
class PendingChoice:
    """Builds each choice on the last one, not on a view that does not show it yet.

    A choice takes a round trip to the coordinator, and keys come faster than that: a second press
    that started from the old view would only repeat the first, or take back the other half of it.
    """

    def __init__(self) -> None:
        self._wanted: RaceSetup | None = None
        self._until_ns = 0

    def over(self, view: RaceView) -> RaceView:
        """Return the view as it will be when our choice has arrived."""
        wanted = self._wanted
        if wanted is None:
            return view
        circuit = view.circuit if wanted.track == view.setup.track else None
        return replace(view, setup=wanted, circuit=circuit)

    def choose(self, wanted: RaceSetup, about: tuple[str, ...] = ()) -> Choose:
        """Return the vote for this: the setup of `over`, changed in what it is about."""
        self._wanted, self._until_ns = wanted, 0
        return Choose(wanted, about)

    def on_view(self, view: RaceView, now_ns: int) -> None:
        """Forget the choice once it stands, or when it is not going to."""
        wanted = self._wanted
        if wanted is None:
            return
        self._until_ns = self._until_ns or now_ns + CONFIRM_WITHIN_NS
        # Which text a circuit of ours has, the race says.
        stands = replace(wanted, content=view.setup.content) == view.setup
        if now_ns >= self._until_ns or stands:
            self._wanted = None

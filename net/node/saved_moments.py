"""What a node keeps of a race under way, for a room that loses power as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from net.limits import SAVE_NS
from net.node.program import SaveMoment

if TYPE_CHECKING:
    from net.wire.messages import Keyframe


@final
class SavedMoments:
    """Says what is to be kept, and when; nothing while no car moves."""

    def __init__(self, now_ns: int) -> None:
        self._saved_ns = now_ns
        self._saved: tuple[Keyframe, ...] = ()
        self.kept_race_ns = 0  # what the race clock of the last process showed

    def restore(self, moment: SaveMoment) -> None:
        """Take the moment that the last process kept."""
        self.kept_race_ns = 1000 * moment.race_us

    def is_due(self, now_ns: int) -> bool:
        return now_ns - self._saved_ns >= SAVE_NS

    def save(self, newest: tuple[Keyframe, ...], race_ns: int, now_ns: int) -> list[SaveMoment]:
        """Keep the newest signed states, if there are others than last time."""
        self._saved_ns = now_ns
        if newest == self._saved:
            return []
        self._saved = newest
        return [SaveMoment(max(race_ns, 0) // 1000, newest)]

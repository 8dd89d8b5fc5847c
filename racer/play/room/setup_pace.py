"""How often what is raced next may change, by the clock of who coordinates."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from racer.play.limits import SETUP_NS, SETUPS_BURST

if TYPE_CHECKING:
    from racer.play.room.messages import Setup


@final
class SetupPace:
    """SETUPS_BURST changes at once, then one each SETUP_NS: each is a decree that all keep.

    What is chosen meanwhile counts with the next one.
    """

    def __init__(self) -> None:
        self._left = SETUPS_BURST
        self._earned_ns = 0
        self._last: Setup | None = None  # it is proposed until it counts

    def may_become(self, setup: Setup, now_ns: int) -> bool:
        """Whether the room's setup may be this one now; if so, that counts as a change."""
        if setup == self._last:
            return True
        self._earned_ns = min(self._earned_ns, now_ns)  # a race clock may be set back
        earned = (now_ns - self._earned_ns) // SETUP_NS
        self._earned_ns += earned * SETUP_NS
        self._left = min(self._left + earned, SETUPS_BURST)
        if self._left == 0:
            return False
        self._left -= 1
        self._last = setup
        return True

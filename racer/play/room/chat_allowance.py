"""The flood bound on chat: every receiver holds an author to it, and the author itself does."""

from __future__ import annotations

from typing import Final, final

from racer.play.limits import CHAT_BURST, CHAT_PERIOD_US

_MOST_US: Final = CHAT_BURST * CHAT_PERIOD_US


@final
class ChatAllowance:
    """How much one life may still say: CHAT_BURST lines, and one more each CHAT_PERIOD_US.

    It goes by the author's own times, so that everybody decides the same.
    """

    def __init__(self, race_us: int, left_us: int = _MOST_US) -> None:
        self._at_us = race_us
        self._left_us = left_us

    @property
    def standing(self) -> tuple[int, int]:
        """When it was spent last, and what was left then: what it can begin from again."""
        return self._at_us, self._left_us

    def spend(self, race_us: int) -> bool:
        """Tell whether a line said at that time passes, and count it if so."""
        gained_us = max(race_us - self._at_us, 0)
        self._left_us = min(self._left_us + gained_us, _MOST_US)
        self._at_us = max(self._at_us, race_us)
        if self._left_us < CHAT_PERIOD_US:
            return False
        self._left_us -= CHAT_PERIOD_US
        return True

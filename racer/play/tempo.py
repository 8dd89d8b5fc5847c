"""What the node is told of a race: whether one is on, and how often we have to be asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

from net import Command, Pace, Publish, SetIdle
from racer.play.limits import NEAR_OTHERS_NS
from racer.play.view import Phase


@final
class Tempo:
    """Who steers a car itself wants each tick; a bot does where it may touch another car soon.

    Elsewhere it steps its car by two ticks at a time: nobody gets its states oftener than that.

    Args:
        bot: whether our driver is one.
    """

    def __init__(self, bot: bool) -> None:
        self._bot = bot
        self._told = SetIdle(True)
        self._near_ns: int | None = None  # when somebody last got each state of a car of ours

    def on_tick(self, phase: Phase, driven: Sequence[Command], now_ns: int) -> list[SetIdle]:
        """Return what has changed.

        Args:
            driven: what is told of the cars that we drive.
        """
        if self._bot and any(isinstance(each, Publish) and _is_near(each) for each in driven):
            self._near_ns = now_ns
        far = self._near_ns is None or now_ns - self._near_ns >= NEAR_OTHERS_NS
        idle = phase in {Phase.LOBBY, Phase.FINISHED}
        before, self._told = self._told, SetIdle(idle, self._bot and far)
        return [] if self._told == before else [self._told]


def _is_near(state: Publish) -> bool:
    """Whether some other driver gets each state of a car."""
    return Pace.EACH in state.paces.values()

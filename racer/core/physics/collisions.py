"""Touches that two owners see differently: each tells its own, and the other takes what it missed.

Who sees a touch gives its own car its half at once, and tells the other's owner what that car gets,
with its states of the next ticks. The other compares it with what it took from the same touch by
itself, and takes the rest: all if it saw nothing, nothing if it saw as much. So a hit is never
missed and never counted twice, and both go by the harder of what they saw.

Until the other's states have it behind them, its projection is pushed here (`RemoteCars.push`): met
again unpushed, tick by tick, it would make our car pay for one touch many times.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, final

from racer.core.physics.contact import Contact, Hit, hit_of
from racer.core.tuning import (
    AHEAD_TICKS_MAX,
    HIT_LEAST,
    HIT_SAME_TICKS,
    HIT_TOLD_TICKS,
    NEAR_M,
)

if TYPE_CHECKING:
    from racer.core.physics.car import CarState

SHARE_MOST: Final = 0.6
"""Of the difference of two cars' speeds that one of them gets by a hit, at most: half of it, and
what it is thrown back."""

CREDIT: Final = 2.0
"""m/s that a hit may be above that: neither sees the other quite as it is."""


@final
class Collisions:
    """What one car gave and took by touches, of late."""

    def __init__(self) -> None:
        self.given: tuple[Hit, ...] = ()
        """What our car gave in its last tick; the others' states know nothing of it yet."""
        self._told: Hit | None = None
        self._taken: dict[int, tuple[int, float]] = {}  # by number: when, and how much [m/s]
        self._heard: dict[int, int] = {}  # by number: tick of the newest hit that it told

    def on_contacts(
        self, contacts: Sequence[Contact], numbers: Sequence[int], tick: int
    ) -> Hit | None:
        """Note the touches of a tick of our car; return what to tell with its state, if anything.

        Args:
            contacts: `other` of each is an index into `numbers`.
            numbers: of the cars that it could touch. Of others nothing is noted.
        """
        given: list[Hit] = []
        for contact in contacts:
            if contact.other is None or contact.speed <= 0.0 or contact.other >= len(numbers):
                continue
            hit = hit_of(contact, numbers[contact.other], tick)
            self._note_taken(hit.other, tick, hit.strength)
            if hit.strength >= HIT_LEAST:
                given.append(hit)
                self._tell_hit(hit, tick)
        self.given = tuple(given)
        return self._told if self._strength_told(tick) > 0.0 else None

    def on_told(self, number: int, hit: Hit, tick: int) -> float:
        """Return the share 0..1 of a hit that our car has still to take. The same hit counts once.

        Args:
            number: of the car that gave it.
            tick: of our car.
        """
        if not tick - HIT_SAME_TICKS <= hit.tick <= tick + AHEAD_TICKS_MAX:
            return 0.0
        if hit.tick <= self._heard.get(number, -1):
            return 0.0
        self._heard[number] = hit.tick
        rest = hit.strength - self._taken_around(number, hit.tick)
        if rest < HIT_LEAST:
            return 0.0
        self._note_taken(number, tick, hit.strength)
        # An answer: as if we had seen it ourselves. The other took its half, so it takes no more.
        self._tell_hit(Hit(number, tick, -hit.vx, -hit.vy, 0.0), tick)
        return rest / hit.strength

    def _tell_hit(self, hit: Hit, tick: int) -> None:
        if hit.strength > self._strength_told(tick):
            self._told = hit

    def _strength_told(self, tick: int) -> float:
        told = self._told
        return 0.0 if told is None or tick - told.tick > HIT_TOLD_TICKS else told.strength

    def _taken_around(self, number: int, tick: int) -> float:
        at, strength = self._taken.get(number, (tick, 0.0))
        return strength if abs(at - tick) <= HIT_SAME_TICKS else 0.0

    def _note_taken(self, number: int, tick: int, strength: float) -> None:
        self._taken[number] = (tick, max(strength, self._taken_around(number, tick)))


def is_credible(hit: Hit, theirs: CarState, ours: CarState) -> bool:
    """Tell whether a hit can have happened between two cars as they are seen.

    Args:
        hit: told by the owner of `theirs`.
        theirs: the car that gave it, after it.
        ours: that is said to get it.
    """
    if math.hypot(theirs.x - ours.x, theirs.y - ours.y) > NEAR_M:
        return False
    # Before it, theirs had what ours is to get.
    closing = math.hypot(theirs.vx + hit.vx - ours.vx, theirs.vy + hit.vy - ours.vy)
    return hit.strength <= SHARE_MOST * closing + CREDIT

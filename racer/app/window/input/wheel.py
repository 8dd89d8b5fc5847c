"""From held keys to controls: a key is all or nothing, a steering wheel is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

from racer.core.physics.car import Controls

STEER_RATE: Final = 5.0  # full locks a second while a key is held
CENTRE_RATE: Final = 20.0  # back when it is let go: at once, since the car eases it once more
COUNTER_RATE: Final = 20.0  # through the middle to the other side: catching a slide
THROTTLE_RATE: Final = 6.0  # pedals a second
BRAKE_RATE: Final = 8.0


@dataclass(frozen=True, slots=True)
class HeldKeys:
    """Which driving keys are down."""

    left: bool = False
    right: bool = False
    throttle: bool = False
    brake: bool = False
    handbrake: bool = False
    boost: bool = False


@final
class Wheel:
    """Turns keys into a wheel and pedals that move at a driver's pace."""

    def __init__(self) -> None:
        self._steer = 0.0
        self._throttle = 0.0
        self._brake = 0.0

    def turn(self, held: HeldKeys, dt: float) -> Controls:
        """Return the controls after these keys were held for `dt` more seconds."""
        wish = float(held.left) - float(held.right)
        self._steer = _move_towards(self._steer, wish, self._steer_rate(wish) * dt)
        self._throttle = _move_towards(self._throttle, float(held.throttle), THROTTLE_RATE * dt)
        self._brake = _move_towards(self._brake, float(held.brake), BRAKE_RATE * dt)
        return Controls(
            throttle=self._throttle,
            brake=self._brake,
            steer=self._steer,
            handbrake=held.handbrake,
            boost=held.boost,
        )

    def release(self) -> Controls:
        """Let go of everything at once: the window lost the keys."""
        self._steer = self._throttle = self._brake = 0.0
        return Controls()

    def _steer_rate(self, wish: float) -> float:
        if wish == 0.0:
            return CENTRE_RATE
        return COUNTER_RATE if wish * self._steer < 0.0 else STEER_RATE


def _move_towards(now: float, wish: float, most: float) -> float:
    return min(wish, now + most) if wish > now else max(wish, now - most)

"""Keys become a wheel and pedals that move at a driver's pace."""

from __future__ import annotations

import pytest

from racer.app.window.input.wheel import STEER_RATE, HeldKeys, Wheel
from racer.core.physics.car import Controls

DT = 1 / 60


def test_the_wheel_turns_at_its_rate_and_stops_at_the_lock() -> None:
    wheel = Wheel()
    assert wheel.turn(HeldKeys(left=True), DT).steer == pytest.approx(STEER_RATE * DT)
    assert _held(wheel, HeldKeys(left=True), 60).steer == 1.0


def test_right_is_negative_and_both_keys_together_are_the_middle() -> None:
    wheel = Wheel()
    assert wheel.turn(HeldKeys(right=True), DT).steer < 0.0
    assert _held(wheel, HeldKeys(left=True, right=True), 60).steer == 0.0


def test_a_let_go_wheel_is_back_in_the_middle_sooner_than_it_was_turned() -> None:
    wheel = Wheel()
    out = _frames_until(wheel, HeldKeys(left=True), 1.0)
    back = _frames_until(wheel, HeldKeys(), 0.0)
    assert back < out


def test_catching_a_slide_is_quicker_than_turning_in() -> None:
    wheel = Wheel()
    _frames_until(wheel, HeldKeys(left=True), 1.0)
    assert 1.0 - wheel.turn(HeldKeys(right=True), DT).steer > 2.0 * STEER_RATE * DT


def test_a_slow_screen_steers_as_far_as_a_fast_one() -> None:
    slow, fast = Wheel(), Wheel()
    a = slow.turn(HeldKeys(left=True, throttle=True), 0.1)
    b = _held(fast, HeldKeys(left=True, throttle=True), 10, 0.01)
    assert a.steer == pytest.approx(b.steer)
    assert a.throttle == pytest.approx(b.throttle)


def test_releasing_lets_go_of_everything_at_once() -> None:
    wheel = Wheel()
    wheel.turn(HeldKeys(left=True, throttle=True, brake=True, boost=True, handbrake=True), 0.5)
    assert wheel.release() == Controls()
    assert wheel.turn(HeldKeys(), DT) == Controls()


def _frames_until(wheel: Wheel, held: HeldKeys, steer: float) -> int:
    for frame in range(1, 200):
        if wheel.turn(held, DT).steer == steer:
            return frame
    raise AssertionError(f"the wheel never came to {steer}")


def _held(wheel: Wheel, held: HeldKeys, frames: int, dt: float = DT) -> Controls:
    controls = Controls()
    for _ in range(frames):
        controls = wheel.turn(held, dt)
    return controls

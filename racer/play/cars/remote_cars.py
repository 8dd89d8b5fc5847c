"""The cars of others: taken from their newest states, projected to now, corrected smoothly.

Each projection is the owner's own step from the owner's own quantised state, with the controls
held; so it errs only by what the owner did since (protocol.md, 3.9). What is drawn keeps the old
place and lets the difference decay.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, final

from racer.core.circuits.track import Track
from racer.core.physics.car import CarState
from racer.core.physics.contact import Hit, apply_hit
from racer.core.recordings.car_codec import CarFrame
from racer.core.rules.laps import Progress
from racer.core.tick import coasted, foreseen
from racer.core.tuning import (
    AHEAD_TICKS_MAX,
    CAR,
    HIT_SAME_TICKS,
    NEAR_M,
    TICK_S,
    CarTunables,
)
from racer.play.cars.witness import Witness
from racer.play.limits import (
    BLEND_PER_TICK,
    PROJECT_TICKS_MAX,
    PUSHES_MAX,
    SNAP_M,
    STALE_TICKS,
)
from racer.play.view import Pose

Deviation: TypeAlias = tuple[float, float, float]
"""Of a car as it is drawn from the car as it is projected: x, y, heading."""


@dataclass(slots=True)
class RemoteCar:
    """One car of another node, at the tick it was last projected to."""

    frame: CarFrame  # newest from its owner
    car: CarState  # projected
    tick: int  # of the projection
    fresh: bool  # the frame came after the projection
    error: Deviation = (0.0, 0.0, 0.0)
    was: tuple[CarState, Deviation] | None = None  # `car` and `error` a tick ago
    doubted: bool = False  # it leapt of late
    pushes: list[tuple[int, Hit]] = field(default_factory=list)  # by cars of ours, unanswered

    @property
    def progress(self) -> Progress:
        return self.frame.progress

    @property
    def pose(self) -> Pose:
        """Where it is drawn."""
        return _drawn_pose(self.car, self.error)

    @property
    def before(self) -> Pose:
        """Where it was drawn a tick ago; where it is, if it was not."""
        return self.pose if self.was is None else _drawn_pose(*self.was)

    def is_stale(self, tick: int) -> bool:
        return tick - self.frame.tick > STALE_TICKS

    def is_solid(self, tick: int) -> bool:
        """Whether our own car may hit it."""
        return self.frame.is_solid and not self.doubted and not self.is_stale(tick)


@final
class RemoteCars:
    """All cars but our own, by number.

    Args:
        kinds: of each car that is not `CAR`.
        witness: takes their states too, and judges by them.
    """

    def __init__(
        self,
        track: Track,
        kinds: Mapping[int, CarTunables] | None = None,
        witness: Witness | None = None,
    ) -> None:
        self.witness = witness or Witness(track)
        self._track = track
        self._kinds = {} if kinds is None else kinds
        self._remotes: dict[int, RemoteCar] = {}
        self._tick = -1

    def __contains__(self, number: int) -> bool:
        return number in self._remotes

    def get(self, number: int) -> RemoteCar | None:
        return self._remotes.get(number)

    def items(self) -> list[tuple[int, RemoteCar]]:
        return list(self._remotes.items())

    def believes(self, frame: CarFrame, tick: int) -> bool:
        """Whether a state can be one of a car here; `tick` is now. One from the future is none."""
        return frame.tick <= tick + AHEAD_TICKS_MAX and frame.progress.gate < len(self._track.gates)

    def on_frame(self, number: int, frame: CarFrame, tick: int, *, doubted: bool = False) -> None:
        """Take a car's newest state.

        Args:
            tick: now.
            doubted: the car leapt: it is shown where it says that it is, and touches nobody.
        """
        if not self.believes(frame, tick):
            return
        remote = self._remotes.get(number)
        if remote is None:
            remote = self._remotes[number] = RemoteCar(frame, frame.car, frame.tick, fresh=True)
            self._remotes = dict(sorted(self._remotes.items()))
        else:
            remote.frame, remote.fresh = frame, True
            remote.pushes = [push for push in remote.pushes if not _is_answered(push, frame)]
        remote.doubted = doubted

    def push(self, by: int, hit: Hit) -> None:
        """Let a car be where our touch sends it, until its owner tells that it took the touch.

        Else our car would meet it again as it was before, tick by tick, and pay for it each time.

        Args:
            by: number of our car.
            hit: that it gave, at the tick to which all were advanced.
        """
        remote = self._remotes.get(hit.other)
        if remote is not None:
            remote.pushes = [*remote.pushes[1 - PUSHES_MAX :], (by, hit)]
            remote.car = apply_hit(remote.car, hit)

    def drop(self, number: int) -> None:
        """Forget a car: we drive it now."""
        self._remotes.pop(number, None)

    def advance(self, tick: int, near: CarState | None) -> None:
        """Project all cars to a tick, once.

        Args:
            near: our own car. What is NEAR_M and more from it goes on in an arc, which touches
                nothing: a step costs 40 µs, and most cars are far.
        """
        if tick <= self._tick:
            return
        self._tick = tick
        for number, remote in self._remotes.items():
            far = near is not None and _car_distance(near, remote.frame.car) > NEAR_M
            self._project_remote(remote, tick, self._kinds.get(number, CAR), far=far)

    def solid(self, tick: int) -> dict[int, CarState]:
        """Return the cars that our own may hit, by number."""
        return {n: remote.car for n, remote in self._remotes.items() if remote.is_solid(tick)}

    def _project_remote(
        self, remote: RemoteCar, tick: int, spec: CarTunables, *, far: bool
    ) -> None:
        remote.was = remote.car, remote.error
        horizon = min(tick, remote.frame.tick + PROJECT_TICKS_MAX)
        car, at = remote.car, remote.tick
        expected: Pose | None = None  # where it would be drawn, had no new state come
        pushes: list[Hit] = []  # those that the projection so far has not met
        if remote.fresh:
            expected = _expected_pose(remote, min(max(horizon - remote.tick, 0), 2))
            car, at = remote.frame.car, remote.frame.tick
            pushes = [hit for _, hit in remote.pushes]
            car = _pushed_car(car, [hit for hit in pushes if hit.tick <= at])
        if far:
            car, at = coasted(car, max(horizon - at, 0)), max(horizon, at)
        stands = remote.frame.respawning
        while at < horizon:
            car = foreseen(car, remote.progress, self._track, spec, stands=stands)
            at += 1
            if pushes:
                car = _pushed_car(car, [hit for hit in pushes if hit.tick == at])
        remote.error = (
            _decayed_error(remote.error) if expected is None else _pose_error(expected, car)
        )
        remote.fresh, remote.car, remote.tick = False, car, at


def _is_answered(push: tuple[int, Hit], frame: CarFrame) -> bool:
    """Tell whether a state has a push behind it: its owner tells the touch, or has had the time."""
    by, hit = push
    told = frame.hit
    if told is not None and told.other == by and abs(told.tick - hit.tick) <= HIT_SAME_TICKS:
        return True
    return frame.tick > hit.tick + HIT_SAME_TICKS


def _pushed_car(car: CarState, hits: Sequence[Hit]) -> CarState:
    for hit in hits:
        car = apply_hit(car, hit)
    return car


def _expected_pose(remote: RemoteCar, ticks: int) -> Pose:
    """Return where the car would be drawn now had no new state come, its error decayed.

    After a gap it was held: then it goes on from there, and does not leap the ticks it stood.
    """
    car, past_s = remote.car, ticks * TICK_S
    dx, dy, turn = _decayed_error(remote.error)
    heading = car.heading + car.yaw_rate * past_s
    return Pose(car.x + car.vx * past_s + dx, car.y + car.vy * past_s + dy, heading + turn)


def _drawn_pose(car: CarState, error: Deviation) -> Pose:
    dx, dy, turn = error
    return Pose(car.x + dx, car.y + dy, car.heading + turn)


def _car_distance(car: CarState, other: CarState) -> float:
    return math.hypot(car.x - other.x, car.y - other.y)


def _pose_error(drawn: Pose, car: CarState) -> Deviation:
    dx, dy = drawn.x - car.x, drawn.y - car.y
    if math.hypot(dx, dy) > SNAP_M:
        return (0.0, 0.0, 0.0)
    return (dx, dy, math.remainder(drawn.heading - car.heading, math.tau))


def _decayed_error(error: Deviation) -> Deviation:
    dx, dy, turn = error
    return (dx * BLEND_PER_TICK, dy * BLEND_PER_TICK, turn * BLEND_PER_TICK)

"""A heat is the race that nodes drive on the network, if nothing is late and nothing is lost."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest

from net import Member
from racer.core.drivers.driver import Driver
from racer.core.heat import Heat
from racer.core.own_car import OwnCar, Touched
from racer.core.physics.car import CarState, Controls, quantise
from racer.core.recordings.lap_recorder import DrivenLap, LapRecorder
from racer.core.recordings.lap_replay import Replay
from racer.core.recordings.recording import pack_recording, pickups_of, unpack_recording
from racer.core.rules.laps import Progress, rounded_way
from racer.core.rules.rescue import ROOM_M, rescue
from racer.core.tuning import (
    PICKUP_RESPAWN_TICKS,
    RESCUE_GHOST_TICKS,
    RESCUE_TICKS,
    STUCK_TICKS,
    TICK_HZ,
)
from racer.play.cars.local_race import LocalRace, StateSeen
from racer.play.cars.witness import Witness
from racer.play.room.messages import Grant
from tests.play.field import tick_ns
from tests.play.laps import CIRCUIT
from tests.play.rooms import racing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from net import NodeId
    from racer.core.circuits.track import Track
    from racer.core.drivers.line import RacingLine
    from racer.core.recordings.car_codec import CarFrame

LAPS = 1


class Nodes:
    """Bots that race on the network, a node each: all know each state when its tick is over.

    Their numbers begin with 1, those of a heat with 0. All draw from one lot, as those of a heat.
    """

    def __init__(self, track: Track, line: RacingLine, skills: Sequence[float], seed: int) -> None:
        self.nodes: list[NodeId] = [bytes([k]) * 16 for k in range(1, len(skills) + 1)]
        race = racing(*self.nodes, laps=LAPS).room.race
        assert race is not None
        self.race, rng = race, Random(seed)
        drivers = [Driver(track, line, skill, rng) for skill in skills]
        self.races = [
            LocalRace(race, track, node, driver, bot=True)
            for node, driver in zip(self.nodes, drivers, strict=True)
        ]
        self.tick = 0
        for local_race in self.races:
            local_race.take_car(None, [], tick_ns(-1))
            local_race.on_tick(Controls(), tick_ns(-1))  # who jumps the start does it here
        self.tell_states()

    @property
    def cars(self) -> list[OwnCar]:
        return [local_race.own_car for local_race in self.races if local_race.own_car is not None]

    def step(self) -> None:
        """Let a tick pass at every node."""
        self.tick += 1
        touched: list[tuple[int, int, int]] = []
        for number, local_race in enumerate(self.races):
            events = local_race.on_tick(Controls(), tick_ns(self.tick))
            touched.extend(
                (event.race_ms, number, event.pickup)
                for event in events
                if isinstance(event, Touched)
            )
        for race_ms, number, pickup in sorted(touched):
            if race_ms >= self.race.returns_ms(pickup):
                grants = self.race.grants.setdefault(pickup, [])
                node = self.nodes[number]
                grants.append(Grant(self.race.id, pickup, len(grants), node, race_ms))
        for local_race in self.races:
            local_race.collect()
        self.tell_states()

    def witness(self, track: Track) -> Witness:
        """Return who has seen the cars where they are, and nowhere before."""
        witness = Witness(track)
        for number, (node, car) in enumerate(zip(self.nodes, self.cars, strict=True), start=1):
            witness.see((number, Member(node, 1)), self.race.term_of(number), car.frame)
        return witness

    def tell_states(self) -> None:
        for _ in range(2):  # the second time with what a car took by a hit it was told of
            for sender, local_race in zip(self.nodes, self.races, strict=True):
                state = local_race.state()
                assert state is not None
                for receiver in self.races:
                    if receiver is not local_race:
                        receiver.on_state(sender, StateSeen(1, state))


def in_heat(frame: CarFrame) -> CarFrame:
    """Return a frame as a heat has it, whose cars are counted from 0."""
    hit = frame.hit
    return frame if hit is None else replace(frame, hit=replace(hit, other=hit.other - 1))


def step_both(heat: Heat, nodes: Nodes) -> None:
    """Let a tick pass here and there, and see that it gave the same."""
    heat.step()
    nodes.step()
    here = [entry.own_car.frame for entry in heat.entries]
    assert here == [in_heat(own_car.frame) for own_car in nodes.cars]


def lose_a_gate(own_car: OwnCar) -> None:
    """Let a car have left out the gate behind it: it drives on, and makes no way."""
    frame = own_car.frame
    assert frame.progress.gate > 1
    behind = replace(frame.progress, gate=frame.progress.gate - 1)
    own_car.frame = replace(frame, progress=behind)


@pytest.mark.sim
def test_a_bot_in_a_heat_drives_bit_by_bit_what_it_drives_on_the_network(
    kart: Track, kart_line: RacingLine
) -> None:
    draw = Random(1)
    skills = sorted(draw.random() for _ in range(6))  # who is slow is in the way
    heat = Heat(kart, kart_line, skills, Random(1), laps=LAPS)
    nodes = Nodes(kart, kart_line, skills, seed=1)
    touches = 0
    while not heat.finished:
        step_both(heat, nodes)
        touches += sum(len(entry.touches) for entry in heat.entries)
        assert heat.tick < 30 * TICK_HZ
    assert any(entry.driver.jumps_start for entry in heat.entries)
    assert touches > 10
    assert any(entry.car.boost_ticks for entry in heat.entries)  # from a canister


def run_up(own_car: OwnCar, track: Track, way_m: float, speed: float) -> None:
    """Put a car onto the middle of the road, under way."""
    (x, y), heading = track.point_at(way_m), track.heading_at(way_m)
    vx, vy = speed * math.cos(heading), speed * math.sin(heading)
    gate = next(k for k, index in enumerate(track.gates) if index * track.spacing_m > way_m)
    car = quantise(CarState(x=x, y=y, heading=heading, vx=vx, vy=vy, throttle=0.5))
    progress = Progress(1, gate, rounded_way(way_m))
    own_car.frame = replace(own_car.frame, car=car, progress=progress)


def test_a_touch_that_only_one_of_two_foresees_is_told_in_a_heat_as_on_the_network(
    kart: Track, kart_line: RacingLine
) -> None:
    seen: set[tuple[bool, bool]] = set()
    for gap_mm in range(174, 186):
        heat = Heat(kart, kart_line, [0.9, 0.9], Random(1))
        nodes = Nodes(kart, kart_line, [0.9, 0.9], seed=1)
        for one, two in ([entry.own_car for entry in heat.entries], nodes.cars):
            run_up(one, kart, 80.0, 22.0)
            run_up(two, kart, 85.0 + gap_mm / 1000.0, 15.0)
        for local_race in nodes.races:
            local_race.others.witness = nodes.witness(kart)  # which did not see that they leapt
        nodes.tell_states()
        touched = [False, False]
        for _ in range(12):
            step_both(heat, nodes)
            for entry in heat.entries:
                touched[entry.number] |= bool(entry.touches)
        seen.add((touched[0], touched[1]))
    assert len(seen) == 3, "both, one of them, none"


@pytest.mark.sim
def test_a_stuck_bot_is_put_back_in_a_heat_as_on_the_network(
    kart: Track, kart_line: RacingLine
) -> None:
    skills = [0.8, 0.9, 1.0]
    heat = Heat(kart, kart_line, skills, Random(1), laps=LAPS)
    nodes = Nodes(kart, kart_line, skills, seed=1)
    entry = heat.entries[1]
    for _ in range(7 * TICK_HZ):
        step_both(heat, nodes)
    for own_car in (entry.own_car, nodes.cars[1]):
        lose_a_gate(own_car)
    frames: list[CarFrame] = []
    for _ in range(STUCK_TICKS + RESCUE_TICKS + RESCUE_GHOST_TICKS + 60):
        step_both(heat, nodes)
        frames.append(entry.own_car.frame)
    assert entry.rescues == 1
    standing = [frame for frame in frames if frame.respawning]
    assert len(standing) == RESCUE_TICKS - 1  # and the tick at whose end it may go
    assert all(frame.car.speed == 0.0 for frame in standing)
    assert sum(frame.ghost for frame in frames) == RESCUE_TICKS + RESCUE_GHOST_TICKS - 1


def test_who_is_put_back_stands_beside_the_others(kart: Track, kart_line: RacingLine) -> None:
    heat = Heat(kart, kart_line, [0.8, 0.8], Random(1))
    for _ in range(7 * TICK_HZ):
        heat.step()
    stuck, there = (entry.own_car for entry in heat.entries)
    alone = rescue(stuck.frame.car, stuck.frame.progress, kart)
    there.frame = replace(there.frame, car=alone, ghost=True)
    stuck.frame = replace(stuck.frame, tick=stuck.tick + STUCK_TICKS + 1)
    heat.step()
    assert heat.entries[0].rescues == 1
    assert math.dist((stuck.frame.car.x, stuck.frame.car.y), (alone.x, alone.y)) > ROOM_M - 0.1


def test_a_canister_is_back_ten_seconds_after_it_was_taken(
    kart: Track, kart_line: RacingLine
) -> None:
    heat = Heat(kart, kart_line, [0.9], Random(1))
    own_car, pickup = heat.entries[0].own_car, kart.pickups[0]
    taken: list[int] = []
    for _ in range(PICKUP_RESPAWN_TICKS + 10):
        car = quantise(replace(heat.entries[0].car, x=pickup.x, y=pickup.y, boost_ticks=0))
        own_car.frame = replace(own_car.frame, car=car)
        heat.step()
        taken.extend([heat.tick] if heat.entries[0].car.boost_ticks else [])
    assert taken == [1, 1 + PICKUP_RESPAWN_TICKS]


def test_a_lap_driven_in_a_heat_is_believed_when_it_is_driven_again(
    kart: Track, kart_line: RacingLine
) -> None:
    heat = Heat(kart, kart_line, [0.9], Random(1), laps=3)
    own_car = heat.entries[0].own_car
    recorder = LapRecorder(0, CIRCUIT)
    own_car.record(recorder)
    laps: list[DrivenLap] = []
    while not heat.finished:
        heat.step()
        lap = recorder.take()
        laps.extend([lap] if lap is not None else [])
    assert len(laps) == 2
    assert any(pickups_of(quanta) for lap in laps for quanta in lap.recording.inputs)
    for lap, fact in zip(laps, heat.facts[1:], strict=True):
        replay = Replay(unpack_recording(pack_recording(lap.recording)), kart)
        replay.advance(len(lap.recording.inputs))
        assert (replay.fault, replay.lap_ms) == (None, lap.lap_ms)
        assert abs(lap.lap_ms - fact.lap_ms) <= 1

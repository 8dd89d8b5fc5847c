"""What a lap record costs: its recording in bytes, and to drive it again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from random import Random

from benchmarks.figures import line
from racer.app.circuits.catalog import circuit
from racer.app.circuits.digests import circuit_ids
from racer.app.circuits.library import circuit_names
from racer.core.drivers.driver import Driver
from racer.core.drivers.line import racing_line
from racer.core.own_car import OwnCar, grid_frame
from racer.core.recordings.lap_recorder import DrivenLap, LapRecorder
from racer.core.recordings.lap_replay import Replay
from racer.core.recordings.recording import pack_recording, unpack_recording

TICKS_MAX = 60 * 60 * 10  # a bot that needs so long for two laps is lost


def report() -> Iterator[str]:
    """Yield two lines: over a lap of a bot on each circuit, per minute of lap and run-up."""
    kilobytes: list[float] = []
    milliseconds: list[float] = []
    for name in circuit_names():
        lap = _driven(name)
        packed = pack_recording(lap.recording)
        before = time.perf_counter_ns()
        replay = Replay(unpack_recording(packed), circuit(name))
        replay.advance(len(lap.recording.inputs))
        took_ns = time.perf_counter_ns() - before
        assert replay.lap_ms == lap.lap_ms, replay.fault
        minutes = len(lap.recording.inputs) / 3600
        kilobytes.append(len(packed) / 1e3 / minutes)
        milliseconds.append(took_ns / 1e6 / minutes)
    yield line("a recording, of a minute by a bot", kilobytes, "kB")
    yield line("to drive a minute's recording again", milliseconds, "ms")


def _driven(name: str) -> DrivenLap:
    """Return the first flying lap of a bot that is alone."""
    track = circuit(name)
    driver = Driver(track, racing_line(track), 0.9, Random(1))
    own_car = OwnCar(track, 2, grid_frame(track, 0), 0)
    log = LapRecorder(0, circuit_ids()[name])
    own_car.record(log)
    while own_car.tick < TICKS_MAX:
        frame = own_car.frame
        own_car.step(driver.decide(frame.car, frame.progress, (), frame.tick), ())
        lap = log.take()
        if lap is not None:
            return lap
    raise RuntimeError(f"{name}: no lap")

"""The circuit of simulated races, made of its text."""

from __future__ import annotations

from functools import cache

from racer.app.simulation.bullring import TEXT
from racer.core.circuits.track import Track
from racer.core.circuits.trackfile import parse_track
from racer.core.drivers.line import RacingLine, racing_line


@cache
def bullring() -> tuple[Track, RacingLine]:
    """Return the circuit and its racing line, made once."""
    track = parse_track(TEXT)
    return track, racing_line(track)

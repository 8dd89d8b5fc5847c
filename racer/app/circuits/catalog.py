"""The circuits that there are on this machine, read once."""

from __future__ import annotations

from functools import cache

from racer.app.circuits.library import LibraryError, circuit_names, circuit_text, shipped
from racer.core.circuits.track import Track, TrackError
from racer.core.circuits.trackfile import parse_track
from racer.core.drivers.line import RacingLine, racing_line


@cache
def circuit(name: str) -> Track:
    """Return a circuit; takes up to a tenth of a second the first time."""
    return parse_track(circuit_text(name))


@cache
def circuits() -> dict[str, Track]:
    """Return all circuits by name, the default first; without those of one's own with faults."""
    found = {}
    for name in circuit_names():
        try:
            found[name] = circuit(name)
        except (LibraryError, TrackError):
            if name in shipped():
                raise
    return found


@cache
def circuit_line(name: str) -> RacingLine:
    """Return the racing line of a circuit; takes up to half a second the first time."""
    return racing_line(circuit(name))

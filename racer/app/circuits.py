"""The circuits that there are on this machine, read once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from threading import Lock, Thread
from typing import Final, final

from racer.app.library import LibraryError, own, read_text, shipped
from racer.core.line import RacingLine, racing_line
from racer.core.track import Track, TrackError
from racer.core.trackfile import parse_track

DEFAULT: Final = "harbour-ring"


@cache
def circuit_names() -> tuple[str, ...]:
    """Return the names of all circuits, the default first; reads none of them."""
    return (*sorted(shipped(), key=lambda name: (name != DEFAULT, name)), *own())


def circuit_text(name: str) -> str:
    """Return the text of one of `circuit_names`."""
    return read_text(shipped()[name] if name in shipped() else own()[name])


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
def racing_lines() -> dict[str, RacingLine]:
    """Return the racing line of each circuit."""
    return {name: racing_line(track) for name, track in circuits().items()}


@final
class CircuitsOnDemand(Mapping[str, Track]):
    """The circuits, each there soon after it was first asked for, with its racing line in `lines`.

    Reading one takes a fraction of a second. Who was killed has no time for all of them when it
    starts again, and the thread that runs the node must never stand still for one: a thread for
    each reads it. Until then it is missing.
    """

    def __init__(self) -> None:
        self.lines: dict[str, RacingLine] = {}
        self._tracks: dict[str, Track] = {}
        self._asked: set[str] = set()
        self._lock = Lock()

    def __getitem__(self, name: str) -> Track:
        if name not in self._tracks:
            self._ask(name)
        return self._tracks[name]

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._tracks))

    def __len__(self) -> int:
        return len(self._tracks)

    def _ask(self, name: str) -> None:
        with self._lock:
            if name in self._asked or name not in circuit_names():
                return
            self._asked.add(name)
        Thread(target=self._read, args=(name,), name="circuit", daemon=True).start()

    def _read(self, name: str) -> None:
        try:
            track = circuit(name)
        except (LibraryError, TrackError):
            return  # of one's own, damaged: it is as if it were not there
        self.lines[name] = racing_line(track)
        self._tracks[name] = track  # last: whoever finds the circuit finds its line too

"""The circuits as the window needs them: by name, each read when it is first looked at."""

from __future__ import annotations

from threading import Lock, Thread
from typing import TYPE_CHECKING, final

from racer.app.circuits.built import built_if_kept, keep_built
from racer.app.circuits.catalog import circuit
from racer.app.circuits.library import DEFAULT, LibraryError, circuit_names, circuit_text
from racer.core.circuits.track import TrackError
from racer.core.drivers.line import RacingLine, racing_line

if TYPE_CHECKING:
    from racer.core.circuits.track import Track

__all__ = ["DEFAULT", "CircuitSource", "CircuitTitles"]


@final
class CircuitSource:
    """Tracks by name, those of this machine and `more`.

    Reading one takes a tenth of a second; its racing line up to a second, and that must not stop
    the picture: `soon` has it computed beside.
    """

    def __init__(self, more: tuple[Track, ...] = ()) -> None:
        self._tracks: dict[str, Track | None] = {track.name: track for track in more}
        self._lines: dict[str, tuple[Track, RacingLine]] = {}  # two circuits may have one name
        self._unkept: dict[str, bytes] = {}  # texts of circuits that were never built here
        self._asked: Track | None = None
        self._lock = Lock()

    def names(self) -> tuple[str, ...]:
        """Return the names, the default first, then in order."""
        names = {*circuit_names(), *(n for n, track in self._tracks.items() if track is not None)}
        return tuple(sorted(names, key=lambda name: (name != DEFAULT, name)))

    def track(self, name: str) -> Track | None:
        """Return the circuit of that name, or None where this machine lacks it."""
        if name not in self._tracks:
            if name not in circuit_names():
                return None
            try:
                self._tracks[name] = self._read_circuit(name)
            except (LibraryError, TrackError):
                self._tracks[name] = None
        return self._tracks[name]

    def _read_circuit(self, name: str) -> Track:
        """Read a circuit of this machine; its line comes with it, if it was raced on before."""
        text = circuit_text(name).encode()
        built = built_if_kept(text)
        if built is None:
            self._unkept[name] = text
            return circuit(name)
        self._lines[name] = built
        return built[0]

    def line(self, track: Track) -> RacingLine:
        """Return the racing line of a circuit, computed here and now if it must be."""
        known = self._lines.get(track.name)
        if known is None or known[0] is not track:
            known = self._lines[track.name] = (track, racing_line(track))
            text = self._unkept.pop(track.name, None)
            if text is not None and track is self._tracks.get(track.name):
                keep_built(text, *known)
        return known[1]

    def soon(self, track: Track) -> bool:
        """Tell whether the racing line is there; else begin to compute it in a thread."""
        known = self._lines.get(track.name)
        if known is not None and known[0] is track:
            return True
        with self._lock:
            if self._asked is not track:
                self._asked = track
                Thread(target=self.line, args=(track,), name="line", daemon=True).start()
        return False


@final
class CircuitTitles:
    """What the circuits of this machine are called, by name.

    Reading one takes some hundredths of a second, so a list that is drawn reads one a picture.
    """

    def __init__(self, circuits: CircuitSource) -> None:
        self._circuits = circuits
        self._titles: dict[str, str] = {}

    def title_of(self, name: str) -> str:
        """Return the title; the name itself where it was not read yet, or is not here."""
        return self._titles.get(name, name)

    def read_one(self) -> bool:
        """Read a circuit that was not read yet; tell whether there was one."""
        for name in self._circuits.names():
            if name not in self._titles:
                track = self._circuits.track(name)
                self._titles[name] = name if track is None else track.title
                return True
        return False

    def read_all(self) -> None:
        """Read all of them."""
        while self.read_one():
            pass

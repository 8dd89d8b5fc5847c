"""The circuits as the window needs them: by name, with a racing line when one is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from racer.app.circuits import DEFAULT, circuits
from racer.core.line import RacingLine, racing_line

if TYPE_CHECKING:
    from racer.core.track import Track

__all__ = ["DEFAULT", "Circuits"]


@final
class Circuits:
    """Tracks by name, those of the game and `more`; a line takes up to 0.2 s, once."""

    def __init__(self, more: tuple[Track, ...] = ()) -> None:
        self._tracks = {**circuits(), **{track.name: track for track in more}}
        self._lines: dict[str, RacingLine] = {}

    def names(self) -> tuple[str, ...]:
        """Return the names, the default first, then in order."""
        return tuple(sorted(self._tracks, key=lambda name: (name != DEFAULT, name)))

    def track(self, name: str) -> Track | None:
        """Return the circuit of that name, or None where this machine lacks it."""
        return self._tracks.get(name)

    def line(self, track: Track) -> RacingLine:
        """Return the racing line of a circuit."""
        line = self._lines.get(track.name)
        if line is None:
            line = self._lines[track.name] = racing_line(track)
        return line

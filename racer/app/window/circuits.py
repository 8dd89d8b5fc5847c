"""The circuits as the window needs them: by name, with a racing line when one is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from racer.app.circuits import DEFAULT, circuit, circuit_names
from racer.core.line import RacingLine, racing_line

if TYPE_CHECKING:
    from racer.core.track import Track

__all__ = ["DEFAULT", "Circuits"]


@final
class Circuits:
    """Tracks by name, those of the game and `more`.

    The first look at a track takes up to 0.1 s, that at its line up to 0.5 s: all of them at once
    would hold up the title.
    """

    def __init__(self, more: tuple[Track, ...] = ()) -> None:
        self._more = {track.name: track for track in more}
        self._lines: dict[str, RacingLine] = {}

    def names(self) -> tuple[str, ...]:
        """Return the names, the default first, then in order."""
        return tuple(
            sorted({*circuit_names(), *self._more}, key=lambda name: (name != DEFAULT, name))
        )

    def track(self, name: str) -> Track | None:
        """Return the circuit of that name, or None where this machine lacks it."""
        if name in self._more:
            return self._more[name]
        return circuit(name) if name in circuit_names() else None

    def line(self, track: Track) -> RacingLine:
        """Return the racing line of a circuit."""
        line = self._lines.get(track.name)
        if line is None:
            line = self._lines[track.name] = racing_line(track)
        return line

"""The circuits that come with the game, read once."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Final

from racer.core.line import RacingLine, racing_line
from racer.core.track import Track
from racer.core.trackfile import parse_track

DEFAULT: Final = "harbour-ring"


@cache
def circuits() -> dict[str, Track]:
    """Return all circuits by name, the default first."""
    folder = resources.files("racer") / "circuits"
    files = sorted(f.name for f in folder.iterdir() if f.name.endswith(".track"))
    tracks = [parse_track((folder / name).read_text(encoding="utf-8")) for name in files]
    tracks.sort(key=lambda track: (track.name != DEFAULT, track.name))
    return {track.name: track for track in tracks}


@cache
def racing_lines() -> dict[str, RacingLine]:
    """Return the racing line of each circuit."""
    return {name: racing_line(track) for name, track in circuits().items()}

"""Circuits as they are raced on, built of their texts once in a process, and once on a machine."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from racer.app.circuits.built_cache import BuiltCache
from racer.app.circuits.cache_folder import cache_folder
from racer.core.circuits.track import Track, TrackError
from racer.core.circuits.trackfile import parse_track
from racer.core.drivers.line import RacingLine, racing_line

BUILT_MAX: Final = 16  # circuits kept for seats to come: some megabytes each


@lru_cache(BUILT_MAX)
def built_circuit(text: bytes) -> tuple[Track, RacingLine] | None:
    """Return a circuit with its racing line, or None where the text has faults.

    It takes some seconds where the disk has it not.
    """
    cache = _cache()
    found = cache.load(text)
    if found is not None:
        return found
    try:
        track = parse_track(text.decode())
    except (TrackError, UnicodeDecodeError):
        return None
    line = racing_line(track)
    cache.save(text, track, line)
    return track, line


def built_if_kept(text: bytes) -> tuple[Track, RacingLine] | None:
    """Return the same circuit, if it was built before: some hundredths of a second."""
    return built_circuit(text) if _cache().holds(text) else None


def keep_built(text: bytes, track: Track, line: RacingLine) -> None:
    """Keep what somebody else has built of a text."""
    _cache().save(text, track, line)


def _cache() -> BuiltCache:
    return BuiltCache(cache_folder() / "built")

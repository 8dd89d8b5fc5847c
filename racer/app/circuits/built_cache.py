"""Circuits as they are raced on, with their racing lines, on disk: built once, then only read.

A file is named by the text of the circuit and by the code that builds it, so that none is ever
stale; what is damaged is as if it were not there.
"""

from __future__ import annotations

import os
from functools import cache
from hashlib import blake2b
from importlib import resources
from pathlib import Path
from typing import Final, final

import msgspec

from racer.app.bounded_reading import read_bounded
from racer.app.circuits.cache_folder import store
from racer.core.circuits.track import Track
from racer.core.drivers.line import RacingLine

FILES_MAX: Final = 64  # of up to 2 MB, for 12 km; beyond it those that were used longest ago go
BYTES_MAX: Final = 8_000_000
SUFFIX: Final = ".built"
CHECK_BYTES: Final = 16

_DECODER: Final = msgspec.msgpack.Decoder(tuple[Track, RacingLine])


@final
class BuiltCache:
    """Keeps built circuits over restarts, as far as the disk allows; processes may share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def holds(self, text: bytes) -> bool:
        """Whether the circuit of a text is here; not whether it is whole."""
        return self._cache_path(text).is_file()

    def load(self, text: bytes) -> tuple[Track, RacingLine] | None:
        """Return the circuit of a text, if it is here and whole."""
        file = self._cache_path(text)
        try:
            data = read_bounded(file, BYTES_MAX, patient=False)
            check, body = data[:CHECK_BYTES], data[CHECK_BYTES:]
            if blake2b(body, digest_size=CHECK_BYTES).digest() != check:
                return None
            os.utime(file)
            return _DECODER.decode(body)
        except (OSError, msgspec.MsgspecError):
            return None

    def save(self, text: bytes, track: Track, line: RacingLine) -> None:
        """Keep a circuit; where that fails it will be built again another day."""
        body = msgspec.msgpack.encode((track, line))
        check = blake2b(body, digest_size=CHECK_BYTES).digest()
        store(self._cache_path(text), check + body, FILES_MAX)

    def _cache_path(self, text: bytes) -> Path:
        name = blake2b(builders() + text, digest_size=16).hexdigest()
        return self._folder / f"{name}{SUFFIX}"


@cache
def builders() -> bytes:
    """Return a digest of the code that makes a circuit and its line of a text."""
    state = blake2b(digest_size=16)
    for file in builder_files():
        state.update(file.read_bytes())
    return state.digest()


def builder_files() -> list[Path]:
    """Return the modules whose change may change a built circuit: all of `racer.core`, sorted."""
    with resources.as_file(resources.files("racer.core")) as folder:
        return sorted(folder.rglob("*.py"))

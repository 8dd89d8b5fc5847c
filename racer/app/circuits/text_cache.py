"""Texts of circuits that came from other nodes, on disk under the names of their contents.

What is read is checked by its name, so a damaged file is as if it were not there.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, final

from net import content_digest
from racer.app.bounded_reading import read_bounded
from racer.app.circuits.cache_folder import store
from racer.play.limits import CIRCUIT_BYTES_MAX

if TYPE_CHECKING:
    from pathlib import Path

    from net import Digest

FILES_MAX: Final = 64  # 4 MB at most; beyond it those that were used longest ago go
SUFFIX: Final = ".track"


@final
class TextCache:
    """Keeps texts over restarts, as far as the disk allows; processes may share a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, content: Digest) -> bytes | None:
        """Return the text of that content, if it is here and whole."""
        file = self._cache_path(content)
        try:
            text = read_bounded(file, CIRCUIT_BYTES_MAX, patient=False)
            if content_digest(text) != content:
                return None
            os.utime(file)
        except OSError:
            return None
        return text

    def save(self, content: Digest, text: bytes) -> None:
        """Keep a text; where that fails it will be fetched again another day."""
        store(self._cache_path(content), text, FILES_MAX)

    def _cache_path(self, content: Digest) -> Path:
        return self._folder / f"{content.hex()}{SUFFIX}"

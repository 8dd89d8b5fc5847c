"""Texts of circuits that came from other nodes, on disk under the names of their contents.

What is read is checked by its name, so a damaged file is as if it were not there.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, final

import platformdirs

from net import content_digest
from racer.play.limits import CIRCUIT_BYTES_MAX

if TYPE_CHECKING:
    from net import Digest

FILES_MAX: Final = 64  # 4 MB at most; beyond it those that were used longest ago go
SUFFIX: Final = ".track"


def cache_folder() -> Path:
    """Return the folder of the person's cache; it may not be there yet."""
    return Path(platformdirs.user_cache_dir("racer", appauthor=False))


@final
class TextCache:
    """Keeps texts over restarts, as far as the disk allows; processes may share a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, content: Digest) -> bytes | None:
        """Return the text of that content, if it is here and whole."""
        file = self._file(content)
        try:
            with file.open("rb") as opened:
                text = opened.read(CIRCUIT_BYTES_MAX + 1)
            if content_digest(text) != content:
                return None
            os.utime(file)
        except OSError:
            return None
        return text

    def save(self, content: Digest, text: bytes) -> None:
        """Keep a text; where that fails it will be fetched again another day."""
        file = self._file(content)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            fresh = file.with_suffix(f".{os.getpid()}.new")
            fresh.write_bytes(text)
            fresh.replace(file)
            self._prune()
        except OSError:
            return

    def _prune(self) -> None:
        """Remove what was used longest ago, and what a crash left."""
        files = sorted(self._folder.iterdir(), key=lambda file: file.stat().st_mtime, reverse=True)
        for file in files[FILES_MAX:]:
            file.unlink(missing_ok=True)

    def _file(self, content: Digest) -> Path:
        return self._folder / f"{content.hex()}{SUFFIX}"

"""The person's cache: files that may be lost at any time, written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def cache_folder() -> Path:
    """Return the folder of the person's cache; it may not be there yet.

    Who has no home has none that could be: nothing is found in it, and nothing kept.
    """
    try:
        return Path(platformdirs.user_cache_dir("racer", appauthor=False))
    except RuntimeError:
        return Path(os.devnull)


def store(file: Path, data: bytes, most: int) -> None:
    """Write a file, and let those go that were used longest ago, down to `most` in its folder.

    Processes may share the folder. Where the disk does not allow it, nothing is kept.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(f".{os.getpid()}.new")
        fresh.write_bytes(data)
        fresh.replace(file)
        _prune_folder(file.parent, most)
    except OSError:
        return


def _prune_folder(folder: Path, most: int) -> None:
    """Remove what was used longest ago, and what a crash left."""
    files = sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in files[most:]:
        file.unlink(missing_ok=True)

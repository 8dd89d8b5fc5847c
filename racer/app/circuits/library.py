"""Where circuits are kept as text: those that come with the game, and the person's own."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

import platformdirs

from racer.core.circuits.trackfile import NAME, TEXT_MAX

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

SUFFIX: Final = ".track"
OWN_MAX: Final = 200  # circuits of a person that are listed


class LibraryError(Exception):
    """A circuit's file cannot be read or written, or may not be; the text says what to do."""


def library() -> Path:
    """Return the folder of the person's own circuits; it may not be there yet."""
    return Path(platformdirs.user_data_dir("racer", appauthor=False)) / "circuits"


@cache
def shipped() -> dict[str, Traversable]:
    """Return the circuits that come with the game, by name."""
    folder = resources.files("racer") / "circuits"
    return {
        file.name.removesuffix(SUFFIX): file
        for file in folder.iterdir()
        if file.name.endswith(SUFFIX)
    }


def own() -> dict[str, Path]:
    """Return the person's own circuits by name; none of them has the name of a shipped one."""
    try:
        files = sorted(library().glob(f"*{SUFFIX}"))
    except OSError:
        return {}
    named = {file.stem: file for file in files if NAME.fullmatch(file.stem)}
    return {name: named[name] for name in sorted(named.keys() - shipped().keys())[:OWN_MAX]}


def read_text(file: Path | Traversable) -> str:
    """Return the text of a circuit's file.

    Raises:
        LibraryError: it cannot be read, or is no text.
    """
    try:
        with file.open("rb") as opened:
            data = opened.read(4 * TEXT_MAX + 1)
        return data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LibraryError(f"{file}: cannot be read: {error}") from None


def keep(name: str, text: str) -> Path:
    """Write a circuit into the person's own; return its file.

    Raises:
        LibraryError: a shipped circuit has the name, or the file cannot be written.
    """
    if name in shipped():
        raise LibraryError(f"a circuit of the game is named {name}: choose another --name")
    folder = library()
    file = folder / f"{name}{SUFFIX}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(".new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(file)
    except OSError as error:
        raise LibraryError(f"{file}: cannot be written: {error}") from None
    return file

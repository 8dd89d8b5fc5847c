"""Where circuits are kept as text: those that come with the game, and the person's own."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import platformdirs

from racer.app.bounded_reading import read_text_bounded
from racer.core.circuits.bounds import NAME, TEXT_MAX

DEFAULT: Final = "harbour-ring"
# `importlib.resources`, which reads from an archive too, would be a twentieth of a first word.
SHIPPED: Final = Path(__file__).parents[2] / "circuits"
SUFFIX: Final = ".track"
OWN_MAX: Final = 200  # circuits of a person that are listed
FILE_BYTES_MAX: Final = 4 * TEXT_MAX  # no letter has more bytes


class LibraryError(Exception):
    """A circuit's file cannot be read, or may not have that name; the text says what to do."""


def library() -> Path:
    """Return the folder of the person's own circuits; it may not be there yet.

    Raises:
        LibraryError: the system does not know where this person is at home.
    """
    try:
        return Path(platformdirs.user_data_dir("racer", appauthor=False)) / "circuits"
    except RuntimeError:
        raise LibraryError("this user has no home folder for circuits: set HOME") from None


@cache
def shipped() -> dict[str, Path]:
    """Return the circuits that come with the game, by name."""
    return {file.stem: file for file in SHIPPED.glob(f"*{SUFFIX}")}


def own() -> dict[str, Path]:
    """Return the person's own circuits by name; none of them has the name of a shipped one."""
    try:
        files = sorted(library().glob(f"*{SUFFIX}"))
    except (OSError, LibraryError):
        return {}
    named = {file.stem: file for file in files if NAME.fullmatch(file.stem)}
    return {name: named[name] for name in sorted(named.keys() - shipped().keys())[:OWN_MAX]}


def read_text(file: Path, *, patient: bool = False) -> str:
    """Return the text of a circuit's file; `patient` as for `read_bounded`.

    Raises:
        LibraryError: it cannot be read, or is no text.
    """
    try:
        return read_text_bounded(file, FILE_BYTES_MAX, patient=patient)
    except OSError as error:
        raise LibraryError(f"{file}: cannot be read: {error.strerror}") from None


def place_for(name: str) -> Path:
    """Return the file of one of the person's own circuits; it need not be there.

    Raises:
        LibraryError: a shipped circuit has the name, or there is no place.
    """
    if name in shipped():
        raise LibraryError(f"a circuit of the game is named {name}: choose another --name")
    return library() / f"{name}{SUFFIX}"


@cache
def circuit_names() -> tuple[str, ...]:
    """Return the names of all circuits, the default first; reads none of them."""
    return (*sorted(shipped(), key=lambda name: (name != DEFAULT, name)), *own())


def circuit_text(name: str) -> str:
    """Return the text of one of `circuit_names`."""
    return read_text(shipped()[name] if name in shipped() else own()[name])

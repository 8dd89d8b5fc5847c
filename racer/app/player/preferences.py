"""What a player set in the window, kept in the profile for the next time."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Final, final

import msgspec

from net import NAME_CHARS_MAX, ProfileError, clean_text
from net.runtime.files import read_file, write_file
from racer.app.window.ports import Taste
from racer.core.tuning import CARS

if TYPE_CHECKING:
    from pathlib import Path

_KIND: Final = "racer preferences 1"
_DAMAGED: Final = (
    "Your settings were damaged: they are as at first, but for what you set from now on."
)


@final
class Preferences:
    """The taste of one profile's player.

    Args:
        directory: the profile's.
        name: what the player is called who has set no name.
    """

    def __init__(self, directory: Path, name: str) -> None:
        self._file = directory / "preferences"
        self.trouble = ""  # one line about what could not be read or written
        self._taste = Taste(name)
        try:
            kept = read_file(self._file, _KIND)
            if kept is not None:
                self._taste = _sane(msgspec.json.decode(kept, type=Taste), name)
        except (ProfileError, msgspec.MsgspecError):
            self.trouble = _DAMAGED

    @property
    def taste(self) -> Taste:
        return self._taste

    @taste.setter
    def taste(self, taste: Taste) -> None:
        """Keep a taste; where the disk does not allow it, until the window is closed."""
        self._taste = taste
        try:
            write_file(self._file, _KIND, json.dumps(asdict(taste)))
        except OSError as error:
            self.trouble = f"Your settings cannot be kept: {error.strerror}."


def _sane(taste: Taste, name: str) -> Taste:
    """Return a taste that a profile may hold, whoever wrote it there."""
    car = taste.car if 0 <= taste.car < len(CARS) else 0
    return replace(taste, name=clean_text(taste.name, NAME_CHARS_MAX) or name, car=car)

"""What a player set in the window, kept in the profile for the next time."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Final, final

import msgspec

from net import NAME_CHARS_MAX, ProfileError, clean_text
from net.runtime.disk.files import read_file, write_file
from racer.app.window.ports import Settings
from racer.core.tuning import CARS

if TYPE_CHECKING:
    from pathlib import Path

KEY_CHARS_MAX: Final = 64  # of a muted player: twice a node id
MUTED_MAX: Final = 64
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
        self._settings = Settings(name)
        try:
            kept = read_file(self._file, _KIND)
            if kept is not None:
                self._settings = _sanitized_settings(msgspec.json.decode(kept, type=Settings), name)
        except (ProfileError, msgspec.MsgspecError):
            self.trouble = _DAMAGED

    @property
    def settings(self) -> Settings:
        return self._settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        """Keep a taste; where the disk does not allow it, until the window is closed."""
        self._settings = settings
        try:
            write_file(self._file, _KIND, json.dumps(asdict(settings)))
        except OSError as error:
            self.trouble = f"Your settings cannot be kept: {error.strerror}."


def _sanitized_settings(settings: Settings, name: str) -> Settings:
    """Return a taste that a profile may hold, whoever wrote it there."""
    car = settings.car if 0 <= settings.car < len(CARS) else 0
    muted = tuple(key for key in settings.muted if len(key) <= KEY_CHARS_MAX)[-MUTED_MAX:]
    name = clean_text(settings.name, NAME_CHARS_MAX) or name
    return replace(settings, name=name, car=car, muted=muted)

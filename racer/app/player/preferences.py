"""What a player set in the window, kept in the profile for the next time."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Final, final

import msgspec

from net import NAME_CHARS_MAX, ProfileError, clean_text
from net.runtime.disk.files import read_file, sync_directory
from racer.app.bounded_reading import read_text_bounded
from racer.app.player.settings_file import read_settings, write_settings
from racer.app.window.ports import Settings
from racer.core.tuning import CARS

if TYPE_CHECKING:
    from pathlib import Path

FILE: Final = "settings.toml"
FORMER: Final = "preferences"  # a line of JSON with a digest, which nobody could edit
FILE_BYTES_MAX: Final = 65_536
ASIDE_MAX: Final = 16  # files that could not be read
_KIND: Final = "racer preferences 1"


class _Former(msgspec.Struct):
    """What the file before this one held."""

    name: str
    car: int = 0
    aid: bool = False
    sound: bool = True
    full: bool = False
    muted: tuple[str, ...] = ()
    autopilot: bool = False


@final
class Preferences:
    """The taste of one profile's player.

    A file of which something could not be read is never written over: it is put aside under a name
    of its own before the next setting is kept.

    Args:
        directory: the profile's.
        name: what the player is called who has set no name.
    """

    def __init__(self, directory: Path, name: str) -> None:
        self._file = directory / FILE
        self._settings = Settings(name)
        self._unread = ""  # what of the file that is there could not be read
        self.trouble = ""  # one line about what could not be read or written
        try:
            text = read_text_bounded(self._file, FILE_BYTES_MAX)
        except FileNotFoundError:
            self._settings = _read_former(directory / FORMER, name)
        except OSError as error:
            self._unread = f"{FILE} cannot be read ({error.strerror}): all is as at first."
        else:
            self._settings, troubles = read_settings(text, self._settings)
            self._unread = " ".join(troubles)
        if self._unread:
            self.trouble = f"{self._unread} Mend it, or it is put aside when you set something."

    @property
    def settings(self) -> Settings:
        return self._settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        """Keep a taste; where the disk does not allow it, until the window is closed."""
        self._settings = settings
        try:
            aside = _put_aside(self._file) if self._unread else None
            _replace_file(self._file, write_settings(settings))
        except OSError as error:
            self.trouble = f"Your settings cannot be kept: {error.strerror}."
            return
        self.trouble = "" if aside is None else f"{self._unread} It is kept as {aside}."
        self._unread = ""


def _put_aside(file: Path) -> str | None:
    """Give a file another name, which no file has; return it, or None if the file is gone.

    Raises:
        OSError: it cannot be, or too many were put aside before.
    """
    for number in range(1, ASIDE_MAX + 1):
        aside = file.with_name(f"{FILE}.bad" if number == 1 else f"{FILE}.bad-{number}")
        if aside.exists() or aside.is_symlink():
            continue
        try:
            file.rename(aside)
        except FileNotFoundError:
            return None
        return aside.name
    wrong = f"there are {ASIDE_MAX} files {FILE}.bad in the profile already; remove some"
    raise OSError(errno.EEXIST, wrong)


def _read_former(file: Path, name: str) -> Settings:
    """Return what the file says that was there before this one; what it cannot be is as usual."""
    try:
        kept = read_file(file, _KIND)
        former = None if kept is None else msgspec.json.decode(kept, type=_Former)
    except (ProfileError, msgspec.MsgspecError):
        return Settings(name)
    if former is None:
        return Settings(name)
    return Settings(
        clean_text(former.name, NAME_CHARS_MAX) or name,
        car=former.car if 0 <= former.car < len(CARS) else 0,
        aid=former.aid,
        sound=former.sound,
        full=former.full,
        muted=former.muted,
        autopilot=former.autopilot,
    )


def _replace_file(path: Path, text: str) -> None:
    """Replace a file as a whole, durably; its owner alone reads it, for it may hold passphrases.

    Raises:
        OSError: the disk is full or read-only; the old file is as it was.
    """
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_directory(path.parent)

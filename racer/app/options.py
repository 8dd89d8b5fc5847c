"""What the command line and the window agree on: how a node is set up from what a person wants."""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import platformdirs

from net import (
    NAME_CHARS_MAX,
    RACE_NAME_CHARS_MAX,
    Address,
    ProfileError,
    UsageError,
    clean_text,
)
from net.runtime.disk.acquaintances import Acquaintances, read_acquaintances
from net.runtime.disk.profile import Profile
from racer.app.bounded_reading import read_line_of_input, read_text_bounded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from net.runtime.disk.key_log import KeyLog

PROFILES_MAX: Final = 64  # nodes of one person on one machine: a room full of them
PASSPHRASE_BYTES_MAX: Final = 4096  # of the file that begins with it
_QUOTED_MAX: Final = 60  # letters of what is refused
OF_INPUT: Final = Path("-")  # in place of a file: standard input


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """The options of every command that joins a race."""

    name: str
    profile: Path | None = None  # None: the first of the person's own that is free
    new_identity: bool = False  # put that of the profile aside first
    interface: str | None = None
    port: int = 0
    peers: tuple[Address, ...] = ()
    passphrase: str | None = None
    log: Path | None = None
    key_log: KeyLog | None = None  # gets the keys of all sessions


def numbered(path: Path, number: int) -> Path:
    """Return the file of the n-th node of a command: `race-2.log` beside `race.log`."""
    return path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")


def numbered_folder(folder: Path, number: int) -> Path:
    """Return the folder of the n-th node of a command: `cars-2` beside `cars`.

    Raises:
        UsageError: it has nothing beside it, or is no more.
    """
    try:
        named = folder if folder.name not in {"", ".."} else Path(os.path.realpath(folder))
        return named.with_name(f"{named.name}-{number}")
    except (OSError, ValueError):
        raise UsageError(
            f"{folder}: has no place beside it for the profiles of several bots; name another"
        ) from None


def default_name() -> str:
    """Return the name of whoever uses this machine."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError, ImportError):
        name = ""
    return clean_text(name, NAME_CHARS_MAX) or "driver"


def checked_name(text: str) -> str:
    """Return a driver's name, cleaned.

    Raises:
        UsageError: nothing is left of it, or it is too long.
    """
    name = clean_text(text, NAME_CHARS_MAX)
    if not name or _is_cut(text, NAME_CHARS_MAX):
        raise UsageError(
            f"{quote_start(text)} is no name: give one with letters, {NAME_CHARS_MAX} at most"
        )
    return name


def checked_race(text: str) -> str:
    """Return a race's name, cleaned.

    Raises:
        UsageError: nothing is left of it, or it is too long.
    """
    race = clean_text(text, RACE_NAME_CHARS_MAX)
    too_long = _is_cut(text, RACE_NAME_CHARS_MAX) or len(race.encode()) > 2 * RACE_NAME_CHARS_MAX
    if not race or too_long:
        raise UsageError(
            f"{quote_start(text)} is no name for a race: give letters,"
            f" {RACE_NAME_CHARS_MAX} at most"
        )
    return race


def _is_cut(text: str, chars_max: int) -> bool:
    """Whether cleaning leaves something out for its length: nobody would find it by that name."""
    return clean_text(text, 2 * chars_max) != clean_text(text, chars_max)


def quote_start(text: str) -> str:
    """Return a text as an error quotes it: the beginning, of a long one."""
    return repr(text if len(text) <= _QUOTED_MAX else f"{text[:_QUOTED_MAX]}…")


def read_passphrase(path: Path) -> str:
    """Return the first line of a file, or of what a pipe gives; of standard input, if it is `-`.

    Raises:
        UsageError: it cannot be read, or is empty.
    """
    try:
        if path == OF_INPUT:
            text = read_line_of_input(PASSPHRASE_BYTES_MAX).strip()
        else:
            text = read_text_bounded(path, PASSPHRASE_BYTES_MAX).partition("\n")[0].strip()
    except OSError as error:
        raise UsageError(f"{path}: the passphrase cannot be read: {error.strerror}") from None
    if not text:
        raise UsageError(f"{path}: the first line should be the passphrase; it is empty")
    return text


def start_racer(
    words: Sequence[str],
    passphrase: str | None,
    *,
    output: int | None = None,
    complaints: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start a racer of this machine beside us: it leaves when our end of its input closes.

    The passphrase is the first line there: others could read a command line, and a handle more
    cannot be handed on everywhere.

    Args:
        output: where its standard output goes; None: where ours goes.
        complaints: where its standard error goes; None: where ours goes.
    """
    of_input = () if passphrase is None else ("--passphrase-file", str(OF_INPUT))
    command = [sys.executable, "-m", "racer", *words, *of_input]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, stderr=complaints)
    if passphrase is not None and child.stdin is not None:
        with suppress(OSError):  # it has ended already, and says why
            child.stdin.write(passphrase.encode() + b"\n")
            child.stdin.flush()
    return child


def profiles() -> list[Path]:
    """Return the directories of this person's profiles that there are; opens none.

    Raises:
        ProfileError: as `profiles_folder`.
    """
    try:
        return sorted(path for path in profiles_folder().iterdir() if path.is_dir())
    except OSError:
        return []


def profiles_folder() -> Path:
    """Return where this person's profiles are, unless another place is named.

    Raises:
        ProfileError: the system does not know where this person is at home.
    """
    try:
        return Path(platformdirs.user_data_dir("racer", appauthor=False))
    except RuntimeError:
        raise ProfileError(
            "this user has no home folder: set HOME, or name a folder by --profile"
        ) from None


def read_met(profile: Path | None) -> Acquaintances:
    """Return whom a profile has met, that of who plays here if None; nobody if none is known."""
    try:
        return read_acquaintances(profiles_folder() / "player" if profile is None else profile)
    except ProfileError:
        return Acquaintances()


def open_profile(chosen: Path | None, kind: str, *, new_identity: bool = False) -> Profile:
    """Open the profile that was chosen, or the first free one of its kind.

    Args:
        new_identity: as another driver than it was.

    Raises:
        ProfileError: as `Profile.open`.
    """
    profile = _open_free(chosen, kind)
    if not new_identity:
        return profile
    profile.close()
    Profile.renew_identity(profile.directory)
    return Profile.open(profile.directory)


def _open_free(chosen: Path | None, kind: str) -> Profile:
    if chosen is not None:
        return Profile.open(chosen)
    home = profiles_folder()
    for number in range(1, PROFILES_MAX + 1):
        try:
            return Profile.open(home / (kind if number == 1 else f"{kind}-{number}"))
        except ProfileError as error:
            if "in use" not in str(error) or number == PROFILES_MAX:
                raise
    raise AssertionError("unreachable")

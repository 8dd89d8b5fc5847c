"""This machine: its disk, and the profile on it."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Final

from net import ProfileError
from net.runtime.disk.profile import Profile
from racer.app.doctor.finding import Finding, Grade
from racer.app.options import profiles_folder

SPACE_BYTES_MIN: Final = 64 << 20  # journals of many evenings
SYNC_S_MAX: Final = 0.05  # a commit that takes longer is seen by all: ADR 34
SYNCS: Final = 5

_LEFT_OUT: Final = ("lock", "replays*", "records*")  # of a profile: large, or of who has it open


def examine_machine(profile: Path | None) -> list[Finding]:
    """Look at the disk and at the profile, the person's own where none is chosen."""
    try:
        player = profiles_folder() / "player" if profile is None else profile
    except ProfileError as error:
        return [Finding("profile", Grade.DOUBT, str(error))]
    return [_examine_disk(player), _examine_profile(player)]


def _examine_disk(profile: Path) -> Finding:
    folder = _find_existing(profile)
    try:
        free = shutil.disk_usage(folder).free
        took_s = 0.0 if free < SPACE_BYTES_MIN else _sync_s(folder)
    except OSError as error:
        found = f"{folder} cannot be written: {error.strerror}"
        remedy = "choose another with --profile DIR: else this machine remembers nothing"
        return Finding("disk", Grade.DOUBT, found, remedy)
    if free < SPACE_BYTES_MIN:
        found = f"{free >> 20} MiB left where {folder} is"
        remedy = "free some, or choose another with --profile DIR: else nothing is remembered"
        return Finding("disk", Grade.DOUBT, found, remedy)
    if took_s > SYNC_S_MAX:
        found = f"slow: a write that lasts takes {1000 * took_s:.0f} ms"
        remedy = "choose a profile on another disk with --profile DIR: all wait for it a little"
        return Finding("disk", Grade.DOUBT, found, remedy)
    found = f"{free >> 20:,} MiB left, a write that lasts takes {1000 * took_s:.1f} ms"
    return Finding("disk", Grade.FINE, found)


def _sync_s(folder: Path) -> float:
    """Return how long a small write takes until it lasts: the median of a few."""
    took: list[float] = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(SYNCS):
            began_s = time.perf_counter()
            file.write(b"x" * 512)
            file.flush()
            os.fsync(file.fileno())
            took.append(time.perf_counter() - began_s)
    return sorted(took)[SYNCS // 2]


def _find_existing(folder: Path) -> Path:
    while not os.path.isdir(folder) and folder != folder.parent:  # unlike Path's, it never raises
        folder = folder.parent
    return folder


def _examine_profile(directory: Path) -> Finding:
    """Open a copy of the profile, so that it leads no life by being looked at."""
    try:
        copies = tempfile.TemporaryDirectory()
    except OSError as error:
        found = f"{directory}: cannot be looked at without a temporary folder: {error.strerror}"
        return Finding("profile", Grade.DOUBT, found, "make /tmp writable, or set TMPDIR")
    with copies as folder:
        copy = Path(folder) / "profile"
        try:
            if directory.is_dir():
                shutil.copytree(directory, copy, ignore=shutil.ignore_patterns(*_LEFT_OUT))
            elif not os.access(_find_existing(directory), os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            with closing(Profile.open(copy)) as opened:
                trouble = opened.trouble
        except ProfileError as error:
            return Finding("profile", Grade.FAULT, str(error).replace(str(copy), str(directory)))
        except (OSError, shutil.Error) as error:
            found = f"{directory}: this machine will not remember: {_why(error)}"
            return Finding("profile", Grade.DOUBT, found)
    if trouble is not None:
        return Finding("profile", Grade.DOUBT, trouble.replace(str(copy), str(directory)))
    return Finding("profile", Grade.FINE, str(directory))


def _why(error: OSError) -> str:
    """Return the system's words; where many files could not be copied, those of the first."""
    first = error.args[0][0][2] if isinstance(error, shutil.Error) else error.strerror
    return str(first)

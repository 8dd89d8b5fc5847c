"""A file that a command makes: its place is held before the work, it is there whole after it."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self, TextIO, final

from net import NetError, UsageError
from racer.app.leaving import unwound_on_signals
from racer.app.terminal import complain

if TYPE_CHECKING:
    from types import TracebackType

SUFFIX: Final = ".new"
_OF_DISK: Final = {errno.ENOSPC, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC)}
NAME_CHARS_MAX: Final = 200  # of the name that the file beside repeats; the system allows 255


@final
class DiskError(NetError):
    """A disk does not take a file: nothing was asked wrongly."""


@final
class NewFile:
    """The place of a file that will be made, held while the work for it goes on.

    It is written beside and then renamed, so that nobody ever sees a part of it; who breaks the
    work off, by Ctrl-C or a signal, leaves nothing there. A device or a
    pipe that has the name is written to as it is.

    Args:
        path: where it is to be.
        force: replace what is there.
        folders: make those that are missing on the way.

    Raises:
        UsageError: there is such a file, or none can be made; the text says what to do.
        DiskError: the disk takes none.
    """

    def __init__(self, path: Path, *, force: bool, folders: bool = False) -> None:
        self._path = path
        self._force = force
        self._beside: Path | None = None
        self._device: TextIO | None = None
        self._unwinding = ExitStack()
        try:
            if folders:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._take_place()
        except OSError as error:
            raise unwritable(self._path, error) from None

    def __enter__(self) -> Self:
        self._unwinding.enter_context(unwound_on_signals())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(OSError):
            if self._device is not None:
                self._device.close()
            if self._beside is not None:
                self._beside.unlink(missing_ok=True)
        self._unwinding.close()
        if kind in {KeyboardInterrupt, SystemExit}:
            complain(f"broken off: {self._path} is not written")

    def write(self, text: str) -> None:
        """Write the file; once.

        Raises:
            UsageError: it cannot be written, or somebody else made it meanwhile.
            DiskError: the disk does not take it.
        """
        try:
            if self._device is not None:
                print(text, end="", file=self._device, flush=True)
            elif self._beside is not None:
                self._beside.write_text(text, encoding="utf-8")
                if self._path.exists() and not self._force:
                    raise self._taken()
                self._beside.replace(self._path)
        except OSError as error:
            raise unwritable(self._path, error) from None

    def _take_place(self) -> None:
        try:
            mode = self._path.stat().st_mode
        except FileNotFoundError:
            mode = None
        if mode is not None and stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if mode is not None and not stat.S_ISREG(mode):
            self._device = open_device(self._path)
            return
        if mode is not None and not self._force:
            raise self._taken()
        self._path = Path(os.path.realpath(self._path))  # a link is followed, not replaced
        beside = f".{self._path.name[:NAME_CHARS_MAX]}.{os.getpid()}{SUFFIX}"
        self._beside = self._path.with_name(beside)
        self._beside.touch()

    def _taken(self) -> UsageError:
        return UsageError(f"{self._path}: is there already; choose another name, or add --force")


def unwritable(path: Path, error: OSError, deed: str = "written") -> NetError:
    """Return what to raise where a file cannot be written: is its name wrong, or the disk full?"""
    text = f"{path}: cannot be {deed}: {error.strerror}"
    return DiskError(text) if error.errno in _OF_DISK else UsageError(text)


def open_device(path: Path) -> TextIO:
    """Open a device, or a pipe that somebody reads.

    Raises:
        OSError: nobody reads the pipe, or the device cannot be had.
    """
    if hasattr(os, "O_NONBLOCK"):
        handle = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        os.set_blocking(handle, True)
    else:  # Windows, whose devices are not waited for
        handle = os.open(path, os.O_WRONLY)
    return os.fdopen(handle, "w", encoding="utf-8")

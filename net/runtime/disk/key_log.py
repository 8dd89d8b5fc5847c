"""A file of session keys, for who wants to read a capture of their own node (docs/DECODE.md)."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, final

from net.errors import UsageError
from net.security.session_keys import KEY_LOG_HEAD, SessionKeys

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_NEW: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


@final
class KeyLog:
    """Writes a line for each session as its keys are made, into a file that is made for it.

    Only its owner may read it. `write` may be called from the threads of several nodes: each line
    is one write.

    Args:
        path: where nothing may be yet.
        on_trouble: gets a line, once, when the file takes no more; nothing is written after that.

    Raises:
        UsageError: there is such a file, or none can be made.
    """

    def __init__(self, path: Path, on_trouble: Callable[[str], None]) -> None:
        self.path = path
        self._on_trouble = on_trouble
        self._takes = True
        try:
            self._handle = os.open(path, _NEW, 0o600)
        except FileExistsError:
            told = f"{path}: is there already; a key log is a new file, so choose another name"
            raise UsageError(told) from None
        except OSError as error:
            raise UsageError(f"{path}: cannot be written: {error.strerror}") from None
        self._write_line(KEY_LOG_HEAD)

    def write(self, keys: SessionKeys) -> None:
        """Add the keys of a session."""
        self._write_line(keys.line())

    def _write_line(self, line: str) -> None:
        if not self._takes:
            return
        data = f"{line}\n".encode("ascii")
        try:
            written = os.write(self._handle, data)
            wrong = "" if written == len(data) else "no room for a whole line"
        except OSError as error:
            wrong = str(error.strerror)
        if wrong:
            self._takes = False
            self._on_trouble(f"{self.path}: takes no more session keys: {wrong}")

"""Whatever file a person names is read to a bound, of bytes and of time."""

from __future__ import annotations

import errno
import math
import os
import select
import stat
import sys
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE_S: Final = 10.0  # a pipe that takes longer will not end
READ_BYTES: Final = 65_536  # at once

# Windows has neither pipes among its files nor anything to wait for them, and would translate.
_READ_ONLY: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_bounded(path: Path, bytes_max: int, *, patient: bool = True) -> bytes:
    """Return all that a file holds; of a pipe, what comes until its end.

    Neither endless bytes nor a pipe that nobody ends can hold us up. A terminal may take its time.

    Args:
        patient: a pipe gets PATIENCE_S to end; else it must have all in it.

    Raises:
        OSError: it cannot be read, holds more, or has not ended by then; `strerror` says which.
    """
    handle = os.open(path, _READ_ONLY)
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        deadline_s = time.monotonic() + (PATIENCE_S if patient else 0.0)
        waits = stat.S_ISREG(mode) or os.isatty(handle)
        return _read_open(handle, bytes_max, math.inf if waits else deadline_s)
    finally:
        os.close(handle)


def read_line_of_input(bytes_max: int) -> str:
    """Return the first line of standard input, without its end; what follows stays there to read.

    A pipe gets PATIENCE_S for it; a terminal may take its time.

    Raises:
        OSError: it cannot be read, is longer, is not UTF-8, or has not come by then.
    """
    if sys.stdin is None:  # it was closed before we began
        raise OSError(errno.EBADF, "standard input is closed")
    handle = sys.stdin.fileno()  # the buffered one would take what follows, too
    deadline_s = math.inf if os.isatty(handle) else time.monotonic() + PATIENCE_S
    line = bytearray()
    while (part := _read_byte(handle, deadline_s)) not in {b"", b"\n"}:
        line += part
        if len(line) > bytes_max:
            raise OSError(errno.EFBIG, f"its first line is longer than {bytes_max:,} bytes")
    return _decode_text(bytes(line))


def _read_byte(handle: int, deadline_s: float) -> bytes:
    if not _is_readable(handle, deadline_s - time.monotonic()):
        raise TimeoutError(errno.ETIMEDOUT, "no line has come")
    return os.read(handle, 1)


def _read_open(handle: int, bytes_max: int, deadline_s: float) -> bytes:
    parts: list[bytes] = []
    left = bytes_max + 1
    while left > 0:
        if not _is_readable(handle, deadline_s - time.monotonic()):
            raise TimeoutError(errno.ETIMEDOUT, "it is a pipe or a device, and does not end")
        part = os.read(handle, min(left, READ_BYTES))
        if not part:
            return b"".join(parts)
        parts.append(part)
        left -= len(part)
    raise OSError(errno.EFBIG, f"it is larger than {bytes_max:,} bytes")


def _is_readable(handle: int, patience_s: float) -> bool:
    """Wait until a file has something to read or has ended; tell whether it came to that."""
    if not hasattr(select, "poll"):
        return True
    ready = select.poll()
    ready.register(handle, select.POLLIN)
    return bool(ready.poll(None if patience_s == math.inf else max(0.0, 1000 * patience_s)))


def read_text_bounded(path: Path, bytes_max: int, *, patient: bool = True) -> str:
    """Return the text that a file holds, as `read_bounded`.

    Raises:
        OSError: as there; or it is not UTF-8.
    """
    return _decode_text(read_bounded(path, bytes_max, patient=patient))


def _decode_text(data: bytes) -> str:
    """Return UTF-8 as text, without the mark that editors of Windows set before it."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        wrong = f"it is no text: byte {error.start} is not UTF-8"
        raise OSError(errno.EILSEQ, wrong) from None

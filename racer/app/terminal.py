"""How commands talk: lines for a person on stderr, progress on a terminal, a stdout that may fail.

What a command prints to stdout may be read by a program. So nothing else goes there, and whatever
keeps it from being written ends the command in words: `OutputError`.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from threading import Lock
from typing import IO, TYPE_CHECKING, Final, Self, TextIO, cast, final

from net import NetError

if TYPE_CHECKING:
    from types import TracebackType

SHOW_EVERY_S: Final = 0.1  # progress is for eyes
COLUMNS: Final = 80  # of a terminal that does not tell
_ESCAPED: Final = "racer.escaped"  # how letters without a code are written

# Names and paths are what others chose: these steer a terminal, or turn the line around them.
_STEERING: Final = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"


class OutputError(NetError):
    """Standard output cannot be written."""


@final
class OutputStalledError(OutputError):
    """Whoever should read standard output does not."""


@final
class OutputClosedError(OutputError):
    """Whoever read standard output reads no more, as in `| head -1`: nothing to complain of."""


def harmless(text: str) -> str:
    """Return lines in which nothing steers a terminal: as escapes, in JSON the same once read."""
    if text.replace("\n", "").isprintable():
        return text
    return re.sub(_STEERING, lambda found: f"\\u{ord(found[0]):04x}", text)


def in_one_line(text: str) -> str:
    """Return a text as `harmless`, with no end of a line: what follows one reads as another's."""
    return harmless(text).replace("\n", "\\u000a")


def complain(text: str) -> None:
    """Say a line to a person; where nobody can hear it, it is lost."""
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            print_line(f"racer: {in_one_line(text)}", sys.stderr)


def print_line(text: str, stream: IO[str]) -> None:
    """Print a line in one write, so that it stays whole whichever threads and processes print.

    Where the system takes it at once, no lock of the stream is held meanwhile: Python cannot end
    while a thread that waits for a reader has one.
    """
    print_whole = getattr(stream, "print_whole", None)
    raw = getattr(getattr(stream, "buffer", None), "raw", None)
    if print_whole is not None:
        print_whole(text)
    elif isinstance(stream, io.TextIOWrapper) and isinstance(raw, io.FileIO):
        stream.flush()
        _write_whole(raw, f"{text}\n".encode(stream.encoding, stream.errors or "strict"))
    else:
        print(f"{text}\n", end="", file=stream, flush=True)


def _write_whole(raw: io.FileIO, data: bytes) -> None:
    left = memoryview(data)
    while left:
        written = raw.write(left)
        if written is None:  # it is not one that waits
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        left = left[written:]


def escape_uncoded(error: UnicodeError) -> tuple[str, int]:
    r"""Handle letters for which an encoding has no code: as `\uXXXX`, in JSON the same once read.

    JSON has no `\xeb` and no `\U0001f600`, as Python's own "backslashreplace" writes them.
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    codes = (units[at : at + 2].hex() for at in range(0, len(units), 2))
    return "".join(f"\\u{code}" for code in codes), error.end


codecs.register_error(_ESCAPED, escape_uncoded)


@contextmanager
def guarded_stdout() -> Iterator[None]:
    """Within this, a standard output that cannot be written raises `OutputError`.

    Letters that it has no code for are written as escapes, and what steers a terminal. At the end
    all is written. Each line is handed to the system whole, also where Python is told to buffer
    nothing.
    """
    if sys.stdout is None:  # closed before we began: Python drops what is printed
        yield
        return
    stream = _by_lines(sys.stdout)
    with suppress(AttributeError, OSError):
        cast("IO[str]", stream).reconfigure(errors=_ESCAPED)  # type: ignore[attr-defined]
    guarded = _GuardedStdout(stream)
    try:
        with redirect_stdout(cast("TextIO", guarded)):
            yield
        guarded.flush()
    except OutputError:
        _drop_the_rest(stream)
        raise


@final
class _GuardedStdout:
    """Writes to a stream; its failures are `OutputError`s."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._printing = Lock()  # a line longer than a pipe takes at once is several writes

    def print_whole(self, text: str) -> None:
        """Write a line, past the buffer where there is one."""
        with _in_words(), self._printing:
            print_line(harmless(text), self._stream)

    def write(self, text: str) -> int:
        with _in_words():
            self._stream.write(harmless(text))
        return len(text)

    def flush(self) -> None:
        with _in_words():
            self._stream.flush()

    @property
    def encoding(self) -> str:
        return self._stream.encoding

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()


def _by_lines(stream: TextIO) -> TextIO:
    """Return a stream that hands on whole lines.

    Without a buffer (PYTHONUNBUFFERED) `print` writes a line and its end apart, and others that
    have the same output get in between; what the system takes but a part of is lost there, too.
    """
    if not isinstance(getattr(stream, "buffer", None), io.RawIOBase):
        return stream
    handle, encoding = stream.fileno(), stream.encoding
    return open(handle, "w", buffering=1, encoding=encoding, closefd=False)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise OutputClosedError("nobody reads standard output any more") from None
    except OSError as error:
        raise OutputError(f"standard output cannot be written: {error.strerror}") from None


def _drop_the_rest(stream: TextIO) -> None:
    """Let what still waits go nowhere; else Python tries again at its end, and complains."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


@final
class ProgressLine:
    """One line on a terminal that tells how far long work has come; elsewhere nothing.

    It is gone when the work is done, and before anything else is printed.
    """

    def __init__(
        self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        found = sys.stderr if stream is None else stream
        self._stream = found if found is not None and found.isatty() else None
        self._clock = clock
        self._due_s = 0.0
        self._shown = 0  # columns that are written on

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.clear()

    def stage(self, text: str) -> None:
        """Tell what begins now and may take a while."""
        self._due_s = 0.0
        self.show(text)

    def show(self, text: str) -> None:
        """Tell how far it is; called as often as one likes."""
        if self._stream is None or self._clock() < self._due_s:
            return
        self._due_s = self._clock() + SHOW_EVERY_S
        line = in_one_line(text)[: _columns(self._stream) - 1]
        self._write(self._stream, f"\r{line:<{self._shown}}")
        self._shown = len(line)

    def clear(self) -> None:
        """Leave an empty line: something else is to be printed."""
        if self._stream is not None and self._shown:
            self._write(self._stream, f"\r{'':<{self._shown}}\r")
            self._shown = 0
            self._due_s = 0.0

    def print(self, text: str) -> None:
        """Print a line to stdout, above ours."""
        self.clear()
        print(text, flush=True)

    def _write(self, stream: TextIO, text: str) -> None:
        try:
            print(text, end="", file=stream, flush=True)
        except OSError:
            self._stream = None  # the terminal is gone


def _columns(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or COLUMNS
    except OSError:
        return COLUMNS

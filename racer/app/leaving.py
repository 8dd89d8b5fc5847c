"""How a process is told to leave a race: by a signal, or by the end of who started it.

Leaving in good order is a farewell to all, so that nobody has to find out that we are gone.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

# The terminal that is closed, too: on Windows that is a break.
FAREWELL_SIGNALS: Final = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    if hasattr(signal, name)
)

_ENDED_BY: Final = 128  # and the signal's number: the status that shells tell of what it ended


def leave_on_signals(leave: Callable[[], None]) -> None:
    """Have the signals that ask a process to end call `leave`; a second one ends it at once.

    `leave` is called in a thread of its own. A signal comes at any moment, also when the main
    thread has just taken a lock that `leave` needs: called there, it would wait for itself.
    A hang-up that is ignored, as under `nohup`, stays so.
    """
    ear, mouth = os.pipe()

    def on_signal(number: int, frame: object) -> None:
        os.write(mouth, b"\0")
        signal.signal(number, signal.SIG_DFL)

    def wait() -> None:
        while os.read(ear, 1):
            leave()

    threading.Thread(target=wait, name="signals", daemon=True).start()

    for number in FAREWELL_SIGNALS:
        if number in {signal.SIGINT, signal.SIGTERM} or not _is_ignored(number):
            signal.signal(number, on_signal)


@contextmanager
def unwound_on_signals() -> Iterator[None]:
    """Within this, a signal that would end a process raises `SystemExit`: what it began is undone.

    One that is ignored or handled stays so, as Ctrl-C is; a second one ends the process at once.
    """
    numbers: list[int] = []
    if threading.current_thread() is threading.main_thread():  # no other may
        numbers = [each for each in FAREWELL_SIGNALS if signal.getsignal(each) is signal.SIG_DFL]

    def unwind(number: int, frame: object) -> NoReturn:
        signal.signal(number, signal.SIG_DFL)
        raise SystemExit(_ENDED_BY + number)

    for number in numbers:
        signal.signal(number, unwind)
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)


def _is_ignored(number: int) -> bool:
    return signal.getsignal(number) is signal.SIG_IGN


def dismiss(child: subprocess.Popen[bytes]) -> None:
    """Let a child leave in good order, that does so at the end of its input; waits for nothing.

    A signal would do, but a second one would end it at once, and the terminal may have sent one.
    """
    if child.stdin is not None:
        with suppress(OSError):
            child.stdin.close()


def leave_at_end_of_input(leave: Callable[[], None]) -> None:
    """Call `leave` when standard input ends: the pipe that our parent holds closes with it.

    However the parent ends; this needs nothing of the system but pipes. `dismiss` is its other end.
    """
    if sys.stdin is None:  # it was closed before we began
        leave()
        return
    stdin = sys.stdin.fileno()

    def wait() -> None:
        with suppress(OSError):  # what cannot be read has ended
            while os.read(stdin, 1024):  # the buffered one would keep a lock that the end needs
                pass
        leave()

    threading.Thread(target=wait, name="stdin", daemon=True).start()

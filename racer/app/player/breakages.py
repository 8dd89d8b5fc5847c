"""What a player may do to the own node, in a sandbox: it is done to the real one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final, assert_never

from net.limits import SECOND
from racer.play.view import Breakage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from net.runtime.service import Service

CUT_NS: Final = 5 * SECOND
FREEZE_S: Final = 2.0
KILL_SIGNAL: Final = getattr(signal, "SIGKILL", signal.SIGTERM)
SUCCESSOR: Final = "RACER_SUCCESSOR"
"""In the environment of a process that waits until the one before it is dead, and offers to go on:
pipes that it holds, with commas between."""


def break_node(breakage: Breakage, service: Service, pipes: tuple[int, ...]) -> None:
    """Do it. In the thread that runs the service; a freeze stops just that.

    Args:
        pipes: at whose end bots leave: whoever comes after a kill holds them on.
    """
    match breakage:
        case Breakage.KILL:
            _start_successor(pipes)
            os.kill(os.getpid(), KILL_SIGNAL)
        case Breakage.CUT:
            service.cut_off(CUT_NS)
        case Breakage.FREEZE:
            time.sleep(FREEZE_S)
        case _:
            assert_never(breakage)


def release(pipes: Iterable[int]) -> None:
    """Let bots leave that were taken over."""
    for pipe in pipes:
        with suppress(OSError):
            os.close(pipe)


def _start_successor(pipes: tuple[int, ...]) -> None:
    """Start this program again; it sees by the end of its input that we are dead."""
    pipes = pipes if os.name == "posix" else ()  # elsewhere none can be handed on
    held = ",".join(map(str, pipes))
    subprocess.Popen(
        [sys.executable, "-m", "racer", *sys.argv[1:]],
        stdin=subprocess.PIPE,
        pass_fds=pipes,
        start_new_session=True,
        env={**os.environ, SUCCESSOR: held},
    )


def inherit() -> tuple[int, ...]:
    """Return the pipes that a process before us left, once it is dead: our input ends with it.

    Who comes after nobody gets none, and waits for nobody.
    """
    held = os.environ.pop(SUCCESSOR, None)
    if held is None:
        return ()
    with suppress(OSError):
        while os.read(sys.stdin.fileno(), 1024):
            pass
    return tuple(int(pipe) for pipe in held.split(",") if pipe.isdigit())

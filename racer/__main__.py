"""`python -m racer` and the command `racer`."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # `signal` takes 9 ms to read: too late for this
import sys


def main() -> int:
    """Run the command line. Returns the exit status.

    Whoever interrupts it before it has begun, while Python still reads it, gets no traceback: it
    ends by that signal, as what handles none does.
    """
    usual = _signal.getsignal(_signal.SIGINT)
    if usual is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    from racer.app.commands.cli import main as run

    _signal.signal(_signal.SIGINT, usual)
    return run()


if __name__ == "__main__":
    sys.exit(main())

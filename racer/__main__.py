"""`python -m racer` and the command `racer`."""

from __future__ import annotations

import signal
import sys


def main() -> int:
    """Run the command line. Returns the exit status.

    Whoever interrupts it before it has begun, while Python still reads it, gets no traceback.
    """
    usual = signal.getsignal(signal.SIGINT)
    if usual is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from racer.app.commands.cli import main as run

    signal.signal(signal.SIGINT, usual)
    return run()


if __name__ == "__main__":
    sys.exit(main())

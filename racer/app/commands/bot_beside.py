"""A bot of the same command that is a process of its own, and whose lines come out among ours."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, final

from racer.app.leaving import dismiss
from racer.app.options import start_racer
from racer.app.output import PATIENCE_S
from racer.app.terminal import OutputError, print_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import IO


@final
class BotBeside:
    """Runs until it has left; what it prints goes through us.

    A system keeps writes of several processes to one pipe apart only up to some size: 4096 bytes on
    Linux, 512 on macOS. A table of results is longer, and all bots print one at the same moment.

    Args:
        words: how it is asked for.
        passphrase: of its race.
    """

    def __init__(self, words: Sequence[str], passphrase: str | None) -> None:
        output = subprocess.DEVNULL if sys.stdout is None else subprocess.PIPE
        self._process = start_racer(words, passphrase, output=output)
        self._passing: Thread | None = None
        self._passed = 0  # lines
        if self._process.stdout is not None:
            self._passing = Thread(target=self._pass_on, args=(self._process.stdout,), daemon=True)
            self._passing.start()

    def dismiss(self) -> None:
        """Let it leave in good order; waits for nothing."""
        dismiss(self._process)

    def wait(self) -> int:
        """Wait until it has ended, and all that it printed is out; return its exit status.

        Who does not read what we print is waited for no longer than by the bot itself.
        """
        code = self._process.wait()
        passed = -1
        while self._passing is not None and self._passing.is_alive() and passed < self._passed:
            passed = self._passed
            self._passing.join(PATIENCE_S)
        return code

    def _pass_on(self, lines: IO[bytes]) -> None:
        """Print lines as they come, each whole; one that its writer did not live to end is none.

        Ends with them, or where nobody reads what we print: then their writer is told so, as we
        are.
        """
        stream = sys.stdout
        with suppress(OutputError), lines:
            for line in lines:
                if line.endswith(b"\n"):
                    text = line.rstrip(b"\r\n").decode(stream.encoding, "backslashreplace")
                    print_line(text, stream)
                self._passed += 1

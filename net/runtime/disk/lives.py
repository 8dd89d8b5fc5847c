"""The numbers of a node's lives: each is led once, whatever becomes of the disk.

A number is at least the time, in units of LIFE_S since 2026, and some are reserved ahead, durably.
So a life may begin without waiting for the disk; and where the disk takes nothing, the next process
begins behind this one's by the clock alone, once the unit that gave the number is over.
"""

from __future__ import annotations

import time
from pathlib import Path
from secrets import randbelow
from threading import Lock, Thread
from typing import Final, final

from net.runtime.disk.files import read_file, write_file

KIND: Final = "racer incarnation 1"
LIFE_S: Final = 1 / 16  # no two processes of one profile begin within so long
EPOCH_S: Final = 1_767_225_600  # 2026-01-01: numbers of 32 bits, to save bytes of each heartbeat
RESERVE: Final = 4  # lives of one process, without asking the disk again
WAIT_S_MAX: Final = 1.0  # for a clock that is behind the numbers already led
_STRIDE: Final = 2**20  # where that is too long, a number is drawn from so many


@final
class Lives:
    """Which lives may be led. `trouble` is why the disk took no reserve when last asked, if so."""

    def __init__(self, path: Path | None, last: int) -> None:
        """Begin the first life of this process.

        Args:
            path: the file that holds the last number that may have been led; None: there is none.
            last: what it holds.
        """
        self.trouble: OSError | None = None
        self._path = path
        self._reserved = last
        self._writing = Lock()
        self.current = max(last + 1, _number_now())
        self._reserve_more()
        if self._reserved < self.current:
            self._let_number_pass()

    def lead(self, life: int) -> None:
        """Note that this life is led now, and reserve more behind it; nobody waits for the disk."""
        self.current = max(self.current, life)
        if self._path is not None and self.current + RESERVE // 2 > self._reserved:
            Thread(target=self._reserve_more, name="lives", daemon=True).start()

    def retry(self) -> None:
        """Reserve what the disk did not take, unless that is being tried; waits for no disk."""
        if self.trouble is not None and not self._writing.locked():
            Thread(target=self._reserve_more, name="lives", daemon=True).start()

    def _reserve_more(self) -> None:
        with self._writing:
            upto = self.current + RESERVE - 1
            if self._path is None or upto <= self._reserved:
                return
            try:
                write_file(self._path, KIND, str(upto))
            except OSError as error:
                self.trouble = error
            else:
                self._reserved, self.trouble = upto, None

    def _let_number_pass(self) -> None:
        """Nothing will tell the next process of this number, unless it is the time and past."""
        wait_s = EPOCH_S + (self.current + 1) * LIFE_S - time.time()
        if wait_s > WAIT_S_MAX:
            self.current += randbelow(_STRIDE)
        elif wait_s > 0:
            time.sleep(wait_s)


def read_last(path: Path) -> int | None:
    """Return the last number that may have been led; None: no life was ever led.

    Raises:
        ProfileError: the file cannot be read, or is damaged.
    """
    value = read_file(path, KIND)
    return None if value is None else int(value)


def _number_now() -> int:
    return int((time.time() - EPOCH_S) / LIFE_S)

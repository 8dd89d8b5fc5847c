"""What does not work, as lines for who sits before the window, in the menu or in a race."""

from __future__ import annotations

import time
from dataclasses import dataclass
from math import inf
from threading import Lock
from typing import TYPE_CHECKING, Final, final

from net import Recent
from racer.app.window.base.window_words import in_window

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

LASTS_S: Final = 20.0  # a line of which nobody says whether it is still so
TURN_S: Final = 6.0  # of several each is shown so long
PARTS_MAX: Final = 16  # the oldest gives way


@dataclass(frozen=True, slots=True)
class _Noted:
    line: str
    since_s: float
    until_s: float
    holds: Callable[[], bool] | None


@final
class Troubles:
    """Any thread may note; who draws asks for the lines.

    A line goes when it is no more so, or after a while where nobody can say that, and all go when a
    seat is taken. Of each part there is the newest one only. None hides another: each has its turn.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin; `clock`: seconds."""
        self._clock = clock
        self._lock = Lock()
        self._noted: Recent[str, _Noted] = Recent(PARTS_MAX)  # by part
        self._sources: list[Callable[[], str | None]] = []
        self._since_s: dict[str, float] = {}  # since when a source has said so

    def watch(self, source: Callable[[], str | None]) -> None:
        """Ask this one whenever lines are shown: what it says is so as long as it says it."""
        self._sources.append(source)

    def note(
        self,
        part: str,
        line: str,
        holds: Callable[[], bool] | None = None,
        lasts_s: float = LASTS_S,
    ) -> None:
        """Take a line about a part.

        Args:
            holds: tells whether it is still so, to who draws; without it, the line lasts a while.
        """
        now_s = self._clock()
        with self._lock:
            before = self._noted.get(part)
            same = before is not None and before.line == line and now_s < before.until_s
            since_s = before.since_s if before is not None and same else now_s
            until_s = inf if holds is not None else now_s + lasts_s
            self._noted.note(part, _Noted(line, since_s, until_s, holds))

    def clear(self) -> None:
        """Forget what was noted: another seat is taken."""
        with self._lock:
            self._noted.clear()

    def lines(self, new_s: float = inf) -> tuple[str, ...]:
        """Return what is so now, in words for the window, each once: noted lines first.

        Args:
            new_s: only those that have been so for less than that.
        """
        now_s = self._clock()
        told = [source() for source in self._sources]
        standing = [in_window(line) for line in told if line]
        self._since_s = {line: self._since_s.get(line, now_s) for line in standing}
        with self._lock:
            noted = list(self._noted.items())
        over = {part: each for part, each in noted if not _is_so(each, now_s)}
        with self._lock:
            for part, each in over.items():
                if self._noted.get(part) is each:
                    del self._noted[part]
        since_s = {in_window(each.line): each.since_s for part, each in noted if part not in over}
        return tuple(
            line
            for line, began_s in {**self._since_s, **since_s}.items()
            if now_s - began_s < new_s
        )

    def line(self, new_s: float = inf, besides: Collection[str] = (), awaited: str = "") -> str:
        """Return the line whose turn it is, or "".

        Args:
            new_s: as in `lines`.
            besides: what is to be read elsewhere already.
            awaited: what a person waits for: it has every other turn.
        """
        lines = [line for line in self.lines(new_s) if line not in besides]
        if awaited:
            lines = [each for line in lines for each in (awaited, line)] or [awaited]
        return lines[int(self._clock() / TURN_S) % len(lines)] if lines else ""


def _is_so(noted: _Noted, now_s: float) -> bool:
    return now_s < noted.until_s and (noted.holds is None or noted.holds())

"""Lines for a person that pass: who came, who went, what was refused."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import final

from racer.play.limits import NOTICE_NS, NOTICES_MAX
from racer.play.view import Notice


@final
class Notices:
    """Keeps the newest lines for as long as they are shown. The oldest go first when it floods."""

    def __init__(self) -> None:
        self._notices: deque[Notice] = deque(maxlen=NOTICES_MAX)

    def add(self, lines: Iterable[str], race_ns: int) -> None:
        self._notices.extend(Notice(line, race_ns) for line in lines)

    def shown(self, race_ns: int) -> tuple[Notice, ...]:
        """Return what is shown now, and forget what is not any more."""
        while self._notices and race_ns - self._notices[0].at_ns > NOTICE_NS:
            self._notices.popleft()
        return tuple(self._notices)

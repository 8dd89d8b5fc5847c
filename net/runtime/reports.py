"""What a service tells whoever runs it: its program's reports, and what does not work here."""

from __future__ import annotations

from collections.abc import Callable
from typing import final

from net.runtime.service_options import Trouble


@final
class Reports:
    """Passes on reports, and the first trouble of each part: a full disk fails at each write."""

    def __init__(self, on_report: Callable[[object], None]) -> None:
        self._on_report = on_report
        self._troubled: set[str] = set()

    def tell(self, what: object) -> None:
        self._on_report(what)

    def tell_trouble(self, trouble: Trouble) -> None:
        if trouble.part not in self._troubled:
            self._troubled.add(trouble.part)
            self._on_report(trouble)

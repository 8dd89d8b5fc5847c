"""What a service tells whoever runs it: its program's reports, and what does not work here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias, final

from net.limits import SECOND
from net.runtime.disk.disk_trouble import DiskTrouble, DiskTroubleKind
from net.runtime.reaching.unreached import Unreached
from net.runtime.service_options import Trouble

ServiceReport: TypeAlias = Trouble | Unreached
"""What a service tells beside what its program reports."""

AGAIN_NS: Final = 60 * SECOND  # a disk that fails now and then is told of so often
_OVER: Final = Trouble("journal", "the disk works again: this machine remembers", "over")


@final
class Reports:
    """Passes on reports, and each kind of trouble of each part once."""

    def __init__(self, on_report: Callable[[object], None]) -> None:
        self._on_report = on_report
        self._troubled: set[tuple[str, str]] = set()
        self._disk: DiskTroubleKind | None = None  # what was told of it last; None: it works
        self._told_ns: dict[DiskTroubleKind, int] = {}

    def tell(self, what: object) -> None:
        self._on_report(what)

    def tell_trouble(self, trouble: Trouble) -> None:
        """Tell of something that will not be taken back."""
        kind = (trouble.part, trouble.kind)
        if kind not in self._troubled:
            self._troubled.add(kind)
            self._on_report(trouble)

    def tell_disk(self, trouble: DiskTrouble | None, now_ns: int) -> None:
        """Tell how the disk is, where that is news: a full one fails at each write."""
        if trouble is None:
            if self._disk is not None:
                self._on_report(_OVER)
            self._disk = None
            return
        told_ns = self._told_ns.get(trouble.kind)
        if self._disk is trouble.kind or (told_ns is not None and now_ns - told_ns < AGAIN_NS):
            return
        self._disk = trouble.kind
        self._told_ns[trouble.kind] = now_ns
        self._on_report(Trouble("journal", trouble.text, trouble.kind.value))

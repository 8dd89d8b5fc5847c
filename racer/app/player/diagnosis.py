"""What the doctor finds of this network, as it finds it, for a window that waits for nothing."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from net import Address
    from net.runtime.disk.acquaintances import Acquaintances
    from racer.app.doctor.finding import Finding


@final
class Diagnosis:
    """Looks in a thread of its own, once."""

    def __init__(
        self, chosen: str | None, port: int, peers: tuple[Address, ...], met: Acquaintances
    ) -> None:
        """Begin.

        Args:
            chosen: the address of the only interface to use; None: all.
            peers: whom the person has named so far.
            met: who was met so far.
        """
        self.findings: tuple[Finding, ...] = ()
        self.done = False
        self._place = chosen, port, peers, met
        Thread(target=self._run_thread, name="doctor", daemon=True).start()

    def _run_thread(self) -> None:
        from racer.app.doctor.examine import examine_meeting  # a window needs it seldom

        try:
            for finding in examine_meeting(*self._place):
                self.findings = (*self.findings, finding)
        finally:
            self.done = True

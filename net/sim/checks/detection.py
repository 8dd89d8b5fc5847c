"""Whether the failure detectors are right: nobody down who lives, nobody alive who is gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, final

from net.limits import SECOND
from net.node.program import PeerState

if TYPE_CHECKING:
    from net.sim.checks.invariants import Invariants
    from net.sim.machine import Machine

GONE_KNOWN_NS: Final = 2 * SECOND
"""By then everybody knows that a process has ended: DOWN_ISOLATED_NS, and twice as much again."""


@final
class Detection:
    """Compares verdicts with the truth, which the simulator knows."""

    def __init__(self, invariants: Invariants) -> None:
        self._invariants = invariants
        self._sound: frozenset[int] = frozenset()
        self._sound_ns = 0

    def on_mended(self, machines: Iterable[int], now_ns: int) -> None:
        """Take that between these all is well from now on."""
        self._sound, self._sound_ns = frozenset(machines), now_ns

    def on_down(self, by: Machine, judged: Machine, incarnation: int, now_ns: int) -> None:
        """Take a verdict: among mended machines nobody who runs is judged down (invariant 1)."""
        host = judged.host
        if host is None or host.node.incarnation != incarnation:
            return
        if not {by.number, judged.number} <= self._sound:
            return
        ran_ns = max(judged.times.resumed_ns, judged.times.started_ns)
        since_ns = max(self._sound_ns, by.times.resumed_ns, ran_ns)
        if now_ns - since_ns > GONE_KNOWN_NS:
            self._invariants.violated(1, f"{by.life} judged {judged.life} down, which runs")

    def inspect(self, machines: Sequence[Machine], now_ns: int) -> None:
        """Check that who has run for long enough knows of every process that ended (invariant 2).

        After a pause a node believes, and says, that it has heard everybody just now: the pause
        rule. So nothing is checked until the last pause is as long ago.
        """
        since_ns = now_ns - GONE_KNOWN_NS
        gone = [m for m in machines if m.host is None and m.times.gone_ns < since_ns]
        if not gone or any(m.times.resumed_ns > since_ns for m in machines):
            return
        for machine in machines:
            if machine.host is None or machine.times.started_ns > since_ns:
                continue
            if machine.loop.paused_until_ns:
                continue
            for other in gone:
                state = machine.host.node.state_of(other.identity.node_id)
                if state in {PeerState.ALIVE, PeerState.SUSPECT}:
                    self._invariants.violated(
                        2, f"{machine.life} does not know that {other.life} ended"
                    )

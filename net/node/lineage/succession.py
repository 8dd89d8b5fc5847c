"""Who would coordinate next in a lineage, and since when nobody does."""

from __future__ import annotations

from typing import final

from net.cluster.voter import Voter
from net.ids import Member
from net.limits import LEASE_NS
from net.node.peers import Peers


@final
class Succession:
    """Ranks the members of one lineage that live, as one of them sees it."""

    def __init__(self, voter: Voter, peers: Peers) -> None:
        self._voter = voter
        self._peers = peers
        self.vacant_since_ns: int | None = None  # nobody coordinates, as far as we know

    def live_members(self) -> tuple[Member, ...]:
        """Return members that live, sit in our lineage and are trusted, seniors first."""
        voter = self._voter
        lineage = voter.log.lineage
        return tuple(
            m
            for m in voter.log.members
            if m == voter.me
            or (
                (peer := self._peers.life(m)) is not None
                and peer.lineage == lineage
                and self._peers.jury.trusts(m.node)
            )
        )

    def has_moved_on(self) -> bool:
        """Whether no member is in our lineage any more, and others are coordinated."""
        ours = self._voter.log.lineage
        elsewhere = any(peer.lineage != ours for peer in self._peers.coordinated())
        return elsewhere and not self.live_members()

    def members_by_rank(self, fit: bool) -> list[Member]:
        """Return members that live, who should lead first: those fit to, and of them seniors.

        Args:
            fit: whether we are.
        """
        return sorted(self.live_members(), key=lambda m: not self.is_fit_to_lead(m, fit))

    def heirs(self) -> list[Member]:
        """Return the others that live, who should lead first."""
        return [m for m in self.members_by_rank(fit=True) if m != self._voter.me]

    def is_fit_to_lead(self, member: Member, fit: bool) -> bool:
        if member == self._voter.me:
            return fit
        peer = self._peers.life(member)
        return peer is not None and peer.status is not None and peer.status.fit

    def on_tick(self, leads: bool, now_ns: int) -> None:
        """Note since when nobody coordinates. `leads`: we do. Who is excluded does not."""
        led_by = self._voter.coordinator
        if not leads and led_by is not None and led_by.node in self._peers.jury.excluded:
            self._voter.coordinator = None
        if leads or not self._lacks_coordinator(now_ns):
            self.vacant_since_ns = None
        elif self.vacant_since_ns is None:
            self.vacant_since_ns = now_ns

    def _lacks_coordinator(self, now_ns: int) -> bool:
        voter = self._voter
        if voter.coordinator is None:
            return True
        peer = self._peers.life(voter.coordinator)
        if peer is None:
            return True
        silent_ns = now_ns - voter.heard_ns
        return peer.standing_ns > voter.heard_ns and silent_ns > voter.patient_ns(LEASE_NS)

"""What a lineage itself needs decreed: who comes in, who goes out, and its end at a merge."""

from __future__ import annotations

from typing import final

from net.cluster.failure_detector import Health
from net.cluster.membership import next_change
from net.cluster.replication import Leadership
from net.cluster.voter import Voter
from net.ids import Member, NodeId
from net.limits import DOWN_ISOLATED_NS, ELSEWHERE_NS, FORGET_DOWN_NS, LEARNER_LAG_MAX
from net.node.lineage.vetting import LineageClaim, Vetting, claims
from net.node.peers import Peers
from net.wire.decrees import DecreeBody, SpeakVersion, Yield


@final
class Reconfiguration:
    """Reads off the table of peers what its coordinator should decree of a lineage."""

    def __init__(self, voter: Voter, peers: Peers, vetting: Vetting, now_ns: int) -> None:
        self._voter = voter
        self._peers = peers
        self._vetting = vetting
        self._began_ns = now_ns

    def next_decree(
        self, leadership: Leadership, idle: bool, age_ns: int, now_ns: int
    ) -> DecreeBody | None:
        """Return an end in favour of a better lineage, a newer version, a change of members."""
        log = self._voter.log
        if not leadership.is_open or log.yields_to is not None:
            return None
        better = self.rival(idle, age_ns)
        if better is not None and self._vetting.is_proved(better, log, idle):
            return Yield(better.lineage)
        if not log.members_settled:
            return None
        version = self._due_version(idle, now_ns)
        if version > log.newest_version:
            return SpeakVersion(version)
        gone = {m for m in log.members if m != self._voter.me and self._is_gone(m, now_ns)}
        return next_change(log.members, gone, self._ready_learners(leadership))

    def live_followers(self) -> list[Member]:
        """Return members and learners that live; and members that joined a fork, yet to move."""
        log = self._voter.log
        lives = {peer.member for peer in self._peers.in_lineage(log.lineage)}
        if log.found is not None:
            lives |= {m for m in log.members if self._peers.life(m) is not None}
        return sorted(lives - {self._voter.me})

    def rival(self, idle: bool, age_ns: int) -> LineageClaim | None:
        """Return what is said of the best other lineage, if that is better than ours."""
        log = self._voter.log
        if all(peer.lineage == log.lineage for peer in self._peers.living()):
            return None
        mine = log.precedence(idle, age_ns)
        others = [claim for claim in claims(self._peers) if claim.lineage != mine.lineage]
        return others[0] if others and others[0].precedence < mine else None

    def _due_version(self, idle: bool, now_ns: int) -> int:
        """Return which version the room should speak, as far as that is above what it speaks.

        Between races the door stays open for older ones: then it is what all who live need. With a
        race it is the highest that all can of whom we know, but for those who left; and where
        members went missing in a fork, not before they would be forgotten.
        """
        log, ours = self._voter.log, self._peers.ours
        if any(m.node not in self._peers for m in log.members if m != self._voter.me):
            return 0
        known = [
            peer.versions
            for peer in self._peers
            if peer.health is not Health.LEFT or peer.member in log.members
        ]
        highest = min([ours.highest, *(each.highest for each in known)])
        lives = [peer.versions for peer in self._peers.living()]
        needed = max([ours.lowest, *(each.lowest for each in lives)])
        whole = log.found is not None and log.found.forks == 0
        if not idle and (whole or now_ns - self._began_ns >= FORGET_DOWN_NS):
            return highest
        return needed if needed <= highest else 0

    def _is_gone(self, member: Member, now_ns: int) -> bool:
        peer = self._peers.get(member.node)
        if self._peers.shuts_out(member.node):
            return True
        if peer is None:
            return now_ns - self._began_ns > DOWN_ISOLATED_NS
        if peer.incarnation > member.incarnation or not peer.lives:
            return True
        return peer.strayed_ns is not None and now_ns - peer.strayed_ns > ELSEWHERE_NS

    def _ready_learners(self, leadership: Leadership) -> dict[NodeId, Member]:
        log = self._voter.log
        return {
            peer.node: peer.member
            for peer in self._peers.in_lineage(log.lineage)
            if peer.member not in log.members
            and not self._peers.shuts_out(peer.node)
            and peer.versions.speaks(log.newest_version)
            and leadership.matched(peer.member) + LEARNER_LAG_MAX >= log.head
        }

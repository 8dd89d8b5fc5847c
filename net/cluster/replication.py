"""Replication of the decree log: the coordinator's leadership, and its followers.

After Ongaro & Ousterhout 2014, section 5.3. A decree counts when a majority of the newest members
holds it and it, or one after it, is of the leader's own epoch: the empty decree that opens its
leadership therefore commits all that was adopted with it, and nothing is granted before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import final

from net.cluster.actions import Send
from net.cluster.log import majority
from net.cluster.voter import Voter
from net.ids import Member, NodeId
from net.limits import HEARTBEAT_NS, NEVER, PROPOSALS_PENDING_MAX, STEP_DOWN_NS, TICK_NS
from net.wire.decrees import DecreeBody, Noop
from net.wire.messages import Append, Appended


@dataclass(slots=True)
class _Follower:
    base: int  # where its log equals ours by the best guess we have
    following: int  # what it has been sent behind that
    matched: int = 0  # its log equals ours up to here, for certain
    told_commit: int = 0  # what it was last told to be committed
    known_commit: int = 0  # and what it says itself
    sent_ns: int = NEVER
    wait_ns: int = TICK_NS  # for its answer, before what it was sent is sent again
    heard_ns: int = NEVER  # sending time of our newest datagram that it has answered


@final
class Leadership:
    """The coordinator of one epoch. Whoever holds one coordinates, until it is deposed."""

    def __init__(self, voter: Voter, now_ns: int) -> None:
        self._voter = voter
        self._followers: dict[Member, _Follower] = {}
        self._began_ns = now_ns
        self.epoch = voter.promised
        voter.follow(self.epoch, voter.me, now_ns)
        self._opening = voter.log.append(self.epoch, Noop()).index
        self._advance_commit()

    @property
    def is_open(self) -> bool:
        """The opening decree is committed: from here on it may decide."""
        return self._voter.log.commit > self._opening

    @property
    def is_settled(self) -> bool:
        """All that was decreed is committed."""
        return self.is_open and self._voter.log.commit == self._voter.log.head

    def deposed(self, now_ns: int) -> bool:
        """Whether it is over: a higher epoch, or a majority that does not answer."""
        voter = self._voter
        voter.check()
        if voter.promised > self.epoch or not voter.is_member:
            return True
        since = now_ns - voter.patient_ns(STEP_DOWN_NS)
        if since < self._began_ns:
            return False
        heard = sum(
            m == voter.me or (m in self._followers and self._followers[m].heard_ns > since)
            for m in voter.log.members
        )
        return heard < majority(len(voter.log.members))

    def propose(self, whats: Iterable[DecreeBody], now_ns: int) -> list[Send]:
        """Append decrees, and send them to all followers at once; none where we promised another.

        A hand-over ends it by a promise of our own, which others may have counted already.
        """
        log = self._voter.log
        if self._voter.promised > self.epoch:
            return []
        for what in whats:
            if log.head - log.commit >= PROPOSALS_PENDING_MAX:
                break
            log.append(self.epoch, what)
        self._advance_commit()
        return self._replicate_log(now_ns)

    def on_tick(self, followers: Iterable[Member], now_ns: int) -> list[Send]:
        """Repeat what is unanswered.

        Args:
            followers: members and learners that live, ourselves left out.
        """
        self._voter.heard_ns = now_ns
        wanted = set(followers)
        for member in sorted(self._followers.keys() - wanted):
            if member not in self._voter.log.members:
                del self._followers[member]
        for member in sorted(wanted - self._followers.keys()):
            self._followers[member] = self._new_follower()
        for follower in self._followers.values():
            if now_ns - follower.sent_ns >= self._voter.patient_ns(follower.wait_ns):
                follower.wait_ns = HEARTBEAT_NS
                follower.following = follower.base
                follower.told_commit = follower.known_commit
        return self._replicate_log(now_ns)

    def on_status(self, member: Member, head: int, commit: int, heard_ns: int) -> None:
        """Note where a follower's heartbeat says it stands.

        Args:
            head: of its log where its hash equals ours there, else 0.
            commit: what it holds to be committed.
            heard_ns: when we sent what it had heard from us by then.
        """
        follower = self._followers.setdefault(member, self._new_follower())
        follower.heard_ns = max(follower.heard_ns, heard_ns)
        follower.known_commit = commit
        self._update_match_index(follower, head)

    def on_appended(self, sender: NodeId, reply: Appended, now_ns: int) -> list[Send]:
        """Count a follower's answer; send on what follows."""
        if reply.lineage != self._voter.log.lineage or reply.follower.node != sender:
            return []
        if reply.epoch > self.epoch:
            self._voter.learn_promise(reply.epoch)  # deposes us
            return []
        if reply.epoch < self.epoch or reply.upto > self._voter.log.head:
            return []
        follower = self._followers.setdefault(reply.follower, self._new_follower())
        if reply.matched:
            self._update_match_index(follower, reply.upto)
        else:
            follower.base = follower.following = reply.upto
        return self._replicate_log(now_ns)

    def matched(self, member: Member) -> int:
        """Return how much of our log a follower holds for certain."""
        follower = self._followers.get(member)
        return 0 if follower is None else follower.matched

    def _update_match_index(self, follower: _Follower, upto: int) -> None:
        if upto > follower.matched:
            follower.matched = follower.base = upto
            follower.wait_ns = TICK_NS
            follower.following = max(follower.following, upto)
            self._advance_commit()

    def _advance_commit(self) -> None:
        log = self._voter.log
        if self._voter.promised > self.epoch:
            return  # what we promised to another counts with it, not with us
        held = sorted(
            (log.head if m == self._voter.me else self.matched(m) for m in log.members),
            reverse=True,
        )
        if not held:
            return
        head = held[majority(len(held)) - 1]
        if head > log.commit and log.entry(head - 1).epoch == self.epoch:
            log.commit_to(head)

    def _new_follower(self) -> _Follower:
        return _Follower(base=self._opening, following=self._opening)

    def _replicate_log(self, now_ns: int) -> list[Send]:
        log = self._voter.log
        sends: list[Send] = []
        for member in sorted(self._followers):
            follower = self._followers[member]
            if follower.following < log.head or follower.told_commit < log.commit:
                sends.extend(self._next_append(member, follower, now_ns))
        return sends

    def _next_append(self, member: Member, follower: _Follower, now_ns: int) -> list[Send]:
        log = self._voter.log
        index = follower.following
        previous = log.hash_at(index)
        assert previous is not None
        entries = log.batch(index)
        follower.following = index + len(entries)
        follower.told_commit = log.commit
        follower.sent_ns = now_ns
        append = Append(
            log.lineage, self.epoch, self._voter.me, index, previous, entries, log.commit
        )
        return [Send(member.node, append)]


def follow_append(voter: Voter, sender: NodeId, append: Append, now_ns: int) -> list[Send]:
    """Take a coordinator's entries into our log, and answer.

    The lineage is ours, or one whose fork we joined. An epoch below our promise is refused.
    """
    log = voter.log
    if append.coordinator.node != sender:
        return []
    if append.epoch < voter.promised:
        reply = Appended(append.lineage, voter.promised, voter.me, False, log.commit)
        return [Send(sender, reply)]
    if append.epoch == voter.promised and voter.promised_to not in {None, append.coordinator}:
        return []
    voter.follow(append.epoch, append.coordinator, now_ns)
    matched = log.store(append.index, append.previous, append.entries)
    upto = append.index + len(append.entries) if matched else log.commit
    if matched:
        log.commit_to(min(append.commit, upto))
    return [Send(sender, Appended(append.lineage, append.epoch, voter.me, matched, upto))]

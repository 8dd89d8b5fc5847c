"""Replication of the decree log: the coordinator's leadership, and its followers.

After Ongaro & Ousterhout 2014, section 5.3. A decree counts when a majority of the newest members
holds it and has it on disk, and it, or one after it, is of the leader's own epoch: the empty decree
that opens its leadership therefore commits all that was adopted with it, and nothing is granted
before. Where fewer than a majority have a disk that works, all those must have it (ADR 34).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import final

from net.cluster.actions import Send
from net.cluster.log import DecreeLog, majority
from net.cluster.voter import Voter
from net.ids import LineageId, Member, NodeId
from net.limits import (
    HEARTBEAT_NS,
    MAJORITY_LOST_NS,
    NEVER,
    PROPOSALS_PENDING_MAX,
    STEP_DOWN_NS,
    TICK_NS,
    VOTES_PER_MESSAGE_MAX,
)
from net.wire.decrees import DecreeBody, Noop
from net.wire.messages import Append, Appended, Ballot, Elected


@dataclass(slots=True)
class _Follower:
    base: int  # where its log equals ours by the best guess we have
    following: int  # what it has been sent behind that
    matched: int = 0  # its log equals ours up to here, for certain
    kept: int = 0  # and its disk has it up to here
    keeps: bool = True  # its disk takes anything, it says
    told_commit: int = 0  # what it was last told to be committed
    known_commit: int = 0  # and what it says itself
    follows: bool = False  # it has answered to this epoch: it knows who voted
    sent_ns: int = NEVER
    wait_ns: int = TICK_NS  # for its answer, before what it was sent is sent again
    heard_ns: int = NEVER  # sending time of our newest datagram that it has answered


@final
class Leadership:
    """The coordinator of one epoch. Whoever holds one coordinates, until it is deposed."""

    def __init__(self, voter: Voter, now_ns: int) -> None:
        self._voter = voter
        self._followers: dict[Member, _Follower] = {}
        self._silent: set[Member] = set()  # members on whose disks nobody can wait
        self._began_ns = now_ns
        self.epoch = voter.promised
        self._votes: list[Ballot] = voter.votes_for(self.epoch, voter.me)
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
        self._note_silence(now_ns)
        wanted = set(followers)
        for member in sorted(self._followers.keys() - wanted):
            if member not in self._voter.log.members:
                del self._followers[member]
        for member in sorted(wanted - self._followers.keys()):
            self._follower(member)
        for follower in self._followers.values():
            if now_ns - follower.sent_ns >= self._voter.patient_ns(follower.wait_ns):
                follower.wait_ns = HEARTBEAT_NS
                follower.following = follower.base
                follower.told_commit = follower.known_commit
        return self._replicate_log(now_ns)

    def on_status(
        self, member: Member, head: int, kept: int | None, commit: int, heard_ns: int
    ) -> None:
        """Note where a follower's heartbeat says it stands.

        Args:
            head: of its log where its hash equals ours there, else 0.
            kept: up to where its disk has its log; None: it keeps nothing.
            commit: what it holds to be committed.
            heard_ns: when we sent what it had heard from us by then.
        """
        follower = self._follower(member)
        follower.heard_ns = max(follower.heard_ns, heard_ns)
        follower.known_commit, follower.follows = commit, True
        if follower.keeps != (kept is not None):
            follower.keeps = kept is not None
            self._advance_commit()
        self._update_match_index(follower, head, kept or 0)

    def on_kept(self, now_ns: int) -> list[Send]:
        """Count our own disk, which has more of our log now."""
        self._advance_commit()
        return self._replicate_log(now_ns)

    def on_appended(self, sender: NodeId, reply: Appended, now_ns: int) -> list[Send]:
        """Count a follower's answer; send on what follows."""
        if reply.lineage != self._voter.log.lineage or reply.follower.node != sender:
            return []
        if reply.epoch > self.epoch:
            if self._voter.heeds(sender, now_ns):
                self._voter.learn_promise(reply.epoch)  # deposes us
            return []
        if reply.epoch < self.epoch or reply.upto > self._voter.log.head:
            return []
        follower = self._follower(reply.follower)
        follower.follows = True
        if reply.matched:
            self._update_match_index(follower, reply.upto, reply.kept)
        else:
            follower.base = follower.following = reply.upto
        return self._replicate_log(now_ns)

    def matched(self, member: Member) -> int:
        """Return how much of our log a follower holds for certain."""
        follower = self._followers.get(member)
        return 0 if follower is None else follower.matched

    def _update_match_index(self, follower: _Follower, upto: int, kept: int) -> None:
        before = (follower.matched, follower.kept)
        if upto > follower.matched:
            follower.matched = follower.base = upto
            follower.wait_ns = TICK_NS
            follower.following = max(follower.following, upto)
        follower.kept = max(follower.kept, min(kept, upto))
        if (follower.matched, follower.kept) != before:
            self._advance_commit()

    def _advance_commit(self) -> None:
        log = self._voter.log
        if self._voter.promised > self.epoch:
            return  # what we promised to another counts with it, not with us
        me, wanted = self._voter.me, majority(len(log.members))
        held = [log.head if m == me else self.matched(m) for m in log.members]
        kept = [self._kept_by(m) for m in self.disks]
        head = min(_reached_by(wanted, held), _reached_by(min(wanted, len(kept)), kept, log.head))
        if self._voter.storage.keeps:
            head = min(head, self._kept_by(me))  # who decides has it, and is the first to show it
        if head > log.commit and log.entry(head - 1).epoch == self.epoch:
            log.commit_to(head)

    @property
    def disks(self) -> tuple[Member, ...]:
        """Return the members whose disks must have what counts, as far as a majority goes."""
        return tuple(m for m in self._voter.log.members if self._is_disk(m))

    def _kept_by(self, member: Member) -> int:
        if member == self._voter.me:
            return self._voter.log.kept
        follower = self._followers.get(member)
        return 0 if follower is None else follower.kept

    def _is_disk(self, member: Member) -> bool:
        """Whether a member's disk is one of those that must have what counts."""
        if member == self._voter.me:
            return self._voter.storage.keeps
        follower = self._followers.get(member)
        return member not in self._silent and (follower is None or follower.keeps)

    def _note_silence(self, now_ns: int) -> None:
        """Note who has not answered for so long that its disk is no longer waited for.

        It matters only where a majority answers that is forgetful in part: else we are deposed.
        """
        since = now_ns - self._voter.patient_ns(MAJORITY_LOST_NS)
        if since < self._began_ns:
            return
        members = [m for m in self._voter.log.members if m != self._voter.me]
        silent = {
            m for m in members if m not in self._followers or self._followers[m].heard_ns <= since
        }
        if silent != self._silent:
            self._silent = silent
            self._advance_commit()

    def _follower(self, member: Member) -> _Follower:
        follower = self._followers.get(member)
        if follower is None:
            follower = _Follower(base=self._opening, following=self._opening)
            self._followers[member] = follower
        return follower

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
        index = max(follower.following, log.base.index)
        previous = log.hash_at(index)
        assert previous is not None
        entries = log.batch(index)
        follower.following = index + len(entries)
        follower.told_commit = log.commit
        follower.sent_ns = now_ns
        append = Append(
            log.lineage,
            self.epoch,
            self._voter.me,
            index,
            previous,
            entries,
            log.commit,
            log.base.index,
        )
        shown = [] if follower.follows else self._show_votes(member)
        return [*shown, Send(member.node, append)]

    def _show_votes(self, member: Member) -> list[Send]:
        """Return who voted for us, for one that has not followed us yet."""
        starts = range(0, len(self._votes), VOTES_PER_MESSAGE_MAX)
        parts = [tuple(self._votes[at : at + VOTES_PER_MESSAGE_MAX]) for at in starts]
        return [Send(member.node, Elected(part)) for part in parts]


def is_behind(log: DecreeLog, append: Append) -> bool:
    """Whether a coordinator has dropped what our log lacks: no append will ever continue it."""
    if append.index > append.base or log.is_compacted(append.index):
        return False
    return log.hash_at(append.index) != append.previous


def follow_append(voter: Voter, sender: NodeId, append: Append, now_ns: int) -> list[Send]:
    """Take a coordinator's entries into our log, and answer.

    The lineage is ours, or one whose fork we joined. An epoch below our promise is refused.
    """
    log = voter.log
    if append.coordinator.node != sender:
        return []
    if append.epoch < voter.promised:
        reply = Appended(append.lineage, voter.promised, voter.me, False, log.commit, 0)
        return [Send(sender, reply)]
    if append.epoch == voter.promised and voter.promised_to not in {None, append.coordinator}:
        return []
    voter.follow(append.epoch, append.coordinator, now_ns)
    if not log.store(append.index, append.previous, append.entries):
        reply = Appended(append.lineage, append.epoch, voter.me, False, log.commit, 0)
        return [Send(sender, reply)]
    upto = append.index + len(append.entries)
    voter.agreed = max(voter.agreed, upto)
    log.commit_to(min(append.commit, upto))
    if append.entries and voter.storage.keeps and log.kept < upto:
        return []  # the answer waits for the disk; if that is slow, our heartbeat tells sooner
    return acknowledge(voter, append.lineage)


def acknowledge(voter: Voter, lineage: LineageId) -> list[Send]:
    """Tell whom we follow how much of its log we hold, and how much of that our disk has."""
    coordinator, kept = voter.coordinator, min(voter.kept or 0, voter.agreed)
    if coordinator is None or coordinator == voter.me or voter.promised != voter.epoch:
        return []  # what we promised to another counts with it
    reply = Appended(lineage, voter.epoch, voter.me, True, voter.agreed, kept)
    return [Send(coordinator.node, reply)]


def _reached_by(count: int, heads: Sequence[int], otherwise: int = 0) -> int:
    """Return the head that so many of these have reached; `otherwise` where it takes none."""
    return sorted(heads, reverse=True)[count - 1] if count else otherwise

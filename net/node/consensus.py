"""One life in one lineage: routes messages to election, leadership, fork; reads the log out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, assert_never, final

from net.cluster.actions import Send
from net.cluster.election import Election, Won
from net.cluster.failure_detector import Health
from net.cluster.fork import ForkFounded, Forking
from net.cluster.log import DecreeLog, majority
from net.cluster.log_adoption import answer_fetch
from net.cluster.membership import next_change
from net.cluster.replication import Leadership, follow_append
from net.cluster.voter import Voter
from net.ids import LineageId, Member, NodeId
from net.limits import (
    DOWN_ISOLATED_NS,
    ELSEWHERE_NS,
    LEARNER_LAG_MAX,
    LEASE_NS,
    MAJORITY_LOST_NS,
    STEP_DOWN_NS,
    STUCK_NS,
)
from net.node.hand_over import HandOverPolicy
from net.node.peers import YIELDING, Peer, Peers
from net.node.program import Committed, CoordinatorChanged
from net.wire.messages import (
    Append,
    Appended,
    DecreeBody,
    Fetch,
    Fetched,
    ForkAnswer,
    ForkCall,
    HandOver,
    Order,
    Precedence,
    Prepare,
    Promise,
    Refusal,
    Rule,
    Status,
    Yield,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

LogMessage: TypeAlias = (
    Prepare
    | Promise
    | Refusal
    | Append
    | Appended
    | Fetch
    | Fetched
    | ForkCall
    | ForkAnswer
    | HandOver
)


@dataclass(frozen=True, slots=True)
class LineageLost:
    """We are out of this lineage: look for another, `into` before any."""

    into: LineageId | None


ConsensusOutcome: TypeAlias = Send | Committed | CoordinatorChanged | LineageLost


@final
class Consensus:
    """A member, or a learner that follows the log until it is made one."""

    def __init__(self, me: Member, log: DecreeLog, peers: Peers, rng: Random, now_ns: int) -> None:
        self._voter = Voter(me, log, promised=log.head_epoch, epoch=log.head_epoch)
        self._election = Election(self._voter, rng)
        self._forking = Forking(self._voter, rng)
        self._leadership: Leadership | None = None
        self._peers = peers
        self._began_ns = now_ns
        self._told = 0
        self._went_on = 0  # what had been told when we last looked for what to decree
        self._told_coordinator: tuple[LineageId, Member | None, int] | None = None
        self._followed: LineageId | None = None  # of the last coordinator that we accepted
        self._was_member = False
        self._vacant_since_ns: int | None = None
        self._yield_ns: int | None = None  # when our Yield was committed
        self._ended = False
        self.idle = True
        self.leaving = False  # we go: others should coordinate
        self.fit = True  # to coordinate: synced, and our loop keeps time
        self.overloaded = False  # our loop does not: others should coordinate, if one is fit
        self.timeout_scale = 1.0
        self._hand_over = HandOverPolicy()

    @classmethod
    def founding(
        cls, me: Member, log: DecreeLog, epoch: int, peers: Peers, rng: Random, now_ns: int
    ) -> Consensus:
        """Coordinate over a log that ends in its `Found`, naming us alone; all before it counts."""
        consensus = cls(me, log, peers, rng, now_ns)
        consensus._voter.promise(epoch, me)
        consensus._leadership = Leadership(consensus._voter, now_ns)
        return consensus

    # --- what others read -------------------------------------------------------------------

    @property
    def log(self) -> DecreeLog:
        return self._voter.log

    @property
    def is_member(self) -> bool:
        return self._voter.is_member

    @property
    def coordinator(self) -> Member | None:
        return self._voter.coordinator

    @property
    def coordinates(self) -> bool:
        return self._leadership is not None

    @property
    def decides(self) -> bool:
        """Our program may propose now."""
        return (
            self._leadership is not None
            and self._leadership.is_settled
            and self.log.yields_to is None
        )

    def status(self) -> Status:
        """Return what our heartbeats say of us."""
        voter, log = self._voter, self._voter.log
        precedence = log.precedence(self.idle)
        if log.yields_to is not None:
            precedence = Precedence(1, YIELDING, precedence.absent, precedence.lineage)
        return Status(
            precedence,
            voter.epoch,
            voter.coordinator,
            voter.is_member,
            self.fit,
            log.commit,
            log.head,
            log.head_hash[:8],
        )

    # --- inputs -------------------------------------------------------------------------------

    def on_message(
        self, sender: NodeId, message: LogMessage, now_ns: int
    ) -> list[ConsensusOutcome]:
        return self._report_changes(self._route_message(sender, message, now_ns), now_ns)

    def on_heartbeat(self, peer: Peer, now_ns: int) -> list[ConsensusOutcome]:
        """Read a peer's new standing: it answers for its log, and shows who coordinates."""
        status, voter = peer.status, self._voter
        if status is None or status.precedence.lineage != voter.log.lineage:
            return []
        self._election.on_epoch(status.epoch)
        coordinates = status.coordinator == peer.member
        if coordinates and voter.coordinator == peer.member and status.epoch == voter.epoch:
            voter.heard_ns = now_ns
        if self._leadership is None:
            return []
        known = voter.log.hash_at(status.head)
        same = known is not None and known[:8] == status.head_hash
        follows = status.coordinator == voter.me and status.epoch == self._leadership.epoch
        if follows:
            head = status.head if same else 0
            self._leadership.on_status(peer.member, head, status.commit, peer.echo_ns)
        return self._report_changes([], now_ns)

    def begin(self, now_ns: int) -> list[ConsensusOutcome]:
        """Tell what the log holds. Only when the program has read it do we know whether we idle."""
        return self._report_changes([], now_ns)

    def on_tick(self, now_ns: int) -> list[ConsensusOutcome]:
        sends: list[ConsensusOutcome] = []
        self._voter.timeout_scale = self.timeout_scale
        if self._leadership is not None and self._leadership.deposed(now_ns):
            self._step_down()
        self._track_coordinator_loss(now_ns)
        if self._leadership is not None:
            sends.extend(self._tick_leadership(self._leadership, now_ns))
        else:
            sends.extend(self._seek_coordinator(now_ns))
        return self._report_changes(sends, now_ns)

    def go_on(self, now_ns: int) -> list[ConsensusOutcome]:
        """Decree what the news allows, once the program has read it.

        Members are added one by one, and at a merge many wait: a tick between each two would be
        most of the time it takes.
        """
        if self._leadership is None or self._went_on == self._told:
            return []
        self._went_on = self._told
        return self._report_changes([*self._propose_due_change(self._leadership, now_ns)], now_ns)

    def propose(self, whats: Sequence[Rule | Order], now_ns: int) -> list[ConsensusOutcome]:
        if not self.decides or self._leadership is None:
            return []
        return self._report_changes(list(self._leadership.propose(whats, now_ns)), now_ns)

    def hand_over(self) -> list[Send]:
        """Ask the next member to coordinate; nothing where there is none, or we do not."""
        heirs = [m for m in self._members_by_rank() if m != self._voter.me]
        if self._leadership is None or not heirs:
            return []
        hand_over = HandOver(self._voter.log.lineage, self._leadership.epoch)
        return [Send(heirs[0].node, hand_over)]

    def on_pause(self, quiet_until_ns: int) -> None:
        """Neither promise nor stand until then: what we believe is old."""
        self._voter.quiet_until_ns = quiet_until_ns

    # --- routing ------------------------------------------------------------------------------

    def _route_message(
        self, sender: NodeId, message: LogMessage, now_ns: int
    ) -> list[ConsensusOutcome]:
        match message:
            case Append():
                return self._accept_append(sender, message, now_ns)
            case Appended():
                if self._leadership is None:
                    return []
                return list(self._leadership.on_appended(sender, message, now_ns))
            case Fetch():
                return list(answer_fetch(self._voter.log, sender, message))
            case Fetched():
                sends = self._apply_election_actions(
                    self._election.on_fetched(sender, message, now_ns), now_ns
                )
                forked = self._forking.on_fetched(sender, message, now_ns)
                return [*sends, *self._apply_fork_actions(forked, now_ns)]
            case ForkCall():
                vacant = self._vacant_since_ns is not None
                return self._apply_fork_actions(
                    self._forking.on_fork_call(sender, message, vacant), now_ns
                )
            case ForkAnswer():
                return self._apply_fork_actions(
                    self._forking.on_fork_answer(sender, message, now_ns), now_ns
                )
            case _:
                return self._route_election_message(sender, message, now_ns)

    def _route_election_message(
        self, sender: NodeId, message: Prepare | Promise | Refusal | HandOver, now_ns: int
    ) -> list[ConsensusOutcome]:
        election, voter = self._election, self._voter
        match message:
            case Prepare():
                return self._apply_election_actions(
                    election.on_prepare(sender, message, now_ns), now_ns
                )
            case Promise():
                return self._apply_election_actions(
                    election.on_promise(sender, message, now_ns), now_ns
                )
            case Refusal():
                return self._apply_election_actions(election.on_refusal(message, now_ns), now_ns)
            case HandOver(lineage=lineage, epoch=epoch):
                asked = voter.coordinator is not None and voter.coordinator.node == sender
                if (
                    self.leaving
                    or not asked
                    or (lineage, epoch) != (voter.log.lineage, voter.epoch)
                ):
                    return []
                return self._apply_election_actions(election.on_hand_over(now_ns), now_ns)
            case _:
                assert_never(message)

    def _accept_append(self, sender: NodeId, append: Append, now_ns: int) -> list[ConsensusOutcome]:
        voter = self._voter
        if append.lineage != voter.log.lineage:
            if append.lineage != self._forking.answered:
                return []
            # Promises belong to a lineage; this one is new, and nobody has promised in it yet.
            voter.promise(append.epoch, append.coordinator)
        else:
            self._forking.answered = None
        if self._leadership is not None and append.epoch >= self._leadership.epoch:
            if append.coordinator == voter.me:
                return []
            self._step_down()
        sends = list(follow_append(voter, sender, append, now_ns))
        if (voter.coordinator, voter.epoch) == (append.coordinator, append.epoch):
            self._followed = append.lineage
        return [*sends]

    def _apply_election_actions(
        self, actions: Sequence[Send | Won], now_ns: int
    ) -> list[ConsensusOutcome]:
        sends: list[ConsensusOutcome] = []
        for action in actions:
            match action:
                case Send():
                    sends.append(action)
                case Won():
                    sends.extend(self._start_leading(self._live_followers(), now_ns))
                case _:
                    assert_never(action)
        return sends

    def _apply_fork_actions(
        self, actions: Sequence[Send | ForkFounded], now_ns: int
    ) -> list[ConsensusOutcome]:
        sends: list[ConsensusOutcome] = []
        for action in actions:
            match action:
                case Send():
                    sends.append(action)
                case ForkFounded(epoch=epoch, found=found):
                    self._voter.log.append(epoch, found)
                    self._voter.promise(epoch, self._voter.me)
                    others = [m for m in found.members if m != self._voter.me]
                    sends.extend(self._start_leading(others, now_ns))
                case _:
                    assert_never(action)
        return sends

    # --- coordinating ----------------------------------------------------------------------------

    def _start_leading(self, followers: Sequence[Member], now_ns: int) -> list[Send]:
        """Begin to lead. A call that we answered once is not ours to go along with any more."""
        self._forking.answered = None
        self._leadership = Leadership(self._voter, now_ns)
        return self._leadership.on_tick(followers, now_ns)

    def _tick_leadership(self, leadership: Leadership, now_ns: int) -> list[ConsensusOutcome]:
        sends: list[ConsensusOutcome] = [*self._hand_over_if_late(leadership, now_ns)]
        sends.extend(self._propose_due_change(leadership, now_ns))
        sends.extend(leadership.on_tick(self._live_followers(), now_ns))
        return sends

    def _propose_due_change(self, leadership: Leadership, now_ns: int) -> list[Send]:
        what = self._next_decree(leadership, now_ns)
        return [] if what is None else leadership.propose([what], now_ns)

    def _hand_over_if_late(self, leadership: Leadership, now_ns: int) -> list[Send]:
        """Hand over when our loop runs late, to a member whose loop does not."""
        first = (
            self._members_by_rank()[0] if self.overloaded and leadership.is_open else self._voter.me
        )
        better = first != self._voter.me and self._is_fit_to_lead(first)
        return self.hand_over() if self._hand_over.is_due(self.overloaded, better, now_ns) else []

    def _next_decree(self, leadership: Leadership, now_ns: int) -> DecreeBody | None:
        """Return what the lineage itself needs decreed: an end, or a change of members."""
        log = self._voter.log
        if not leadership.is_open or log.yields_to is not None:
            return None
        better = self._better_lineage()
        if better is not None:
            return Yield(better)
        if not log.members_settled:
            return None
        gone = {m for m in log.members if m != self._voter.me and self._is_gone(m, now_ns)}
        return next_change(log.members, gone, self._ready_learners(leadership))

    def _better_lineage(self) -> LineageId | None:
        mine = self._voter.log.precedence(self.idle)
        for peer in self._peers.coordinated():
            if peer.status is not None and peer.lineage != mine.lineage:
                return peer.lineage if peer.status.precedence < mine else None
        return None

    def _is_gone(self, member: Member, now_ns: int) -> bool:
        peer = self._peers.get(member.node)
        if peer is None:
            return now_ns - self._began_ns > DOWN_ISOLATED_NS
        if peer.incarnation > member.incarnation or peer.health in {Health.DOWN, Health.LEFT}:
            return True
        return peer.strayed_ns is not None and now_ns - peer.strayed_ns > ELSEWHERE_NS

    def _ready_learners(self, leadership: Leadership) -> dict[NodeId, Member]:
        log = self._voter.log
        return {
            peer.node: peer.member
            for peer in self._peers.in_lineage(log.lineage)
            if peer.member not in log.members
            and leadership.matched(peer.member) + LEARNER_LAG_MAX >= log.head
        }

    def _live_followers(self) -> list[Member]:
        """Return members and learners that live; and members that joined a fork, yet to move."""
        log = self._voter.log
        lives = {peer.member for peer in self._peers.in_lineage(log.lineage)}
        if log.found is not None:
            lives |= {m for m in log.members if self._peers.life(m) is not None}
        return sorted(lives - {self._voter.me})

    def _step_down(self) -> None:
        self._leadership = None
        if self._voter.coordinator == self._voter.me:
            self._voter.coordinator = None

    # --- succession ---------------------------------------------------------------------------

    def _live_members(self) -> tuple[Member, ...]:
        """Return members that live and sit in our lineage, seniors first."""
        voter = self._voter
        lineage = voter.log.lineage
        return tuple(
            m
            for m in voter.log.members
            if m == voter.me
            or ((peer := self._peers.life(m)) is not None and peer.lineage == lineage)
        )

    def _members_by_rank(self) -> list[Member]:
        """Return members that live, who should lead first: those fit to, and of them seniors."""
        return sorted(self._live_members(), key=lambda m: not self._is_fit_to_lead(m))

    def _is_fit_to_lead(self, member: Member) -> bool:
        if member == self._voter.me:
            return self.fit
        peer = self._peers.life(member)
        return peer is not None and peer.status is not None and peer.status.fit

    def _track_coordinator_loss(self, now_ns: int) -> None:
        """Note since when nobody coordinates, as far as we know."""
        if not self._lacks_coordinator(now_ns):
            self._vacant_since_ns = None
        elif self._vacant_since_ns is None:
            self._vacant_since_ns = now_ns

    def _lacks_coordinator(self, now_ns: int) -> bool:
        voter = self._voter
        if self._leadership is not None:
            return False
        if voter.coordinator is None:
            return True
        peer = self._peers.life(voter.coordinator)
        if peer is None:
            return True
        silent_ns = now_ns - voter.heard_ns
        return peer.standing_ns > voter.heard_ns and silent_ns > voter.patient_ns(LEASE_NS)

    def _seek_coordinator(self, now_ns: int) -> list[ConsensusOutcome]:
        """Without a coordinator: elect one; without a majority: fork; without hope: go."""
        since = self._vacant_since_ns
        voter = self._voter
        vacant = since is not None
        if not voter.is_member:
            lost = now_ns - max(self._began_ns, voter.heard_ns) > STUCK_NS
            return [LineageLost(None)] if lost or (self._was_member and vacant) else []
        if self.leaving:
            return []
        if since is None and self._election.rests and self._forking.rests:
            return []
        live = self._live_members()
        rank = self._members_by_rank().index(voter.me)
        actions = self._apply_election_actions(self._election.on_tick(vacant, rank, now_ns), now_ns)
        too_few = len(live) < majority(len(voter.log.members))
        waited = 0 if since is None else now_ns - since
        deserted = waited > (MAJORITY_LOST_NS if too_few else STUCK_NS)
        if deserted and any(p.lineage != voter.log.lineage for p in self._peers.coordinated()):
            return [LineageLost(None)]
        if self._leadership is None:
            forked = self._forking.on_tick(deserted, live, now_ns)
            actions.extend(self._apply_fork_actions(forked, now_ns))
        return actions

    # --- reading out --------------------------------------------------------------------------

    def _report_changes(
        self, outcomes: list[ConsensusOutcome], now_ns: int
    ) -> list[ConsensusOutcome]:
        """Tell what is newly committed, who coordinates, and whether this was the end."""
        log = self._voter.log
        while self._told < log.commit:
            decree = log.entry(self._told)
            self._told += 1
            outcomes.append(Committed(decree, log.lineage))
        self._was_member = self._was_member or self._voter.me in log.members
        # Who follows a degraded lineage may have to wait for the entry that founds it.
        lineage = log.lineage if self._leadership is not None else self._followed or log.lineage
        coordinating = (lineage, self._voter.coordinator, self._voter.epoch)
        if coordinating != self._told_coordinator:
            self._told_coordinator = coordinating
            coordinator = self._voter.coordinator
            node = None if coordinator is None else coordinator.node
            outcomes.append(CoordinatorChanged(lineage, node, self._voter.epoch))
        if not self._ended:
            outcomes.extend(self._check_lineage_end(now_ns))
        return outcomes

    def _check_lineage_end(self, now_ns: int) -> list[ConsensusOutcome]:
        log = self._voter.log
        if log.is_over:
            # Who coordinates stays until the others know, or the wait is over.
            if self._yield_ns is None:
                self._yield_ns = now_ns
            waits = self._leadership is not None and now_ns - self._yield_ns < STEP_DOWN_NS
            if not (waits and len(self._live_members()) > 1):
                self._ended = True
                return [LineageLost(log.yields_to)]
        elif self._was_member and log.members_settled and not self._voter.is_member:
            self._ended = True
            return [LineageLost(None)]
        return []

"""One life in one lineage: routes messages to election, leadership, fork; reads the log out."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, assert_never, final

import msgspec

from net.cluster.actions import Send
from net.cluster.election import Election, ElectionAction, ElectionState, Won
from net.cluster.fork import ForkAction, ForkFounded, Forking
from net.cluster.local_health import LocalHealth
from net.cluster.log import DecreeLog, majority
from net.cluster.log_adoption import answer_fetch
from net.cluster.replication import Leadership, follow_append, is_behind
from net.cluster.storage import Storage
from net.cluster.voter import Voter
from net.ids import Member, NodeId
from net.limits import MAJORITY_LOST_NS, STUCK_NS, YOUTH_MAX
from net.node.counters import Implausible
from net.node.lineage.hand_over import HandOverPolicy
from net.node.lineage.lineage_readout import LineageLost, LineageReadout
from net.node.lineage.log_keeping import LogKeeping
from net.node.lineage.mandate import (
    fault_of,
    lags_behind_most,
    may_follow,
    named_by_most,
)
from net.node.lineage.reconfiguration import Reconfiguration
from net.node.lineage.succession import Succession
from net.node.lineage.vetting import Vetting
from net.node.peers import YIELDING, Peer, Peers
from net.node.program import Committed, CoordinatorChanged, SaveDecree
from net.security.signet import Signet
from net.wire.decrees import Proposal
from net.wire.messages import (
    Append,
    Appended,
    Block,
    Elected,
    Fetch,
    Fetched,
    ForkAnswer,
    ForkCall,
    HandOver,
    LogMessage,
    Manifest,
    Precedence,
    Prepare,
    Promise,
    Refusal,
    Status,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from net.cluster.checkpoint import KeptCheckpoint
    from net.node.program import Write


class OwnState(msgspec.Struct, frozen=True):
    """What of this node as a whole bears on its part in the lineage."""

    idle: bool  # no race runs, says our program
    leaving: bool  # we go: others should coordinate
    fit: bool  # to coordinate: synced, and loop and disk keep time
    watches: bool = False  # it never stands for election
    race_ns: int = 0  # what the race clock shows


ConsensusOutcome: TypeAlias = Send | SaveDecree | Committed | CoordinatorChanged | LineageLost


@final
class Consensus:
    """A member, or a learner that follows the log until it is made one."""

    def __init__(
        self,
        me: Member,
        log: DecreeLog,
        peers: Peers,
        health: LocalHealth,
        storage: Storage,
        signet: Signet,
        rng: Random,
        now_ns: int,
    ) -> None:
        first = log.head_epoch
        self._voter = Voter(me, health, storage, signet, log, promised=first, epoch=first)
        self._keeping = LogKeeping(self._voter)
        self._election = Election(self._voter, rng)
        self._forking = Forking(self._voter, rng)
        self._leadership: Leadership | None = None
        self._peers = peers
        self._began_ns = now_ns
        self._succession = Succession(self._voter, peers)
        self._vetting = Vetting(peers, rng)
        self._reconfiguration = Reconfiguration(self._voter, peers, self._vetting, now_ns)
        self._readout = LineageReadout(self._voter, self._succession)
        self._hand_over = HandOverPolicy()

    @classmethod
    def founding(
        cls,
        me: Member,
        log: DecreeLog,
        epoch: int,
        peers: Peers,
        health: LocalHealth,
        storage: Storage,
        signet: Signet,
        rng: Random,
        now_ns: int,
    ) -> Consensus:
        """Coordinate over a log that ends in its `Found`, naming us alone; all before it counts."""
        consensus = cls(me, log, peers, health, storage, signet, rng, now_ns)
        consensus._voter.promise(epoch, me)
        consensus._voter.cast(epoch, me)
        consensus._leadership = Leadership(consensus._voter, now_ns)
        return consensus

    # --- what others read -------------------------------------------------------------------

    @property
    def log(self) -> DecreeLog:
        return self._voter.log

    @property
    def voter(self) -> Voter:
        """Our promises and our log, to look at."""
        return self._voter

    @property
    def leadership(self) -> Leadership | None:
        """Our time in office, to look at; None: we do not coordinate."""
        return self._leadership

    @property
    def election(self) -> ElectionState:
        """How far we are with becoming coordinator, to look at."""
        return self._election.state

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
        """Our program may propose now. What we promised to another ends it before the next tick."""
        return (
            self._leadership is not None
            and self._leadership.is_settled
            and self._voter.promised <= self._leadership.epoch
            and self.log.yields_to is None
        )

    def status(self, own: OwnState) -> Status:
        """Return what our heartbeats say of us."""
        voter, log = self._voter, self._voter.log
        precedence = log.precedence(own.idle, own.race_ns if self.coordinates else None)
        if log.yields_to is not None:
            precedence = Precedence(
                1, 1, YIELDING, precedence.absent, YOUTH_MAX, precedence.lineage
            )
        return Status(
            precedence,
            voter.epoch,
            voter.coordinator,
            voter.is_member,
            own.fit,
            log.commit,
            log.head,
            log.head_hash[:8],
            voter.kept,
        )

    @property
    def lacks_operation(self) -> bool:
        """A decree waits for an operation that others have."""
        return self._keeping.lacks_operation or self._peers.jury.waits

    # --- inputs -------------------------------------------------------------------------------

    def on_message(
        self, sender: NodeId, message: LogMessage, own: OwnState, now_ns: int
    ) -> list[ConsensusOutcome]:
        if (fault := fault_of(self._voter, message)) is not None:
            self._peers.disbelieve(fault)
            return []
        taken = self._peers.admit(sender, message, self._voter, self._readout.told, now_ns)
        told = [] if taken is None else self._route_message(sender, taken, own, now_ns)
        return self._report_changes(told, now_ns)

    def on_heartbeat(self, peer: Peer, now_ns: int) -> list[ConsensusOutcome]:
        """Read a peer's new standing: it answers for its log, and shows who coordinates."""
        status, voter = peer.status, self._voter
        if status is None or status.precedence.lineage != voter.log.lineage:
            return []
        if not voter.may_be_honest(status.epoch):
            self._peers.disbelieve(Implausible.EPOCH)
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
            head, echo_ns = status.head if same else 0, peer.beats.echo_ns
            self._leadership.on_status(peer.member, head, status.kept, status.commit, echo_ns)
        return self._report_changes([], now_ns)

    def on_shown(self, peer: Peer, shown: Manifest | Block, now_ns: int) -> list[Send]:
        """Take what a peer shows of a lineage that we may give way to."""
        match shown:
            case Manifest():
                return self._vetting.on_manifest(peer, shown, now_ns)
            case Block():
                self._vetting.on_block(peer, shown, now_ns)
                return []
            case _:
                assert_never(shown)

    def on_kept(self, writes: Sequence[Write], now_ns: int) -> list[ConsensusOutcome]:
        """Take that these are on disk."""
        sends = self._keeping.on_kept(writes)
        if self._leadership is not None:
            sends.extend(self._leadership.on_kept(now_ns))
        return self._report_changes([*sends], now_ns)

    def begin(self, now_ns: int) -> list[ConsensusOutcome]:
        """Tell what the log holds. Only when the program has read it do we know whether we idle."""
        return self._report_changes([], now_ns)

    def on_tick(self, own: OwnState, now_ns: int) -> list[ConsensusOutcome]:
        held = self._peers.take_held(self.log)
        sends = [] if held is None else self.on_message(*held, own, now_ns)
        if self._leadership is not None and self._leadership.deposed(now_ns):
            self._step_down()
        self._succession.on_tick(self.coordinates, now_ns)
        if self._leadership is not None:
            sends.extend(self._tick_leadership(self._leadership, own, now_ns))
        else:
            sends.extend(self._seek_coordinator(own, now_ns))
        return self._report_changes(sends, now_ns)

    def go_on(self, own: OwnState, now_ns: int) -> list[ConsensusOutcome]:
        """Decree what the news allows, once the program has read it.

        Members are added one by one, and at a merge many wait: a tick between each two would be
        most of the time it takes.
        """
        if self._keeping.waits:
            return self._report_changes([], now_ns)  # what for may have come
        if self._leadership is None or not self._readout.take_news():
            return []
        sends = self._propose_due_change(self._leadership, own, now_ns)
        return self._report_changes([*sends], now_ns)

    def begin_at(self, checkpoint: KeptCheckpoint) -> list[Committed]:
        """Drop what the checkpoint before ours folds, and go on from this one.

        Returns:
            What was told behind it, to be told again.
        """
        log = self.log
        log.begin_at(checkpoint, log.folded if log.checkpoint is not None else log.base.index)
        self._readout.begin_at(checkpoint.index)
        told = log.entries(checkpoint.index, self._readout.told)
        return [Committed(decree, log.lineage) for decree in told]

    @property
    def told(self) -> int:
        """How many decrees were told, or folded into what was."""
        return self._readout.told

    def propose(self, whats: Sequence[Proposal], now_ns: int) -> list[ConsensusOutcome]:
        if not self.decides or self._leadership is None:
            return []
        return self._report_changes(list(self._leadership.propose(whats, now_ns)), now_ns)

    def hand_over(self) -> list[Send]:
        """Ask the next member to coordinate; nothing where there is none, or we do not."""
        heirs = self._succession.heirs()
        if self._leadership is None or not heirs:
            return []
        voter, heir = self._voter, heirs[0]
        office = voter.log.lineage, self._leadership.epoch, voter.me
        return [Send(heir.node, voter.signet.hand_over(*office, heir))]

    def on_pause(self, quiet_until_ns: int) -> None:
        """Neither promise nor stand nor doubt until then: what we believe is old."""
        self._voter.quiet_until_ns = quiet_until_ns

    # --- routing ------------------------------------------------------------------------------

    def _route_message(
        self, sender: NodeId, message: LogMessage, own: OwnState, now_ns: int
    ) -> list[ConsensusOutcome]:
        forking = self._forking
        match message:
            case Append():
                return self._accept_append(sender, message, now_ns)
            case Appended():
                if self._leadership is None:
                    return []
                return list(self._leadership.on_appended(sender, message, now_ns))
            case Fetch():
                return list(answer_fetch(self._voter.log, sender, message))
            case Fetched() if self._is_dropped(sender, message):
                return [*self._readout.lose(message.lineage)]
            case Fetched():
                elected = self._apply_actions(
                    self._election.on_fetched(sender, message, now_ns), now_ns
                )
                forked = forking.on_fetched(sender, message, now_ns)
                return [*elected, *self._apply_actions(forked, now_ns)]
            case ForkCall():
                since = None if self.coordinates else self._succession.vacant_since_ns
                answered = forking.on_fork_call(sender, message, since is not None)
                return self._apply_actions(answered, now_ns)
            case ForkAnswer():
                return self._apply_actions(forking.on_fork_answer(sender, message, now_ns), now_ns)
            case HandOver():
                return self._accept_hand_over(sender, message, own, now_ns)
            case Prepare() | Promise() | Refusal() | Elected():
                voted = self._election.on_message(sender, message, now_ns)
                return self._apply_actions(voted, now_ns)
            case _:
                assert_never(message)

    def _is_dropped(self, sender: NodeId, part: Fetched) -> bool:
        """Whether what we asked for is dropped where the best log is: we must learn it anew."""
        asking = self._election.asks(sender) or self._forking.asks(sender)
        beyond = part.lineage == self.log.lineage and part.index > self.log.head
        return asking and beyond and lags_behind_most(self.log, self._peers)

    def _accept_hand_over(
        self, sender: NodeId, asked: HandOver, own: OwnState, now_ns: int
    ) -> list[ConsensusOutcome]:
        """Stand for election, where our coordinator asks for it and we may, and do not leave."""
        voter = self._voter
        ours = voter.coordinator is not None and voter.coordinator.node == sender
        if own.leaving or own.watches or not ours or not voter.may_succeed(asked, voter.me):
            return []
        return self._apply_actions(self._election.on_hand_over(asked, now_ns), now_ns)

    def _accept_append(self, sender: NodeId, append: Append, now_ns: int) -> list[ConsensusOutcome]:
        voter = self._voter
        called = self._forking.answered
        goes_along = called is not None and called.lineage == append.lineage
        if append.lineage != voter.log.lineage and not goes_along:
            return []
        live = self._succession.live_members()
        shown = may_follow(voter, append, called, live, self._peers)
        if append.coordinator.node != sender or not shown:
            self._peers.counters.unelected += 1
            return []
        if is_behind(voter.log, append) and lags_behind_most(voter.log, self._peers):
            return [*self._readout.lose(append.lineage)]
        if append.lineage != voter.log.lineage:
            # Promises belong to a lineage; this one is new, and nobody has promised in it yet.
            voter.enter_lineage(append.lineage, append.epoch, append.coordinator)
        elif voter.is_moving:
            return []  # this one we are on our way out of
        else:
            self._forking.forget_answer()
        if self._leadership is not None and append.epoch >= self._leadership.epoch:
            if append.coordinator == voter.me:
                return []
            self._step_down()
        sends = list(follow_append(voter, sender, append, now_ns))
        if (voter.coordinator, voter.epoch) == (append.coordinator, append.epoch):
            self._readout.note_followed(append.lineage)
            self._forking.end_call()
        return [*sends]

    def _apply_actions(
        self, actions: Sequence[ElectionAction | ForkAction], now_ns: int
    ) -> list[ConsensusOutcome]:
        """Hand on what is to be sent; lead where an election or a fork says so."""
        sends: list[ConsensusOutcome] = []
        for action in actions:
            match action:
                case Send():
                    sends.append(action)
                case Won():
                    followers = self._reconfiguration.live_followers()
                    sends.extend(self._start_leading(followers, now_ns))
                case ForkFounded(epoch=epoch, found=found):
                    self._voter.log.append(epoch, found)
                    self._voter.moves_to = None
                    self._voter.promise(epoch, self._voter.me)
                    self._voter.cast(epoch, self._voter.me)
                    others = [m for m in found.members if m != self._voter.me]
                    sends.extend(self._start_leading(others, now_ns))
                case _:
                    assert_never(action)
        return sends

    # --- coordinating ----------------------------------------------------------------------------

    def _start_leading(self, followers: Sequence[Member], now_ns: int) -> list[Send]:
        """Begin to lead. A call, ours or one that we answered, is not ours to pursue any more."""
        self._forking.forget_answer()
        self._forking.end_call()
        self._leadership = Leadership(self._voter, now_ns)
        return self._leadership.on_tick(followers, now_ns)

    def _tick_leadership(
        self, leadership: Leadership, own: OwnState, now_ns: int
    ) -> list[ConsensusOutcome]:
        sends: list[ConsensusOutcome] = [*self._hand_over_if_late(leadership, own.fit, now_ns)]
        rival = self._reconfiguration.rival(own.idle, own.race_ns)
        quiet = now_ns < self._voter.quiet_until_ns
        sends.extend(self._vetting.on_tick(rival, self.log, now_ns, quiet=quiet))
        sends.extend(self._propose_due_change(leadership, own, now_ns))
        sends.extend(leadership.on_tick(self._reconfiguration.live_followers(), now_ns))
        return sends

    def _propose_due_change(self, leadership: Leadership, own: OwnState, now_ns: int) -> list[Send]:
        what = self._reconfiguration.next_decree(leadership, own.idle, own.race_ns, now_ns)
        return [] if what is None else leadership.propose([what], now_ns)

    def _hand_over_if_late(self, leadership: Leadership, fit: bool, now_ns: int) -> list[Send]:
        """Hand over when our loop or our disk is late, to a member for whom neither is."""
        first, storage = self._voter.me, self._voter.storage
        late = not (storage.keeps and storage.prompt)
        overloaded = self._voter.health.is_overloaded or late
        if overloaded and leadership.is_open:
            first = self._succession.members_by_rank(fit)[0]
        better = first != self._voter.me and self._succession.is_fit_to_lead(first, fit)
        return self.hand_over() if self._hand_over.is_due(overloaded, better, now_ns) else []

    def _step_down(self) -> None:
        self._leadership = None
        if self._voter.coordinator == self._voter.me:
            self._voter.coordinator = None

    def _seek_coordinator(self, own: OwnState, now_ns: int) -> list[ConsensusOutcome]:
        """Without a coordinator: elect one; without a majority: fork; without hope: go."""
        since, voter = self._succession.vacant_since_ns, self._voter
        vacant = since is not None
        if not voter.is_member:
            lost = now_ns - max(self._began_ns, voter.heard_ns) > STUCK_NS
            lost |= vacant and (self._readout.was_member or self._succession.has_moved_on())
            return [*self._readout.lose()] if lost else []
        if own.leaving:
            return []
        if own.watches:
            return self._wait_for_coordinator(now_ns)
        if since is None and self._election.rests and self._forking.rests:
            return []
        live = self._succession.live_members()
        rank = self._succession.members_by_rank(own.fit).index(voter.me)
        actions = self._apply_actions(self._election.on_tick(vacant, rank, now_ns), now_ns)
        too_few = len(live) < majority(len(voter.log.members))
        waited = 0 if since is None else now_ns - since
        if waited > MAJORITY_LOST_NS and named_by_most(voter, self._peers) is not None:
            return [*self._readout.lose()]  # they go on without us, whom we have promised too much
        deserted = waited > (MAJORITY_LOST_NS if too_few else STUCK_NS)
        if deserted and any(p.lineage != voter.log.lineage for p in self._peers.coordinated()):
            return [*self._readout.lose()]
        if self._leadership is None:
            forked = self._forking.on_tick(deserted, live, now_ns)
            actions.extend(self._apply_actions(forked, now_ns))
        return actions

    def _wait_for_coordinator(self, now_ns: int) -> list[ConsensusOutcome]:
        """Who only watches leads nobody: where no other will, it is in no room any more."""
        since = self._succession.vacant_since_ns
        alone = len(self._succession.live_members()) == 1
        patience_ns = MAJORITY_LOST_NS if alone else STUCK_NS
        deserted = since is not None and now_ns - since > patience_ns
        return [*self._readout.lose()] if deserted else []

    def _report_changes(
        self, outcomes: list[ConsensusOutcome], now_ns: int
    ) -> list[ConsensusOutcome]:
        """Add what the log has to keep, and to tell, after what we did."""
        outcomes.extend(self._keeping.save_news(now_ns))
        outcomes.extend(self._readout.read(self.coordinates, now_ns))
        return outcomes

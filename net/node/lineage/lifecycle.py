"""A node's place: without a lineage, or in one; and how it gets from one to the next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, final

from msgspec.structs import replace

from net.cluster.actions import Send
from net.cluster.checkpoint import KeptCheckpoint
from net.cluster.local_health import LocalHealth
from net.cluster.log import DecreeLog
from net.cluster.log_adoption import kept_log
from net.cluster.snapshot import SnapshotCounters, SnapshotServer
from net.cluster.storage import Storage
from net.ids import INCARNATION_MAX, Address, Incarnation, LineageId, Member, NodeId
from net.limits import EPOCH_SPREAD, MILLISECOND, SYNC_WAIT_NS
from net.node.lineage.admitting import Admitting
from net.node.lineage.approach import Approach, Entry
from net.node.lineage.consensus import Consensus, ConsensusOutcome, OwnState
from net.node.lineage.joining import PLACE, Joining, Place, PlaceEvent
from net.node.lineage.lineage_readout import LineageLost
from net.node.lineage.rapport import Rapport
from net.node.lineage.revival import Revival
from net.node.peers import Peer, Peers
from net.node.program import (
    Awaited,
    Committed,
    CoordinatorChanged,
    HistoryTooNew,
    LineageEntered,
    Revived,
    SaveDecree,
    Synced,
    Waiting,
    WaitReason,
)
from net.security.signet import Signet
from net.wire.decrees import AddAuthors, Convict, Decree, Proposal
from net.wire.messages import Block, BlockRequest, LogMessage, Manifest, ManifestRequest, Status

if TYPE_CHECKING:
    from random import Random

    from net.cluster.causal.operations import OperationStore
    from net.node.program import Write
    from net.transport.actions import Denied, Incompatible, RoomFull, Unconfirmed

HistoryMessage: TypeAlias = ManifestRequest | Manifest | BlockRequest | Block


@dataclass(frozen=True, slots=True)
class LineageFounded:
    """We founded a lineage: where the room has no race clock yet, ours is it.

    `revived`: it goes on with the history of the process before.
    """

    revived: bool


@dataclass(frozen=True, slots=True)
class BegunFrom:
    """The history that we have just entered begins with this checkpoint; None: with nothing."""

    checkpoint: KeptCheckpoint | None


@dataclass(frozen=True, slots=True)
class IncarnationRaised:
    """The old life may be a member somewhere, and has promised: lead the next one from here on."""

    member: Member


LifecycleOutcome: TypeAlias = (
    Send
    | SaveDecree
    | Committed
    | CoordinatorChanged
    | LineageEntered
    | Awaited
    | Revived
    | BegunFrom
    | Synced
    | Waiting
    | LineageFounded
    | IncarnationRaised
)


@final
class Lifecycle:
    """Either joining or in a lineage, never both."""

    def __init__(
        self,
        me: Member,
        entry: Entry,
        peers: Peers,
        health: LocalHealth,
        storage: Storage,
        signet: Signet,
        rng: Random,
        now_ns: int,
    ) -> None:
        self._me = me
        self._approach = Approach(entry)
        self._peers = peers
        self._means = health, storage, signet  # what a life works with
        self._rng = rng
        self._snapshots = SnapshotServer()
        self._admitting = Admitting()
        self.counters = SnapshotCounters()
        self._joining: Joining | None = self._look_again(DecreeLog(), now_ns, aged=False)
        self._since_ns = now_ns
        self._sources: tuple[NodeId, ...] = ()
        self._own = OwnState(idle=True, leaving=False, fit=True, watches=not entry.may_lead)
        self.consensus: Consensus | None = None
        self._place = PLACE.initial  # in a lineage; until then it is that of joining

    def restore(
        self, decrees: Sequence[Decree], checkpoint: KeptCheckpoint | None, *, aged: bool
    ) -> list[HistoryTooNew]:
        """Go on from these, if nobody is found whose history is better. Call before all else.

        Not so where newer code than this kept them, of a room that we cannot speak in.

        Args:
            aged: only together with others who come back with a history of theirs.
        """
        history = kept_log(decrees, checkpoint)
        if history.newest_version > self._peers.ours.highest:
            return [HistoryTooNew(history.newest_version)]
        self._joining = self._look_again(history, self._since_ns, aged=aged)
        return []

    @property
    def storage(self) -> Storage:
        """How the disk is."""
        return self._means[1]

    @property
    def me(self) -> Member:
        """The life that we lead."""
        return self._me

    @property
    def place(self) -> Place:
        """Where we stand between one lineage and the next."""
        return self._place if self._joining is None else self._joining.place

    @property
    def synced(self) -> bool:
        return self.place is Place.SYNCED

    @property
    def status(self) -> Status:
        if self._joining is not None:
            return self._joining.status()
        assert self.consensus is not None, "either, or"
        return self.consensus.status(self._own)

    @property
    def coordinator(self) -> NodeId | None:
        if self.consensus is None or self.consensus.coordinator is None:
            return None
        return self.consensus.coordinator.node

    @property
    def decides(self) -> bool:
        return self.synced and self.consensus is not None and self.consensus.decides

    @property
    def commit(self) -> int:
        return 0 if self.consensus is None else self.consensus.voter.settled

    @property
    def lineage(self) -> LineageId | None:
        return None if self.consensus is None else self.consensus.log.lineage

    @property
    def history(self) -> DecreeLog:
        """The log that we follow, or what we hold from before."""
        if self._joining is not None:
            return self._joining.history
        assert self.consensus is not None, "either, or"
        return self.consensus.log

    @property
    def version(self) -> int:
        """What the room speaks that we are in; 0: we are in none."""
        return 0 if self.consensus is None else self.consensus.log.version

    @property
    def lacks_operation(self) -> bool:
        """A decree waits for an operation that others have."""
        return self.consensus is not None and self.consensus.lacks_operation

    def set_idle(self, idle: bool) -> None:
        self._own = replace(self._own, idle=idle)

    def leave(self) -> None:
        """Coordinate no more, and begin no further life."""
        self._own = replace(self._own, leaving=True)

    def on_listed(self, node: NodeId, address: Address, now_ns: int) -> None:
        """Note that discovery saw a node of our room."""
        self._approach.on_listed(node, address, now_ns)

    def on_met(self, alias: NodeId, node: NodeId) -> None:
        """Note who it is that was listed by an alias."""
        self._approach.on_met(alias, node)

    def on_incompatible(self, found: Incompatible, now_ns: int) -> None:
        """Note that somebody of our room speaks no version that we do."""
        self._approach.on_incompatible(found, now_ns)

    def on_denied(self, found: Denied, now_ns: int) -> None:
        """Note that somebody has our room under another passphrase."""
        self._approach.rapports.on_explained(found.address, now_ns)
        if found.ours:
            self._approach.on_door(found.node, found.address, WaitReason.PASSPHRASE, now_ns)

    def on_turned_away(self, found: RoomFull | Unconfirmed, now_ns: int) -> None:
        """Note that somebody of our room answers us, and does not let us in."""
        self._approach.on_turned_away(found, now_ns)

    def rapport_at(self, addresses: Iterable[Address], now_ns: int) -> Rapport:
        """Return how far we have come with who is at any of these addresses, and is not reached."""
        return self._approach.rapports.at(addresses, now_ns)

    def on_other_door(self, node: NodeId, address: Address, locked: bool, now_ns: int) -> None:
        """Note that discovery saw a room of our name, locked where ours is not or the other way."""
        why = WaitReason.LOCKED if locked else WaitReason.UNLOCKED
        self._approach.on_door(node, address, why, now_ns)

    def on_unreadable(self, node: NodeId, now_ns: int) -> None:
        """Note that a peer says what cannot be read here."""
        self._approach.on_foreign(node, now_ns)

    def on_tick(self, met_equal: bool, race_ns: int, now_ns: int) -> list[LifecycleOutcome]:
        """Pursue our place.

        Args:
            met_equal: a peer holds just the operations that we hold.
            race_ns: what the race clock shows.
        """
        self._peers.on_tick(now_ns)
        outcomes: list[LifecycleOutcome] = []
        if self.consensus is not None:
            keeps_time = self.storage.prompt and not self._means[0].is_overloaded
            fit = self.synced and self.storage.keeps and keeps_time and not self._own.watches
            self._own = replace(self._own, fit=fit, race_ns=race_ns)
            ticked = self.consensus.on_tick(self._own, now_ns)
            outcomes.extend(self._apply_outcomes(ticked, now_ns))
        elif self._joining is not None and not self._own.leaving:
            outcomes.extend(self._joining.on_tick(now_ns))
            outcomes.extend(self._joining.take_news(now_ns))
            if self._joining.should_found(now_ns):
                outcomes.extend(self._found_lineage(self._joining, now_ns))
        outcomes.extend(self._check_synced(met_equal, now_ns))
        outcomes.extend(self._tell_waiting(now_ns))
        return outcomes

    def _tell_waiting(self, now_ns: int) -> list[Waiting]:
        """Tell why we are not in yet, where that takes so long that somebody may wonder."""
        if self.synced or self._own.leaving:
            return []
        if self._joining is not None:
            waiting = self._joining.waiting(now_ns)
        else:
            waiting = Waiting(WaitReason.ADMISSION, self.coordinator)
        return self._approach.news(waiting, self._since_ns, now_ns)

    def on_kept(self, writes: Sequence[Write], now_ns: int) -> list[LifecycleOutcome]:
        """Take that these are on disk."""
        if self.consensus is None:
            assert self._joining is not None, "either, or"
            self._joining.on_kept(writes)
            return []
        return self._apply_outcomes(self.consensus.on_kept(writes, now_ns), now_ns)

    def on_heartbeat(self, peer: Peer, now_ns: int) -> list[LifecycleOutcome]:
        peer.standing_ns = now_ns
        if self.consensus is None:
            return []
        if peer.lineage == self.consensus.log.lineage:
            peer.strayed_ns = None
        elif peer.strayed_ns is None:
            peer.strayed_ns = now_ns
        return self._apply_outcomes(self.consensus.on_heartbeat(peer, now_ns), now_ns)

    def on_log_message(
        self, peer: Peer, message: LogMessage, now_ns: int
    ) -> list[LifecycleOutcome]:
        if self.consensus is None:
            return []
        told = self.consensus.on_message(peer.node, message, self._own, now_ns)
        return self._apply_outcomes(told, now_ns)

    def on_history_message(
        self, peer: Peer, message: HistoryMessage, now_ns: int
    ) -> list[LifecycleOutcome]:
        match message:
            case ManifestRequest() if self.consensus is not None:
                log = self.consensus.log
                return list(self._snapshots.on_manifest_request(log, peer.node, message))
            case BlockRequest() if self.consensus is not None:
                log = self.consensus.log
                return list(self._snapshots.on_block_request(log, peer.node, message))
            case Manifest() if self._joining is not None:
                return list(self._joining.on_manifest(peer.node, message, now_ns))
            case Block() if self._joining is not None:
                return self._receive_block(self._joining, peer, message, now_ns)
            case Manifest() | Block() if self.consensus is not None:
                return [*self.consensus.on_shown(peer, message, now_ns)]
            case _:
                return []

    def propose(self, whats: Sequence[Proposal], now_ns: int) -> list[LifecycleOutcome]:
        if not self.decides or self.consensus is None:
            return []
        return self._apply_outcomes(self.consensus.propose(whats, now_ns), now_ns)

    def admit_authors(self, operations: OperationStore, now_ns: int) -> list[LifecycleOutcome]:
        """Decree whose operations count besides those of members, and whose no more."""
        if not self.decides:
            return []
        lives = self._admitting.due(operations, self.history.members, now_ns)
        due: list[Proposal] = [AddAuthors(lives)] if lives else []
        due.extend(Convict(proof) for proof in operations.convictions.undecreed())
        return self.propose(due, now_ns) if due else []

    def begin_life(self, after: Incarnation | None, now_ns: int) -> list[LifecycleOutcome]:
        """Enter our lineage once more, as a life that can write: this one cannot any more.

        Args:
            after: the last life of this node that anybody knows; None: it goes on.
        """
        if after is None or after >= INCARNATION_MAX:
            return []
        if self.consensus is None or self._own.leaving:
            return []
        return [self._raise_incarnation(after, self.consensus.log.lineage, now_ns)]

    def go_on(self, now_ns: int) -> list[LifecycleOutcome]:
        """Decree what the news allows. Call it when the program has read all that was told."""
        if self.consensus is None:
            return []
        return self._apply_outcomes(self.consensus.go_on(self._own, now_ns), now_ns)

    def hand_over(self) -> list[Send]:
        """Ask the next member to coordinate, if we do."""
        return [] if self.consensus is None else self.consensus.hand_over()

    def on_pause(self, quiet_until_ns: int) -> None:
        """Judge nobody until then: we stood still, or have not read all that came."""
        if self.consensus is not None:
            self.consensus.on_pause(quiet_until_ns)
        elif self._joining is not None:
            self._joining.on_pause(quiet_until_ns)

    # --- inside -------------------------------------------------------------------------------

    def _look_for(self, into: LineageId | None, history: DecreeLog, now_ns: int) -> Joining:
        approach, counters = self._approach, self.counters
        return Joining(self._me, into, history, approach, self._peers, self._rng, counters, now_ns)

    def _look_again(self, history: DecreeLog, now_ns: int, *, aged: bool) -> Joining:
        """Look for a lineage as a process that has just started."""
        revival = Revival(self._me, history, self._peers, now_ns, aged=aged)
        approach, counters = self._approach, self.counters
        peers, rng = self._peers, self._rng
        return Joining(self._me, None, history, approach, peers, rng, counters, now_ns, revival)

    def _found_lineage(self, joining: Joining, now_ns: int) -> list[LifecycleOutcome]:
        self._sources = ()
        epoch = 1 + self._rng.randrange(EPOCH_SPREAD)
        revived, log = joining.revived(), joining.found()
        consensus = Consensus.founding(
            self._me,
            log,
            log.head_epoch + epoch,
            self._peers,
            *self._means,
            self._rng,
            now_ns,
        )
        return [
            LineageFounded(revived=any(each.kept for each in revived)),
            *revived,
            *self._enter_lineage(consensus, PlaceEvent.FOUNDED, now_ns),
        ]

    def _committed_history(self) -> DecreeLog:
        """Return what counts in the lineage that we lose: it may be all that is left."""
        log = None if self.consensus is None else self.consensus.log
        return DecreeLog() if log is None else log.prefix(log.commit)

    def _receive_block(
        self, joining: Joining, peer: Peer, block: Block, now_ns: int
    ) -> list[LifecycleOutcome]:
        learned = joining.on_block(peer.node, block, now_ns)
        if learned is None:
            return []
        self._sources = learned.sources
        means = self._peers, *self._means
        consensus = Consensus(self._me, learned.log, *means, self._rng, now_ns)
        told = joining.given_up(learned.log)
        return [*told, *self._enter_lineage(consensus, PlaceEvent.LEARNED, now_ns)]

    def _raise_incarnation(
        self, after: Incarnation, into: LineageId | None, now_ns: int
    ) -> IncarnationRaised:
        self._move(PlaceEvent.LOST)
        self._me = Member(self._me.node, max(after, self._me.incarnation) + 1)
        history = self._committed_history()
        self.consensus = None
        for peer in self._peers:
            peer.strayed_ns = None
        self._joining = self._look_for(into, history, now_ns)
        self._since_ns = now_ns
        return IncarnationRaised(self._me)

    def _move(self, event: PlaceEvent) -> None:
        self._place = PLACE.after(self.place, event)

    def _enter_lineage(
        self, consensus: Consensus, event: PlaceEvent, now_ns: int
    ) -> list[LifecycleOutcome]:
        self._move(event)
        self.consensus, self._joining = consensus, None
        # Who founds holds all there is; a learner is asked for nothing yet.
        self._own = replace(self._own, fit=not self._own.watches)
        entered = LineageEntered(consensus.log.lineage)
        begun = BegunFrom(consensus.log.checkpoint)
        return [entered, begun, *self._apply_outcomes(consensus.begin(now_ns), now_ns)]

    def _check_synced(self, met_equal: bool, now_ns: int) -> list[LifecycleOutcome]:
        """Tell that we are in, once the log says so and the operations are here."""
        consensus = self.consensus
        if self.place is not Place.ENTERED or consensus is None or not consensus.is_member:
            return []
        if not consensus.log.members_settled or self.commit < consensus.log.commit:
            return []
        waited = now_ns - self._since_ns > SYNC_WAIT_NS
        if not (met_equal or waited or not self._peers.in_lineage(consensus.log.lineage)):
            return []
        self._move(PlaceEvent.SYNCED)
        self._approach.settle()
        return [Synced(self._sources, (now_ns - self._since_ns) // MILLISECOND)]

    def _apply_outcomes(
        self, told: Sequence[ConsensusOutcome], now_ns: int
    ) -> list[LifecycleOutcome]:
        outcomes: list[LifecycleOutcome] = []
        for outcome in told:
            match outcome:
                case LineageLost() if self._own.leaving:
                    self._move(PlaceEvent.LEFT)
                case LineageLost(into=into):
                    outcomes.append(self._raise_incarnation(self._me.incarnation, into, now_ns))
                case _:
                    outcomes.append(outcome)
        return outcomes

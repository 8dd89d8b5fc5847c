"""A member's seat in its lineage: what it has promised, and whom it follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

from net.cluster.local_health import LocalHealth
from net.cluster.log import DecreeLog, majority
from net.cluster.storage import Storage
from net.errors import InvariantError
from net.ids import LineageId, Member, NodeId
from net.limits import EPOCH_KEPT_MAX, EPOCH_LEAP_MAX, HEED_NS, NEVER
from net.security.signet import Signet
from net.wire.messages import Ballot, HandOver


@dataclass(slots=True)
class _Told:
    """What members said of who should lead."""

    votes: dict[Member, Ballot] = field(default_factory=dict)  # the newest of each
    heeded_ns: dict[NodeId, int] = field(default_factory=dict)  # when one's word counted, last


@final
@dataclass(slots=True)
class Voter:
    """Shared by the machines of one life in one lineage.

    Invariants, checked at every promise, and by who coordinates at every tick: within a lineage
    `promised` never falls, and for each epoch at most one candidate got our promise. A seat ends
    with its life: who rejoins is another member, so nothing here must outlive it.
    """

    me: Member
    health: LocalHealth
    storage: Storage
    signet: Signet
    log: DecreeLog = field(default_factory=DecreeLog)
    promised: int = 0
    promised_to: Member | None = None
    coordinator: Member | None = None
    epoch: int = 0  # of `coordinator`, or of the last one
    heard_ns: int = NEVER  # when the coordinator last showed that it coordinates
    quiet_until_ns: int = NEVER  # after a pause of ours: no promise, no candidacy
    moves_to: LineageId | None = None  # whose coordinator we follow, until our log is of it too
    agreed: int = 0  # our log equals that of the coordinator of `epoch` up to here
    _given: int = field(init=False, default=0)  # the highest promise, kept apart to be held against
    _told: _Told = field(init=False, default_factory=_Told)

    def __post_init__(self) -> None:
        self._given = self.promised

    @property
    def is_member(self) -> bool:
        return self.me in self.log.members

    @property
    def kept(self) -> int | None:
        """How much of our log our disk has; None: we are forgetful."""
        return self.log.kept if self.storage.keeps else None

    @property
    def settled(self) -> int:
        """How many decrees count, and are ours to show: no blackout takes them from us."""
        return min(self.log.commit, self.log.kept) if self.storage.keeps else self.log.commit

    def patient_ns(self, timer_ns: int) -> int:
        """Return how long a timer is for us."""
        return int(timer_ns * self.health.timeout_scale)

    def may_be_honest(self, epoch: int) -> bool:
        """Whether a member may have come to an epoch by elections; ours must lie above it."""
        return is_plausible(epoch, self.promised)

    def heeds(self, node: NodeId, now_ns: int) -> bool:
        """Whether a member's word that we come too late counts now; note that it did.

        Once in HEED_NS: an honest one needs no more, and a liar would unseat everybody for ever.
        """
        if not any(member.node == node for member in self.log.members):
            return False
        if now_ns - self._told.heeded_ns.get(node, NEVER) < HEED_NS:
            return False
        self._told.heeded_ns = {
            m.node: self._told.heeded_ns.get(m.node, NEVER) for m in self.log.members
        }
        self._told.heeded_ns[node] = now_ns
        return True

    def cast(self, epoch: int, candidate: Member) -> Ballot:
        """Return our signed vote for whom we promised an epoch to, and count it ourselves."""
        known = self._told.votes.get(self.me)
        cast = (self.log.lineage, epoch, candidate)
        if known is None or (known.lineage, known.epoch, known.candidate) != cast:
            known = self._told.votes[self.me] = self.signet.vote(*cast, self.me)
        return known

    def take_vote(self, vote: Ballot) -> bool:
        """Count a member's vote for a candidate. Returns False where it is none that counts."""
        known = self._told.votes.get(vote.voter)
        if vote.lineage != self.log.lineage or vote.voter not in self.log.members:
            return False
        if known is not None and known.lineage == vote.lineage and known.epoch >= vote.epoch:
            return known == vote
        if not self.may_be_honest(vote.epoch) or not self.signet.holds(vote):
            return False
        self._told.votes = {m: v for m, v in self._told.votes.items() if m in self.log.members}
        self._told.votes[vote.voter] = vote
        return True

    def awaits(self, vote: Ballot) -> bool:
        """Whether a vote would be news here, and count: no other is worth a check."""
        known = self._told.votes.get(vote.voter)
        is_newer = known is None or known.lineage != vote.lineage or known.epoch < vote.epoch
        return is_newer and vote.lineage == self.log.lineage and vote.voter in self.log.members

    def votes_for(self, epoch: int, candidate: Member) -> list[Ballot]:
        """Return the votes of members for a candidate."""
        wanted = (self.log.lineage, epoch, candidate)
        votes = [self._told.votes[m] for m in self.log.members if m in self._told.votes]
        return [vote for vote in votes if (vote.lineage, vote.epoch, vote.candidate) == wanted]

    def is_elected(self, epoch: int, candidate: Member) -> bool:
        """Whether a majority of the members that we know of voted for a candidate."""
        return len(self.votes_for(epoch, candidate)) >= majority(len(self.log.members))

    def may_succeed(self, transfer: HandOver, candidate: Member) -> bool:
        """Whether who presides over us gave its office to a candidate, in this its epoch."""
        presides = (self.log.lineage, self.epoch, self.coordinator)
        named = (transfer.lineage, transfer.epoch, transfer.coordinator)
        return named == presides and transfer.successor == candidate and self.signet.holds(transfer)

    def promise(self, epoch: int, candidate: Member) -> None:
        """Follow nobody below `epoch` from now on; it is above all that was promised.

        Raises:
            InvariantError: it is not.
        """
        if epoch <= self.promised:
            raise InvariantError(f"epoch {epoch} would be promised after epoch {self.promised}")
        self._promise_to(epoch, candidate)

    def enter_lineage(self, lineage: LineageId, epoch: int, coordinator: Member) -> None:
        """Follow nobody below `epoch` in another lineage, in which nothing is promised yet.

        What we promised in the one before is forgotten, and what we hold of it is given up. So we
        are lost for it, and `votes` for nobody until our log is of the other.
        """
        self.moves_to = lineage
        self._promise_to(epoch, coordinator)

    @property
    def is_moving(self) -> bool:
        """Our promises are of another lineage than our log, as yet."""
        return self.moves_to not in {None, self.log.lineage}

    @property
    def votes(self) -> bool:
        """We are a member, and what we promise counts where we are one."""
        return self.is_member and not self.is_moving

    def learn_promise(self, epoch: int) -> None:
        """Lead no more below an epoch that another member has promised; whom, it does not say.

        So we have promised it to nobody yet, and may follow whoever shows to have won it.
        """
        if epoch > self.promised:
            self._give_promise(epoch, None)

    def follow(self, epoch: int, coordinator: Member, now_ns: int) -> None:
        """Accept the coordinator of `epoch`, which is not below our promise.

        Raises:
            InvariantError: it is, or is promised to another.
        """
        if epoch < self.promised:
            raise InvariantError(f"epoch {epoch} would count after epoch {self.promised}")
        if epoch == self.promised and self.promised_to not in {None, coordinator}:
            raise InvariantError(f"epoch {epoch} is promised to another than would coordinate it")
        if epoch > self.promised:
            self._give_promise(epoch, coordinator)
        self.check()
        if (epoch, coordinator) != (self.epoch, self.coordinator):
            self.agreed = 0
        self.epoch, self.coordinator, self.heard_ns = epoch, coordinator, now_ns

    def check(self) -> None:
        """Hold the promise against the highest that was given, and the log against what counts.

        Raises:
            InvariantError: one is another than it was.
        """
        self.log.check()
        if self.promised != self._given:
            raise InvariantError(f"promised epoch {self._given} became epoch {self.promised}")

    def _promise_to(self, epoch: int, candidate: Member) -> None:
        self._give_promise(epoch, candidate)
        if self.epoch < epoch:
            self.coordinator = None

    def _give_promise(self, epoch: int, candidate: Member | None) -> None:
        self.check()
        self.promised, self.promised_to, self._given = epoch, candidate, epoch


def is_plausible(epoch: int, held: int) -> bool:
    """Tell whether elections may have come to an epoch since another one.

    What we make of it must be one that others can read: so it stays as far below EPOCH_MAX.
    """
    return epoch <= min(held, EPOCH_KEPT_MAX) + EPOCH_LEAP_MAX
